"""What officers do with tickets in the console, and what is left behind by it."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import text

from bot.tickets.contacts import Contact
from bot.tickets.people import Actor
from bot.tickets.states import Status
from tests.integration.console.conftest import Town
from tests.support.console import Browser, Office, hidden

EVIL = '<script>alert(1)</script><img src=x onerror=alert(2)>" onfocus="alert(3)" autofocus x=\''


class _Dangers(HTMLParser):
    """Elements and attributes of a page that would run what people wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._script = tag == "script"
        names = {name for name, _ in attrs}
        if any(name.startswith("on") for name in names) or ("src", "x") in attrs:
            self.found.append(f"{tag} {attrs}")
        if any(name in ("href", "action", "src") and (value or "").startswith("javascript:") for name, value in attrs):
            self.found.append(f"{tag} {attrs}")

    def handle_data(self, data: str) -> None:
        if self._script and "alert(1)" in data:
            self.found.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._script = False


def dangers(page: str) -> list[str]:
    parser = _Dangers()
    parser.feed(page)
    return parser.found


def rows(office: Office, statement: str, **values: Any) -> list[Any]:
    async def work(made: Any) -> list[Any]:
        async with made() as session:
            return [tuple(row) for row in await session.execute(text(statement), values)]

    return office.run(work)


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (640, 480), "green").save(made, "PNG")
    return made.getvalue()


def test_a_ticket_goes_its_way_and_its_citizen_sees_the_answer(town: Town) -> None:
    office, officer = town.office, town.people["officer"]
    code = office.ticket()
    assert officer.post(f"/tickets/{code}/assign", {"officer": "lan"}).status_code == 303
    assert officer.post(f"/tickets/{code}/move", {"target": "in_progress"}).status_code == 303
    assert officer.post(f"/tickets/{code}/note", {"text": "đã gọi tổ thu gom"}).status_code == 303
    assert officer.post(f"/tickets/{code}/answer", {"text": "Sẽ dọn trong hôm nay."}).status_code == 303
    category = office.locality.category("rac_thai")
    assert category is not None
    if category.photo == "after":
        refused = officer.post(f"/tickets/{code}/move", {"target": "done", "text": "Đã dọn xong."})
        assert refused.status_code == 422
        assert "ảnh sau xử lý" in refused.text
        assert "Đã dọn xong." in refused.text
        sent = officer.post(f"/tickets/{code}/photos", {"stage": "after"}, files={"photo": ("a.png", picture())})
        assert sent.status_code == 303
    assert officer.post(f"/tickets/{code}/move", {"target": "done", "text": "Đã dọn xong."}).status_code == 303
    found = office.detail(code)
    assert found.row.status is Status.AWAITING_CITIZEN
    assert found.row.officer == "lan"
    kinds = [event.kind for event in found.events]
    assert {"TicketAssigned", "TicketStarted", "NoteAdded", "TicketAnswered", "TicketResolved"} <= set(kinds)
    assert all(event.account == "lan" for event in found.events if event.kind in ("NoteAdded", "TicketAnswered"))
    page = officer.get(f"/tickets/{code}").text
    assert "Sẽ dọn trong hôm nay." in page
    audit = rows(
        office,
        "SELECT action, account, before->>'status', after->>'status' FROM audit_log WHERE object = :c ORDER BY id",
        c=code,
    )
    assert ("ticket.move", "lan", "forwarded", "in_progress") in audit
    assert audit[-1] == ("ticket.move", "lan", "in_progress", "awaiting_citizen")


@pytest.mark.parametrize("target", ["closed", "done", "received", "escalated", "nonsense", ""])
def test_forged_transitions_change_nothing(town: Town, target: str) -> None:
    code = town.office.ticket()
    before = len(town.office.detail(code).events)
    assert town.people["officer"].post(f"/tickets/{code}/move", {"target": target}).status_code == 422
    assert len(town.office.detail(code).events) == before


def test_a_refusal_wants_a_reason(town: Town) -> None:
    code, officer = town.office.ticket(), town.people["officer"]
    assert "Cần ghi lý do" in officer.post(f"/tickets/{code}/move", {"target": "refused"}).text
    assert (
        officer.post(f"/tickets/{code}/move", {"target": "refused", "reason": "Đã có phiếu khác."}).status_code == 303
    )
    assert town.office.detail(code).row.status is Status.REFUSED


