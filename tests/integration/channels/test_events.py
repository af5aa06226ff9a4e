"""GET /api/chat/events against a real web process and worker."""

from __future__ import annotations

import base64
import contextlib
import json
import queue
import signal
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest

from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases


@pytest.fixture(scope="module")
def system(databases: Databases) -> Iterator[ChatSystem]:
    with databases.fresh() as url, running_chat(url, BOT_REPLY_WAIT="0.5") as running:
        yield running


@dataclass
class Event:
    kind: str
    id: str
    data: dict[str, Any]


class Listening:
    """An open stream, read in a thread."""

    def __init__(self, response: httpx.Response) -> None:
        self.headers = response.headers
        self._events: queue.Queue[Event | None] = queue.Queue()
        self._response = response
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        fields: dict[str, str] = {}
        with contextlib.suppress(httpx.HTTPError, httpx.StreamError):
            for line in self._response.iter_lines():
                name, _, value = line.partition(": ")
                if line and name:
                    fields[name] = value
                elif "data" in fields:
                    self._events.put(Event(fields["event"], fields["id"], json.loads(fields["data"])))
                    fields = {}
        self._events.put(None)

    def next(self, seconds: float = 10) -> Event:
        found = self._events.get(timeout=seconds)
        assert found is not None, "the stream ended"
        return found

    def nothing(self, seconds: float = 1) -> None:
        with pytest.raises(queue.Empty):
            self._events.get(timeout=seconds)

    def ended(self, seconds: float = 10) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(queue.Empty):
                if self._events.get(timeout=0.1) is None:
                    return True
        return False


@contextlib.contextmanager
def listening(system: ChatSystem, token: str, **headers: str) -> Iterator[Listening]:
    given = {"Authorization": f"Bearer {token}"} | {name.replace("_", "-"): value for name, value in headers.items()}
    with (
        httpx.Client(timeout=httpx.Timeout(5, read=40)) as client,
        client.stream("GET", f"{system.url}/api/chat/events", headers=given) as response,
    ):
        assert response.status_code == 200, response.read()
        try:
            yield Listening(response)
        finally:
            # Another thread reads: closing alone would not be told to the server.
            with contextlib.suppress(OSError):
                response.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)


def tell(system: ChatSystem, token: str, text: str, *, tell: bool = True, age: float = 0) -> str:
    """A notice, as the life of a ticket makes one; returns its id."""
    key = uuid.UUID(bytes=base64.urlsafe_b64decode(token + "=")[:16])
    with psycopg.connect(system.database_url.replace("+psycopg", "")) as connection:
        row = connection.execute(
            "INSERT INTO outbox (conversation_id, channel, body, state, created_at) SELECT id, 'web', %s, 'shown',"
            " now() - make_interval(secs => %s) FROM conversations WHERE key = %s RETURNING id, conversation_id",
            (json.dumps({"text": text, "buttons": [], "image": None}), age, key),
        ).fetchone()
        assert row
        if tell:
            connection.execute("SELECT pg_notify('shown', %s)", (str(row[1]),))
        return f"notice-{row[0]}"


