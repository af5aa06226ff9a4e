"""The starter catalogue: what every shipped record must hold before a citizen may read it."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.knowledge.records import ProcedureRecord
from bot.text import fold

FOLDER = Path(__file__).parents[3] / "nlu_data" / "procedures"
FILES = sorted(FOLDER.glob("*.yml"))
ABOLISHED_LEVEL = re.compile(
    r"\b(?:cấp huyện|công an huyện|công an quận|ubnd huyện|ubnd quận|ủy ban nhân dân huyện|ủy ban nhân dân quận"
    r"|huyện|quận)\b",
    re.IGNORECASE,
)
PAPERS_NOT_TO_ASK_FOR = re.compile(r"sổ hộ khẩu|bản sao (?:thẻ )?căn cước|bản sao giấy tờ tùy thân", re.IGNORECASE)
HOLDS_ANOTHER_PROCEDURE = """
1.014208 2.001428 2.001709 3.000224 3.000226 3.000243 3.000244 3.000246 3.000272 3.000274 3.000283 3.000284 3.000285
3.000286 3.000331 3.000332 1.002544
"""
ASKED_MOST = """
1.001193 1.000894 1.000656 1.004873 2.000635 1.004859 1.004884 2.000528 2.000806 2.000815 2.000884 2.001019 1.004222
1.004194 1.010041 2.001159 1.010038 1.014061 1.014062 1.014063 1.014064 1.001456 3.000333 3.000347 3.000348 1.001612
1.013978 1.012812 1.013967 1.013225 1.001613 1.001939
"""


@functools.cache
def read(file: Path) -> list[ProcedureRecord]:
    """The records of one file of the catalogue."""
    return [ProcedureRecord.model_validate(entry) for entry in yaml.safe_load(file.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def catalogue() -> list[ProcedureRecord]:
    return [record for file in FILES for record in read(file)]


def strings(value: Any) -> Iterator[str]:
    """Every text inside a dumped record."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_file_is_a_list_of_valid_records(file: Path) -> None:
    assert read(file)


def test_the_catalogue_covers_what_people_ask_about_most(catalogue: list[ProcedureRecord]) -> None:
    codes = {record.code for record in catalogue}
    assert len(codes) >= 60
    assert set(ASKED_MOST.split()) - codes == set()


def test_a_code_is_written_once(catalogue: list[ProcedureRecord]) -> None:
    assert [code for code, times in Counter(record.code for record in catalogue).items() if times > 1] == []


def test_records_that_hold_another_procedure_are_not_used(catalogue: list[ProcedureRecord]) -> None:
    assert {record.code for record in catalogue} & set(HOLDS_ANOTHER_PROCEDURE.split()) == set()


def test_every_procedure_has_a_plain_name_a_summary_and_five_aliases(catalogue: list[ProcedureRecord]) -> None:
    poor = [r.code for r in catalogue if not r.plain_name or not r.summary or len(set(map(fold, r.aliases))) < 5]
    assert poor == []


def test_no_alias_points_to_two_procedures(catalogue: list[ProcedureRecord]) -> None:
    owners: dict[str, set[str]] = {}
    for record in catalogue:
        for alias in record.aliases:
            owners.setdefault(fold(alias), set()).add(record.code)
    assert {alias: codes for alias, codes in owners.items() if len(codes) > 1} == {}


def test_every_record_says_where_it_comes_from_and_when(catalogue: list[ProcedureRecord]) -> None:
    unsourced = [
        r.code
        for r in catalogue
        if not (r.provenance.source_url or "").startswith("https://dichvucong.gov.vn/") or not r.provenance.fetched_at
    ]
    assert unsourced == []
    assert [r.code for r in catalogue if not r.decision.number] == []


def test_no_abolished_district_is_named(catalogue: list[ProcedureRecord]) -> None:
    named = [
        (record.code, text)
        for record in catalogue
        for text in strings(record.model_dump(exclude={"name", "aliases", "legal_basis"}))
        if ABOLISHED_LEVEL.search(text)
    ]
    assert named == []


def test_an_exemption_is_claimed_only_with_its_reason(catalogue: list[ProcedureRecord]) -> None:
    for record in catalogue:
        for fee in (fee for method in record.methods for fee in method.fees):
            if fee.status == "free_stated":
                assert fee.text and re.search(r"miễn|không thu|không phải nộp", fee.text, re.IGNORECASE), record.code
            assert (fee.amount is not None) == (fee.status == "amount"), record.code
            assert fee.amount is None or (fee.amount > 0 and fee.currency), record.code


def test_a_time_has_its_unit_or_its_rule(catalogue: list[ProcedureRecord]) -> None:
    for record in catalogue:
        assert record.methods, record.code
        for time in (method.time for method in record.methods):
            assert (time.quantity is None) == (time.unit is None), record.code


def test_papers_and_notes_are_kept_apart(catalogue: list[ProcedureRecord]) -> None:
    for record in catalogue:
        assert record.cases and all(case.documents for case in record.cases), record.code
        for paper in (paper for case in record.cases for paper in case.documents):
            if paper.kind == "note":
                assert paper.form is None and paper.originals is None and paper.copies is None, record.code
            elif paper.required:
                assert not PAPERS_NOT_TO_ASK_FOR.search(paper.name), (record.code, paper.name)


def test_a_household_book_is_never_asked_for(catalogue: list[ProcedureRecord]) -> None:
    texts = [
        text
        for record in catalogue
        for text in strings(record.model_dump(exclude={"name", "aliases", "legal_basis"}))
        if "sổ hộ khẩu" in text.lower()
    ]
    assert texts == []


def test_every_answer_aspect_has_something_to_say(catalogue: list[ProcedureRecord]) -> None:
    bare = [
        r.code for r in catalogue if not (r.steps and r.results and r.legal_basis and r.agency.receives and r.field)
    ]
    assert bare == []
    assert [r.code for r in catalogue if not 2 <= len(r.steps) <= 7] == []


def test_a_replaced_procedure_names_its_successor(catalogue: list[ProcedureRecord]) -> None:
    assert [r.code for r in catalogue if (r.status == "replaced") != (r.replaced_by is not None)] == []
