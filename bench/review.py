"""The queue of unanswered questions, and figures, with 1,000,000 messages, 50,000 cases: `python -m bench --review`.

Grouping goes through `Grouper`, lists through `bot.review.queue`, as the worker and the console do it, on an embedded
PostgreSQL with the product's own settings. The floors: a new message grouped in 50 ms, everything made anew in two
minutes, 95 of 100 lists in 500 ms.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from pydantic import SecretStr
from sqlalchemy import make_url, text

from bench import pages
from bench.sections import table
from bot.figures.counting import count
from bot.figures.queries import Asked, Figures
from bot.knowledge.aliases import load_aliases, read_aliases
from bot.knowledge.search.live import LiveIndex
from bot.knowledge.starter import load_starter
from bot.locality import Locality, load
from bot.review import queue
from bot.review.answering import deliveries
from bot.review.grouping import Grouper
from bot.settings import Settings
from bot.storage import migrations
from bot.storage.database import connect_async, connect_sync, sessions
from bot.storage.embedded import ensure_running
from bot.text import fold

DATA = Path(__file__).resolve().parent.parent / "nlu_data"
LIST_FLOOR, MESSAGE_FLOOR, REBUILD_FLOOR = 500.0, 50.0, 120.0
"""Milliseconds, milliseconds, seconds."""
ASKED = (
    "{} cần giấy tờ gì", "{} hết bao nhiêu tiền", "{} mất bao lâu", "{} ở đâu", "làm sao để {}", "cho em hỏi {} với ạ",
    "muốn {} thì phải làm thế nào", "{} có được không", "{}",
)  # fmt: skip
SIGNALS = (["unresolved"], ["unresolved", "repeated"], ["low_confidence"], ["thumbs_down"], ["handoff"])
_MESSAGES = """
INSERT INTO conversations (key, channel, external_id, created_at, last_message_at)
SELECT gen_random_uuid(), (ARRAY['web', 'zalo', 'zalo', 'telegram'])[1 + n % 4], 'c' || n, now() - interval '100 days',
    now() - n * interval '20 seconds' FROM generate_series(1, %(conversations)s) n;
INSERT INTO messages (conversation_id, message_id, kind, body, received_at, state, result, status, intent, confidence,
    ward, finished_at)
SELECT 1 + n %% %(conversations)s, 'm' || n, 'text', 'câu hỏi số ' || n, received, 'done',
    jsonb_build_object('replies', '[]'::jsonb, 'understanding', jsonb_build_object('status', status,
        'aspects', CASE WHEN told THEN jsonb_build_array(aspect) ELSE '[]' END,
        'procedures', CASE WHEN told THEN jsonb_build_array(code) ELSE '[]' END)),
    status, CASE WHEN told THEN 'ask_' || aspect ELSE status END, 0.9, ward, received + interval '1 second'
