"""The portal's real pages of July 2026, where they lie beside the project (they are never part of it)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.knowledge.importing.importer import ImportSummary, import_file
from bot.knowledge.records import ProcedureRecord
from bot.knowledge.starter import load_starter
from bot.knowledge.store import load_procedures
from bot.knowledge.verify import VerifySummary, verify_file
from bot.storage.database import connect_sync
from tests.support.databases import Databases

ROOT = Path(__file__).parents[3]
FILE = ROOT.parent / "shared" / "data" / "procedures-2026-07.jsonl.gz"
OTHER_PROCEDURE = {
    *("1.014208", "2.001428", "2.001709", "3.000224", "3.000226", "3.000243", "3.000244", "3.000246", "3.000272"),
    *("3.000274", "3.000283", "3.000284", "3.000285", "3.000286", "3.000331", "3.000332", "1.002544"),
}

pytestmark = [
    pytest.mark.skipif(not FILE.is_file(), reason="the portal's pages are not beside the project"),
    pytest.mark.xdist_group("real-file"),
]


@pytest.fixture(scope="module")
def engine(databases: Databases) -> Iterator[Engine]:
    with databases.fresh() as url:
        made = connect_sync(url)
        load_starter(made, ROOT / "nlu_data" / "procedures")
        yield made
        made.dispose()


@pytest.fixture(scope="module")
def done(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> ImportSummary:
    return import_file(engine, FILE, report_dir=tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="module")
def stored(engine: Engine, done: ImportSummary) -> dict[str, ProcedureRecord]:
    with engine.connect() as connection:
        return {row.record.code: row.record for row in load_procedures(connection)}


@pytest.fixture(scope="module")
def verified() -> VerifySummary:
    return verify_file(FILE)


def test_all_but_the_pages_of_other_procedures_are_taken(done: ImportSummary) -> None:
    assert (done.total, done.accepted, done.rejected) == (2642, 2625, 17)
    refused = [issue for issue in done.issues if issue.severity == "rejected"]
    assert {issue.code for issue in refused} == OTHER_PROCEDURE
    assert {issue.reason for issue in refused} == {"other_procedure"}


def test_it_takes_less_than_a_minute_and_a_second_time_changes_nothing(done: ImportSummary, engine: Engine) -> None:
    assert done.seconds < 60
    again = import_file(engine, FILE)
    assert (again.unchanged, again.new, again.changed, again.revision) == (2625, 0, 0, None)


def test_the_starter_catalogue_loads_at_once_when_unchanged(engine: Engine, done: ImportSummary) -> None:
    started = time.perf_counter()
    assert load_starter(engine, ROOT / "nlu_data" / "procedures").loaded is False
    assert time.perf_counter() - started < 0.3


def test_nearly_all_records_are_fully_parsed(verified: VerifySummary) -> None:
    assert verified.share >= 0.97
    assert verified.character_share > 0.999
    for column in verified.columns:
        assert column.full >= 0.97 * column.filled, column
    for part, least in {"methods": 2625, "fees": 2625, "steps": 2625, "documents": 2590, "times": 2490}.items():
        assert verified.parts[part] >= least, part


def documents(record: ProcedureRecord, kind: str = "document") -> list[str]:
    return [item.name for case in record.cases for item in case.documents if item.kind == kind]


def fees(record: ProcedureRecord) -> set[str]:
    return {fee.status for method in record.methods for fee in method.fees}


def test_birth_registration_has_eight_documents_and_the_rest_are_notes(stored: dict[str, ProcedureRecord]) -> None:
    record = stored["1.001193"]
    assert len(documents(record)) == 8
    assert len(documents(record, "note")) == 25
    assert record.cases[0].name is None
    assert {
        item.present for case in record.cases if case.name == "Giấy tờ phải xuất trình" for item in case.documents
    } == {"show"}
    assert {method.time.unit for method in record.methods} == {None}
    assert all("sau 15 giờ" in (method.time.text or "") for method in record.methods)
    assert record.plain_name
    assert record.aliases


def test_a_channel_with_two_rows(stored: dict[str, ProcedureRecord]) -> None:
    rows = [(method.channel, method.time.quantity, method.time.unit) for method in stored["1.010041"].methods]
    assert rows == [("online", 1, "working_day"), ("online", 3, "working_day")]


@pytest.mark.parametrize("code", ["1.004873", "1.000656"])
def test_what_the_council_sets_is_never_free(stored: dict[str, ProcedureRecord], code: str) -> None:
    assert fees(stored[code]) == {"set_by_council"}


def test_free_only_where_it_is_said(stored: dict[str, ProcedureRecord]) -> None:
    assert fees(stored["1.000894"]) == {"free_stated"}
    for record in stored.values():
        for method in record.methods:
            for fee in method.fees:
                if fee.status == "free_stated":
                    assert "miễn" in (fee.text or "").lower() or "không thu" in (fee.text or "").lower(), record.code


def test_contradicting_prices_are_told(done: ImportSummary, stored: dict[str, ProcedureRecord]) -> None:
    (told,) = [i for i in done.issues if i.code == "1.001612" and i.reason == "price_contradiction"]
    assert told.detail == "online: 150,000; postal: 150,000; direct: 50,000"
    assert fees(stored["1.001612"]) == {"set_by_council"}


def test_columns_that_the_scraper_cut_are_whole(stored: dict[str, ProcedureRecord]) -> None:
    record = stored["1.001613"]
    assert "a) Sổ BHXH" in documents(record)
    assert [step.name for step in record.steps] == ["Bước 1", "Bước 2", "Bước 3"]


def test_replaced_codes_say_so(stored: dict[str, ProcedureRecord]) -> None:
    replaced = {code: record.replaced_by for code, record in stored.items() if record.status == "replaced"}
    assert replaced["2.000986"] == "3.000722"
    assert replaced.get("1.011606", "1.116214") == "1.116214"


def test_no_amount_is_too_small_to_be_true(stored: dict[str, ProcedureRecord]) -> None:
    for record in stored.values():
        for method in record.methods:
            for fee in method.fees:
                assert fee.currency != "VND" or fee.amount is None or fee.amount >= 1000, record.code
