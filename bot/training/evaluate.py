"""Asking the running system every row of a set, as a citizen would, and judging the answers."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import httpx

from bot.training.rows import Row
from bot.training.scoring import Judged, Report, Understood, judge

Ask = Callable[[str, str | None], Awaitable[dict[str, Any]]]
"""`ask(text, conversation) -> answer` as `POST /api/chat` gives it."""

ASK_AGAIN = 90.0
"""Seconds for which a message is repeated under its id while the system is busy."""


class AskError(Exception):
    """The system did not answer a row; the text says which and why."""


def over_http(client: httpx.AsyncClient, url: str) -> Ask:
    """Ask through the web API; a busy system (429, 503) is asked again, under the same message id."""

    async def ask(text: str, conversation: str | None) -> dict[str, Any]:
        body = {"conversation": conversation, "text": text, "message_id": str(uuid.uuid4())}
        loop = asyncio.get_running_loop()
        until = loop.time() + ASK_AGAIN
        while True:
            response = await client.post(f"{url}/api/chat", json=body)
            if response.status_code == 200:
                answer: dict[str, Any] = response.json()
                return answer
            if response.status_code not in {429, 503} or loop.time() > until:
                raise AskError(f"{response.status_code} cho «{text[:60]}»: {response.text[:200]}")
            await asyncio.sleep(float(response.headers.get("Retry-After", "1")))

    return ask


async def run(
    rows: Sequence[Row], ask: Ask, *, concurrency: int = 8, progress: Callable[[int], None] = lambda _done: None
) -> list[Judged]:
    """Ask every row in a conversation of its own; `progress` is told how many are done."""
    gate = asyncio.Semaphore(concurrency)
    done = 0

    async def one(row: Row) -> Judged:
        nonlocal done
        async with gate:
            conversation = None
            if row.context:
                conversation = (await ask(row.context, None))["conversation"]
            answer = await ask(row.text, conversation)
        done += 1
        progress(done)
        return judge(row, Understood.of(answer["understanding"]))

    return list(await asyncio.gather(*(one(row) for row in rows)))


def write_misses(report: Report, path: Path) -> int:
    """Write every row in which something is wrong, with what was understood; returns how many."""
    misses = [item for item in report.judged if not item.right]
    with path.open("w", encoding="utf-8") as out:
        for item in misses:
            line = item.row.model_dump(mode="json", exclude_defaults=True) | {
                "got": {
                    "kind": item.got.kind,
                    "status": item.got.status,
                    "intent": item.got.intent,
                    "confidence": item.got.confidence,
                    "aspects": item.got.aspects,
                    "procedures": item.got.procedures,
                    "category": item.got.category,
                }
            }
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    return len(misses)
