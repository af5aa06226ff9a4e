from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import create_async_engine

from bot.conversations.context import Context
from bot.conversations.errors import UnknownConversationError
from bot.conversations.pool import fetch
from bot.conversations.turns import Incoming
from bot.privacy import Vault
from bot.storage.database import sqlalchemy_url


def first(text: str = "xin chào", key: uuid.UUID | None = None, **more: Any) -> Incoming:
    return Incoming("web", str(uuid.uuid4()), key or uuid.uuid4(), text=text, opens=True, **more)


async def rows(context: Context, query: str) -> list[Any]:
    return await fetch(context.pool, query, ())


async def test_first_message_opens_a_conversation(context: Context) -> None:
    incoming = first()
    accepted = await context.inbox.accept(incoming)
    assert (accepted.new, accepted.done, accepted.key) == (True, False, incoming.key)
    assert await rows(context, "SELECT key, channel, waiting FROM conversations") == [(incoming.key, "web", 1)]
    assert await rows(context, "SELECT message_id, kind, body, state FROM messages") == [
        (incoming.message_id, "text", "xin chào", "pending")
    ]


async def test_later_messages_wait_in_the_same_conversation(context: Context) -> None:
    incoming = first()
    await context.inbox.accept(incoming)
    await context.inbox.accept(Incoming("web", "2", incoming.key, payload="aspect:fee"))
    assert await rows(context, "SELECT waiting FROM conversations") == [(2,)]
    assert await rows(context, "SELECT kind, body FROM messages ORDER BY id") == [
        ("text", "xin chào"),
        ("payload", "aspect:fee"),
    ]


@pytest.mark.parametrize("text", ["xin chào", "gọi tôi 0912345678"])
async def test_twenty_copies_at_once_are_one_message(context: Context, text: str) -> None:
    incoming = first(text)
    accepted = await asyncio.gather(*(context.inbox.accept(incoming) for _ in range(20)))
    assert len({one.id for one in accepted}) == 1
    assert sum(one.new for one in accepted) == 1
    assert await rows(context, "SELECT count(*), sum(waiting) FROM conversations") == [(1, 1)]
    second = Incoming("web", "2", incoming.key, text=text)
    accepted = await asyncio.gather(*(context.inbox.accept(second) for _ in range(20)))
    assert sum(one.new for one in accepted) == 1
    assert await rows(context, "SELECT sum(waiting) FROM conversations") == [(2,)]


async def test_repeated_first_message_after_ten_minutes_is_a_new_one(context: Context) -> None:
    incoming = first()
    accepted = await context.inbox.accept(incoming)
    await fetch(context.pool, "UPDATE messages SET received_at = now() - interval '11 minutes' RETURNING 1", ())
    again = await context.inbox.accept(incoming)
    assert again.new
    assert again.key != accepted.key


async def test_conversation_that_is_gone_is_said(context: Context) -> None:
    for text in ("xin chào", "gọi tôi 0912345678"):
        with pytest.raises(UnknownConversationError):
            await context.inbox.accept(Incoming("web", "1", uuid.uuid4(), text=text))
    with pytest.raises(UnknownConversationError):
        await context.inbox.history(uuid.uuid4())


async def test_personal_values_are_masked_before_they_are_stored(context: Context, database_url: str) -> None:
    incoming = first("gọi tôi 0912345678 hoặc a@b.vn")
    await context.inbox.accept(incoming)
    await context.inbox.accept(Incoming("web", "2", incoming.key, text="số khác 0987654321"))
    assert await rows(context, "SELECT body FROM messages ORDER BY id") == [
        ("gọi tôi [SĐT_1] hoặc [EMAIL_1]",),
        ("số khác [SĐT_2]",),
    ]
    assert await rows(context, "SELECT mask_counters FROM conversations") == [({"SĐT": 2, "EMAIL": 1},)]
    [(conversation,)] = await rows(context, "SELECT id FROM conversations")
    engine = create_async_engine(sqlalchemy_url(database_url))
    async with engine.connect() as connection:
        vault = Vault(SecretStr("a secret key for tests only"))
        found = await vault.find(connection, conversation, ["[SĐT_1]", "[SĐT_2]", "[EMAIL_1]"])
    await engine.dispose()
    assert found == {"[SĐT_1]": "0912345678", "[SĐT_2]": "0987654321", "[EMAIL_1]": "a@b.vn"}
    dump = str(await rows(context, "SELECT m.*, v.* FROM messages m JOIN masked_values v ON v.message_id = m.id"))
    assert "0912345678" not in dump


async def test_numbers_of_messages_at_once_get_different_tokens(context: Context) -> None:
    incoming = first()
    await context.inbox.accept(incoming)
    texts = [f"số 09123456{n:02}" for n in range(12)]
    await asyncio.gather(*(context.inbox.accept(Incoming("web", text, incoming.key, text=text)) for text in texts))
    tokens = {body for (body,) in await rows(context, "SELECT body FROM messages WHERE body ~ 'SĐT'")}
    assert tokens == {f"số [SĐT_{n}]" for n in range(1, 13)}


async def test_citizen_of_a_platform_has_one_conversation(context: Context) -> None:
    incoming = Incoming("telegram", "m1", text="xin chào", external_id="42")
    messages = [replace(incoming, message_id=f"m{n}", key=uuid.uuid4()) for n in range(10)]
    messages[3] = replace(messages[3], text="gọi 0912345678")
    accepted = await asyncio.gather(*map(context.inbox.accept, messages))
    assert all(one.new for one in accepted)
    assert len({one.key for one in accepted}) == 1
    assert await rows(context, "SELECT channel, external_id, waiting FROM conversations") == [("telegram", "42", 10)]
    assert not (await context.inbox.accept(messages[0])).new


async def test_connections_that_the_server_ended_are_replaced(context: Context, database_url: str) -> None:
    incoming = first()
    await context.inbox.accept(incoming)
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as other:
        await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
    accepted = await context.inbox.accept(Incoming("web", "2", incoming.key, text="còn đó không"))
    assert accepted.new


async def test_history_is_the_last_messages_oldest_first(context: Context) -> None:
    incoming = first("tin 0")
    await context.inbox.accept(incoming)
    for number in range(1, 6):
        await context.inbox.accept(Incoming("web", str(number), incoming.key, text=f"tin {number}"))
    said = await context.inbox.history(incoming.key, last=3)
    assert [one.body for one in said] == ["tin 3", "tin 4", "tin 5"]
    assert all(one.state == "pending" and one.replies == [] for one in said)


async def test_history_has_what_was_told_unasked_in_its_place(context: Context, database_url: str) -> None:
    incoming = first("trước")
    await context.inbox.accept(incoming)
    body = '{"text": "Đã xong", "buttons": [], "image": null}'
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as other:
        for state in ("shown", "queued"):  # what a push channel still has to send is not the page's
            await other.execute(
                "INSERT INTO outbox (conversation_id, channel, body, state)"
                " SELECT id, 'web', %s::jsonb, %s FROM conversations",
                (body, state),
            )
    await context.inbox.accept(Incoming("web", "2", incoming.key, text="sau"))
    said = await context.inbox.history(incoming.key)
    assert [(one.kind, one.body) for one in said] == [("text", "trước"), ("notice", ""), ("text", "sau")]
    assert said[1].replies == [{"text": "Đã xong", "buttons": [], "image": None}]
    assert said[1].message_id.startswith("notice-")
    assert [one.body for one in await context.inbox.history(incoming.key, last=1)] == ["sau"]
