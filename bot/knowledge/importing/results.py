"""The results of a procedure, without the codes and the page's controls that are scraped behind them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.knowledge.importing.texts import LOWER, UPPER, one_line, stated, unwrap, without_bullet

CODE = re.compile(
    r"Mã: ?(?:KQ\.[A-Za-z]\d{2}\.(?:\d{7}(?![\d.])|\d{6})|(?:[A-ZĐ0-9]{1,8}[.–-])*[A-ZĐ]{0,4}\d+"
    rf"|[A-ZĐ]{{3,8}}(?=[{UPPER}][{LOWER}]|\s*$)|Chưa xác định(?: rõ)?|Test_\w+?\d+|[a-z]{{3,10}}\d?(?![{LOWER}])"
    r"|(?=Từ khóa|\s*$))"
)
"""A result's code, in the many ways in which the ministries fill it in."""
_FOOT = re.compile(
    r"Từ khóa(?P<keywords>.{0,600}?)Mô tả(?P<description>.*?)(?P<chrome>Chọn cơ quan thực hiện.*)?$", re.DOTALL
)
CHROME = re.compile(r"Chọn cơ quan thực hiện\s*Tỉnh/.*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ResultsReading:
    """The results, and the description from the page's foot.

    The foot's keywords are left out: a few dozen pages have any, and "Cấp đổi, cấp lại" finds everything.
    """

    results: tuple[str, ...]
    description: str | None = None


def read_results(column: str) -> ResultsReading:
    """Take the column "Kết quả xử lý" apart."""
    foot = None
    for match in re.finditer("Từ khóa", column):
        foot = _FOOT.match(column, match.start()) or foot
    body = column[: foot.start()] if foot else CHROME.sub("", column)
    results: list[str] = []
    for part in CODE.split(body):
        text = without_bullet(one_line(part)).strip(" .;-+")
        if re.search(r"[^\W\d]", text) and stated(text) and text not in results:
            results.append(text)
    if foot is None:
        return ResultsReading(tuple(results))
    description = stated(foot["description"])
    return ResultsReading(tuple(results), unwrap(description) if description else None)
