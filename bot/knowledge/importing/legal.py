"""The table of legal documents, un-flattened: each title runs into its number, each number into the next title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.knowledge.importing.sections import LEGAL_HEAD
from bot.knowledge.importing.texts import LOWER, UPPER, has_letters, one_line, stated
from bot.knowledge.records import LegalBasis

KIND = (
    "Thông tư liên tịch|Thông tư|Nghị định|Nghị quyết|Bộ luật|Luật|Quyết định|Pháp lệnh|Chỉ thị|Công văn"
    "|Văn bản hợp nhất|Lệnh|Hiến pháp|TTLT|TT|NĐ|NQ|QĐ"
)
_ACT = "NĐ|NÐ|ND|NQLT|NQ|QĐ|QÐ|QD|TTLT|TTr|TT|CT|PL|LCT|L|VBHN|TB|CV|CP|HD|KH|SL"
_AGENCIES = (
    "CP|TTg|HĐBT|BTC|BTP|BCA|BQP|BNNMT|BNNPTNT|BNN&PTNT|BNN|BTNMT|NHNN|BGTVT|BXD|BKHĐT|BKH|BYT|BLĐTBXH|BNV|BCT"
    "|BVHTTDL|BVHTT|BKHCN|BTTTT|BGDĐT|BNG|BDTTG|UBDT|VPCP|TANDTC|VKSNDTC|TTCP|BHXH|HĐND|UBND|HĐTP|CTN|UBTVQH|VPQH"
    "|KTNN|TCHQ|UBTƯMTTQVN|UBCKNN|HĐTVCP|NV|TW|BTL|CSXH|HKVN|CHK"
)
_AGENCY = rf"(?:{'|'.join(sorted(_AGENCIES.split('|'), key=len, reverse=True))}|[{UPPER}]{{2,9}}(?![{LOWER}{UPPER}]))"
_SUFFIX = (
    rf"(?:QH\d{{2}}|UBTVQH\d{{2}}|(?:{_ACT})(?:\s?[-–/_]\s?(?:(?:UBTV)?QH\d{{2}}|{_AGENCY}))+|{_AGENCY}(?:-{_AGENCY})*)"
)
_CORE = rf"\d{{1,8}}(?:\.\d{{1,2}})?(?:/\d{{4}})?(?:[/-]{_SUFFIX}|(?<=/\d{{4}})(?=[{UPPER}]|[\s.]*$))"
_NUMBER = re.compile(rf"(?P<kind>(?:(?:{KIND})\s*)?(?:[Ss]ố:?\s*)?)(?P<core>{_CORE})")
_ISSUER = re.compile(
    rf"\s+(?:của|do) (?:Chính phủ|Quốc hội|Thủ tướng Chính phủ|Bộ [{LOWER}{UPPER} ]{{3,40}}?)(?<!\s)"
    rf"(?=[{UPPER}][{LOWER}]|$)"
)
_NAMED = re.compile(rf"(?:{KIND}|[Ss]ố)$")
_RUN = re.compile(r"\d+")
_YEAR = re.compile(r"^(?:19|20)\d\d(?=\d)")


@lru_cache(maxsize=256)
def read_legal_basis(column: str) -> tuple[LegalBasis, ...]:
    """Un-flatten the column "Căn cứ pháp lý"; a document listed twice in the same words is kept once.

    Pages of one ministry share the column: the last readings are remembered.
    """
    if stated(column) is None:
        return ()
    found: list[LegalBasis] = []
    for title, number in _pairs(column.strip().removeprefix(LEGAL_HEAD)):
        item = LegalBasis(title=title, number=number)
        if item not in found:
            found.append(item)
    return tuple(found)


def _pairs(body: str) -> Iterator[tuple[str, str | None]]:
    start = 0
    matches = list(_NUMBER.finditer(body))
    for index, match in enumerate(matches):
        core = _core_start(body, match)
        cell = match.start() if core == match.start("core") else core
        if not has_letters(body[start:cell]) or not _is_cell(body, match, cell, matches[index + 1 :]):
            continue
        yield one_line(body[start:cell]), one_line(body[core : match.end()])
        issuer = _ISSUER.match(body, match.end())
        start = issuer.end() if issuer else match.end()
        while body[start : start + 1] in {".", ";", ","}:
            start += 1
    rest = one_line(body[start:])
    if any(map(str.isalpha, rest)):
        half = len(rest) // 2
        if rest[:half] == rest[half:]:  # the title repeated in the column of numbers
            rest = rest[:half]
        inside = _NUMBER.search(rest)
        yield rest, one_line(inside["core"]) if inside else None


def _core_start(body: str, match: re.Match[str]) -> int:
    """Where the number itself starts: "Luật Doanh nghiệp 2020" + "76/2025/QH15", "…/QH14" + "12/2020/NĐ-CP"."""
    start = match.start("core")
    run = _RUN.match(body, start)
    digits = run[0] if run else ""
    if len(digits) > 4 and (year := _YEAR.match(digits)):
        return start + year.end()
    if match["kind"] == "" and body[max(0, start - 2) : start] == "QH" and len(digits) > 2:
        return start + 2
    return start


def _is_cell(body: str, match: re.Match[str], cell: int, later: list[re.Match[str]]) -> bool:
    """Whether a number stands in the column of numbers, not inside a title.

    In a title a number has blanks around it; a cell is glued to what is before or behind it.
    """
    issuer = _ISSUER.match(body, match.end())
    before, after = body[cell - 1], body[issuer.end() if issuer else match.end() :]
    if after[:1] and after[0] in "/-–,);:":
        return False
    if re.match(rf"\s+[{LOWER}(]", after) and (not before.isalpha() or _NAMED.search(body[:cell])):
        return False
    if not (before.isspace() or before in "(/-–"):
        return True
    glued_behind = after[:1].isupper() or not after.strip(" .;")
    if not glued_behind:
        return False
    following = next((item for item in later if item.start() == match.end()), None)
    return following is None or following["core"] != match["core"]
