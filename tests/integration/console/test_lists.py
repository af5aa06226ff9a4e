"""The list of tickets: filters, saved views, exports, deadlines, the bell."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from openpyxl import load_workbook
from sqlalchemy import text

from bot.tickets.contacts import Contact
from tests.integration.console.conftest import Town


def test_exports_hold_nothing_that_a_spreadsheet_runs_nothing_restricted_and_no_contact(town: Town) -> None:
    office = town.office
    contact = Contact(name="Trần Thị Xuất", phone="0987 654 321")
    codes = {
        value: office.ticket(description=value, contact=contact)
        for value in ('=HYPERLINK("http://x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "ấm nước")
    }
    supervisor = town.people["supervisor"]
    response = supervisor.get("/tickets/export?format=csv")
    assert response.headers["content-disposition"].startswith("attachment")
    table = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    found = {row["Mã"]: row for row in table}
    assert town.restricted not in found
    assert all(found[code]["Nội dung"].lstrip("'").strip() for code in codes.values())
    for row in table:
        for value in row.values():
            assert not re.match(r"\s*[=+\-@]", value), value
    assert found[codes["ấm nước"]]["Nội dung"] == "ấm nước"
    assert "Xuất" not in response.text
    assert "654" not in response.text
    sheet = load_workbook(io.BytesIO(supervisor.get("/tickets/export?format=xlsx").content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert town.restricted not in {cell.value for cell in cells}
    assert supervisor.get("/tickets/export?format=exe").status_code == 404


def test_an_administrator_may_take_contacts_out_and_that_is_written_down(town: Town) -> None:
    code = town.office.ticket(description="kèm liên hệ", contact=Contact(name="Lê Thị Đủ", phone="0912 000 111"))
    assert town.people["supervisor"].get("/tickets/export?personal=1").status_code == 403
    body = town.people["admin"].get("/tickets/export?format=csv&personal=1").content.decode("utf-8-sig")
    assert "Lê Thị Đủ" in body
    assert town.restricted in body
    assert town.office.detail(code).events[-1].kind == "ContactRead"
    last = town.office.rows(
        "SELECT account, after->>'personal' FROM audit_log WHERE action = 'ticket.export' ORDER BY id DESC LIMIT 1",
    )
    assert last == [("an", "true")]


def test_saved_views_are_ones_own(town: Town) -> None:
    officer, supervisor = town.people["officer"], town.people["supervisor"]
    kept = officer.post(
        "/tickets/views", {"name": "Quá hạn rác", "query": "due=overdue&category=rac_thai&x=<b>&status=bad"}
    )
    assert kept.headers["location"] == "/console/tickets?category=rac_thai&due=overdue"
    assert "Quá hạn rác" in officer.get("/tickets").text
    assert "Quá hạn rác" not in supervisor.get("/tickets").text
    number = town.office.rows("SELECT id FROM saved_views WHERE name = 'Quá hạn rác'")[0][0]
    assert supervisor.post(f"/tickets/views/{number}/delete").status_code == 404
    assert officer.post(f"/tickets/views/{number}/delete").status_code == 303
    assert officer.post("/tickets/views", {"name": "", "query": ""}).status_code == 303
    assert town.office.rows("SELECT count(*) FROM saved_views WHERE name = ''") == [(0,)]


def test_the_list_is_paged_filtered_and_searched(town: Town) -> None:
    office, admin = town.office, town.people["admin"]
    codes = [office.ticket(description=f"mương thoát nước số {number}") for number in range(53)]
    seen: list[str] = []
    path: str | None = "/tickets?q=muong+thoat+nuoc"
    while path:
        page = admin.get(path).text
        seen += re.findall(r'class="code" href="[^"]*">(PA-[\d-]+)<', page)
        following = re.search(r'rel="next" href="/console([^"]+)"', page)
        path = following[1].replace("&amp;", "&") if following else None
    assert sorted(seen) == sorted(codes)
    assert "53 phản ánh" in admin.get("/tickets?q=muong+thoat+nuoc").text
    only = admin.get(f"/tickets?q={codes[0]}").text
    assert codes[0] in only
    assert codes[1] not in only
    assert admin.get("/tickets?after=abc&status=open").headers["location"] == "/console/tickets?status=open"
    for strange in (
        "?status=x&due=y&from=z",
        "?q=%00%27",
        "?officer=%27",
        "?from=2026-01-01&to=2020-01-01",
    ):
        assert admin.get(f"/tickets{strange}").status_code == 200, strange


def test_deadlines_are_told_in_words(town: Town) -> None:
    office = town.office
    late, soon = office.ticket(description="trễ"), office.ticket(description="sắp")

    async def work(made: Any) -> None:
        async with made.begin() as session:
            for code, ago in ((late, "-1 hour"), (soon, "5 hours")):
                await session.execute(
                    text("UPDATE tickets SET due_at = now() + CAST(:ago AS interval) WHERE code = :code"),
                    {"ago": ago, "code": code},
                )

    office.run(work)
    officer = town.people["officer"]
    assert 'class="sla late">quá hạn' in officer.get(f"/tickets/{late}").text
    assert 'class="sla soon">sắp đến hạn' in officer.get(f"/tickets/{soon}").text
    assert late in officer.get("/tickets?due=overdue").text
    assert late not in officer.get("/tickets?due=soon").text
    assert soon in officer.get("/tickets?due=soon").text


def test_notices_are_shown_and_marked_as_seen(town: Town) -> None:
    code, officer = town.office.ticket(), town.people["officer"]
    page = officer.get("/notices").text
    assert code in page
    number = town.office.rows(
        "SELECT n.id FROM staff_notices n JOIN tickets t ON t.id = n.ticket_id WHERE t.code = :c", c=code
    )[0][0]
    assert town.people["restricted_reader"].post(f"/notices/{number}/read").status_code == 404
    assert officer.post(f"/notices/{number}/read").status_code == 303
    assert officer.post(f"/notices/{number}/read").status_code == 404
    assert code not in officer.get("/notices").text
