"""Lets a storm blow: citizens write, platforms fail and repeat themselves, processes are killed; until all is quiet."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.storm.places import KINDS, Place
from bench.storm.questions import Question
from bot.conversations.outbox import SENDING_TAKES

STEP = 0.1
_OPEN = """
SELECT (SELECT coalesce(sum(waiting), 0) FROM conversations),
    (SELECT count(*) FROM outbox WHERE state = 'queued'),
    (SELECT count(*) FROM outbox WHERE state = 'sending')
"""
FLOOD = {"code": 429, "description": "Too Many Requests: retry after 1", "retry_after": 1}


@dataclass(frozen=True)
class Plan:
    """How hard it blows.

    Attributes:
        messages, citizens: over both channels, half and half.
        rate: messages a second.
        kill_every: seconds between two kills; the kinds take turns, at random.
        duplicates: share of messages that the platforms deliver twice.
        shuffle: seconds by which Zalo's events may come late.
        hangs: share of sends that are delivered and never answered; each holds a sender up for its whole patience.
        limits: share of Zalo's answers that say that its rate limit is reached; that holds all of Zalo up for a while.
        tokens_end: whether all of Zalo's access tokens end once, and the first renewal fails.
        call: seconds after which a call of a living sender has certainly ended.
        patience: seconds to wait for quiet at the end.
    """

    messages: int = 10_000
    citizens: int = 1_000
    rate: float = 40.0
    kill_every: float = 10.0
    duplicates: float = 0.2
    shuffle: float = 2.0
    hangs: float = 0.001
    limits: float = 0.0004
    tokens_end: bool = True
    call: float = 30.0
    patience: float = 900.0
    seed: int = 20261125


@dataclass(frozen=True)
class Written:
    """One message of a citizen.

    Attributes:
        citizen: `(channel, id)`.
        at: when, in seconds since the epoch.
    """

    citizen: tuple[str, str]
    question: Question
    at: float


@dataclass
class Blown:
    """What happened.

    Attributes:
        written: in order.
        seconds: until the last message was written, and until all was quiet.
        sending: rows whose sender died and that will be `unknown` when its time is over.
    """

    written: list[Written] = field(default_factory=list)
    writing_seconds: float = 0.0
    quiet_seconds: float = 0.0
    quiet: bool = False
    sending: int = 0


def scripts(plan: Plan, questions: list[Question], chance: random.Random) -> list[tuple[tuple[str, str], Question]]:
    """Who writes what, in order; nobody asks the same twice."""
    each, rest = divmod(plan.messages, plan.citizens)
    waiting: dict[tuple[str, str], list[Question]] = {}
    for number in range(plan.citizens):
        citizen = ("telegram", str(1000 + number)) if number % 2 else ("zalo", str(2**60 + number))
        waiting[citizen] = chance.sample(questions, min(each + (number < rest), len(questions)))
    order = [citizen for citizen, asked in waiting.items() for _ in asked]
    chance.shuffle(order)
    return [(citizen, waiting[citizen].pop()) for citizen in order]


def trouble(plan: Plan, place: Place) -> None:
    """Let the platforms misbehave from now on."""
    telegram, zalo = place.platforms.telegram, place.platforms.zalo
    for standin, call, busy in (
        (telegram, "sendMessage", {"share": 0.003, "error": FLOOD}),
        (zalo, "send", {"share": plan.limits, "error": {"error": -32}}),
    ):
        standin.fail(call=call, share=0.02, kind="status", status=502)
        standin.fail(call=call, share=0.02, kind="after_status", status=504)
        standin.fail(call=call, share=0.01, kind="drop")
        standin.fail(call=call, share=0.01, kind="after_drop")
        if plan.hangs:
            standin.fail(call=call, share=plan.hangs, kind="after_hang", seconds=20)
        standin.fail(call=call, share=0.02, kind="slow", seconds=0.5)
        if busy["share"]:
            standin.fail(call=call, kind="refuse", **busy)
    telegram.duplicates(share=plan.duplicates)
    zalo.configure(duplicates=plan.duplicates, shuffle=plan.shuffle)
    if plan.tokens_end:
        zalo.fail(call="token", kind="status", status=503)


def blow(plan: Plan, place: Place, questions: list[Question], tell: Callable[[str], None]) -> Blown:
    """The storm, until everything that was written is dealt with or `patience` is over."""
    chance = random.Random(plan.seed)  # noqa: S311  a storm that can be repeated, no secret
    script = scripts(plan, questions, chance)
    trouble(plan, place)
    blown, kinds, began = Blown(), [], time.monotonic()
    next_kill, tokens_end = plan.kill_every / 2, not plan.tokens_end
    while len(blown.written) < len(script):
        now = time.monotonic() - began
        due = min(len(script), int(now * plan.rate) + 1)
        _write(place, script[len(blown.written) : due], blown)
        if now >= next_kill:
            kinds = kinds or chance.sample(KINDS, len(KINDS))
            kind = kinds.pop()
            place.kill(kind, chance)
            tell(f"{now:5.0f} s: {len(blown.written)} written, killed {kind}")
            next_kill += plan.kill_every
        if not tokens_end and due > len(script) / 2:
            place.platforms.zalo.end_access()
            tokens_end = True
        time.sleep(STEP)
    blown.writing_seconds = time.monotonic() - began
    _wait(plan, place, blown, began, tell)
    return blown


def _write(place: Place, part: list[tuple[tuple[str, str], Question]], blown: Blown) -> None:
    at = time.time()
    for channel, standin in (("telegram", place.platforms.telegram), ("zalo", place.platforms.zalo)):
        said: list[list[Any]] = [
            [int(citizen[1]) if channel == "telegram" else citizen[1], question.text]
            for citizen, question in part
            if citizen[0] == channel
        ]
        if said:
            standin.write_many(messages=said)
    blown.written += [Written(citizen, question, at) for citizen, question in part]


def _wait(plan: Plan, place: Place, blown: Blown, began: float, tell: Callable[[str], None]) -> None:
    """Until nothing is under way but what dead senders left behind."""
    end, told = time.monotonic() + plan.patience, 0.0
    while time.monotonic() < end:
        telegram, zalo = place.platforms.telegram.counts(), place.platforms.zalo.counts()
        with place.database() as connection:
            waiting, queued, sending = connection.execute(_OPEN).fetchone() or (1, 1, 1)
        blown.sending = sending
        left = telegram["pending"] + zalo["under_way"] + int(waiting) + queued
        if not left and _only_the_dead(plan, place):
            blown.quiet = True
            break
        if time.monotonic() - told > 15:
            told = time.monotonic()
            tell(
                f"{time.monotonic() - began:5.0f} s: to deliver {telegram['pending']} + {zalo['under_way']},"
                f" to answer {waiting}, to send {queued}, sending {sending}"
            )
        time.sleep(0.5)
    blown.quiet_seconds = time.monotonic() - began


def _only_the_dead(plan: Plan, place: Place) -> bool:
    """Whether no living sender has a message under way."""
    with place.database() as connection:
        row = connection.execute(
            "SELECT count(*) FROM outbox WHERE state = 'sending' AND not_before > now() + make_interval(secs => %s)",
            [SENDING_TAKES - plan.call],
        ).fetchone()
    return row is not None and row[0] == 0
