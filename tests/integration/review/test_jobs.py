"""The jobs of the review, run by a real worker beside a fake engine."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from bot.conversations.engine_client import EngineClient
from bot.conversations.turns import Turn
from bot.review.examples import Examples, taught
from bot.review.newer import ask_again_if_newer
from bot.review.recheck import recheck, through_engine
from bot.review.suggesting import Example
from bot.review.suggestions import suggest_new
from bot.storage.database import libpq_url
from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases
from tests.support.fake_engine import SECRET, running_engine
from tests.support.review import Desk


@pytest.fixture(scope="module")
def chat(databases: Databases) -> Iterator[ChatSystem]:
    with databases.fresh() as url, running_chat(url) as made:
        yield made


def rows(chat: ChatSystem, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(libpq_url(chat.database_url)) as connection:
        return connection.execute(statement.encode()).fetchall()


def until(found: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.2)


def test_what_is_asked_on_the_page_is_grouped_by_the_worker_with_its_unaccented_variant(chat: ChatSystem) -> None:
    for said in ("!unresolved mấy giờ xe rác đến thu gom", "!unresolved may gio xe rac den thu gom"):
        assert chat.say(said)["understanding"]["status"] == "unresolved"
    asked = "SELECT cases, citizens, waiting, suggestions FROM case_groups"
    until(lambda: any(row[0] == 2 and row[3] for row in rows(chat, asked)))
    cases, citizens, waiting, suggestions = rows(chat, asked)[0]
    assert (cases, citizens, waiting) == (2, 2, 2)
    assert suggestions[-1]["kind"] == "scope"
    assert {item["kind"] for item in suggestions} >= {"scope", "intent"}
    assert rows(chat, "SELECT channel, procedure IS NULL FROM unresolved_cases") == [("web", True)] * 2


async def test_a_group_that_can_be_answered_by_now_is_offered(desk: Desk) -> None:
    answered = await desk.grouped("mấy giờ xe rác đến thu gom")
    open_still = await desk.grouped("!unresolved khoan giếng có phải xin phép")
    with running_engine() as engine:
        client = EngineClient([engine.url], SECRET, timeout=5)
        try:
            assert await recheck(desk.sessions, through_engine(client, desk.sessions)) == 1
        finally:
            client.close()
    found = dict(await desk.rows("SELECT id, answerable ->> 'text' FROM case_groups"))
    assert found[answered] == "Bạn viết: mấy giờ xe rác đến thu gom"
    assert found[open_still] is None
    assert await desk.one("SELECT count(*) FROM outbox") == 0


@pytest.mark.parametrize(("taught", "offered"), [("hours", True), ("contact", False), (None, False)])
async def test_a_ready_answer_counts_where_staff_said_that_it_is_meant(
    desk: Desk, taught: str | None, offered: bool
) -> None:
    number = await desk.grouped("mấy cô nghỉ trưa tới chừng nào")
    label = {"kind": "intent", "intent": taught} if taught else {"kind": "procedure", "code": "1.001193"}
    await desk.run("UPDATE case_groups SET state = 'labelled', label = CAST(:label AS jsonb)", label=json.dumps(label))

    async def ask(_said: str) -> Turn:
        understanding = {"status": "smalltalk", "intent": "hours", "procedures": [], "aspects": []}
        return Turn([{"text": "Làm việc đến 11h30.", "buttons": [], "image": None}], understanding)

    assert await recheck(desk.sessions, ask) == int(offered)
    said = await desk.one("SELECT answerable ->> 'text' FROM case_groups WHERE id = :id", id=number)
    assert said == ("Làm việc đến 11h30." if offered else None)


async def test_suggestions_say_which_taught_sentence_is_alike(desk: Desk) -> None:
    number = await desk.grouped("mấy giờ xe rác đến thu gom")
    examples = Examples(
        [Example("intent", "hours", "mấy giờ xe rác tới"), Example("intent", "contact", "số điện thoại")]
    )
    assert await suggest_new(desk.sessions, None, examples) == 1
    found = await desk.one("SELECT suggestions FROM case_groups WHERE id = :id", id=number)
    hours = next(item for item in found if item.get("intent") == "hours")
    assert hours["like"] == "mấy giờ xe rác tới"
    assert "rac" in hours["why"]
    assert await suggest_new(desk.sessions, None, examples) == 0


def test_the_sentences_of_the_corpus_are_found() -> None:
    near = taught().near("mấy giờ phường làm việc")
    assert "hours" in {example.name for example, _, _ in near}


async def test_a_changed_catalogue_has_the_waiting_groups_asked_again_once(desk: Desk) -> None:
    jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'review.recheck'"
    assert not await ask_again_if_newer(desk.sessions)
    await desk.run(
        "INSERT INTO catalogue_revision (id, revision) VALUES (1, 5)"
        " ON CONFLICT (id) DO UPDATE SET revision = catalogue_revision.revision + 1"
    )
    assert await ask_again_if_newer(desk.sessions)
    assert not await ask_again_if_newer(desk.sessions)
    await desk.run("UPDATE catalogue_revision SET revision = revision + 1")
    assert await ask_again_if_newer(desk.sessions)
    assert await desk.one(jobs) == 1
