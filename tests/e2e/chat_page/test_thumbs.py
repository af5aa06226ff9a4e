"""Whether an answer helped, said with two small buttons."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from playwright.sync_api import expect

from bot.storage.database import libpq_url
from tests.support.browser import Visit
from tests.support.chat_system import ChatSystem


def test_a_thumb_down_is_kept_and_thanked_for(visit: Callable[..., Visit], system: ChatSystem) -> None:
    here = visit()
    here.say("lệ phí chụp ảnh ở công viên")
    expect(here.bot("Bạn viết: lệ phí chụp ảnh ở công viên")).to_be_visible()
    down = here.page.get_by_role("button", name="Câu trả lời chưa đúng ý")
    down.click()
    expect(here.page.get_by_text("Cảm ơn bạn, cán bộ sẽ xem lại câu này.")).to_be_visible()
    expect(down).to_have_attribute("aria-pressed", "true")
    here.page.get_by_role("button", name="Câu trả lời có ích").click()
    expect(down).to_have_attribute("aria-pressed", "false")
    expect(here.page.get_by_text("Cảm ơn bạn.", exact=True)).to_be_visible()
    with psycopg.connect(libpq_url(system.database_url)) as connection:
        rows = connection.execute(
            "SELECT f.value, u.signals, u.state FROM message_feedback f JOIN messages m ON m.id = f.message_id"
            " JOIN unresolved_cases u ON u.message_id = m.id WHERE m.body = 'lệ phí chụp ảnh ở công viên'"
        ).fetchall()
    assert rows == [("up", [], "closed")]
    here.check()


def test_a_question_back_and_a_greeting_are_not_judged(visit: Callable[..., Visit]) -> None:
    here = visit()
    for said in ("!buttons", "!status smalltalk"):
        here.say(said)
        expect(here.page.locator(".bot .words").last).to_be_visible()
    expect(here.bot("Bạn viết: !status smalltalk")).to_be_visible()
    expect(here.page.locator(".thumbs")).to_have_count(0)
    here.check()
