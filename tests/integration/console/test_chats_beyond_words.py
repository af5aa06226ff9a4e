"""Live chats beyond words: on Telegram citizens see that an officer types; pictures reach the officer alone."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.standins.control import Standin, telegram_standin
from tests.standins.telegram import TOKEN
from tests.support.console import Browser, Office, hidden, running_office
from tests.support.databases import Databases
from tests.support.pictures import picture


@pytest.fixture(scope="module")
def platform() -> Iterator[Standin]:
    with telegram_standin() as made:
        yield made


@pytest.fixture(scope="module")
def office(databases: Databases, platform: Standin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    settings = {
        "BOT_TELEGRAM_TOKEN": TOKEN,
        "BOT_TELEGRAM_API_BASE": platform.url,
        "BOT_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "BOT_REPLY_WAIT": "20",
    }
    with databases.fresh() as url, running_office(url, workers=1, **settings) as made:
        for name, role in (("lan", "officer"), ("minh", "officer")):
            made.staff(name, role)
        yield made


@pytest.fixture(scope="module")
def lan(office: Office) -> Browser:
    return office.browser("lan")


def until(true: Callable[[], Any], within: float = 20) -> None:
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def held(office: Office, lan: Browser, number: int) -> dict[str, str]:
    """Taken by the officer; what the forms carry."""
    assert lan.post(f"/chats/{number}/take").status_code == 303
    return {"epoch": hidden(lan.get(f"/chats/{number}").text, "epoch")}


def on_telegram(office: Office, platform: Standin, chat: int) -> int:
    """A citizen there who asked for a person; the number of the conversation."""
    platform.write(chat=chat, text="!live")
    platform.until(1, chat=chat)
    until(lambda: office.rows("SELECT 1 FROM live_chats l JOIN conversations c ON c.id = l.conversation_id"
                              " WHERE c.external_id = :chat", chat=str(chat)))  # fmt: skip
    [(number,)] = office.rows("SELECT id FROM conversations WHERE external_id = :chat", chat=str(chat))
    return int(number)


def signs(platform: Standin, chat: int) -> list[str]:
    return [item["action"] for item in platform.state()["actions"] if item["chat"] == chat]


def test_on_telegram_the_citizen_sees_that_the_holder_types_and_nobody_else_sees_it(
    office: Office, platform: Standin, lan: Browser
) -> None:
    number, other = on_telegram(office, platform, 71), on_telegram(office, platform, 72)
    forms = held(office, lan, number)
    minh = office.browser("minh")
    assert minh.post(f"/chats/{number}/typing", forms).status_code >= 400, "who does not hold it shows nothing"
    assert minh.post(f"/chats/{other}/typing", forms).status_code >= 400, "nor where nobody holds it"
    lan.post(f"/chats/{number}/typing", forms)
    lan.post(f"/chats/{number}/typing", forms)
    until(lambda: signs(platform, 71))
    lan.post(f"/chats/{number}/say", forms | {"text": "Chào bạn"})
    until(lambda: any(one["text"] == "Chào bạn" for one in platform.sent(chat=71)))
    assert signs(platform, 71) == ["typing"], "each is seen for five seconds: not again at each key"
    assert signs(platform, 72) == []


def test_a_picture_sent_on_telegram_reaches_the_officer_and_no_engine(
    office: Office, platform: Standin, lan: Browser
) -> None:
    number = on_telegram(office, platform, 73)
    held(office, lan, number)
    before = len(office.system.engine.taken)
    platform.photo(chat=73, body=picture(), caption="chỗ này đây")
    until(lambda: f"/chats/{number}/photos/" in lan.get(f"/chats/{number}/part").text)
    page = lan.get(f"/chats/{number}").text
    assert "chỗ này đây" in page
    found = re.search(rf"/chats/{number}/photos/([0-9a-z]+)\?size=small", page)
    assert found
    small, whole = (lan.get(f"/chats/{number}/photos/{found[1]}{query}") for query in ("?size=small", ""))
    for answer in (small, whole):
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"].startswith("private")
        Image.open(io.BytesIO(answer.content)).verify()
    assert len(small.content) < len(whole.content)
    assert len(office.system.engine.taken) == before


def sent(office: Office, token: str) -> str:
    """A picture that a citizen sends on the web page; its key."""
    kept = httpx.post(
        f"{office.url}/api/photos",
        content=picture(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "image/jpeg"},
    )
    key = str(kept.json()["photo"])
    assert office.system.chat(None, token, payload=f"photo:{key}").status_code == 200
    return key


def asks(office: Office) -> tuple[str, int]:
    token = office.system.say("!live")["conversation"]
    [(number,)] = office.rows("SELECT max(id) FROM conversations WHERE channel = 'web'")
    return token, int(number)


def test_a_picture_is_shown_in_its_own_conversation_alone(office: Office, lan: Browser) -> None:
    (token, number), (_, other) = asks(office), asks(office)
    held(office, lan, number)
    before = len(office.system.engine.taken)
    key = sent(office, token)
    assert f"/chats/{number}/photos/{key}" in lan.get(f"/chats/{number}").text
    assert lan.get(f"/chats/{number}/photos/{key}").status_code == 200
    assert lan.get(f"/chats/{other}/photos/{key}").status_code == 404
    assert lan.get(f"/chats/{number}/photos/{'0' * 32}").status_code == 404
    assert office.browser().get(f"/chats/{number}/photos/{key}").status_code == 303, "to the login"
    assert len(office.system.engine.taken) == before


def test_a_picture_of_a_report_that_few_may_read_is_not_shown(office: Office, lan: Browser) -> None:
    token, number = asks(office)
    held(office, lan, number)
    key = sent(office, token)
    office.execute(
        "UPDATE messages SET result = jsonb_set(result, '{understanding,category}', '\"can_bo\"')"
        f" WHERE body = 'photo:{key}'"
    )
    assert key not in lan.get(f"/chats/{number}").text
    assert lan.get(f"/chats/{number}/photos/{key}").status_code == 404
