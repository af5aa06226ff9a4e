"""POST /api/chat/feedback on a real web process with a worker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from bot.storage.database import libpq_url
from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases


@pytest.fixture(scope="module")
def chat(databases: Databases) -> Iterator[ChatSystem]:
    with databases.fresh() as url, running_chat(url) as made:
        yield made


def give(chat: ChatSystem, **body: Any) -> httpx.Response:
    return httpx.post(f"{chat.url}/api/chat/feedback", json=body, timeout=20)


def asked(chat: ChatSystem, said: str = "lệ phí khai sinh") -> tuple[str, str]:
    name = str(uuid4())
    response = chat.chat(said, message_id=name)
    return response.json()["conversation"], name


def cases(chat: ChatSystem) -> list[tuple[Any, ...]]:
    with psycopg.connect(libpq_url(chat.database_url)) as connection:
        return connection.execute("SELECT text, signals FROM unresolved_cases ORDER BY id").fetchall()


def test_a_thumb_down_brings_the_question_before_a_person_once(chat: ChatSystem) -> None:
    token, name = asked(chat, "lệ phí chụp ảnh cưới ở công viên")
    for _ in range(2):
        response = give(chat, conversation=token, message_id=name, value="down")
        assert (response.status_code, response.json()) == (200, {"value": "down"})
    assert cases(chat).count(("lệ phí chụp ảnh cưới ở công viên", ["thumbs_down"])) == 1


def test_a_thumb_up_makes_no_case(chat: ChatSystem) -> None:
    token, name = asked(chat, "câu được khen")
    assert give(chat, conversation=token, message_id=name, value="up").status_code == 200
    assert "câu được khen" not in [row[0] for row in cases(chat)]


def test_the_words_of_a_denunciation_stay_out(chat: ChatSystem) -> None:
    token, name = asked(chat, "!forget tôi tố cáo ông B")
    assert give(chat, conversation=token, message_id=name, value="down").status_code == 200
    assert not any("tố cáo" in row[0] or "không lưu" in row[0] for row in cases(chat))


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"conversation": "x" * 43}, 401), ({"conversation": ""}, 401), ({"message_id": "khac"}, 401),
        ({"value": "maybe"}, 422), ({"value": None}, 400), ({"value": 1}, 422), ({"message_id": ""}, 422),
        ({"message_id": "a" * 200}, 422), ({"message_id": "a\nb"}, 422), ({"conversation": None}, 400),
    ],
)  # fmt: skip
def test_what_is_no_thumb_is_refused(chat: ChatSystem, change: dict[str, Any], status: int) -> None:
    token, name = asked(chat)
    response = give(chat, **({"conversation": token, "message_id": name, "value": "down"} | change))
    assert response.status_code == status
    assert response.json()["error"]["code"]


def test_another_ones_conversation_opens_nothing(chat: ChatSystem) -> None:
    token, _ = asked(chat)
    _, other = asked(chat)
    assert give(chat, conversation=token, message_id=other, value="down").status_code == 401


def test_thumbs_are_limited(databases: Databases) -> None:
    with databases.fresh() as url, running_chat(url, BOT_RATE_LIMIT="on") as chat:
        token, name = asked(chat)
        found = [give(chat, conversation=token, message_id=name, value="up").status_code for _ in range(30)]
    assert found[0] == 200
    assert found[-1] == 429
