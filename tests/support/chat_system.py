"""Web and worker as real processes beside a fake engine: what a citizen's message goes through, without Rasa."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.support.fake_engine import SECRET, FakeEngine, running_engine

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class ChatSystem:
    """A web process, workers, and an engine that they call."""

    def __init__(self, database_url: str, engine: FakeEngine, settings: Mapping[str, str]) -> None:
        self.database_url = database_url
        self.engine = engine
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {k: v for k, v in os.environ.items() if not k.startswith("BOT_")} | {
            "BOT_DATABASE_URL": database_url,
            "BOT_SECRET_KEY": "a secret key for tests only",
            "BOT_ENGINE_SECRET": SECRET,
            "BOT_ENGINE_URLS": engine.url,
            "BOT_PORT": str(self.port),
            "BOT_RATE_LIMIT": "off",
            **settings,
        }
        self.web: subprocess.Popen[bytes] | None = None
        self.workers: dict[int, subprocess.Popen[bytes]] = {}

    def start_web(self) -> None:
        """Start the web process and wait until it answers."""
        self.web = self._start("bot.channels.server")
        end = time.monotonic() + 60
        while True:
            try:
                if httpx.get(f"{self.url}/health/live", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            assert self.web.poll() is None, "the web process ended"
            assert time.monotonic() < end, "the web process does not answer"
            time.sleep(0.05)

    def stop_web(self) -> None:
        """Stop it as the supervisor does."""
        _end(self.web)

    def start_worker(self, slot: int = 0) -> None:
        """Start a worker."""
        self.workers[slot] = self._start("bot.conversations.worker", "--slot", str(slot))

    def kill_worker(self, slot: int = 0) -> None:
        """As a crash would."""
        self.workers[slot].send_signal(signal.SIGKILL)
        self.workers[slot].wait(10)

    def stop(self) -> None:
        """Stop everything."""
        for process in (self.web, *self.workers.values()):
            _end(process)

    def chat(self, text: str | None = None, conversation: str | None = None, **more: Any) -> httpx.Response:
        """One POST /api/chat."""
        body = {"conversation": conversation, "text": text, "message_id": str(uuid4())} | more
        return httpx.post(f"{self.url}/api/chat", json=body, timeout=60)

    def say(self, text: str, conversation: str | None = None) -> dict[str, Any]:
        """Send a text; the answer."""
        response = self.chat(text, conversation)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def _start(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, env=self._environment)


def _end(process: subprocess.Popen[bytes] | None) -> None:
    if process is not None and process.poll() is None:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


@contextmanager
def running_chat(database_url: str, *, workers: int = 1, web: bool = True, **settings: str) -> Iterator[ChatSystem]:
    """A chat system for a test.

    Args:
        settings: further settings, such as `BOT_REPLY_WAIT="1"`.
    """
    with running_engine() as engine:
        system = ChatSystem(database_url, engine, settings)
        try:
            for slot in range(workers):
                system.start_worker(slot)
            if web:
                system.start_web()
            yield system
        finally:
            system.stop()
