"""The page of `make demo-channels`, and both stand-ins under its addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from telegram import Bot

from tests.standins import zalo
from tests.standins.control import Standin
from tests.standins.demo.__main__ import PAGE, application, settings
from tests.standins.serving import running
from tests.standins.telegram import TOKEN
from tests.support.hook import hook
from tests.support.pictures import picture

BOT = "http://127.0.0.1:1"


@pytest.fixture
def url() -> Iterator[str]:
    with running(application(BOT, zalo.App())) as made:
        yield made


def test_page_knows_the_bot_and_only_acts_that_there_are(url: str) -> None:
    page = httpx.get(url).text
    assert f'href="{BOT}/console"' in page and "{{" not in page
    named = set(re.findall(r'this\.act\("(\w+)"', PAGE.read_text(encoding="utf-8"))) | {"transcript", "file"}
    for channel, acts in (("telegram", named - {"follow"}), ("zalo", named - {"contact", "member", "file"})):
        answer = httpx.post(f"{url}/{channel}/control/none").json()["error"]
        assert acts - {"sticker"} <= set(re.findall(r"'(\w+)'", answer)), channel
    assert {"follow", "sticker", "later", "upload"} <= set(re.findall(r"'(\w+)'", answer))


async def test_telegram_answers_under_its_address(url: str) -> None:
    base = settings(url, 1, PAGE.parent, zalo.App())["BOT_TELEGRAM_API_BASE"]
    Standin(f"{url}/telegram").write(chat=42, text="chào")
    async with Bot(TOKEN, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot") as bot:
        (update,) = await bot.get_updates()
        assert update.message and update.message.text == "chào"
        await bot.send_message(42, "chào bạn")
    said = Standin(f"{url}/telegram").transcript(chat=42)
    assert [(one["who"], one["text"]) for one in said] == [("citizen", "chào"), ("bot", "chào bạn")]


def test_zalo_answers_and_keeps_pictures_under_its_address(url: str) -> None:
    standin = Standin(f"{url}/zalo")
    with hook() as receiving:
        standin.webhook(url=receiving.url)
        standin.photo(citizen="42", body=picture(40, 30))
        receiving.until(1)
    address = receiving.got[0].json()["message"]["attachments"][0]["payload"]["url"]
    assert address.startswith(f"{url}/zalo/media/")
    assert httpx.get(address).content == picture(40, 30)
    app = zalo.App()
    form = {"refresh_token": app.first_refresh_token, "app_id": app.app_id, "grant_type": "refresh_token"}
    pair = httpx.post(f"{url}/zalo/v4/oa/access_token", headers={"secret_key": app.app_secret}, data=form).json()
    body = {"recipient": {"user_id": "42"}, "message": {"text": "chào bạn"}}
    headers = {"access_token": pair["access_token"]}
    assert httpx.post(f"{url}/zalo/v3.0/oa/message/cs", headers=headers, json=body).json()["error"] == 0
    assert [one["text"] for one in standin.sent(citizen="42")] == ["chào bạn"]
