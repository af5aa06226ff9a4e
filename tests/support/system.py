"""The whole real system, started by `bot run` in a data directory of its own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import psycopg

from bot.runtime import model, probe, project
from bot.settings import Settings
from bot.storage.embedded import EmbeddedPostgres
from tests.support import trained
from tests.support.folders import public_folder

START_TIMEOUT = 240.0


class System:
    """A running system.

    Args:
        data_dir: its data directory.
        port: of its web process.
        environment: further settings.
        root: the checkout whose programs run.
    """

    def __init__(
        self, data_dir: Path, port: int, environment: Mapping[str, str] | None = None, root: Path = project.ROOT
    ) -> None:
        self.data_dir = data_dir
        self.port = port
        self.root = root
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
        self.environment |= {"BOT_DATA_DIR": str(data_dir), "BOT_PORT": str(port), "BOT_RATE_LIMIT": "off"}
        self.environment |= environment or {}
        self.process: subprocess.Popen[str] | None = None
        self._lines: list[str] = []
        self._reader: threading.Thread | None = None

    # Life

    def start(self) -> None:
        """Start it in the background; the lines it prints are kept for `logs`."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "run"],
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        self._reader.start()

    def wait_ready(self, timeout: float = START_TIMEOUT) -> None:
        """Wait until every part serves."""
        end = time.monotonic() + timeout
        while True:
            assert self.process is not None
            if self.process.poll() is not None:
                raise AssertionError(f"the system ended with {self.process.returncode}:\n{self.logs()[-4000:]}")
            if self.instance().get("state") == "ready" and self._all_answer():
                return
            if time.monotonic() > end:
                raise AssertionError(f"not ready after {timeout} s:\n{self.logs()[-4000:]}")
            time.sleep(0.1)

    def stop(self, number: signal.Signals = signal.SIGTERM, timeout: float = 60) -> int:
        """Stop it as a person does; the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(timeout)
        if self._reader:
            self._reader.join(5)
        return code

    def kill(self) -> None:
        """End the supervisor at once, as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def end(self) -> None:
        """Stop it where it was started, and whatever it may have left behind."""
        if self.process is not None:
            try:
                self.stop()
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGKILL)

    # What it says about itself

    def instance(self) -> dict[str, Any]:
        """What the supervisor wrote about itself; empty when it does not run."""
        with contextlib.suppress(OSError, ValueError):
            found: dict[str, Any] = json.loads((self.data_dir / "run" / "instance.json").read_text(encoding="utf-8"))
            return found
        return {}

    def pid(self, name: str) -> int:
        """The process number of a child, waited for while it is being started again."""
        end = time.monotonic() + 30
        while True:
            pid = self.instance().get("children", {}).get(name)
            if pid:
                return int(pid)
            if time.monotonic() > end:
                raise AssertionError(f"no child {name}: {self.instance()}")
            time.sleep(0.05)

    def logs(self) -> str:
        """Everything that was printed so far."""
        return "\n".join(self._lines)

    @contextlib.contextmanager
    def database(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection to its database, as the bot's own role."""
        with psycopg.connect(EmbeddedPostgres(self.settings()).urls.owner, autocommit=True) as connection:
            yield connection

    def settings(self) -> Settings:
        """Its settings, as its own commands read them."""
        return Settings(data_dir=self.data_dir, port=self.port)

    # Talking to it

    def say(self, text: str, conversation: str | None = None) -> dict[str, Any]:
        """Send a text; the answer."""
        return self._post({"conversation": conversation, "text": text})

    def press(self, payload: str, conversation: str | None = None) -> dict[str, Any]:
        """Press a button; the answer."""
        return self._post({"conversation": conversation, "payload": payload})

    def bot(self, *arguments: str, input: str | None = None, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a command of the command line against this system."""
        return subprocess.run(
            [sys.executable, "-m", "bot.cli", *arguments],
            cwd=self.root,
            env=self.environment,
            input=input,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def _post(self, body: dict[str, Any]) -> dict[str, Any]:
        """As every client does: «not now» (503) is asked again, under the same message id."""
        body = body | {"message_id": str(uuid.uuid4())}
        end = time.monotonic() + 60
        while True:
            with contextlib.suppress(httpx.TransportError):
                response = httpx.post(f"{self.url}/api/chat", json=body, timeout=60)
                if response.status_code == 200:
                    found: dict[str, Any] = response.json()
                    return found
                assert response.status_code == 503, response.text
            assert time.monotonic() < end, f"no answer to {body}"
            time.sleep(0.5)

    def _all_answer(self) -> bool:
        """Also after a restart of a child, when the instance still says `ready`."""
        found = self.instance()
        secret = self.environment.get("BOT_ENGINE_SECRET") or (self.data_dir / "secrets" / "engine_secret").read_text(
            encoding="ascii"
        )
        asked = [(f"{self.url}/health/live", {})]
        asked += [(f"{url}/webhooks/turn/health", {"X-Engine-Secret": secret}) for url in found.get("engine_urls", [])]
        if found.get("actions_url"):
            asked.append((found["actions_url"].replace("/webhook", "/health"), {}))
        with contextlib.suppress(httpx.HTTPError):
            return "worker" in found.get("children", {}) and all(
                httpx.get(url, headers=headers, timeout=2).status_code == 200 for url, headers in asked
            )
        return False

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._lines.append(line.rstrip("\n"))


@contextlib.contextmanager
def new_system(environment: Mapping[str, str] | None = None, *, start: bool = True) -> Iterator[System]:
    """A system in a temporary folder, stopped and removed at the end. The trained model is shared between tests."""
    with public_folder("motcua-system-") as folder:
        made = System(folder / "var", probe.free_port(), environment)
        try:
            with trained.turn() if start else contextlib.nullcontext():
                _lend_model(made)
                if start:
                    made.start()
                    made.wait_ready()
                    _keep_model(made)
            yield made
        finally:
            made.end()


def _lend_model(made: System) -> None:
    """Give a new system the model that an earlier test trained from the same sources."""
    source = trained.kept()
    if source is not None:
        made.data_dir.mkdir()
        made.data_dir.chmod(0o711)
        shutil.copytree(source, made.data_dir / "models")


def _keep_model(made: System) -> None:
    if trained.kept() is None and model.current(made.settings()) is not None:
        trained.keep(made.data_dir / "models")
