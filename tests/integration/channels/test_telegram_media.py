"""What citizens send on Telegram besides words: kept in its place, read, or answered politely."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.channels.test_telegram import rows, until
from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases
from tests.support.pictures import picture
from tests.support.telegram_server import TOKEN, Telegram, telegram_server

FILE = {"file_id": "v", "file_unique_id": "v", "file_size": 9}


@pytest.fixture(scope="module")
def running(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ChatSystem, Telegram, Path]]:
    folder = tmp_path_factory.mktemp("data")
    with (
        databases.fresh() as url,
        telegram_server() as platform,
        running_chat(
            url,
            web=False,
            BOT_TELEGRAM_TOKEN=TOKEN,
            BOT_TELEGRAM_API_BASE=platform.url,
            BOT_DATA_DIR=str(folder),
        ) as system,
    ):
        yield system, platform, folder


@pytest.fixture
def system(running: tuple[ChatSystem, Telegram, Path]) -> ChatSystem:
    running[0].engine.taken.clear()
    return running[0]


@pytest.fixture
def platform(running: tuple[ChatSystem, Telegram, Path]) -> Telegram:
    running[1].sent.clear()
    return running[1]


def said(system: ChatSystem) -> list[str]:
    return [text for _, _, text in system.engine.taken]


def test_a_photo_keeps_its_place_between_caption_and_what_follows(
    system: ChatSystem, platform: Telegram, running: tuple[ChatSystem, Telegram, Path]
) -> None:
    platform.lost_files += ["broken", "broken"]
    platform.citizen_sends_photo(picture(), chat=60, caption="đèn hẻm 5 hỏng")
    platform.citizen_writes("báo giúp nhé", chat=60)
    until(lambda: len(platform.sent) == 3)
    [key] = [
        key for (key,) in rows(system, "SELECT p.key FROM ticket_photos p JOIN conversations c"
                               " ON c.id = p.conversation_id WHERE c.external_id = '60'")
    ]  # fmt: skip
    assert said(system) == ["đèn hẻm 5 hỏng", f"photo:{key}", "báo giúp nhé"]
    assert (running[2] / "photos" / key[:2] / f"{key}.jpg").read_bytes().startswith(b"\xff\xd8\xff")
    assert rows(system, f"SELECT kind, body FROM messages WHERE body = 'photo:{key}'") == [("payload", f"photo:{key}")]


@pytest.mark.parametrize(
    ("data", "lost", "told"),
    [
        (b"not a picture", [], "không đọc được ảnh"),
        (picture(), ["gone"], "không tải được ảnh"),
        (picture(), ["broken"] * 5, "mạng trục trặc"),
    ],
)
def test_a_photo_that_cannot_be_kept_is_a_sentence_and_no_lost_turn(
    system: ChatSystem, platform: Telegram, data: bytes, lost: list[str], told: str
) -> None:
    platform.lost_files[:] = lost
    platform.citizen_sends_photo(data, chat=61)
    platform.citizen_writes("sau đó", chat=61)
    until(lambda: len(platform.sent) == 2)
    assert told in platform.sent[0]["text"]
    assert platform.sent[1]["text"] == "Bạn viết: sau đó"
    assert said(system) == ["sau đó"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"voice": FILE | {"duration": 2}}, "tin nhắn thoại"),
        ({"document": FILE | {"mime_type": "application/pdf"}}, "chưa đọc được tệp"),
        ({"contact": {"phone_number": "0912345678", "first_name": "B", "user_id": 99}}, "của chính bạn"),
    ],
)
def test_what_is_not_read_is_answered_with_what_is(
    system: ChatSystem, platform: Telegram, content: dict[str, object], told: str
) -> None:
    platform.citizen_sends(62, **content)
    until(lambda: platform.sent)
    assert told in platform.sent[0]["text"]
    assert said(system) == []
    assert not rows(system, "SELECT 1 FROM messages WHERE body LIKE '%0912345678%'"), "another's number is not kept"


def test_ones_own_contact_is_taken_masked(system: ChatSystem, platform: Telegram) -> None:
    card = {"phone_number": "84912345678", "first_name": "An", "last_name": "Nguyễn", "user_id": 63}
    platform.citizen_sends(63, contact=card)
    until(lambda: platform.sent)
    assert said(system) == ["Nguyễn An [SĐT_1]"]


def test_the_menu_of_commands_is_set(platform: Telegram) -> None:
    until(lambda: platform.commands)
    assert {"command": "phananh", "description": "Gửi phản ánh, kiến nghị"} in platform.commands
