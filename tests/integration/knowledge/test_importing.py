"""Imports into a real database: all or nothing, idempotent, and the better record wins."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from sqlalchemy import Engine, text

from bot.knowledge.export import ExportError, export
from bot.knowledge.importing.importer import ImportSummary, SourceError, import_file
from bot.knowledge.records import ProcedureRecord
from bot.knowledge.starter import load_starter
from bot.knowledge.store import (
    CHANNEL,
    load_index,
    load_procedures,
    load_revision,
    read_index,
    read_procedure,
    read_procedures,
    read_revision,
)
from bot.knowledge.verify import verify, verify_file
from bot.storage.database import connect_async, connect_sync, libpq_url
from tests.support.portal_page import page

TABLES = (
    "procedures",
    "procedure_methods",
    "procedure_fees",
    "procedure_cases",
    "procedure_documents",
    "procedure_steps",
    "procedure_legal_basis",
    "procedure_overlays",
    "procedure_aliases",
    "import_runs",
    "import_issues",
)
STARTER: dict[str, Any] = {
    "code": "1.000001",
    "name": "Đăng ký nuôi ong (của chúng tôi)",
    "plain_name": "Xin nuôi ong",
    "summary": "Để được nuôi ong.",
    "aliases": ["nuôi ong", "thả tổ ong"],
}
OVERLAY = {
    "province": "Tỉnh Mẫu",
    "field": "fee",
    "fee": {"status": "amount", "amount": "0", "currency": "VND"},
    "channel": "online",
    "authority": "Nghị quyết 1/NQ-HĐND",
    "valid_from": "2026-08-08",
}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = connect_sync(database_url)
    yield made
    made.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "procedures").mkdir()
    return tmp_path / "procedures"


def write(path: Path, *records: dict[str, Any]) -> Path:
    """A file of records, by its suffix."""
    if path.suffix == ".yml":
        path.write_text(yaml.safe_dump(list(records), allow_unicode=True), encoding="utf-8")
    else:
        path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def records(engine: Engine) -> dict[str, ProcedureRecord]:
    with engine.connect() as connection:
        return {stored.record.code: stored.record for stored in load_procedures(connection)}


def sources(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        return {row.code: row.source for row in load_index(connection)}


def counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {name: connection.execute(text(f"select count(*) from {name}")).scalar_one() for name in TABLES}


def revision(engine: Engine) -> int:
    with engine.connect() as connection:
        return load_revision(connection)


def scraped(
    engine: Engine, folder: Path, *pages: dict[str, Any], name: str = "pages-2026-07.jsonl", **how: Any
) -> ImportSummary:
    return import_file(engine, write(folder / name, *pages), **how)


def test_an_import_stores_records_and_raises_the_revision(engine: Engine, folder: Path) -> None:
    done = scraped(engine, folder, page(), page("1.000002", "Nuôi dế"), page("9"))
    assert (done.total, done.new, done.rejected, done.accepted) == (3, 2, 1, 2)
    assert done.revision == revision(engine) == 1
    stored = records(engine)
    assert set(stored) == {"1.000001", "1.000002"}
    record = stored["1.000001"]
    assert [method.channel for method in record.methods] == ["direct"]
    assert record.cases[0].documents[0].name == "Đơn đăng ký nuôi ong"
    assert record.provenance.fetched_at == dt.date(2026, 7, 31)


def test_the_same_file_again_changes_nothing(engine: Engine, folder: Path) -> None:
    scraped(engine, folder, page(), page("1.000002"))
    before = counts(engine)
    again = scraped(engine, folder, page(), page("1.000002"))
    assert (again.new, again.changed, again.unchanged, again.revision) == (0, 0, 2, None)
    after = counts(engine)
    assert after.pop("import_runs") == before.pop("import_runs") + 1
    assert after == before
    assert revision(engine) == 1


def test_a_changed_record_replaces_all_of_its_parts(engine: Engine, folder: Path) -> None:
    scraped(engine, folder, page(methods=("Trực tuyến2 NgàyMiễn phí", "Trực tiếp2 NgàyMiễn phí")))
    done = scraped(engine, folder, page(methods=("Trực tiếp4 NgàyMiễn phí",), steps="Nộp đơn."))
    assert (done.changed, done.revision) == (1, 2)
    record = records(engine)["1.000001"]
    assert [(m.channel, m.time.quantity) for m in record.methods] == [("direct", 4)]
    assert len(record.steps) == 1
    assert counts(engine)["procedure_fees"] == 1


def test_an_official_record_replaces_the_starters_facts_and_keeps_its_words(engine: Engine, folder: Path) -> None:
    write(folder / "ours.yml", STARTER)
    load_starter(engine, folder)
    done = scraped(engine, folder, page())
    assert (done.changed, sources(engine)) == (1, {"1.000001": "portal"})
    record = records(engine)["1.000001"]
    assert record.name == "Đăng ký nuôi ong"
    assert (record.plain_name, record.summary) == ("Xin nuôi ong", "Để được nuôi ong.")
    assert record.aliases == ("nuôi ong", "thả tổ ong")
    assert scraped(engine, folder, page()).unchanged == 1


def test_loading_the_starter_again_leaves_an_imported_record(engine: Engine, folder: Path) -> None:
    scraped(engine, folder.parent, page())
    write(folder / "ours.yml", STARTER, {"code": "1.000005", "name": "Nuôi dế"})
    done = load_starter(engine, folder)
    assert (done.loaded, done.records, done.new, done.changed) == (True, 2, 1, 0)
    record = records(engine)["1.000001"]
    assert (record.name, record.plain_name) == ("Đăng ký nuôi ong", "Xin nuôi ong")
    assert record.aliases == ("nuôi ong", "thả tổ ong")
    assert sources(engine) == {"1.000001": "portal", "1.000005": "starter"}


def test_the_starter_is_loaded_again_only_when_it_changed(engine: Engine, folder: Path) -> None:
    write(folder / "ours.yml", STARTER, {"code": "1.000005", "name": "Nuôi dế"})
    assert load_starter(engine, folder).new == 2
    assert load_starter(engine, folder).loaded is False
    assert revision(engine) == 1
    write(folder / "ours.yml", STARTER | {"aliases": ["thả tổ ong"], "summary": "Cho người nuôi."})
    done = load_starter(engine, folder)
    assert (done.changed, done.removed, done.revision) == (1, 1, revision(engine))
    record = records(engine)["1.000001"]
    assert (record.aliases, record.summary) == (("thả tổ ong",), "Cho người nuôi.")
    assert set(records(engine)) == {"1.000001"}


def test_a_starter_that_cannot_be_read_changes_nothing(engine: Engine, folder: Path) -> None:
    write(folder / "ours.yml", STARTER)
    load_starter(engine, folder)
    (folder / "ours.yml").write_text("code: [", encoding="utf-8")
    with pytest.raises(SourceError):
        load_starter(engine, folder)
    assert set(records(engine)) == {"1.000001"}


def test_the_operators_own_record_stands_over_an_imported_one(engine: Engine, folder: Path) -> None:
    scraped(engine, folder, page())
    own = {"code": "1.000001", "name": "Nuôi ong, bản của xã", "provenance": {"verified_by": "Chị Hoa"}}
    assert import_file(engine, write(folder / "own.yml", own)).changed == 1
    done = scraped(engine, folder, page(), report_dir=folder)
    assert (done.kept, done.revision, done.reasons) == (1, None, {"own_record_kept": 1})
    assert records(engine)["1.000001"].name == "Nuôi ong, bản của xã"
    assert scraped(engine, folder, page(), overwrite=True).changed == 1
    assert sources(engine) == {"1.000001": "portal"}


def test_an_earlier_reading_does_not_replace_a_later_one(engine: Engine, folder: Path) -> None:
    scraped(engine, folder, page(steps="Nộp đơn mới."), name="pages-2026-09.jsonl")
    done = scraped(engine, folder, page(steps="Nộp đơn cũ."), name="pages-2026-07.jsonl")
    assert (done.kept, done.reasons) == (1, {"older_than_stored": 1})
    assert records(engine)["1.000001"].steps[0].text == "Nộp đơn mới."
    assert scraped(engine, folder, page(steps="Nộp đơn nay."), name="pages-2026-10.jsonl").changed == 1


def test_overlays_are_kept_by_code_province_field_channel_and_first_day(engine: Engine, folder: Path) -> None:
    own = {
        "code": "1.000001",
        "name": "Nuôi ong",
        "overlays": [OVERLAY, OVERLAY | {"channel": None, "fee": {"status": "free_stated"}}],
    }
    import_file(engine, write(folder / "own.yml", own))
    scraped(engine, folder, page(), overwrite=True)
    assert len(records(engine)["1.000001"].overlays) == 2
    ended = OVERLAY | {"valid_to": "2026-12-31"}
    later = OVERLAY | {"valid_from": "2027-01-01"}
    done = import_file(engine, write(folder / "own.yml", own | {"overlays": [ended, later]}))
    assert done.texts_changed == 2
    kept = records(engine)["1.000001"].overlays
    assert [(o.channel, str(o.valid_from), str(o.valid_to)) for o in kept] == [
        ("online", "2026-08-08", "2026-12-31"),
        (None, "2026-08-08", "None"),
        ("online", "2027-01-01", "None"),
    ]
    assert import_file(engine, folder / "own.yml").revision is None


def test_a_failed_import_changes_nothing(engine: Engine, folder: Path) -> None:
    write(folder / "ours.yml", STARTER)
    load_starter(engine, folder)
    before = counts(engine)
    with engine.begin() as connection:
        connection.execute(text("alter table procedure_legal_basis add check (title <> 'Luật Hỏng')"))
    bad = page("1.000002", legal_basis="Tên văn bản pháp lýMã văn bảnLuật Hỏng1/2020/QH14")
    with pytest.raises(Exception, match="check"):
        scraped(engine, folder, page(), bad)
    assert counts(engine) == before
    assert revision(engine) == 1
    assert sources(engine) == {"1.000001": "starter"}


def test_listeners_are_told_when_the_change_can_be_read(engine: Engine, folder: Path, database_url: str) -> None:
    with psycopg.connect(libpq_url(database_url), autocommit=True) as listener:
        listener.execute(f"listen {CHANNEL}")
        scraped(engine, folder, page())
        (told,) = listener.notifies(timeout=5, stop_after=1)
        assert told.payload == "1"
        scraped(engine, folder, page())
        assert list(listener.notifies(timeout=0.2)) == []


def test_what_there_is_to_say_is_kept_in_tables_and_in_files(engine: Engine, folder: Path) -> None:
    pages = (page(), page("1.000002", shown_code="1.000003"), page("1.000004", agency="UBND huyện"))
    done = scraped(engine, folder, *pages, report_dir=folder / "reports")
    assert done.reasons == {"other_procedure": 1, "stale_wording": 1}
    assert (done.rejected, done.doubtful) == (1, 1)
    assert done.report is not None
    lines = [json.loads(line) for line in done.report.read_text(encoding="utf-8").splitlines()]
    assert [(row["code"], row["line"], row["severity"]) for row in lines] == [
        ("1.000002", 2, "rejected"),
        ("1.000004", 3, "doubtful"),
    ]
    with done.report.with_suffix(".csv").open(encoding="utf-8-sig") as table:
        assert [row["reason"] for row in csv.DictReader(table)] == ["other_procedure", "stale_wording"]
    with engine.connect() as connection:
        stored = connection.execute(text("select run_id, code, reason from import_issues order by id")).all()
        run = connection.execute(text("select source, file, counts, finished_at from import_runs")).one()
    assert [tuple(row) for row in stored] == [
        (done.run, "1.000002", "other_procedure"),
        (done.run, "1.000004", "stale_wording"),
    ]
    assert (run.source, run.file, run.counts["new"]) == ("portal", "pages-2026-07.jsonl", 2)
    assert run.finished_at is not None


def test_progress_is_told(engine: Engine, folder: Path) -> None:
    told: list[tuple[str, int, int]] = []
    scraped(engine, folder, page(), page("1.000002"), progress=lambda *step: told.append(step))
    assert told[0] == ("read", 2, 2)
    stage, done, total = told[-1]
    assert stage == "write"
    assert done == total > 0


@pytest.mark.parametrize("name", ["all.yml", "all.jsonl", "all.jsonl.gz"])
def test_an_export_reads_back_the_same(engine: Engine, folder: Path, name: str) -> None:
    write(folder / "ours.yml", STARTER, {"code": "1.000005", "name": "Nuôi dế", "overlays": [OVERLAY]})
    load_starter(engine, folder)
    scraped(engine, folder.parent, page(), page("1.000002", methods=("Trực tiếp1.5 Ngày150,000 VNĐ(mỗi tổ)",)))
    before = records(engine)
    out = folder.parent / "out" / name
    assert export(engine, out) == 3
    again = import_file(engine, out)
    assert (again.unchanged, again.revision) == (3, None)
    with engine.begin() as connection:
        connection.execute(text("truncate procedures, procedure_aliases, procedure_overlays cascade"))
    assert import_file(engine, out).new == 3
    assert records(engine) == before
    assert sources(engine) == {"1.000001": "portal", "1.000002": "portal", "1.000005": "starter"}
    assert export(engine, out, sources=["starter"]) == 1


def test_an_export_needs_a_name_that_says_what_it_holds(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"\.jsonl"):
        export(engine, tmp_path / "all.doc")


async def test_servers_read_records_and_the_index(engine: Engine, folder: Path, database_url: str) -> None:
    write(folder / "ours.yml", STARTER)
    load_starter(engine, folder)
    scraped(engine, folder.parent, page("1.000002"))
    server = connect_async(database_url, pool_size=1)
    try:
        async with server.connect() as connection:
            assert await read_revision(connection) == 2
            light = {row.code: row for row in await read_index(connection)}
            assert light["1.000001"].aliases == ("nuôi ong", "thả tổ ong")
            assert light["1.000002"].levels == ("commune",)
            stored = await read_procedure(connection, "1.000002")
            assert stored is not None
            assert (stored.source, stored.fetched_on) == ("portal", dt.date(2026, 7, 31))
            assert stored.record == records(engine)["1.000002"]
            assert not stored.expired(dt.date(2030, 1, 1))
            assert await read_procedure(connection, "9.999999") is None
            assert set(await read_procedures(connection, ["1.000001", "9.999999"])) == {"1.000001"}
    finally:
        await server.dispose()


def test_days_and_moments_come_back_as_they_went_in(engine: Engine, folder: Path) -> None:
    own = {
        "code": "1.000001",
        "name": "Nuôi ong",
        "provenance": {
            "fetched_at": "2026-10-05",
            "verified_at": "2026-10-06T08:30:00+07:00",
            "expires_at": "2027-01-01",
        },
    }
    import_file(engine, write(folder / "own.yml", own))
    found = records(engine)["1.000001"].provenance
    assert found.fetched_at == dt.date(2026, 10, 5)
    assert found.verified_at == dt.datetime(2026, 10, 6, 1, 30, tzinfo=dt.UTC)
    assert found.expires_at == dt.date(2027, 1, 1)
    with engine.connect() as connection:
        (stored,) = load_procedures(connection)
    assert (stored.expired(dt.date(2027, 1, 1)), stored.expired(dt.date(2027, 1, 2))) == (False, True)


def test_verifying_counts_what_is_there(engine: Engine, folder: Path) -> None:
    file = write(folder / "pages.jsonl", page(), page("1.000002", documents="--"), page("9"))
    found = verify_file(file)
    assert (found.total, found.accepted, len(found.rejected), found.full_records) == (3, 2, 1, 2)
    assert (found.parts["methods"], found.parts["documents"], found.share, found.character_share) == (2, 1, 1.0, 1.0)
    import_file(engine, file)
    stored = verify(engine)
    assert (stored.total, stored.parts["documents"], stored.unparsed) == (2, 1, (("1.000002", "documents", "none"),))
