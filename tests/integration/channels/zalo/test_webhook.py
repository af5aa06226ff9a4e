"""The webhook on a real database: what is stored, what is refused, and that nothing makes it fail."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import psycopg
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from bot.channels.entry import Entry
from bot.channels.zalo import webhook
from bot.conversations.context import Context
from bot.conversations.pool import fetch
from bot.settings import Settings
from bot.storage import jobs
from tests.support.zalo_platform import event, signed

PATH = "/webhooks/zalo"
CITIZEN = "2468458835291979220"


def said(text: str, number: str = "96d3", citizen: str = CITIZEN) -> bytes:
    return event("user_send_text", citizen, {"text": text, "msg_id": number})


async def post(web: httpx.AsyncClient, body: bytes, **headers: str) -> httpx.Response:
    return await web.post(PATH, content=body, headers={**signed(body), **headers})


async def stored(context: Context) -> list[Any]:
    query = (
        "SELECT c.external_id, m.message_id, m.kind, m.body, m.state FROM messages m"
        " JOIN conversations c ON c.id = m.conversation_id WHERE c.channel = 'zalo' ORDER BY m.id"
    )
    return await fetch(context.pool, query, ())


async def test_a_signed_message_is_stored_with_its_pending_turn(web: httpx.AsyncClient, context: Context) -> None:
    answer = await post(web, said("Tôi muốn đăng ký khai sinh"))
    assert (answer.status_code, answer.json()) == (200, {"status": "taken"})
    assert await stored(context) == [(CITIZEN, "96d3", "text", "Tôi muốn đăng ký khai sinh", "pending")]
    # Redelivered, because our answer was lost: one message.
    body = said("Tôi muốn đăng ký khai sinh")
    assert (await post(web, body, num_retry="1")).status_code == 200
    assert (await post(web, body, num_retry="2")).status_code == 200
    assert len(await stored(context)) == 1


async def test_without_a_valid_signature_nothing_is_even_parsed(
    web: httpx.AsyncClient, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(_body: bytes) -> Any:
        raise AssertionError("parsed before it was verified")

    monkeypatch.setattr(webhook, "_event", forbidden)
    body = said("x")
    good = signed(body)["X-ZEvent-Signature"]
    for content, header in (
        (body, None),
        (body, "mac="),
        (body, good.upper()),
        (body.replace(b"x", b"y", 1), good),
        (b"", good),
        (b"{", good),
        (b"\xff\xfe", "mac=" + "0" * 64),
        (b"[" * 100_000, "mac=" + "0" * 64),
    ):
        headers = {"X-ZEvent-Signature": header} if header else {}
        assert (await web.post(PATH, content=content, headers=headers)).status_code == 401
    assert await stored(context) == []


async def test_bodies_that_are_too_long_are_not_read(web: httpx.AsyncClient, context: Context) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(1000):
            read += 65536
            yield b"x" * 65536

    assert (await web.post(PATH, content=b"x" * (webhook.LARGEST + 1))).status_code == 413
    assert (await web.post(PATH, content=endless())).status_code == 413
    assert read <= webhook.LARGEST + 2 * 65536
    large = said("x" * (webhook.LARGEST - 400))
    assert (await post(web, large)).status_code == 200


async def test_a_body_that_drips_in_is_dropped(web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "SLOWEST", 0.2)

    async def dripping() -> AsyncIterator[bytes]:
        for byte in b'{"event_name"':
            yield bytes([byte])
            await asyncio.sleep(0.05)

    assert (await web.post(PATH, content=dripping())).status_code == 408


async def test_echoes_receipts_and_unknown_events_are_200_and_nothing(web: httpx.AsyncClient, context: Context) -> None:
    for name, outcome in (
        ("oa_send_text", "own"),
        ("user_seen_message", "own"),
        ("user_received_message", "own"),
        ("user_click_chatnow", "ignored"),
        ("shop_has_order", "unknown"),
        ("user_send_hologram", "unknown"),
    ):
        answer = await post(web, event(name, CITIZEN, {"msg_id": "1", "text": "x"}))
        assert (answer.status_code, answer.json()["status"]) == (200, outcome)
    for odd in (b'["timestamp","timestamp":"1"]', b'"timestamp":"1" garbage'):
        headers = {"X-ZEvent-Signature": f"mac={_mac(odd)}"}
        answer = await web.post(PATH, content=odd, headers=headers)
        assert (answer.status_code, answer.json()["status"]) == (200, "unreadable")
    assert await stored(context) == []


def _mac(body: bytes) -> str:
    from bot.channels.zalo.signature import Signature
    from tests.support.zalo_platform import APP_ID, OA_SECRET

    return Signature(APP_ID, OA_SECRET).mac(body, b"1")


async def test_what_is_not_stored_is_not_acknowledged(
    web: httpx.AsyncClient, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> None:
        raise psycopg.OperationalError("gone")

    async def stuck(*_: Any) -> None:
        await asyncio.sleep(60)

    for failing in (broken, stuck):
        with monkeypatch.context() as patched:
            patched.setattr(Entry, "take", failing)
            begun = time.monotonic()
            answer = await post(web, said("x"))
            assert answer.status_code == 503
            assert time.monotonic() - begun < 2
    assert (await post(web, said("x"))).status_code == 200
    assert len(await stored(context)) == 1


async def test_whoever_unfollows_is_left_alone_until_they_write(web: httpx.AsyncClient, context: Context) -> None:
    await post(web, said("x"))
    query = "SELECT opted_out_at IS NOT NULL FROM conversations"
    await post(web, event("unfollow", "-", follower={"id": CITIZEN}))
    assert await fetch(context.pool, query, ()) == [(True,)]
    await post(web, event("follow", "-", follower={"id": CITIZEN}))
    assert await fetch(context.pool, query, ()) == [(False,)]
    await post(web, event("unfollow", "-", follower={"id": CITIZEN}))
    await post(web, said("tôi quay lại", "96d4"))
    assert await fetch(context.pool, query, ()) == [(False,)]


async def test_whoever_withdraws_consent_is_erased(web: httpx.AsyncClient, context: Context) -> None:
    await post(web, said("số của tôi 0912 345 678"))
    await post(web, said("x", citizen="77"))
    await fetch(context.pool, _QUEUED, {"citizen": CITIZEN})
    withdrawal = event("user_withdraw", CITIZEN)
    assert (await post(web, withdrawal)).json() == {"status": "taken"}
    assert await fetch(context.pool, "SELECT state FROM outbox", ()) == [("opted_out",)]
    await jobs.run(context.settings, wait=False)
    left = await fetch(context.pool, "SELECT external_id FROM conversations", ())
    assert left == [("77",)]
    assert await fetch(context.pool, "SELECT count(*) FROM masked_values", ()) == [(0,)]
    # They come back; Zalo repeats the withdrawal an hour later: that was about what is gone.
    await post(web, said("chào lại", "96d9"))
    later = event("user_withdraw", CITIZEN, timestamp=str(int((time.time() - 3600) * 1000)))
    assert (await post(web, later)).status_code == 200
    await jobs.run(context.settings, wait=False)
    assert sorted(row[0] for row in await stored(context)) == [CITIZEN, "77"]
    # Of somebody whom we do not know there is nothing to erase.
    assert (await post(web, event("user_withdraw", "5555"))).status_code == 200


_QUEUED = (
    "INSERT INTO outbox (conversation_id, channel, body) SELECT id, 'zalo', '{\"text\": \"x\"}'::jsonb"
    " FROM conversations WHERE external_id = %(citizen)s RETURNING id"
)


async def test_while_the_address_is_registered_nothing_is_stored(context: Context, settings: Settings) -> None:
    def app(secret: str) -> httpx.AsyncClient:
        changed = settings.model_copy(update={"zalo_oa_secret": SecretStr(secret)})
        made = Starlette(routes=webhook.routes(changed, Entry.of(context)))
        return httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url="http://zalo.test")

    async with app("setup") as web:
        assert (await post(web, said("x"))).json() == {"status": "setup"}
        assert (await web.post(PATH, content=b"{}")).status_code == 200
    async with app("") as web:
        assert (await post(web, said("x"))).status_code == 404
    assert await stored(context) == []


async def test_zalo_can_verify_the_domain(web: httpx.AsyncClient) -> None:
    answer = await web.get("/zalo_verifierAbC-1_2.html")
    assert answer.status_code == 200
    assert '<meta name="zalo-platform-site-verification" content="AbC-1_2">' in answer.text
    assert (await web.get("/zalo_verifierOther.html")).status_code == 404


async def test_acknowledged_at_once_with_nobody_to_answer(web: httpx.AsyncClient) -> None:
    """No worker and no engine runs here."""
    times = []
    for number in range(200):
        body = said("x", f"n{number}", citizen=str(1000 + number % 50))
        begun = time.perf_counter()
        assert (await post(web, body)).status_code == 200
        times.append(time.perf_counter() - begun)
    assert sorted(times)[197] < 0.1


# Fuzzing


async def test_mutated_events_are_refused(web: httpx.AsyncClient, context: Context) -> None:
    """Two thousand events, each changed somewhere after it was signed."""
    chance = random.Random(20261125)
    for round_ in range(2000):
        body = said(f"câu hỏi {round_}", f"m{round_}")
        headers = signed(body)
        mutated = _mutated(chance, body)
        if mutated == body:
            continue
        answer = await web.post(PATH, content=mutated, headers=headers)
        assert answer.status_code == 401, mutated
    assert await stored(context) == []


async def test_signed_nonsense_breaks_nothing(web: httpx.AsyncClient, context: Context) -> None:
    """Two thousand events with valid signatures and anything at all within."""
    chance = random.Random(20261126)
    taken = 0
    for _ in range(2000):
        body = _nonsense(chance)
        answer = await web.post(PATH, content=body, headers={"X-ZEvent-Signature": f"mac={_mac(body)}"})
        assert answer.status_code == 200, body
        taken += answer.json()["status"] == "taken"
    rows = await stored(context)
    assert taken > 100
    assert rows
    assert all(state == "pending" and len(body) <= 2000 for _, _, _, body, state in rows)


def _mutated(chance: random.Random, body: bytes) -> bytes:
    made = bytearray(body)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(made))
        match chance.randrange(4):
            case 0:
                made[at] ^= 1 << chance.randrange(8)
            case 1:
                del made[at : at + chance.randint(1, 8)]
            case 2:
                made[at:at] = chance.randbytes(chance.randint(1, 8))
            case _:
                made = made[:at] or bytearray(b"{")
    return bytes(made)


_TEXTS = ["", "x", "\u0000", "\ud800", "đ" * 3000, "a\u202eb", "' OR 1=1 --", "{{7*7}}", "#pick:1.000001", "\x1b[0m"]
_VALUES: list[Any] = [None, True, 0, -1, 2**70, 1.5, 1e308, [], {}, [[]], *_TEXTS]
_KINDS = ["text", "image", "link", "audio", "video", "sticker", "location", "business_card", "file", "gif", "odd"]


def _value(chance: random.Random, depth: int = 0) -> Any:
    if depth > 3 or chance.random() < 0.6:
        return chance.choice(_VALUES)
    if chance.random() < 0.5:
        return [_value(chance, depth + 1) for _ in range(chance.randint(0, 3))]
    keys = [
        "id",
        "url",
        "text",
        "payload",
        "coordinates",
        "latitude",
        "longitude",
        "phone",
        "name",
        "size",
        "attachments",
    ]
    return {chance.choice(keys): _value(chance, depth + 1) for _ in range(chance.randint(0, 4))}


def _nonsense(chance: random.Random) -> bytes:
    if chance.random() < 0.1:
        return b'"timestamp":"1",' + chance.randbytes(chance.randint(0, 60))
    names = [f"{who}_send_{kind}" for who in ("user", "anonymous", "oa") for kind in _KINDS]
    names += ["follow", "unfollow", "user_withdraw", "user_submit_info", "user_seen_message", "?", ""]
    made: dict[str, Any] = {"event_name": chance.choice(names)}
    for key in ("sender", "follower", "message", "info", "recipient", "user_id"):
        if chance.random() < 0.5:
            made[key] = _value(chance)
    if chance.random() < 0.7:
        made["sender"] = {"id": str(chance.randint(1, 40))}
    if chance.random() < 0.6:
        attachments = [{"type": "x", "payload": _value(chance)} for _ in range(chance.randint(0, 3))]
        made["message"] = {"msg_id": _value(chance), "text": chance.choice(_TEXTS), "attachments": attachments}
    made["timestamp"] = "1"
    return json.dumps(made, ensure_ascii=chance.random() < 0.7).encode("utf-8", "surrogatepass")