def test_an_officer_cannot_forward_and_a_supervisor_can_with_a_reason(town: Town) -> None:
    code, other = town.office.ticket(), town.office.detail(town.other).row.agency
    form = {"agency": other, "reason": "thuộc việc của đơn vị kia", "target": "forwarded"}
    assert town.people["officer"].post(f"/tickets/{code}/forward", form).status_code == 403
    assert town.people["officer"].post(f"/tickets/{code}/move", form).status_code == 403
    supervisor = town.people["supervisor"]
    assert supervisor.post(f"/tickets/{code}/forward", {"agency": other}).status_code == 422
    assert supervisor.post(f"/tickets/{code}/forward", form | {"agency": "khong_co"}).status_code == 422
    assert supervisor.post(f"/tickets/{code}/forward", form).status_code == 303
    assert town.office.detail(code).row.agency == other
    assert town.people["officer"].get(f"/tickets/{code}").status_code == 404


def test_tickets_are_given_only_to_who_works_there(town: Town) -> None:
    town.office.staff("xa-la", "officer", agency=town.office.detail(town.other).row.agency)
    code = town.office.ticket()
    for name in ("xa-la", "khong-co"):
        assert town.people["officer"].post(f"/tickets/{code}/assign", {"officer": name}).status_code == 422
    assert town.office.detail(code).row.officer is None


def test_the_citizen_is_asked_and_a_callers_answer_is_written_down(town: Town) -> None:
    code, officer = town.office.ticket(), town.people["officer"]
    assert officer.post(f"/tickets/{code}/ask", {"text": "Ở số nhà bao nhiêu?"}).status_code == 303
    assert "tạm dừng" in officer.get(f"/tickets/{code}").text
    assert officer.post(f"/tickets/{code}/replied", {"text": "Số 12"}).status_code == 303
    assert town.office.detail(code).paused_at is None


def test_contact_is_shown_on_demand_alone_and_written_down(town: Town) -> None:
    office = town.office
    contact = Contact(name="Nguyễn Văn Bình", phone="0912 345 678")
    code = office.ticket(contact=contact)
    officer = town.people["officer"]
    plain = officer.get(f"/tickets/{code}").text
    assert "Nguyễn Văn Bình" not in plain
    assert "345" not in plain
    shown = officer.post(f"/tickets/{code}/contact").text
    assert "Nguyễn Văn Bình" in shown
    assert "0912 345 678" in shown
    assert rows(office, "SELECT account FROM audit_log WHERE action = 'ticket.contact' AND object = :c", c=code) == [
        ("lan",)
    ]
    assert office.detail(code).events[-1].kind == "ContactRead"
    assert rows(
        office, "SELECT count(*) FROM audit_log WHERE audit_log::text LIKE '%Bình%' OR audit_log::text LIKE '%0912%'"
    ) == [(0,)]


def test_pictures_are_seen_by_who_sees_the_ticket_and_by_nobody_else(town: Town) -> None:
    officer = town.people["officer"]
    code = town.office.ticket()
    assert (
        officer.post(f"/tickets/{code}/photos", {"stage": "after"}, files={"photo": ("a.png", picture())}).status_code
        == 303
    )
    key = town.office.detail(code).photos[0].key
    for size in ("", "?size=small"):
        response = officer.get(f"/tickets/{code}/photos/{key}{size}")
        assert response.headers["content-type"] == "image/jpeg"
        assert Image.open(io.BytesIO(response.content)).format == "JPEG"
    assert officer.get(f"/tickets/{town.own}/photos/{key}").status_code == 404
    assert town.people["restricted_reader"].get(f"/tickets/{code}/photos/{key}").status_code == 404
    assert town.office.browser().get(f"/tickets/{code}/photos/{key}").status_code == 303


@pytest.mark.parametrize("body", [b"<svg onload=alert(1)>", b"GIF89a", b"", picture()[:100]])
def test_what_is_no_picture_is_refused(town: Town, body: bytes) -> None:
    code = town.office.ticket()
    sent = town.people["officer"].post(f"/tickets/{code}/photos", files={"photo": ("a.png", body)})
    assert sent.status_code == 422
    assert town.office.detail(code).photos == ()


