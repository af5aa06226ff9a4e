"""What officers do with tickets in the console, and what is left behind by it."""

from __future__ import annotations

import io
from html.parser import HTMLParser

import pytest
from PIL import Image

from bot.tickets.contacts import Contact
from bot.tickets.people import Actor
from bot.tickets.states import Status
from tests.integration.console.conftest import Town

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
    audit = office.rows(
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


@pytest.mark.parametrize("way", ["forward", "move"])
@pytest.mark.parametrize("role", ["officer", "supervisor"])
def test_a_ticket_is_forwarded_to_another_agency_with_a_reason(town: Town, role: str, way: str) -> None:
    office, browser = town.office, town.people[role]
    code, other = office.ticket(), office.detail(town.other).row.agency
    own = office.detail(code).row.agency
    form = {"agency": other, "reason": "thuộc việc của đơn vị kia", "target": "forwarded"}
    assert "Cần ghi lý do" in browser.post(f"/tickets/{code}/{way}", form | {"reason": " "}).text
    for wrong in (own, "khong_co", ""):
        assert browser.post(f"/tickets/{code}/{way}", form | {"agency": wrong}).status_code == 422, wrong
    assert office.detail(code).row.agency == own
    sent = browser.post(f"/tickets/{code}/{way}", form)
    assert sent.status_code == 303
    assert office.detail(code).row.agency == other
    assert browser.get(f"/tickets/{code}").status_code == (404 if role == "officer" else 200)
    [event] = [event for event in office.detail(code).events if event.kind == "TicketForwarded"]
    assert (event.account, event.text) == ("lan" if role == "officer" else "minh", form["reason"])
    [audit] = office.rows(
        "SELECT account, action, before->>'agency', after->>'agency' FROM audit_log"
        " WHERE object = :c AND outcome = 'done'",
        c=code,
    )
    assert audit == (event.account, f"ticket.{way}", own, other)
    told = office.rows(
        "SELECT n.kind, n.agency, n.role FROM staff_notices n JOIN tickets t ON t.id = n.ticket_id"
        " WHERE t.code = :c ORDER BY n.id DESC LIMIT 1",
        c=code,
    )
    assert told == [("assigned", other, "officer")]


def test_the_new_agency_finds_a_forwarded_ticket_in_its_list_and_its_bell(town: Town) -> None:
    office, other = town.office, town.office.detail(town.other).row.agency
    office.staff("binh", "officer", agency=other)
    receiver, code = office.browser("binh"), office.ticket()
    assert code not in receiver.get("/tickets").text
    form = {"agency": other, "reason": "nắp cống do đơn vị kia quản lý"}
    assert town.people["officer"].post(f"/tickets/{code}/forward", form).status_code == 303
    assert code in receiver.get("/tickets").text
    assert code in receiver.get("/notices").text
    assert "nắp cống do đơn vị kia quản lý" in receiver.get(f"/tickets/{code}").text
    assert code not in town.people["officer"].get("/tickets").text


def test_a_restricted_reader_does_not_forward(town: Town) -> None:
    form = {"agency": "ha_tang", "reason": "x", "target": "forwarded"}
    for way in ("forward", "move"):
        assert town.people["restricted_reader"].post(f"/tickets/{town.restricted}/{way}", form).status_code == 403


def test_a_change_and_its_row_in_the_audit_log_are_one_transaction(town: Town) -> None:
    office, officer, code = town.office, town.people["officer"], town.office.ticket()
    events = len(office.detail(code).events)
    contact = office.ticket(contact=Contact(name="Lê Văn Nhất"))
    office.execute("ALTER TABLE audit_log ADD CONSTRAINT broken CHECK (action NOT LIKE 'ticket.%') NOT VALID")
    try:
        for name, form in (
            ("note", {"text": "không ghi được"}),
            ("move", {"target": "in_progress"}),
            ("replied", {"text": "số 12"}),
        ):
            assert officer.post(f"/tickets/{code}/{name}", form).status_code == 500, name
        shown = officer.post(f"/tickets/{contact}/contact")
        assert shown.status_code == 500
        assert "Nhất" not in shown.text
        new = {"key": "c" * 32, "category": "khac", "channel": "counter", "description": "rác", "place": "hẻm 3"}
        assert officer.post("/new/file", new).status_code == 500
    finally:
        office.execute("ALTER TABLE audit_log DROP CONSTRAINT broken")
    assert len(office.detail(code).events) == events
    assert office.detail(code).row.status is Status.FORWARDED
    assert office.rows("SELECT count(*) FROM tickets WHERE idempotency_key LIKE '%cccc%'") == [(0,)]
    assert officer.post(f"/tickets/{code}/note", {"text": "nay ghi được"}).status_code == 303
    assert office.rows("SELECT action, after->>'events' FROM audit_log WHERE object = :c", c=code) == [
        ("ticket.note", str(events + 1))
    ]


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
    assert office.rows("SELECT account FROM audit_log WHERE action = 'ticket.contact' AND object = :c", c=code) == [
        ("lan",)
    ]
    assert office.detail(code).events[-1].kind == "ContactRead"
    assert office.rows(
        "SELECT count(*) FROM audit_log WHERE audit_log::text LIKE '%Bình%' OR audit_log::text LIKE '%0912%'"
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
            admin.get("/audit"),
            admin.get("/staff/detail?pk=1"),
        ),
        officer.post(f"/tickets/{code}/move", {"target": "refused", "text": EVIL, "reason": ""}),
        officer.post(f"/tickets/{code}/ask", {"text": EVIL * 30}),
        officer.client.get("/console/login", params={"next": f"/console/{EVIL}"}),
        admin.client.get("/console/audit", params={"q": EVIL}),
    ]
    for page in pages:
        assert page.status_code in (200, 303, 422)
        assert dangers(page.text) == []


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
    assert officer.post("/tickets/bulk", forward | {"officer": "lan"}).status_code == 422
    assert "Cần ghi lý do" in officer.post("/tickets/bulk", forward | {"reason": ""}).text
    assert office.detail(good).row.agency != forward["agency"]
    assert officer.post("/tickets/bulk", forward).status_code == 200
    assert office.detail(good).row.agency == forward["agency"]
    rows = office.rows("SELECT account, after->>'agency' FROM audit_log WHERE object = :c ORDER BY id", c=good)
    assert rows[-1] == ("lan", forward["agency"])


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
