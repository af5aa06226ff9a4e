"""`bot telegram …` and what `bot check` says about Telegram, against a stand-in on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from bot.channels.channel import Finding
from bot.channels.telegram.checks import checks
from bot.runtime.project import ROOT
from bot.settings import Settings
from tests.standins.control import Standin, telegram_standin
from tests.standins.telegram import TOKEN

SECRET = "a-secret-of-32-characters-or-so"


@pytest.fixture
def platform() -> Iterator[Standin]:
    with telegram_standin() as standin:
        yield standin


def bot(platform: Standin, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "BOT_TELEGRAM_API_BASE": platform.url, "BOT_TELEGRAM_TOKEN": TOKEN}
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", "telegram", *arguments],
        capture_output=True, text=True, cwd=ROOT, env=environment | settings, timeout=60,
    )  # fmt: skip


def settings(platform: Standin, token: str = TOKEN, secret: str = SECRET) -> Settings:
    return Settings(
        telegram_token=SecretStr(token),
        telegram_secret=SecretStr(secret),
        telegram_api_base=platform.url,
        public_url="https://hoi.example.vn",
    )


async def told(platform: Standin, **more: str) -> list[Finding]:
    return await checks(settings(platform, **more))


def test_set_and_delete(platform: Standin) -> None:
    done = bot(platform, "set-webhook", BOT_TELEGRAM_SECRET=SECRET, BOT_PUBLIC_URL="https://hoi.example.vn")
    assert done.returncode == 0, done.stderr
    state = platform.state()
    assert state["webhook"]["url"] == "https://hoi.example.vn/webhooks/telegram"
    assert sorted(state["webhook"]["allowed_updates"]) == ["callback_query", "message", "my_chat_member"]
    assert state["commands"], "the menu is set, too"
    assert SECRET not in done.stdout + done.stderr
    assert TOKEN not in done.stdout + done.stderr
    assert bot(platform, "delete-webhook").returncode == 0
    assert platform.state()["webhook"]["url"] == ""


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({}, "BOT_TELEGRAM_SECRET"),
        ({"BOT_TELEGRAM_SECRET": "short"}, "16 đến 256"),
        ({"BOT_TELEGRAM_SECRET": SECRET}, "https"),
        ({"BOT_TELEGRAM_SECRET": SECRET, "BOT_PUBLIC_URL": "https://a.vn", "BOT_TELEGRAM_TOKEN": "9:no"}, "token"),
        ({"BOT_TELEGRAM_TOKEN": ""}, "BOT_TELEGRAM_TOKEN"),
    ],
)
def test_what_is_missing_is_said_in_one_line(platform: Standin, more: dict[str, str], why: str) -> None:
    done = bot(platform, "set-webhook", **more)
    assert done.returncode != 0
    assert why in done.stderr
    assert "Traceback" not in done.stderr
    assert platform.state()["webhook"]["url"] == ""


async def test_check_knows_a_wrong_token_and_a_missing_platform(platform: Standin) -> None:
    [finding] = await told(platform, token="9:no")
    assert not finding.good
    assert "@BotFather" in finding.text
    gone = settings(platform).model_copy(update={"telegram_api_base": "http://127.0.0.1:1"})
    [finding] = await checks(gone)
    assert not finding.good
    assert "không hỏi được" in finding.text


async def test_check_compares_the_webhook_with_the_settings(platform: Standin) -> None:
    found = await told(platform)
    assert [one.good for one in found] == [True, True]
    assert "set-webhook" in found[1].text, "a secret without a webhook is remarked"
    bot(platform, "set-webhook", "--url", "https://other.example.vn/webhooks/telegram", BOT_TELEGRAM_SECRET=SECRET)
    assert "khác https://hoi.example.vn/webhooks/telegram" in (await told(platform))[1].text
    bot(platform, "set-webhook", BOT_TELEGRAM_SECRET=SECRET, BOT_PUBLIC_URL="https://hoi.example.vn")
    assert (await told(platform))[1].good
    refused = (await told(platform, secret=""))[1]
    assert not refused.good
    assert "BOT_TELEGRAM_SECRET" in refused.text
