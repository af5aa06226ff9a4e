"""The one way in: limits of one citizen and of all, each told as it should be."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.entry import BusyError, Entry
from bot.channels.flood import OVERALL, Flood
from bot.channels.message import Contact, Media, Received, Text
from bot.channels.texts import TOO_FAST
from bot.conversations.context import Context
from bot.conversations.pool import fetch
from tests.integration.conversations.conftest import context

__all__ = ["context"]


def text(number: int, citizen: str = "42") -> Received:
    return Received("telegram", citizen, f"m{number}", Text(f"tin {number}"))


def entry(context: Context, a_minute: int = 5) -> Entry:
    return Entry(context.pool, context.inbox, Flood(a_minute))


async def test_one_citizens_flood_is_told_once_and_does_not_touch_another(context: Context) -> None:
    door = entry(context)
    taken = [await door.take(text(number)) for number in range(50)]
    assert [one is not None for one in taken] == [True] * 5 + [False] * 45
    assert await door.take(text(1, "43")) is not None
    told = await fetch(context.pool, "SELECT body ->> 'text' FROM outbox", ())
    assert told == [(TOO_FAST,)]


async def test_two_processes_tell_once_between_them(context: Context) -> None:
    doors = [entry(context), entry(context)]
    for door in doors:
        for number in range(20):
            await door.take(text(number))
    assert await fetch(context.pool, "SELECT count(*) FROM outbox", ()) == [(1,)]


async def test_what_is_over_the_limit_of_the_process_is_to_come_again(context: Context) -> None:
    flood = Flood(60, clock=lambda: 0.0)
    for _ in range(10 * OVERALL):
        assert not flood.is_full()
    with pytest.raises(BusyError):
        await Entry(context.pool, context.inbox, flood).take(text(1))
    assert await fetch(context.pool, "SELECT count(*) FROM messages", ()) == [(0,)]


async def test_the_same_message_at_once_from_several_sides_is_one(context: Context) -> None:
    door = Entry(context.pool, context.inbox)
    taken = await asyncio.gather(*(door.take(text(number % 10)) for number in range(60)))
    assert len({one.id for one in taken if one}) == 10
    assert sum(one.new for one in taken if one) == 10
    assert await fetch(context.pool, "SELECT count(*), max(waiting) FROM messages, conversations", ()) == [(10, 10)]


async def test_a_photo_is_stored_at_once_and_anothers_number_never(context: Context) -> None:
    door = Entry(context.pool, context.inbox)
    await door.take(Received("telegram", "42", "m1", Media("photo", "F1", 900)))
    await door.take(Received("telegram", "42", "m2", Contact("0912345678", "B", own=False)))
    await door.take(Received("telegram", "42", "m3", Contact("+84 912 345 678", "Nguyễn An", own=True)))
    assert await fetch(context.pool, "SELECT kind, body FROM messages ORDER BY id", ()) == [
        ("held", '{"kind": "photo", "reference": "F1", "size": 900}'),
        ("held", '{"kind": "contact"}'),
        ("text", "Nguyễn An [SĐT_1]"),
    ]
