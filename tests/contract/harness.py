"""Real processes for the contract tests: an action server, a way to the database that can break, an engine."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url

ROOT = Path(__file__).resolve().parents[2]
ENGINE_PYTHON = ROOT / ".venv-engine" / "bin" / "python"
PROJECT = Path(__file__).parent / "project"
SECRET = "a secret of the tests"
OLD, NEW = "Chào bạn.\n\nTôi là trợ lý ảo.", "Kính chào bạn."
"""How the two models greet."""
READY_WITHIN = 40.0


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**more: str) -> dict[str, str]:
    """The environment of a child: ours without settings of the product."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BOT_", "RASA"))}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def train(out: Path, project: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    """Train the tests' own small project, or a copy of it that was changed, with the real launcher."""
    return subprocess.run(
        [ENGINE_PYTHON, "-m", "bot.engine.train", "--project", project, "--data", "nlu.yml", "rules.yml", "--out", out],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class Broken:
    """A way to the database that can be closed: a port that forwards to the server's socket."""

    def __init__(self, url: str) -> None:
        info = conninfo_to_dict(url)
        self._socket = f"{info['host']}/.s.PGSQL.{info.get('port', 5432)}"
        self.port = free_port()
        self.url = make_url(url).set(host="127.0.0.1", port=self.port, query={}).render_as_string(hide_password=False)
        self._listener: socket.socket | None = None
        self._open: list[socket.socket] = []
        self.up()

    def up(self) -> None:
        """Let connections through."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def down(self) -> None:
        """Cut all connections and refuse new ones, as a stopped server does."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._socket)
            self._open += [client, server]
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(source, target), daemon=True).start()

    @staticmethod
    def _pump(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


class Process:
    """A child process with its output in a file."""

    def __init__(self, name: str, command: list[Any], log: Path, **variables: str) -> None:
        self.name, self.log = name, log
        with log.open("ab") as output:
            self.child = subprocess.Popen(
                [str(part) for part in command],
                cwd=ROOT,
                env=environment(**variables),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_for(self, url: str, headers: dict[str, str] | None = None) -> float:
        """Seconds until the URL answers 200."""
        started = time.monotonic()
        while time.monotonic() - started < READY_WITHIN:
            if self.child.poll() is not None:
                raise AssertionError(f"{self.name} ended with {self.child.returncode}:\n{self.log.read_text()}")
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(url, headers=headers, timeout=2).status_code == 200:
                    return time.monotonic() - started
            time.sleep(0.05)
        raise AssertionError(f"{self.name} did not answer:\n{self.log.read_text()}")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it and return its status."""
        if self.child.poll() is None:
            self.child.send_signal(number)
            try:
                self.child.wait(15)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        return int(self.child.returncode)


class Actions:
    """The tests' action server, which can be stopped and started at the same port."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "actions.log"
        self.port = free_port()
        self.start()

    @property
    def url(self) -> str:
        """Where it takes calls."""
        return f"http://127.0.0.1:{self.port}/webhook"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = Process("actions", [sys.executable, PROJECT / "server.py", self.port], self._log)
        self.process.wait_for(f"http://127.0.0.1:{self.port}/health")

    def stop(self) -> None:
        """Stop it."""
        self.process.stop(signal.SIGKILL)


class Engine:
    """A running engine and a client for it.

    Attributes:
        started_in: seconds until it was ready.
        start_cpu: seconds of work until then.
        way: its way to the database, where a test may break it.
    """

    way: Broken

    def __init__(self, model: Path, database_url: str, actions_url: str, folder: Path) -> None:
        self.port = free_port()
        self.log = folder / f"engine-{self.port}.log"
        self.database_url = database_url
        self.process = Process(
            "engine",
            [ENGINE_PYTHON, "-m", "bot.engine.serve"],
            self.log,
            **variables(model, database_url, actions_url, self.port),
        )
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}/webhooks/turn", headers={"X-Engine-Secret": SECRET}, timeout=20
        )
        self.started_in = self.process.wait_for(str(self.client.base_url) + "health", {"X-Engine-Secret": SECRET})
        self.start_cpu = sum(int(ticks) for ticks in self._stat()[11:13]) / os.sysconf("SC_CLK_TCK")

    def post(self, **body: Any) -> httpx.Response:
        """One turn as it is; what is not given is filled in."""
        body = {
            "conversation": str(uuid.uuid4()),
            "message_id": uuid.uuid4().hex,
            "text": None,
            "payload": None,
            "metadata": {"channel": "web"},
            **body,
        }
        return self.client.post("/turn", json=body)

    def _stat(self) -> list[str]:
        return Path(f"/proc/{self.process.child.pid}/stat").read_text().rpartition(")")[2].split()

    def rss(self) -> float:
        """Its resident memory in MB."""
        status = Path(f"/proc/{self.process.child.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024

    def close(self) -> None:
        """Stop it."""
        self.client.close()
        self.process.stop()


class Conversation:
    """A citizen in a test."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.key = str(uuid.uuid4())

    def send(self, text: str, message_id: str | None = None) -> httpx.Response:
        """Send a text."""
        return self.engine.post(conversation=self.key, text=text, message_id=message_id or uuid.uuid4().hex)

    def press(self, payload: str) -> httpx.Response:
        """Press a button."""
        return self.engine.post(conversation=self.key, payload=payload)

    def say(self, text: str) -> dict[str, Any]:
        """Send a text that must be answered."""
        return answered(self.send(text))

    def row(self) -> tuple[int, list[dict[str, Any]]] | None:
        """What is stored: version and events."""
        with psycopg.connect(self.engine.database_url) as connection:
            return connection.execute(
                "SELECT version, state FROM engine.trackers WHERE sender_id = %s", (self.key,)
            ).fetchone()


def answered(response: httpx.Response) -> dict[str, Any]:
    """The body of a turn that was taken."""
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    assert body["replies"], body
    return body


def texts(body: dict[str, Any]) -> list[str]:
    """The texts of the replies."""
    return [reply["text"] for reply in body["replies"]]


def variables(model: Path, database_url: str, actions_url: str, port: int) -> dict[str, str]:
    """The environment of an engine."""
    return {
        "BOT_ENGINE_MODEL": str(model),
        "BOT_ENGINE_SECRET": SECRET,
        "BOT_ENGINE_DATABASE_URL": database_url,
        "BOT_ACTIONS_URL": actions_url,
        "BOT_ENGINE_PORT": str(port),
        "BOT_ACTION_TIMEOUT": "1.5",
    }


@contextlib.contextmanager
def running(engine: Engine) -> Iterator[Engine]:
    """An engine that is stopped at the end."""
    try:
        yield engine
    finally:
        engine.close()


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@dataclass
class Crowd:
    """Citizens who greet all the time, each in a conversation of their own."""

    engines: list[Engine]
    said: list[tuple[float, list[str]]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def __enter__(self) -> Crowd:
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._greet, args=(engine,)) for engine in self.engines for _ in range(3)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _greet(self, engine: Engine) -> None:
        with httpx.Client(base_url=engine.client.base_url, headers={"X-Engine-Secret": SECRET}) as client:
            while not self._stop.is_set():
                body = {"conversation": str(uuid.uuid4()), "message_id": uuid.uuid4().hex, "text": "xin chào"}
                began = time.monotonic()
                response = client.post("/turn", json=body, timeout=20)
                self.slowest = max(self.slowest, time.monotonic() - began)
                if response.status_code == 200:
                    self.said.append((began, texts(response.json())))
                else:
                    self.failed.append(response.text)
