"""A record of the scraped portal pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from bot.knowledge.importing.documents import read_documents
from bot.knowledge.importing.issues import Issue, doubtful
from bot.knowledge.importing.legal import read_legal_basis
from bot.knowledge.importing.methods import read_methods
from bot.knowledge.importing.parsed import Fetched, Parsed
from bot.knowledge.importing.results import read_results
from bot.knowledge.importing.sections import Page, read_page
from bot.knowledge.importing.stale import stale_wording
from bot.knowledge.importing.steps import read_steps
from bot.knowledge.importing.texts import clean, comma_list, levels, one_line, stated, unwrap
from bot.knowledge.records import Agency, Decision, ProcedureRecord, Provenance

CODE = re.compile(r"\d\.\d{6}")


def is_scraped(data: Mapping[str, Any]) -> bool:
    """Whether an object has the fields of the scraped pages."""
    return "ma_thu_tuc" in data


def read_scraped(raw: Mapping[str, Any], line: int, fetched: Fetched) -> Parsed:
    """One scraped page as a record, or refused with the reason."""
    text = {key: clean(value) if isinstance(value, str) else "" for key, value in raw.items()}
    code = text["ma_thu_tuc"].strip()
    parsed = Parsed(line, code or None, None, (), "portal", text)
    if not CODE.fullmatch(code):
        return parsed.refused("bad_code", f"{code!r} is not a code")
    name = one_line(text.get("ten_thu_tuc", ""))
    if not name:
        return parsed.refused("empty_name", "ten_thu_tuc is empty")
    page = read_page(text)
    if page.shown_code is not None and page.shown_code != code:
        return parsed.refused("other_procedure", f"the page shows {page.shown_code}: {name}")
    try:
        record, issues = _record(code, name, text, page, fetched)
    except ValidationError as error:
        return parsed.refused("invalid_record", str(error).replace("\n", " ")[:500])
    placed = tuple(dict.fromkeys(replace(issue, code=code, line=line) for issue in issues))
    return replace(parsed, record=record, issues=placed)


def _record(
    code: str, name: str, text: Mapping[str, str], page: Page, fetched: Fetched
) -> tuple[ProcedureRecord, list[Issue]]:
    columns = page.columns
    methods = read_methods(columns["cach_thuc_thuc_hien"], columns["trinh_tu_thuc_hien"])
    documents = read_documents(columns["thanh_phan_ho_so"])
    results = read_results(columns["ket_qua_xu_ly"])
    conditions = [part for part in (_prose(columns["yeu_cau_dieu_kien"]), results.description) if part]
    record = ProcedureRecord(
        code=code,
        name=name,
        field=_words(text, "linh_vuc"),
        levels=levels(text.get("cap_thuc_hien", "")),
        audience=comma_list(text.get("doi_tuong_thuc_hien", "")),
        decision=Decision(number=_words(text, "so_quyet_dinh")),
        methods=methods.methods,
        cases=documents.cases,
        steps=read_steps(columns["trinh_tu_thuc_hien"]),
        conditions="\n".join(conditions) or None,
        results=results.results,
        agency=Agency(
            receives=_words(columns, "co_quan_thuc_hien"),
            decides=_words(text, "co_quan_co_tham_quyen"),
            address=_words(text, "dia_chi_tiep_nhan"),
        ),
        legal_basis=read_legal_basis(columns["can_cu_phap_ly"]),
        provenance=Provenance(source_url=_words(text, "detail_url"), fetched_at=fetched.at),
    )
    issues = [*methods.issues, *documents.issues, *_column_issues(page)]
    for column, unparsed in (("cach_thuc_thuc_hien", methods.unparsed), ("thanh_phan_ho_so", documents.unparsed)):
        if unparsed:
            issues.append(doubtful("unparsed_text", f"{column}: {unparsed[:300]}"))
    issues.extend(stale_wording(record, fetched))
    return record, issues


def _column_issues(page: Page) -> Iterator[Issue]:
    if page.repaired:
        yield doubtful("field_repaired", ", ".join(page.repaired))


def _words(text: Mapping[str, str], name: str) -> str | None:
    value = stated(text.get(name, ""))
    return None if value is None else one_line(value)


def _prose(text: str) -> str | None:
    value = stated(text)
    return None if value is None else unwrap(value)
