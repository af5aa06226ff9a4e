"""The catalogue in the console: found and read, what an import changed, what the province charges, who vouches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

import pytest

from bot.knowledge.importing.importer import import_file
from bot.storage.database import connect_sync
from tests.support.console import Browser, Office, running_office
from tests.support.databases import Databases

NASTY = "<script>alert(1)</script>"
OLD = f"""
- code: "1.001193"
  name: Đăng ký khai sinh
  field: Hộ tịch
  levels: [commune]
  provenance: {{source_url: "https://example.org/1", fetched_at: 2026-06-01, expires_at: 2029-12-10}}
  methods:
    - {{channel: direct, time: {{quantity: 5, unit: working_day}}, fees: [{{status: set_by_council, kind: charge}}]}}
  cases: [{{documents: [{{name: Giấy chứng sinh, originals: 1}}, {{name: "{NASTY}"}}]}}]
  steps: [{{text: "Nộp tại UBND quận Một"}}]
- code: "2.000815"
  name: Chứng thực bản sao
  levels: [province]
  status: replaced
  replaced_by: "1.001193"
  provenance: {{fetched_at: 2026-06-01}}
"""


@dataclass
class Desk:
    office: Office
    lan: Browser
    officer: Browser


@pytest.fixture(scope="module")
def desk(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    data = tmp_path_factory.mktemp("office")
    with databases.fresh() as url:
        engine = connect_sync(url)
        for name, content in (
            ("cu.yml", OLD),
            ("moi.yml", OLD.replace("quantity: 5", "quantity: 1").replace("2026-06-01", "2026-07-01")),
        ):
            (data / name).write_text(content, encoding="utf-8")
            import_file(engine, data / name)
        engine.dispose()
        with running_office(url, BOT_DATA_DIR=str(data)) as office:
            office.staff("lan", "curator")
            office.staff("minh", "officer", agency="moi_truong_do_thi")
            yield Desk(office, office.browser("lan"), office.browser("minh"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"1.001193", "2.000815"}),
        ("q=khai sinh", {"1.001193"}),
        ("q=chung thuc", {"2.000815"}),
        ("q=1.0011", {"1.001193"}),
        ("level=commune", {"1.001193"}),
        ("status=replaced", {"2.000815"}),
        ("field=Hộ tịch", {"1.001193"}),
        ("flag=unverified&source=yaml", {"1.001193", "2.000815"}),
        ("flag=expiring&days=3650", {"1.001193"}),
        ("flag=expiring&days=x", None),
        ("flag=verified", set()),
        ("flag=overlay", set()),
        ("flag=new", set()),
        ("flag=changed", {"1.001193", "2.000815"}),
        ("level=x&flag='; drop table procedures; --", {"1.001193", "2.000815"}),
        ("after=1.001193", {"2.000815"}),
    ],
)
def test_procedures_are_found(desk: Desk, query: str, found: set[str] | None) -> None:
    page = desk.lan.get(f"/catalogue?{query}").text
    if found is not None:  # whether it is within sixty days depends on today; that it is taken does not
        assert {code for code in ("1.001193", "2.000815") if f"catalogue/{code}" in page} == found
    assert desk.lan.get(f"/catalogue/export?format=csv&{query.replace('after', 'x')}").content.startswith(
        b"\xef\xbb\xbf"
    )


def test_a_record_shows_its_facts_what_is_stale_and_what_the_last_import_changed(desk: Desk) -> None:
    page = desk.officer.get("/catalogue/1.001193").text
    for said in ("trực tiếp: 1 ngày làm việc", "do HĐND cấp tỉnh quy định", "Giấy chứng sinh (1 bản chính)"):
        assert said in page
    assert "<mark>UBND quận</mark>" in page or "<mark>quận M</mark>" in page
    assert "− trực tiếp: 5 ngày làm việc" in page
    assert "+ trực tiếp: 1 ngày làm việc" in page
    assert NASTY not in page
    assert "overlay" not in page.replace("flag=overlay", ""), "an officer changes nothing"
    assert desk.officer.post("/catalogue/1.001193/verify").status_code == 403
    assert desk.lan.get("/catalogue/9.999999").status_code == 404


def test_what_the_province_charges_is_answered_at_once_and_ends_when_told(desk: Desk) -> None:
    preview = "/catalogue/1.001193/preview?aspect=fee"
    assert "8.000" not in desk.lan.get(preview).text
    form = {"kind": "charge", "state": "amount", "amount": "8.000", "authority": "Nghị quyết 12/2026/NQ-HĐND"}
    refused = desk.lan.post("/catalogue/1.001193/overlay", form | {"valid_from": "2026-13-01"})
    assert (refused.status_code, "ngày có thật" in refused.text, "12/2026/NQ-HĐND" in refused.text) == (422, True, True)
    assert (
        desk.lan.post("/catalogue/1.001193/overlay", form | {"amount": "tám", "valid_from": "2026-01-01"}).status_code
        == 422
    )
    assert desk.lan.post("/catalogue/1.001193/overlay", form | {"valid_from": "2026-01-01"}).status_code == 303
    page = unescape(desk.lan.get(preview).text)
    assert page.count("8.000") >= 3, "on three channels"
    assert "catalogue/1.001193" in desk.lan.get("/catalogue?flag=overlay").text
    (number,) = desk.office.rows("SELECT id FROM procedure_overlays")[0]
    assert desk.lan.post("/catalogue/1.001193/overlay/end", {"overlay": str(number + 1)}).status_code == 422
    assert desk.lan.post("/catalogue/1.001193/overlay/end", {"overlay": str(number)}).status_code == 303
    assert "8.000" not in desk.lan.get(preview).text
    assert desk.office.rows("SELECT count(*) FROM procedure_overlays") == [(1,)], "kept as what once held"
    audited = desk.office.rows("SELECT action FROM audit_log WHERE action LIKE 'catalogue.overlay%' ORDER BY id")
    assert audited == [("catalogue.overlay",), ("catalogue.overlay_end",)]


def test_who_vouches_for_a_record_is_written_and_lost_when_its_facts_change(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    desk.lan.post("/catalogue/1.001193/verify", {"facts": "of another version"})
    assert "Chưa ai kiểm tra" in desk.lan.get("/catalogue/1.001193").text
    facts = re.search(r'name="facts" value="(\w+)"', desk.lan.get("/catalogue/1.001193").text)
    assert facts
    assert desk.lan.post("/catalogue/1.001193/verify", {"facts": facts[1]}).status_code == 303
    assert "Đã kiểm tra: lan" in desk.lan.get("/catalogue/1.001193").text
    data = tmp_path_factory.mktemp("again")
    engine = connect_sync(desk.office.system.database_url)
    same = OLD.replace("quantity: 5", "quantity: 1").replace("2026-06-01", "2026-07-01")
    for content, kept in ((same, True), (same.replace("quantity: 1", "quantity: 2"), False)):
        (data / "moi.yml").write_text(content, encoding="utf-8")
        import_file(engine, data / "moi.yml")
        assert ("Đã kiểm tra: lan" in desk.lan.get("/catalogue/1.001193").text) == kept
    engine.dispose()


def test_a_replaced_code_previews_what_citizens_get(desk: Desk) -> None:
    page = desk.lan.get("/catalogue/2.000815/preview?aspect=documents").text
    assert "người dân nhận câu trả lời của" in page
    assert "Giấy chứng sinh" in page
