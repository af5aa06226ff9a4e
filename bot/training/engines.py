"""The engines as whoever publishes a model speaks to them: what each serves, prepare, activate."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import httpx

from bot.training.modelfile import Entry

BASE = "/webhooks/turn"
PATIENCE = 20.0
"""Seconds for an engine that is just being started again."""
LOADING = 60.0
"""Seconds that loading a model may take."""


@dataclass(frozen=True)
class EngineState:
    """One engine, as it answered."""

    url: str
    state: str
    """`serves` (the wanted model), `ready` (has it loaded), `other`, `refused`, `silent`."""
    detail: str = ""
    """The model that it serves, or why it refused."""

    def as_json(self) -> dict[str, Any]:
        """For the database."""
        return asdict(self)


class Engines:
    """All engines that the settings name.

    Args:
        urls: their addresses.
        secret: what they check.
    """

    def __init__(self, urls: Sequence[str], secret: str) -> None:
        self._urls = list(urls)
        self._headers = {"X-Engine-Secret": secret}

    def __len__(self) -> int:
        return len(self._urls)

    async def serving(self, entry: Entry) -> list[EngineState]:
        """Which model each serves."""

        async def ask(client: httpx.AsyncClient, url: str) -> EngineState:
            return _serving(url, entry, await client.get(url + BASE + "/health", timeout=5))

        return await self._all(ask, patience=0)

    async def prepare(self, entry: Entry, *, patience: float = PATIENCE) -> list[EngineState]:
        """Have each load a model beside the one that it serves."""

        async def ask(client: httpx.AsyncClient, url: str) -> EngineState:
            answer = await client.post(url + BASE + "/model/prepare", json=_wanted(entry), timeout=LOADING)
            return EngineState(url, "ready") if answer.status_code == 200 else _refused(url, answer)

        return await self._all(ask, patience=patience)

    async def activate(self, entry: Entry, *, patience: float = PATIENCE) -> list[EngineState]:
        """Have each serve a model from its next turn on."""

        async def ask(client: httpx.AsyncClient, url: str) -> EngineState:
            answer = await client.post(url + BASE + "/model/activate", json=_wanted(entry), timeout=LOADING)
            return _serving(url, entry, answer) if answer.status_code == 200 else _refused(url, answer)

        return await self._all(ask, patience=patience)

    async def _all(
        self, ask: Callable[[httpx.AsyncClient, str], Awaitable[EngineState]], *, patience: float
    ) -> list[EngineState]:
        end = time.monotonic() + patience

        async def one(client: httpx.AsyncClient, url: str) -> EngineState:
            while True:
                try:
                    return await ask(client, url)
                except (httpx.HTTPError, ValueError, KeyError) as error:
                    if time.monotonic() > end:
                        return EngineState(url, "silent", type(error).__name__)
                await asyncio.sleep(0.3)

        async with httpx.AsyncClient(headers=self._headers, trust_env=False) as client:
            return list(await asyncio.gather(*(one(client, url) for url in self._urls)))


def _wanted(entry: Entry) -> dict[str, str]:
    return {"model": entry.model, "sha256": entry.sha256}


def _serving(url: str, entry: Entry, answer: httpx.Response) -> EngineState:
    found = answer.json()
    same = found["model"] == entry.model and found["sha256"] in ("", entry.sha256)
    return EngineState(url, "serves" if same else "other", str(found["model"]))


def _refused(url: str, answer: httpx.Response) -> EngineState:
    error = answer.json().get("error") or {}
    return EngineState(url, "refused", f"{error.get('code', answer.status_code)}: {error.get('message', '')}"[:300])
