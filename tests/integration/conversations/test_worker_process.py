"""The worker as the process that it is: killed, started again, doubled."""

from __future__ import annotations

import threading
import time
import uuid
from typing import Any

import httpx
import psycopg

from tests.support.chat_system import ChatSystem, running_chat


def rows(system: ChatSystem, query: str) -> list[Any]:
    with psycopg.connect(system.database_url) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]  # queries of this file


def wait_for(system: ChatSystem, query: str, within: float = 30) -> None:
    """Wait until a query finds something."""
    end = time.monotonic() + within
    while not rows(system, query):
        assert time.monotonic() < end, query
        time.sleep(0.01)


def ask_until_answered(system: ChatSystem, body: dict[str, Any], within: float = 60) -> dict[str, Any]:
    """As the page does: the same message id until there is an answer."""
    end = time.monotonic() + within
    while True:
        response = httpx.post(f"{system.url}/api/chat", json=body, timeout=60)
        if response.status_code == 200:
            answer: dict[str, Any] = response.json()
            return answer
        assert response.status_code == 503, response.text
        assert time.monotonic() < end, "no answer"
        time.sleep(0.2)


def test_killed_in_the_middle_of_a_turn_the_citizen_is_answered_once_and_at_once(database_url: str) -> None:
    with running_chat(database_url, BOT_TURN_LEASE="60") as system:
        opened = system.say("xin chào")
        system.engine.delay = 1.0
        body = {"conversation": opened["conversation"], "text": "lệ phí", "message_id": str(uuid.uuid4())}
        answers: list[dict[str, Any]] = []
        asking = threading.Thread(target=lambda: answers.append(ask_until_answered(system, body)))
        asking.start()
        wait_for(system, "SELECT 1 FROM messages WHERE body = 'lệ phí' AND tries = 1")
        system.kill_worker()
        system.engine.delay = 0
        killed = time.monotonic()
        system.start_worker()
        asking.join(60)
        assert answers[0]["replies"][0]["text"] == "Bạn viết: lệ phí"
        assert time.monotonic() - killed < 30, "the lease of a minute was not waited for"
        assert rows(system, "SELECT state, tries FROM messages WHERE body = 'lệ phí'") == [("done", 2)]
        assert ask_until_answered(system, body) == answers[0]
        assert len({message for _, message, said in system.engine.taken if said == "lệ phí"}) == 1


def test_two_workers_share_the_work_and_one_survives_the_other(database_url: str) -> None:
    with running_chat(database_url, workers=2, BOT_TURN_LEASE="2", BOT_TURN_CONCURRENCY="2") as system:
        system.say("xin chào")
        system.engine.delay = 0.15
        results: list[httpx.Response] = []

        def citizen() -> None:
            token = None
            for number in range(4):
                response = system.chat(f"tin {number}", token)
                results.append(response)
                token = response.json()["conversation"]

        citizens = [threading.Thread(target=citizen) for _ in range(8)]
        for one in citizens:
            one.start()
        wait_for(system, "SELECT 1 FROM conversations WHERE claimed_by LIKE '%/1'")
        system.kill_worker(1)
        for citizen_thread in citizens:
            citizen_thread.join(60)
        assert [response.status_code for response in results] == [200] * 32
        conversations = {conversation for conversation, _, _ in system.engine.taken}
        for conversation in conversations:
            said = [text for taken, _, text in system.engine.taken if taken == conversation]
            assert said in (["xin chào"], ["tin 0", "tin 1", "tin 2", "tin 3"])


def test_worker_stops_when_told_to(database_url: str) -> None:
    with running_chat(database_url) as system:
        system.say("xin chào")
        worker = system.workers[0]
        worker.terminate()
        assert worker.wait(15) == 0


def test_answer_is_there_after_the_web_process_was_started_again(database_url: str) -> None:
    with running_chat(database_url) as system:
        opened = system.say("xin chào")
        body = {"conversation": opened["conversation"], "text": "!sleep 2", "message_id": str(uuid.uuid4())}
        codes: list[int] = []

        def ask() -> None:
            codes.append(httpx.post(f"{system.url}/api/chat", json=body, timeout=60).status_code)

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.5)
        system.stop_web()
        asking.join(30)
        assert codes == [503], "a waiting request is told to ask again"
        system.start_web()
        answer = ask_until_answered(system, body)
        assert answer["conversation"] == opened["conversation"]
        assert len([said for _, _, said in system.engine.taken if said == "!sleep 2"]) == 1