def test_what_people_write_stands_there_as_text(town: Town) -> None:
    office, admin, officer = town.office, town.people["admin"], town.people["officer"]
    code = office.ticket(description=EVIL, place=EVIL, contact=Contact(name=EVIL[:60]))
    officer.post(f"/tickets/{code}/note", {"text": EVIL})
    officer.post(f"/tickets/{code}/answer", {"text": EVIL})
    officer.post("/tickets/views", {"name": EVIL[:60], "query": f"q={EVIL}"})
    assert admin.post("/replies/create", {"title": EVIL[:80], "body": EVIL}).status_code == 303
    admin.post("/staff/edit?pk=1", {"roles": "officer", "agency": "moi_truong_do_thi", "full_name": EVIL[:80]})
    officer.login("lan")
    pages = [
        *(officer.get(f"/tickets/{code}"), officer.post(f"/tickets/{code}/contact")),
        *(
            officer.get("/tickets"),
            officer.get(
                "/tickets",
            ),
            officer.client.get("/console/tickets", params={"q": EVIL}),
        ),
        *(
            admin.get("/replies/list"),
            admin.get("/staff/list"),
            admin.get("/audit/list"),
            admin.get("/staff/detail?pk=1"),
        ),
        officer.post(f"/tickets/{code}/move", {"target": "refused", "text": EVIL, "reason": ""}),
        officer.post(f"/tickets/{code}/ask", {"text": EVIL * 30}),
        officer.client.get("/console/login", params={"next": f"/console/{EVIL}"}),
        admin.client.get("/console/audit/list", params={"q": EVIL}),
    ]
    for page in pages:
        assert page.status_code in (200, 303, 422)
        assert dangers(page.text) == []


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
    last = rows(
        town.office,
        "SELECT account, after->>'personal' FROM audit_log WHERE action = 'ticket.export' ORDER BY id DESC LIMIT 1",
    )
    assert last == [("an", "true")]


def test_bulk_changes_say_what_became_of_each(town: Town) -> None:
    office, officer = town.office, town.people["officer"]
    good, ended = office.ticket(), office.ticket()
    office.with_tickets(lambda s: s.move(ended, Status.REFUSED, Actor.staff("x", "admin"), reason="trùng"))
    page = officer.post(
        "/tickets/bulk",
        {"code": [good, ended, town.other, town.restricted, "PA-1-1"], "target": "in_progress", "officer": "lan"},
    ).text
    assert "1 phản ánh đã thay đổi, 4 không thay đổi được" in page
    assert office.detail(good).row.status is Status.IN_PROGRESS
    assert office.detail(good).row.officer == "lan"
    assert office.detail(ended).row.status is Status.REFUSED
    forward = {"code": [good], "target": "forwarded", "agency": office.detail(town.other).row.agency, "reason": "x"}
    assert officer.post("/tickets/bulk", forward).status_code == 403
    assert "Cần ghi lý do" in town.people["supervisor"].post("/tickets/bulk", forward | {"reason": ""}).text
    assert office.detail(good).row.agency != forward["agency"]
    assert town.people["supervisor"].post("/tickets/bulk", forward).status_code == 200
    assert office.detail(good).row.agency == forward["agency"]


def test_a_callers_report_becomes_one_ticket_with_code_and_pin(town: Town) -> None:
    office, officer = town.office, town.people["officer"]
    page = officer.get("/new?category=rac_thai").text
    form = {
        "key": hidden(page, "key"), "category": "rac_thai", "channel": "phone", "ward": office.locality.areas[0].code,
        "description": "rác trước cổng trường, gọi 0912 345 678", "place": "đường Hoa Mai",
        "name": "Phạm Văn Gọi", "phone": "0912 345 678",
    }  # fmt: skip
    form |= {
        f"answer_{question.code}": question.options[0].code if question.options else "3"
        for question in office.locality.category("rac_thai").questions  # type: ignore[union-attr]
    }
    first, again = officer.post("/new/file", form).text, officer.post("/new/file", form).text
    code = re.search(r"PA-\d{4}-\d{6}", first)[0]  # type: ignore[index]
    pin = re.search(r'id="pin">(\d{6})<', first)[1]  # type: ignore[index]
    assert code in again
    paper = officer.post("/new/slip", {"code": code, "pin": pin})
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")
    assert (
        officer.post("/new/slip", {"code": code, "pin": "000000" if pin != "000000" else "111111"}).status_code == 404
    )
    found = office.detail(code)
    assert found.row.source == "staff"
    assert found.row.channel == "phone"
    assert "0912" not in found.row.description
    assert found.has_contact
    assert office.with_tickets(lambda s: s.status(code, pin=pin)) is not None
    assert rows(
        office, "SELECT count(*) FROM audit_log WHERE audit_log::text LIKE '%Gọi%' OR audit_log::text LIKE '%0912%'"
    ) == [(0,)]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"description": ""}, 422),
        ({"place": " "}, 422),
        ({"phone": "không có"}, 422),
        ({"email": "a@b"}, 422),
        ({"description": "a" * 2001}, 422),
        ({"category": "khong_co"}, 422),
        ({"channel": "web"}, 422),
        ({"key": "x"}, 422),
    ],
    ids=str,
)
def test_a_report_that_does_not_hold_is_shown_again(town: Town, wrong: dict[str, str], status: int) -> None:
    form = {"key": "a" * 32, "category": "rac_thai", "channel": "counter", "description": "rác", "place": "hẻm 3"}
    assert town.people["officer"].post("/new/file", form | wrong).status_code == status


