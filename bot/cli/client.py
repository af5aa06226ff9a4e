"""Talking to the web process of a running instance, or of one started for the while."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

from bot import processes, settings
from bot.cli.failure import CommandError
from bot.runtime import instance
from bot.settings import Settings

START_TIMEOUT = 300.0
ANSWER_TIMEOUT = 60.0


class Bot:
    """The public API of one instance.

    Args:
        url: of the web process.
        conversation: the capability of a conversation to go on with.
    """

    def __init__(self, url: str, conversation: str | None = None) -> None:
        self.url = url
        self.conversation = conversation

    def send(self, *, text: str | None = None, payload: str | None = None) -> dict[str, Any]:
        """Send a text or a button's payload; the answer as the API gives it.

        While the API says that it is too early (503), the same message is sent again: it is answered once.

        Raises:
            CommandError: no answer.
        """
        body: dict[str, Any] = {"conversation": self.conversation, "message_id": str(uuid.uuid4())}
        body |= {"payload": payload} if payload is not None else {"text": text}
        end = time.monotonic() + ANSWER_TIMEOUT
        while True:
            status, answer = self._post(body)
            if status == 200:
                self.conversation = answer["conversation"]
                return answer
            if status not in (0, 429, 503) or time.monotonic() > end:
                error = answer.get("error") or {}
                raise CommandError(error.get("message") or f"Hệ thống trả lời mã {status}.")
            time.sleep(0.5)

    def _post(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        request = urllib.request.Request(  # noqa: S310 - our own instance's address
            f"{self.url}/api/chat",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=ANSWER_TIMEOUT) as response:
                return response.status, _object(response.read())
        except urllib.error.HTTPError as error:
            return error.code, _object(error.read())
        except (OSError, TimeoutError) as error:
            return 0, {"error": {"message": f"Không nói chuyện được với {self.url}: {error}"}}


@contextlib.contextmanager
def connect(conversation: str | None = None) -> Iterator[Bot]:
    """The running instance of the data directory, or a temporary one that is stopped at the end.

    Raises:
        CommandError: it cannot be started; the lines of the start are shown then.
    """
    config = settings.load()
    running = instance.running(config)
    if running:
        _wait_ready(config, None)
        yield Bot(running.url, conversation)
        return
    with _temporary(config) as url:
        yield Bot(url, conversation)


@contextlib.contextmanager
def _temporary(config: Settings) -> Iterator[str]:
    print("Chưa có hệ thống nào chạy: đang khởi động tạm …", file=sys.stderr, flush=True)
    from bot.runtime.probe import can_listen, free_port

    port = config.port if not can_listen(config.host, config.port) else free_port()
    log = config.data / "run" / "temporary.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "run"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=_environment(port),
            start_new_session=True,
            preexec_fn=processes.die_with_parent(),
        )
    try:
        yield _wait_ready(config, process)
    finally:
        process.terminate()
        process.wait(60)


def _environment(port: int) -> dict[str, str]:
    """Ours, on a port of its own, and without Telegram: what people write there waits for the real system."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOT_TELEGRAM_")}
    return kept | {"BOT_PORT": str(port)}


def _wait_ready(config: Settings, process: subprocess.Popen[bytes] | None) -> str:
    end = time.monotonic() + START_TIMEOUT
    while True:
        found = instance.running(config)
        if found and found.state == "ready":
            return found.url
        if process is not None and process.poll() is not None:
            text = (config.data / "run" / "temporary.log").read_text(encoding="utf-8", errors="replace")
            raise CommandError("Hệ thống không khởi động được:\n" + "\n".join(text.splitlines()[-15:]))
        if process is None and found is None:
            raise CommandError("Hệ thống vừa dừng; chạy lại lệnh này.")
        if time.monotonic() > end:
            raise CommandError(f"Hệ thống chưa sẵn sàng sau {START_TIMEOUT:.0f} giây.")
        time.sleep(0.1)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