@pytest.fixture
def token(system: ChatSystem) -> str:
    token = str(system.say("xin chào")["conversation"])
    # What was said before is seen by now.
    with psycopg.connect(system.database_url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE messages SET finished_at = finished_at - interval '1 minute'")
    return token


def test_a_notice_comes_at_once_as_the_history_has_it(system: ChatSystem, token: str) -> None:
    with listening(system, token) as stream:
        assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.headers["x-accel-buffering"] == "no"
        assert "no-store" in stream.headers["cache-control"]
        number = tell(system, token, "Phản ánh đã được tiếp nhận.\nCảm ơn bạn.")
        event = stream.next()
    assert event.kind == "notice"
    assert event.data["message_id"] == number
    assert event.data["replies"][0]["text"] == "Phản ánh đã được tiếp nhận.\nCảm ơn bạn."
    history = httpx.get(f"{system.url}/api/chat/history", headers={"Authorization": f"Bearer {token}"}).json()
    assert history["messages"][-1] == event.data


def test_an_answer_that_came_late_comes_by_the_stream(system: ChatSystem, token: str) -> None:
    with listening(system, token) as stream:
        asked = system.chat("!sleep 1.5", token, message_id="late-1")
        assert asked.json()["error"]["code"] == "not_answered_yet"
        event = stream.next()
    assert (event.kind, event.data["message_id"], event.data["pending"]) == ("answer", "late-1", False)
    assert event.data["text"] == "!sleep 1.5"
    assert event.data["replies"][0]["text"] == "Bạn viết: !sleep 1.5"


def test_a_page_that_comes_again_gets_what_it_missed_and_nothing_twice_in_one_stream(
    system: ChatSystem, token: str
) -> None:
    with listening(system, token) as stream:
        tell(system, token, "một")
        seen = stream.next().id
    tell(system, token, "hai")
    tell(system, token, "ba")
    with listening(system, token, Last_Event_ID=seen) as stream:
        texts = [stream.next().data["replies"][0]["text"] for _ in range(3)]
        assert texts == ["một", "hai", "ba"]  # the first lies within the overlap; the page knows its id
        tell(system, token, "bốn")
        assert stream.next().data["replies"][0]["text"] == "bốn"
        stream.nothing()


def test_a_row_committed_late_with_an_earlier_time_is_not_missed(system: ChatSystem, token: str) -> None:
    with listening(system, token) as stream:
        tell(system, token, "mới")
        assert stream.next().data["replies"][0]["text"] == "mới"
        tell(system, token, "lưu muộn", age=10)
        assert stream.next().data["replies"][0]["text"] == "lưu muộn"


def test_what_nobody_notified_of_is_found_by_looking(system: ChatSystem, token: str) -> None:
    with listening(system, token) as stream:
        tell(system, token, "không báo", tell=False)
        assert stream.next(25).data["replies"][0]["text"] == "không báo"


@pytest.mark.parametrize("cursor", ["", "abc", "-1", "9" * 30, "99999999999999", "0", "١٢٣"])
def test_odd_cursors_do_no_harm(system: ChatSystem, token: str, cursor: str) -> None:
    with listening(system, token, **({"Last_Event_ID": cursor} if cursor.isascii() else {})) as stream:
        tell(system, token, "vẫn đến")
        assert stream.next().data["replies"][-1]["text"] in ("vẫn đến", "Bạn viết: xin chào")


def test_one_conversation_hears_nothing_of_another(system: ChatSystem, token: str) -> None:
    other = str(system.say("người khác")["conversation"])
    with psycopg.connect(system.database_url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE messages SET finished_at = finished_at - interval '1 minute'")
    with listening(system, token) as own, listening(system, other) as theirs:
        tell(system, other, "cho người khác")
        system.say("chào", other)
        assert theirs.next().data["replies"][0]["text"] == "cho người khác"
        assert theirs.next().data["text"] == "chào"
        own.nothing()


@pytest.mark.parametrize("authorization", [None, "Bearer x", "Basic abc", "Bearer " + "A" * 43])
def test_without_the_capability_there_is_no_stream(system: ChatSystem, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    response = httpx.get(f"{system.url}/api/chat/events?token=x", headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (401, "unknown_conversation")


def test_the_fifth_stream_of_a_conversation_ends_the_first(system: ChatSystem, token: str) -> None:
    with contextlib.ExitStack() as stack:
        streams = [stack.enter_context(listening(system, token)) for _ in range(5)]
        assert streams[0].ended()
        tell(system, token, "cho bốn trang")
        assert [stream.next().data["replies"][0]["text"] for stream in streams[1:]] == ["cho bốn trang"] * 4


def streams_now(system: ChatSystem) -> float:
    time.sleep(1.1)  # metrics are given again for a second
    text = httpx.get(f"{system.url}/metrics").text
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith("motcua_chat_streams ")))


def test_pages_that_have_gone_are_not_counted_any_longer(system: ChatSystem, token: str) -> None:
    end = time.monotonic() + 10
    while streams_now(system) and time.monotonic() < end:
        pass
    with listening(system, token), listening(system, token):
        assert streams_now(system) == 2
    assert streams_now(system) == 0


def test_the_database_going_away_and_coming_back_loses_nothing(system: ChatSystem, token: str) -> None:
    with listening(system, token) as stream:
        with psycopg.connect(system.database_url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        tell(system, token, "sau khi mất kết nối", tell=False)
        assert stream.next(25).data["replies"][0]["text"] == "sau khi mất kết nối"


def test_streams_end_when_the_process_is_told_to_stop(databases: Databases) -> None:
    with databases.fresh() as url, running_chat(url) as own:
        token = str(own.say("xin chào")["conversation"])
        with listening(own, token) as stream:
            assert own.web is not None
            started = time.monotonic()
            own.web.send_signal(signal.SIGTERM)
            assert stream.ended()
            assert own.web.wait(10) in (0, -signal.SIGTERM)
            assert time.monotonic() - started < 4
