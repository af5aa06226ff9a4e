"""What citizens send on Telegram besides words: kept in its place, read, or answered politely."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.channels.test_telegram import rows, texts, until
from tests.standins.control import Standin, telegram_standin
from tests.standins.telegram import TOKEN
from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases
from tests.support.pictures import picture

CHATS = itertools.count(60)


@pytest.fixture(scope="module")
def running(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ChatSystem, Standin, Path]]:
    folder = tmp_path_factory.mktemp("data")
    with (
        databases.fresh() as url,
        telegram_standin() as platform,
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
def system(running: tuple[ChatSystem, Standin, Path]) -> ChatSystem:
    running[0].engine.taken.clear()
    return running[0]


@pytest.fixture
def platform(running: tuple[ChatSystem, Standin, Path]) -> Standin:
    running[1].mend()
    return running[1]


def said(system: ChatSystem) -> list[str]:
    return [text for _, _, text in system.engine.taken]


@pytest.fixture
def chat() -> int:
    """A citizen who was never here."""
    return next(CHATS)


def test_a_photo_keeps_its_place_between_caption_and_what_follows(
    system: ChatSystem, platform: Standin, running: tuple[ChatSystem, Standin, Path], chat: int
) -> None:
    platform.fail(call="file", times=2, kind="status", status=502)
    platform.photo(chat=chat, body=picture(), caption="đèn hẻm 5 hỏng")
    platform.write(chat=chat, text="báo giúp nhé")
    platform.until(3, chat=chat)
    [key] = [
        key for (key,) in rows(system, "SELECT p.key FROM ticket_photos p JOIN conversations c"
                               f" ON c.id = p.conversation_id WHERE c.external_id = '{chat}'")
    ]  # fmt: skip
    assert said(system) == ["đèn hẻm 5 hỏng", f"photo:{key}", "báo giúp nhé"]
    assert (running[2] / "photos" / key[:2] / f"{key}.jpg").read_bytes().startswith(b"\xff\xd8\xff")
    assert rows(system, f"SELECT kind, body FROM messages WHERE body = 'photo:{key}'") == [("payload", f"photo:{key}")]


@pytest.mark.parametrize(
    ("data", "lost", "told"),
    [
        (b"not a picture", (0, 0), "không đọc được ảnh"),
        (picture(), (1, 404), "không tải được ảnh"),
        (picture(), (5, 502), "mạng trục trặc"),
    ],
)
def test_a_photo_that_cannot_be_kept_is_a_sentence_and_no_lost_turn(
    system: ChatSystem, platform: Standin, data: bytes, lost: tuple[int, int], told: str, chat: int
) -> None:
    platform.fail(call="file", times=lost[0], kind="status", status=lost[1])
    platform.photo(chat=chat, body=data)
    platform.write(chat=chat, text="sau đó")
    platform.until(2, chat=chat)
    first, second = texts(platform, chat)
    assert told in first
    assert second == "Bạn viết: sau đó"
    assert said(system) == ["sau đó"]


@pytest.mark.parametrize(
    ("act", "content", "told"),
    [
        ("voice", {}, "tin nhắn thoại"),
        ("document", {"body": b"%PDF-", "name": "đơn.pdf"}, "chưa đọc được tệp"),
        ("contact", {"phone": "0912345678", "first_name": "B", "owner": 99}, "của chính bạn"),
    ],
)
def test_what_is_not_read_is_answered_with_what_is(
    system: ChatSystem, platform: Standin, act: str, content: dict[str, object], told: str, chat: int
) -> None:
    getattr(platform, act)(chat=chat, **content)
    (reply,) = platform.until(1, chat=chat)
    assert told in reply["text"]
    assert said(system) == []
    assert not rows(system, "SELECT 1 FROM messages WHERE body LIKE '%0912345678%'"), "another's number is not kept"


def test_ones_own_contact_is_taken_masked(system: ChatSystem, platform: Standin, chat: int) -> None:
    platform.contact(chat=chat, phone="84912345678", first_name="An", last_name="Nguyễn")
    platform.until(1, chat=chat)
    assert said(system) == ["Nguyễn An [SĐT_1]"]


def test_the_menu_of_commands_is_set(platform: Standin) -> None:
    until(lambda: platform.state()["commands"])
    wanted = {"command": "phananh", "description": "Gửi phản ánh, kiến nghị"}
    assert wanted in platform.state()["commands"]
