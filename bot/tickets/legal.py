"""Legal sorting by plain words, for reports that come without a conversation (Open311): what is no report at all.

In a conversation the engine does this, and asks. Here nobody can be asked, so only plain words count; the rest is
sorted by officers. Denunciations are lodged in person or in writing and nothing of them is stored (Law on
Denunciations 25/2018, article 22); complaints against a decision likewise (Law on Complaints 02/2011, article 8).
"""

from __future__ import annotations

import re
from typing import Literal

from bot.text import fold

Sort = Literal["emergency", "crime", "denunciation", "complaint_decision", "conduct"]

_DENIED = re.compile(r"\b(?:khong|chua|chang) (?:phai |muon |he )?(?:la )?(?:to cao|khieu nai)\b")
_PLAIN: tuple[tuple[Sort, re.Pattern[str]], ...] = (
    (
        "emergency",
        re.compile(
            r"\b(?:cuu (?:voi|toi voi|nguoi voi)|dang chay (?:lon|nha|to|du doi)|chay nha|chay rung|hoa hoan"
            r"|(?:nguoi|em be|chau be) (?:dang )?(?:bi )?(?:bat tinh|ngung tho|duoi nuoc)|dang duoi nuoc)\b"
        ),
    ),
    (
        "crime",
        re.compile(r"\b(?:dang (?:danh|dam|chem) nhau|dam chem|chem nguoi|giet nguoi|ban ma tuy|cuop giat)\b"),
    ),
    (
        "denunciation",
        re.compile(r"\b(?:(?:don|toi|xin|muon|lam don) to cao|to cao (?:ong|ba|anh|chi|can bo|hanh vi|viec))\b"),
    ),
    (
        "complaint_decision",
        re.compile(r"\bkhieu nai (?:ve |doi voi |lai )?(?:cac |mot )?quyet dinh\b|\bdon khieu nai\b"),
    ),
    (
        "conduct",
        re.compile(
            r"\b(?:can bo|cong chuc|lanh dao|chu tich|nhan vien (?:phuong|xa|mot cua)|cong an (?:phuong|xa))\b.{0,80}"
            r"\b(?:quat mang|hach dich|nhung nhieu|voi vinh|voi tien|doi tien|cua quyen|xuc pham|thai do|gay kho de)\b"
        ),
    ),
)


def sort(text: str) -> Sort | None:
    """What a text plainly is; none: a report like others, as far as words tell."""
    plain = _DENIED.sub(" ", re.sub(r"\s+", " ", fold(text)))
    return next((name for name, words in _PLAIN if words.search(plain)), None)