def test_an_officer_may_take_down_what_they_may_not_read_again(town: Town) -> None:
    form = {"key": "b" * 32, "category": "can_bo", "channel": "counter", "description": "thái độ", "place": "quầy 3"}
    officer = town.people["officer"]
    page = officer.post("/new/file", form).text
    code = re.search(r"PA-\d{4}-\d{6}", page)[0]  # type: ignore[index]
    assert officer.get(f"/tickets/{code}").status_code == 404
    assert town.people["restricted_reader"].get(f"/tickets/{code}").status_code == 200


def test_saved_views_are_ones_own(town: Town) -> None:
    officer, supervisor = town.people["officer"], town.people["supervisor"]
    kept = officer.post(
        "/tickets/views", {"name": "Quá hạn rác", "query": "due=overdue&category=rac_thai&x=<b>&status=bad"}
    )
    assert kept.headers["location"] == "/console/tickets?category=rac_thai&due=overdue"
    assert "Quá hạn rác" in officer.get("/tickets").text
    assert "Quá hạn rác" not in supervisor.get("/tickets").text
    number = rows(town.office, "SELECT id FROM saved_views WHERE name = 'Quá hạn rác'")[0][0]
    assert supervisor.post(f"/tickets/views/{number}/delete").status_code == 404
    assert officer.post(f"/tickets/views/{number}/delete").status_code == 303
    assert officer.post("/tickets/views", {"name": "", "query": ""}).status_code == 303
    assert rows(town.office, "SELECT count(*) FROM saved_views WHERE name = ''") == [(0,)]


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
    number = rows(
        town.office, "SELECT n.id FROM staff_notices n JOIN tickets t ON t.id = n.ticket_id WHERE t.code = :c", c=code
    )[0][0]
    assert town.people["restricted_reader"].post(f"/notices/{number}/read").status_code == 404
    assert officer.post(f"/notices/{number}/read").status_code == 303
    assert officer.post(f"/notices/{number}/read").status_code == 404
    assert code not in officer.get("/notices").text


def test_canned_replies_follow_the_status_and_are_the_places_own(town: Town) -> None:
    admin, officer, code = town.people["admin"], town.people["officer"], town.office.ticket()
    form = {"title": "Lịch thu gom", "body": "Phiếu {code}: {agency} thu gom thứ Hai.", "statuses": "forwarded"}
    assert admin.post("/replies/create", form).status_code == 303
    page = officer.get(f"/tickets/{code}").text
    assert f"Phiếu {code}: " in page
    officer.post(f"/tickets/{code}/move", {"target": "in_progress"})
    assert "Lịch thu gom" not in officer.get(f"/tickets/{code}").text
    assert admin.post("/replies/create", form | {"title": "x", "agency": "khong_co"}).status_code == 422
    assert admin.post("/replies/create", form | {"title": "y", "body": " "}).status_code == 422


def test_a_caller_confirms_or_wants_it_reopened(town: Town) -> None:
    office, officer = town.office, town.people["officer"]
    code = office.ticket("khac")

    async def finish(service: Any) -> None:
        admin = Actor.staff("x", "admin")
        await service.move(code, Status.IN_PROGRESS, admin)
        await service.move(code, Status.DONE, admin, text="xong")

    office.with_tickets(finish)
    admin: Browser = town.people["admin"]
    assert admin.post(f"/tickets/{code}/confirm", {"solved": "maybe"}).status_code == 422
    assert admin.post(f"/tickets/{code}/confirm", {"solved": "yes", "rating": "5"}).status_code == 303
    assert office.detail(code).row.status is Status.CLOSED
    assert admin.post(f"/tickets/{code}/reopen", {"reason": "lại hỏng"}).status_code == 303
    assert office.detail(code).row.status is Status.IN_PROGRESS
    assert officer.post(f"/tickets/{code}/reopen", {"reason": "x"}).status_code in (404, 422)