FROM (
    SELECT n, now() - (%(rows)s - n) * interval '8 seconds' AS received, power(random(), 4) AS skewed,
        (%(statuses)s::text[])[1 + floor(random() * cardinality(%(statuses)s::text[]))::int] AS status,
        (%(aspects)s::text[])[1 + floor(power(random(), 2) * cardinality(%(aspects)s::text[]))::int] AS aspect,
        CASE WHEN random() < 0.6 THEN (%(wards)s::text[])[1 + n / 7 %% cardinality(%(wards)s::text[])] END AS ward
    FROM generate_series(1, %(rows)s) n
) drawn CROSS JOIN (SELECT array_agg(code ORDER BY code) AS codes FROM procedures) catalogue
CROSS JOIN LATERAL (
    SELECT status IN ('answered', 'clarify') AS told, codes[1 + floor(cardinality(codes) * skewed)::int] AS code
) kind;
"""
STATUSES = (
    *("answered",) * 12, *("clarify",) * 3, *("smalltalk",) * 2, "unresolved", "form", "filed", "handoff", "lookup",
)  # fmt: skip
ASPECTS = ("documents", "fee", "place", "duration", "online", "steps", "form", "eligibility", "overview", "result")


def questions(many: int, seed: int = 6) -> Iterator[str]:
    """So many questions as citizens type them: names of procedures, asked for in several ways, half without marks."""
    draw = random.Random(seed)  # noqa: S311  # test data
    names = [name for aliases in read_aliases(DATA / "aliases").values() for name in aliases]
    weights = [1 / (place + 1) ** 0.7 for place in range(len(names))]
    draw.shuffle(names)
    for name in draw.choices(names, weights, k=many):
        said = draw.choice(ASKED).format(name)
        yield fold(said) if draw.random() < 0.5 else said


def fill(url: str, rows: int, cases: int) -> None:
    """Load the messages and the cases (as superuser: no trigger, no foreign key is checked row by row)."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SELECT setseed(0.6)")
        wards = [ward.code for ward in load(pages.PLACE).wards]
        values = {"rows": rows, "conversations": rows // 5, "wards": wards}
        for statement in _MESSAGES.replace("1 + n % 4", "1 + n %% 4").split(";\n")[:2]:
            connection.execute(statement.encode(), values | {"statuses": list(STATUSES), "aspects": list(ASPECTS)})
        now = datetime.now(UTC)
        draw = random.Random(3)  # noqa: S311  # test data
        step = rows // cases
        with (
            connection.cursor() as cursor,
            cursor.copy(
                "COPY unresolved_cases (message_id, conversation_id, text, reason, candidates, signals, confidence,"
                " created_at) FROM STDIN"
            ) as copy,
        ):
            for number, said in enumerate(questions(cases)):
                message = 1 + number * step
                copy.write_row((
                    message, 1 + message % (rows // 5), said, "no_match", "[]", json.dumps(draw.choice(SIGNALS)),
                    draw.random(), now - timedelta(seconds=(cases - number) * 150),
                ))  # fmt: skip
        connection.execute("VACUUM (ANALYZE) messages, conversations, unresolved_cases")


async def measured(url: str, times: int) -> dict[str, Any]:
    """All figures."""
    engine = connect_async(url, pool_size=6)
    made = sessions(engine)
    live = LiveIndex(engine)
    try:
        await live.refresh()
        grouper = Grouper(made, lambda: live.current)
        started, worked = time.perf_counter(), time.process_time()
        await grouper.rebuild()
        rebuild, worked = time.perf_counter() - started, time.process_time() - worked
        await _analyse(made)
        print(f"  everything grouped anew: {rebuild:.1f} s", flush=True)
        new = []
        await grouper.group_new()  # the index is read into memory once
        for number, said in enumerate(questions(times * 2, seed=99)):
            await _case(made, number, said)
            started = time.perf_counter()
            await grouper.group_new()
            new.append((time.perf_counter() - started) * 1000)
        print(f"  a new message: p50 {statistics.median(new):.1f} ms", flush=True)
        async with made() as session:
            await session.execute(text("UPDATE case_groups SET procedure = '1.001193' WHERE id % 7 = 0"))
            await session.execute(text("UPDATE case_groups SET assigned_to = 'lan' WHERE id % 50 = 0"))
            await session.commit()
            groups = int(await session.scalar(text("SELECT count(*) FROM case_groups")) or 0)
        place = load(pages.PLACE)
        today = place.now().date()
        started = time.perf_counter()
        days = await count(made, today, place.timezone)
        counting = time.perf_counter() - started
        async with made() as session:
            cells = int(await session.scalar(text("SELECT count(*) FROM message_figures")) or 0)
        print(f"  {days} days counted: {counting:.1f} s, {cells:,} counts", flush=True)
        lists = {}
        for name, work in (_lists(made) | _figures(made, place, today)).items():
            lists[name] = await _timed(work, times)
            print(f"  {name}: {lists[name]['p50_ms']} / {lists[name]['p95_ms']} ms", flush=True)
    finally:
        await engine.dispose()
    return {
        "groups": groups,
        "rebuild_s": round(rebuild, 1),
        "rebuild_cpu_s": round(worked, 1),
        "load": round(os.getloadavg()[0], 1),
        "new": pages.cuts(new),
        "counted_days": days,
        "counting_s": round(counting, 1),
        "counts": cells,
        "lists": lists,
    }


async def _analyse(made: Any) -> None:
    """What PostgreSQL does by itself within a minute."""
    async with made() as session:
        await session.execute(text("ANALYZE case_groups, unresolved_cases, case_exemplars"))
        await session.commit()


async def _case(made: Any, number: int, said: str) -> None:
    async with made.begin() as session:
        await session.execute(
            text("INSERT INTO unresolved_cases (message_id, conversation_id, text, reason, candidates, signals)"
                 " SELECT id, conversation_id, :said, 'no_match', '[]', '[\"unresolved\"]' FROM messages m WHERE"
                 " m.id = :id"), {"said": said, "id": 2 + number * 20},
        )  # fmt: skip


Work = Callable[[random.Random], Awaitable[Any]]


def _lists(made: Any) -> dict[str, Work]:
    now = datetime.now(UTC)
    wanted = {
        "no filter": queue.QueueFilter(),
        "all states": queue.QueueFilter(state=None),
        "channel": queue.QueueFilter(channel="telegram"),
        "signal": queue.QueueFilter(signal="thumbs_down"),
        "confidence": queue.QueueFilter(confidence="low"),
        "channel, signal, confidence": queue.QueueFilter(channel="zalo", signal="handoff", confidence="high"),
        "asked on one day": queue.QueueFilter(since=now - timedelta(days=40), until=now - timedelta(days=39)),
        "asked in the last week": queue.QueueFilter(since=now - timedelta(days=7)),
        "suggested procedure": queue.QueueFilter(procedure="1.001193"),
        "somebody's": queue.QueueFilter(assigned="lan"),
        "nobody's": queue.QueueFilter(assigned=""),
        "can be answered now (none)": queue.QueueFilter(answerable=True),
        "labelled (none)": queue.QueueFilter(state="labelled"),
        "words": queue.QueueFilter(words="khai sinh"),
        "words that nobody wrote": queue.QueueFilter(words="tau vu tru"),
        "a channel that nobody uses": queue.QueueFilter(channel="cli"),
    }

    def listed(one: queue.QueueFilter) -> Work:
        async def work(_: random.Random) -> None:
            async with made() as session:
                await queue.listed(session, one)

        return work

    def counted(one: queue.QueueFilter) -> Work:
        async def work(_: random.Random) -> None:
            async with made() as session:
                await queue.counted(session, one, 1000)

        return work

    async def deep(draw: random.Random) -> None:
        async with made() as session:
            number = int(await session.scalar(text("SELECT max(id) FROM case_groups")) or 1)
            rank = await session.scalar(text("SELECT rank FROM case_groups WHERE id >= :id ORDER BY id LIMIT 1"),
                                        {"id": draw.randint(1, number)})  # fmt: skip
            await queue.listed(session, queue.QueueFilter(), f"{rank!r}:0")

    async def whole(draw: random.Random) -> None:
        async with made() as session:
            number = await session.scalar(text("SELECT id FROM case_groups ORDER BY rank DESC OFFSET :n LIMIT 1"),
                                          {"n": draw.randint(0, 500)})  # fmt: skip
            view = await queue.group(session, int(number))
            await queue.neighbours(session, queue.QueueFilter(), view.row.place)
            await queue.similar(session, view)
            await deliveries(session, int(number))

    found: dict[str, Work] = {f"list: {name}": listed(one) for name, one in wanted.items()}
    found |= {f"count: {name}": counted(one) for name, one in wanted.items()}
    return found | {"list: page in the middle": deep, "one group in full, with its neighbours": whole}


def _figures(made: Any, place: Locality, today: date) -> dict[str, Work]:
    """The page of figures: everything that it shows."""

    def shown(asked: Asked) -> Work:
        async def work(_: random.Random) -> None:
            async with made() as session:
                figures = Figures(session, place)
                await figures.key_numbers(asked)
                await figures.everything(asked)

        return work

    async def today_anew(_: random.Random) -> None:
        await count(made, today, place.timezone)

    return {
        "figures of a month": shown(Asked(today - timedelta(days=30), today)),
        "figures of a year": shown(Asked(today - timedelta(days=365), today)),
        "figures of a month on one channel": shown(Asked(today - timedelta(days=30), today, "zalo")),
        "figures of a month in one ward": shown(Asked(today - timedelta(days=30), today, ward=place.wards[0].code)),
        "figures of a year in one ward": shown(Asked(today - timedelta(days=365), today, ward=place.wards[0].code)),
        "two days counted again": today_anew,
    }


async def _timed(work: Work, times: int) -> dict[str, float]:
    draw, took = random.Random(7), []  # noqa: S311  # test data
    for turn in range(times + 2):
        started = time.perf_counter()
        await work(draw)
        if turn >= 2:
            took.append((time.perf_counter() - started) * 1000)
    return pages.cuts(took)


def run(work: Path, *, rows: int = 1_000_000, cases: int = 50_000, times: int = 40) -> dict[str, Any]:
    """Make the database, fill it, measure."""
    settings = Settings(data_dir=work / "var", database_url=SecretStr(""), secret_key=SecretStr(uuid.uuid4().hex))
    with ensure_running(settings) as urls:
        migrations.upgrade(urls.owner)
        engine = connect_sync(urls.owner)
        load_starter(engine, DATA / "procedures")
        load_aliases(engine, DATA / "aliases")
        engine.dispose()
        print(f"  loading {rows:,} messages and {cases:,} cases …", flush=True)
        admin = make_url(urls.admin).set(database=make_url(urls.owner).database).render_as_string(hide_password=False)
        fill(admin, rows, cases)
        result = asyncio.run(measured(urls.owner, times))
        result["pages"] = pages.measured(urls.owner, admin, times)
    return {"rows": rows, "cases": cases} | result


def render(result: dict[str, Any]) -> str:
    """The tables of a result."""
    new, lists = result["new"], result["lists"]
    rows: list[list[object]] = [
        ["everything made anew, s", result["rebuild_s"], "", REBUILD_FLOOR],
        ["of these the process itself worked, s", result["rebuild_cpu_s"], "", ""],
        ["a new message, ms", new["p50_ms"], new["p95_ms"], MESSAGE_FLOOR],
        [
            f"figures: {result['counted_days']} days counted for the first time, into {result['counts']:,} counts, s",
            result["counting_s"],
            "",
            "",
        ],
    ]
    head = table(
        f"Grouping, {result['cases']:,} cases in {result['groups']:,} groups", ["", "p50", "p95", "floor"], rows
    )
    body = table(
        f"The queue, {result['rows']:,} messages in the database", ["query", "p50 ms", "p95 ms"],
        [[name, row["p50_ms"], row["p95_ms"]] for name, row in lists.items()],
    )  # fmt: skip
    shown = result["pages"]
    whole = table(
        "Whole pages of the console over HTTP, as an administrator gets them", ["page", "p50 ms", "p95 ms"],
        [[name, row["p50_ms"], row["p95_ms"]] for name, row in shown.items()],
    )  # fmt: skip
    missed = [name for name, row in (lists | shown).items() if row["p95_ms"] >= LIST_FLOOR]
    if new["p95_ms"] >= MESSAGE_FLOOR:
        missed.append("a new message")
    if result["rebuild_s"] >= REBUILD_FLOOR:
        missed.append("everything made anew")
    told = f"The machine's load average was {result['load']} on two cores."
    return f"{head}\n{body}\n{whole}\n{told} Floors: {'missed by ' + ', '.join(missed) if missed else 'met by all'}.\n"
