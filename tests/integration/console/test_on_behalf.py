"""Reports of callers and visitors, taken down and followed up by staff."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.tickets.people import Actor
from bot.tickets.states import Status
from tests.integration.console.conftest import Town
from tests.support.console import Browser, hidden


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
    assert office.rows(
        "SELECT count(*) FROM audit_log WHERE audit_log::text LIKE '%Gọi%' OR audit_log::text LIKE '%0912%'"
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
