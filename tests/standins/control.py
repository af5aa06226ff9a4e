"""The control APIs as a test calls them: citizens of a stand-in, from any thread or process."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.standins import telegram, zalo
from tests.standins.serving import running

Json = dict[str, Any]


class Standin:
    """A stand-in that runs; every act of its control API is a method.

    `standin.write(chat=42, text="…")`, `standin.fail(call="sendMessage", kind="after_drop")`,
    `standin.sent(chat=42)`, `standin.state()` …; pictures are given as bytes.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=60, trust_env=False)

    def __getattr__(self, act: str) -> Callable[..., Any]:
        if act.startswith("_"):
            raise AttributeError(act)

        def call(**values: Any) -> Any:
            if isinstance(values.get("body"), bytes):
                values["body"] = base64.b64encode(values["body"]).decode()
            answer = self._client.post(f"/control/{act}", json=values)
            assert answer.status_code == 200, answer.text
            return answer.json()

        return call

    def wait_ready(self, within: float = 30) -> None:
        """Wait until its process serves."""
        end = time.monotonic() + within
        while True:
            try:
                self._client.post("/control/counts").raise_for_status()
            except httpx.TransportError:
                assert time.monotonic() < end, "the stand-in does not answer"
                time.sleep(0.05)
            else:
                return

    def until(self, many: int, *, within: float = 30, **who: Any) -> list[Json]:
        """Wait until this many messages reached a citizen (`chat=`, `citizen=`) or all; they, in order."""
        end = time.monotonic() + within
        while True:
            found: list[Json] = self.sent(**who)
            if len(found) >= many:
                return found
            assert time.monotonic() < end, f"{len(found)} of {many} messages: {found}"
            time.sleep(0.02)


@contextmanager
def telegram_standin(**options: Any) -> Iterator[Standin]:
    """A Telegram Bot API server in a thread (see `telegram.application`)."""
    with running(telegram.application(**options)) as url:
        yield Standin(url)


@contextmanager
def zalo_standin(app: zalo.App | None = None, **options: Any) -> Iterator[Standin]:
    """A Zalo Official Account in a thread (see `zalo.application`)."""
    with running(zalo.application(app, **options)) as url:
        yield Standin(url)
