"""POST /api/photos against a real web process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases
from tests.support.pictures import bomb, picture, with_metadata


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("photos")


@pytest.fixture(scope="module")
def system(databases: Databases, folder: Path) -> Iterator[ChatSystem]:
    with databases.fresh() as url, running_chat(url, BOT_DATA_DIR=str(folder)) as running:
        yield running


@pytest.fixture
def token(system: ChatSystem) -> str:
    return str(system.say("xin chào")["conversation"])


def send(system: ChatSystem, token: str | None, data: bytes, **headers: str) -> httpx.Response:
    given = {"Content-Type": "image/jpeg", **({"Authorization": f"Bearer {token}"} if token else {}), **headers}
    return httpx.post(f"{system.url}/api/photos", content=data, headers=given, timeout=30)


def code(response: httpx.Response) -> str:
    assert response.json()["error"]["message"]
    return f"{response.status_code} {response.json()['error']['code']}"


def files(folder: Path) -> list[Path]:
    return sorted((folder / "photos").rglob("*.jpg"))


def test_a_picture_is_kept_without_its_metadata(system: ChatSystem, token: str, folder: Path) -> None:
    before = files(folder)
    response = send(system, token, with_metadata())
    assert response.status_code == 201
    found = response.json()
    assert (found["width"], found["height"]) == (200, 400)
    new = [path for path in files(folder) if path not in before]
    assert {path.name for path in new} == {f"{found['photo']}.jpg", f"{found['photo']}.small.jpg"}
    assert all(b"bi mat" not in path.read_bytes().lower() for path in new)
    with psycopg.connect(system.database_url.replace("+psycopg", "")) as connection:
        row = connection.execute("SELECT ticket_id, stage FROM ticket_photos WHERE key = %s", (found["photo"],))
        assert row.fetchone() == (None, "before")


def test_nobody_else_may_send(system: ChatSystem, token: str, folder: Path) -> None:
    before = files(folder)
    for wrong in (None, "x", token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), f"{token}x"):
        assert code(send(system, wrong, picture())) == "401 unknown_conversation"
    assert code(send(system, None, picture(), Authorization=f"Basic {token}")) == "401 unknown_conversation"
    assert files(folder) == before


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "422 photo_unreadable"),
        (b"<svg onload='alert(1)'/>", "422 photo_unreadable"),
        (b"\xff\xd8\xff\xe0 not really", "422 photo_unreadable"),
        (bomb(), "413 photo_too_large"),
        (b"\0" * (10 * 1024 * 1024 + 1), "413 photo_too_large"),
    ],
    ids=["empty", "svg", "broken", "bomb", "long"],
)
def test_what_is_no_picture_is_refused(system: ChatSystem, token: str, folder: Path, data: bytes, error: str) -> None:
    before = files(folder)
    assert code(send(system, token, data)) == error
    assert files(folder) == before


def test_a_long_body_without_a_length_is_cut_off(system: ChatSystem, token: str) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(12):
            yield b"\0" * 1024 * 1024

    try:
        response = httpx.post(
            f"{system.url}/api/photos", content=parts(), headers={"Authorization": f"Bearer {token}"}, timeout=30
        )
    except httpx.WriteError:
        return  # the server hung up in the middle, which is as good
    assert code(response) == "413 photo_too_large"


def test_pictures_are_not_served_from_anywhere(system: ChatSystem, token: str) -> None:
    key = send(system, token, picture()).json()["photo"]
    for path in (f"/photos/{key[:2]}/{key}.jpg", f"/static/{key}.jpg", f"/api/photos/{key}", f"/static/..%2f{key}.jpg"):
        assert httpx.get(f"{system.url}{path}").status_code in (404, 405)


def test_a_conversation_may_not_fill_the_disk(system: ChatSystem) -> None:
    token = str(system.say("xin chào")["conversation"])
    answers = [send(system, token, picture(40, 30)) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [201] * 10 + [422]
    assert code(answers[-1]) == "422 photo_too_many"


def test_floods_are_slowed_down(databases: Databases, tmp_path: Path) -> None:
    with (
        databases.fresh() as url,
        running_chat(url, workers=1, BOT_RATE_LIMIT="on", BOT_DATA_DIR=str(tmp_path)) as system,
    ):
        token = str(system.say("xin chào")["conversation"])
        started = time.monotonic()
        answers = [send(system, token, b"x") for _ in range(12)]
        assert time.monotonic() - started < 20
        assert answers[0].status_code == 422
        limited = [answer for answer in answers if answer.status_code == 429]
        assert limited
        assert int(limited[-1].headers["Retry-After"]) >= 1


def test_the_page_may_ask_where_one_is_and_nobody_else_may(system: ChatSystem) -> None:
    policy = httpx.get(system.url).headers["permissions-policy"]
    assert "geolocation=(self)" in policy
    assert "camera=()" in policy


def test_what_was_sent_is_shown_in_words_after_a_reload(system: ChatSystem) -> None:
    token = str(system.say("xin chào")["conversation"])
    for payload in ("photo:" + "a" * 32, "location:10.762622,106.660172"):
        assert system.chat(None, token, payload=payload).status_code == 200
    history = httpx.get(f"{system.url}/api/chat/history", headers={"Authorization": f"Bearer {token}"}).json()
    assert [one["text"] for one in history["messages"]][-2:] == ["Ảnh đã gửi", "Vị trí đã chia sẻ"]
