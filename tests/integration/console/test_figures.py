"""The figures: counted by hand here and compared; days are the locality's; files and the report can be read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pypdfium2
import pytest
from openpyxl import load_workbook

from bot.knowledge.writing import write_records
from bot.storage.database import connect_sync
from tests.support.catalogue import record
from tests.support.console import Browser, Office, running_office
from tests.support.databases import Databases

MAY = "from=2026-05-01&to=2026-05-31"
CITIZENS = (
    "INSERT INTO conversations (key, channel, external_id)"
    " VALUES (gen_random_uuid(), 'web', 'a'), (gen_random_uuid(), 'zalo', 'b')"
)
SAID = (
    "INSERT INTO messages"
    " (conversation_id, message_id, kind, body, received_at, finished_at, state, status, intent, result)"
    " SELECT c.id, '{id}', 'text', 'x', '{at}'::timestamptz, '{at}'::timestamptz + interval '{took} s', 'done',"
    " '{status}', 'ask_fee', '{result}' FROM conversations c WHERE c.external_id = '{who}'"
)
ANSWERED = '{"understanding": {"procedures": ["1.001193"], "aspects": ["fee"]}}'
NASTY = "<script>alert(1)</script>"


@dataclass
class Desk:
    office: Office
    minh: Browser

    def table(self, figure: str, query: str = MAY) -> list[list[str]]:
        content = self.minh.get(f"/figures/export?figure={figure}&format=csv&{query}").content
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:]


@pytest.fixture(scope="module")
def desk(databases: Databases) -> Iterator[Desk]:
    with databases.fresh() as url, running_office(url) as office:
        office.staff("minh", "supervisor")
        office.execute(CITIZENS)
        for number, (at, who, status, took, result) in enumerate(
            (
                # 23:30 on 3 May in Việt Nam, and an hour later, which is the next day there and the same in UTC
                ("2026-05-03T16:30:00Z", "a", "answered", 1, ANSWERED),
                ("2026-05-03T17:30:00Z", "a", "answered", 30, ANSWERED),
                ("2026-05-04T02:00:00Z", "b", "unresolved", 5, "{}"),
                ("2026-04-30T17:00:00Z", "b", "clarify", 1, "{}"),
                ("2026-04-30T16:59:59Z", "b", "handoff", 1, "{}"),
            )
        ):
            office.execute(SAID.format(id=number, at=at, who=who, status=status, took=took, result=result))
        plain = connect_sync(url)
        with plain.begin() as connection:
            write_records(connection, [(record("1.001193", "Đăng ký khai sinh", field="Hộ tịch"), "portal")])
        plain.dispose()
        code = office.ticket("rac_thai")
        late = office.ticket("rac_thai")
        office.ticket("can_bo")
        begun = (
            "created_at = '2026-05-10T01:00:00Z', due_at = '2026-05-12T01:00:00Z', answered_at = '2026-05-10T05:00Z'"
        )
        done = "resolved_at = '2026-05-11T01:00:00Z', rating = 5, closed_at = '2026-05-12T00:00:00Z'"
        office.execute(f"UPDATE tickets SET {begun}, {done} WHERE code = '{code}'")
        office.execute(f"UPDATE tickets SET {begun}, reopened = 2 WHERE code = '{late}'")
        office.execute("UPDATE tickets SET created_at = '2026-05-10T01:00:00Z' WHERE restricted")
        yield Desk(office, office.browser("minh"))


def test_messages_are_counted_by_the_days_and_hours_of_the_place(desk: Desk) -> None:
    assert desk.table("day") == [["01/05", "1", "0", "0"], ["03/05", "1", "1", "0"], ["04/05", "2", "1", "1"]]
    hours = {row[0]: row[1] for row in desk.table("hour") if row[1] != "0"}
    assert hours == {"00h": "2", "09h": "1", "23h": "1"}
    assert desk.table("channel") == [["trang trò chuyện", "2"], ["Zalo", "2"]]
    assert desk.table("channel", f"{MAY}&channel=zalo") == [["Zalo", "2"]]
    shares = {row[0]: row[1:] for row in desk.table("status")}
    assert shares == {"trả lời": ["2", "50.0"], "chưa trả lời được": ["1", "25.0"], "hỏi lại cho rõ": ["1", "25.0"]}
    assert desk.table("procedure") == [["1.001193 Đăng ký khai sinh", "2"]]
    assert desk.table("field") == [["Hộ tịch", "2"]]
    assert desk.table("aspect") == [["phí, lệ phí", "2"]]
    assert [row[1] for row in desk.table("speed")] == ["2", "3", "4"]


def test_counts_outlive_the_messages_and_counting_again_doubles_nothing(desk: Desk) -> None:
    before = desk.table("day")
    desk.office.execute("UPDATE figure_days SET counted_at = now() - interval '1 hour'")
    desk.office.execute("DELETE FROM messages WHERE received_at < '2026-05-04'")
    assert desk.table("day") == before


def test_tickets_are_on_time_or_late_and_restricted_ones_are_not_counted(desk: Desk) -> None:
    (row,) = desk.table("tickets_category")
    assert row[1:] == ["2", "2", "1", "1", "1", "4.0", "24.0", "2"]
    agency = desk.office.rows("SELECT DISTINCT agency FROM tickets WHERE category = 'rac_thai'")[0][0]
    assert desk.table("tickets_category", f"{MAY}&agency={agency}")[0][1] == "2"
    other = next(item.code for item in desk.office.locality.agencies if item.code != agency)
    assert desk.table("tickets_category", f"{MAY}&agency={other}") == []
    assert desk.table("tickets_category", f"{MAY}&agency=khong-co")[0][1] == "2", "what there is not narrows nothing"
    assert desk.table("stars_ticket")[0] == ["5", "1"]


def test_the_page_shows_them_with_the_period_before_and_leads_to_the_rows(desk: Desk) -> None:
    page = desk.minh.get(f"/figures?{MAY}").text
    numbers = re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd><p class=\"soft\">kỳ trước ([^<]*)</p>", page)
    assert ("Tin nhắn", "4", "1") in numbers
    assert ("Trả lời", "50.0 %", "0.0 %") in numbers
    assert 'href="/console/catalogue/1.001193"' in page
    assert 'href="/console/tickets?category=rac_thai"' in page
    assert "Tin nhắn" in desk.minh.get("/figures?from=x&to=9999-99-99&channel=" + NASTY).text
    assert NASTY not in desk.minh.get("/figures?channel=" + NASTY).text
    assert desk.minh.get("/figures/export?figure=nothing").status_code == 404


def test_messages_are_counted_and_narrowed_by_the_ward_that_was_named(databases: Databases) -> None:
    with databases.fresh() as url, running_office(url, BOT_LOCALITY="localities/tinh-mau.yml") as office:
        office.staff("minh", "supervisor")
        office.execute(CITIZENS)
        for number, (who, status, ward) in enumerate(
            (
                ("a", "answered", "90002"),
                ("a", "unresolved", "90002"),
                ("b", "answered", "90003"),
                ("b", "clarify", None),
            )
        ):
            office.execute(
                SAID.format(id=number, at="2026-05-03T02:00:00Z", who=who, status=status, took=1, result=ANSWERED)
            )
            if ward:
                office.execute(f"UPDATE messages SET ward = '{ward}' WHERE message_id = '{number}'")
        desk = Desk(office, office.browser("minh"))
        assert desk.table("ward") == [
            ["Phường Sông Mẫu", "2", "1", "1"],
            ["Xã Đồng Mẫu", "1", "1", "0"],
            ["Chưa rõ", "1", "0", "0"],
        ]
        narrowed = f"{MAY}&ward=90002"
        assert desk.table("ward", narrowed) == [["Phường Sông Mẫu", "2", "1", "1"]]
        assert desk.table("channel", narrowed) == [["trang trò chuyện", "2"]]
        assert desk.table("procedure", f"{MAY}&ward=90003") == [["1.001193", "1"]]
        assert desk.table("speed", narrowed)[0] == ["2 giây", "2", "100.0"]
        assert desk.table("ward", f"{MAY}&ward=99999") == desk.table("ward"), "what there is not narrows nothing"
        page = desk.minh.get(f"/figures?{narrowed}").text
        assert "Tin nhắn theo phường, xã" in page
        assert '<option value="90002" selected>Phường Sông Mẫu</option>' in page
        assert "<dt>Tin nhắn</dt><dd>2</dd>" in page
        text = "\n".join(
            sheet.get_textpage().get_text_range()
            for sheet in pypdfium2.PdfDocument(desk.minh.get(f"/figures/report?{MAY}").content)
        )
        assert "Tin nhắn theo phường, xã" in text


def test_a_citizens_own_words_say_the_ward_that_is_counted(databases: Databases) -> None:
    with databases.fresh() as url, running_office(url, workers=1, BOT_LOCALITY="localities/tinh-mau.yml") as office:
        office.staff("minh", "supervisor")
        token = office.system.say("xin chào")["conversation"]
        for said in ("thị trấn Sông Mẫu cũ làm khai sinh ở đâu", "lệ phí bao nhiêu"):
            office.system.say(said, token)
        # The worker has counted at its start, and figures of the last minutes are not counted anew.
        office.execute("UPDATE figure_days SET counted_at = now() - interval '1 hour'")
        desk = Desk(office, office.browser("minh"))
        today = f"from={datetime.now(UTC):%Y-%m-01}"
        assert desk.table("ward", today) == [["Phường Sông Mẫu", "2", "2", "0"], ["Chưa rõ", "1", "1", "0"]]


def test_a_place_of_one_ward_has_no_table_of_wards(desk: Desk) -> None:
    assert desk.minh.get("/figures/export?figure=ward").status_code == 404
    assert "Tin nhắn theo phường, xã" not in desk.minh.get(f"/figures?{MAY}").text


def test_files_and_the_report_can_be_read(desk: Desk) -> None:
    content = desk.minh.get(f"/figures/export?figure=status&format=xlsx&{MAY}").content
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == ["Kết quả", "Tin nhắn", "Phần trăm"]
    printed = desk.minh.get(f"/figures/report?{MAY}")
    assert printed.headers["content-type"] == "application/pdf"
    text = "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(printed.content))
    for said in ("Báo cáo phục vụ người dân, 01/05/2026 đến 31/05/2026", "Phản ánh theo lĩnh vực", "chưa trả lời được"):
        assert said in text
    audited = desk.office.rows("SELECT count(*) FROM audit_log WHERE action = 'figures.export' AND object = 'report'")
    assert audited == [(1,)]


def test_today_is_counted_when_the_page_is_opened(desk: Desk) -> None:
    now = datetime.now(UTC)
    desk.office.execute(SAID.format(id="now", at=now.isoformat(), who="a", status="answered", took=1, result="{}"))
    desk.office.execute("UPDATE figure_days SET counted_at = now() - interval '1 hour'")
    assert desk.table("day", f"from={now:%Y-%m-01}")[-1][1] == "1"


def test_open_data_hold_months_that_are_over_in_bands_and_nothing_small_restricted_or_private(desk: Desk) -> None:
    def told() -> list[list[str]]:
        content = desk.minh.get("/figures/open-data").content
        return [row for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) if row[0] == "2026-05"]

    assert told() == [], "two reports and four messages are too few"
    for number in range(4):
        code = desk.office.ticket("rac_thai", description=f"rác {number}")
        desk.office.execute(f"UPDATE tickets SET created_at = '2026-05-20T01:00:00Z' WHERE code = '{code}'")
    label = next(item.label for item in desk.office.locality.categories if item.code == "rac_thai")
    assert told() == [["2026-05", "Phản ánh theo lĩnh vực", label, "5", "9"]]
    desk.office.execute("UPDATE tickets SET private = true WHERE description = 'rác 0' OR description = 'rác 1'")
    assert told() == []
