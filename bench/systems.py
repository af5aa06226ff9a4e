"""The systems that are measured: the product itself, and two plain Rasa servers on the same data."""

from __future__ import annotations

import abc
import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import yaml

from bench.load import Client
from bot import settings
from bot.storage.embedded import ensure_running

ROOT = Path(__file__).resolve().parent.parent
ENGINE_PYTHON = ROOT / ".venv-engine" / "bin" / "python"

# What `rasa init` writes as comments and takes as defaults (rasa/cli/initial_project/config.yml), spelt out.
DEFAULT_PIPELINE: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier"},
    {"name": "EntitySynonymMapper"},
    {"name": "ResponseSelector"},
    {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
]
DEFAULT_POLICIES: list[dict[str, Any]] = [
    {"name": "MemoizationPolicy"},
    {"name": "TEDPolicy", "max_history": 5},
    {"name": "RulePolicy"},
    {"name": "UnexpecTEDIntentPolicy", "max_history": 5},
]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, seconds: float, process: subprocess.Popen[bytes], log: Path) -> float:
    """Wait until a URL answers 200; returns the seconds that it took.

    Raises:
        RuntimeError: the process ended or the time ran out; the text holds the end of its log.
    """
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # our own loopback URL
            if answer.status == 200:
                return time.perf_counter() - started
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"{url} did not come up:\n{log.read_text(errors='replace')[-3000:]}")


def memory_mb(pid: int) -> float:
    """Proportional set size of one process: shared pages are counted once over all who share them."""
    with contextlib.suppress(psutil.Error):
        return float(psutil.Process(pid).memory_full_info().pss) / 1e6
    return 0.0


@dataclass
class System(abc.ABC):
    """A running system: where to send a turn, and what its start cost."""

    name: str
    url: str
    start_s: float
    train_s: float | None
    pids: dict[str, int] = field(default_factory=dict)
    train_note: str = ""

    @abc.abstractmethod
    async def turn(self, client: Client, state: Any, text: str) -> tuple[bool, Any]:
        """Send one message of a conversation; `state` is what the system gave before."""

    def memory(self) -> dict[str, float]:
        """Megabytes of each process, children included."""
        out: dict[str, float] = {}
        for name, pid in self.pids.items():
            total = memory_mb(pid)
            if name != "supervisor":  # its children are listed by themselves
                with contextlib.suppress(psutil.Error):
                    total += sum(memory_mb(child.pid) for child in psutil.Process(pid).children(recursive=True))
            out[name] = round(total, 1)
        return out


class Product(System):
    """Một Cửa through its public web API, durability on."""

    actions_url = ""
    database_url = ""

    async def turn(self, client: Client, state: Any, text: str) -> tuple[bool, Any]:
        status, answer = await client.post({"conversation": state, "text": text, "message_id": str(uuid.uuid4())})
        ok = status == 200 and bool(answer["replies"]) and answer["understanding"]["status"] != "error"
        return ok, answer["conversation"] if status == 200 else state


class PlainRasa(System):
    """A Rasa server through its REST channel."""

    async def turn(self, client: Client, state: Any, text: str) -> tuple[bool, Any]:
        state = state or uuid.uuid4().hex
        status, answer = await client.post({"sender": state, "message": text})
        return status == 200 and bool(answer), state


@contextlib.contextmanager
def running(command: list[str], log: Path, env: dict[str, str], cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process with its output in a file, ended with the block."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=cwd, env=env, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def product(work: Path) -> Iterator[Product]:
    """The product from nothing: first start (with training), stop, second start (timed), ready."""
    port = free_port()
    env = dict(os.environ) | {
        "BOT_DATA_DIR": str(work / "var"),
        "BOT_PORT": str(port),
        "BOT_RATE_LIMIT": "off",
        "BOT_LOG_LEVEL": "warning",
    }
    bot = str(Path(sys.executable).with_name("bot"))
    ready = f"http://127.0.0.1:{port}/health/ready"
    log = work / "product.log"
    before = time.perf_counter()
    subprocess.run([bot, "train"], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
    train_s = time.perf_counter() - before
    with running([bot, "run"], log, env, ROOT) as process:
        wait_for(ready, 180, process, log)
    with running([bot, "run"], log, env, ROOT) as process:
        start_s = wait_for(ready, 120, process, log)
        state = json.loads((work / "var" / "run" / "instance.json").read_text())
        pids = {child: int(pid) for child, pid in state["children"].items()} | {"supervisor": process.pid}
        system = Product("product", f"http://127.0.0.1:{port}/api/chat", start_s, train_s, pids)
        system.actions_url = state["actions_url"]
        with ensure_running(settings.load({"data_dir": work / "var"})) as urls:
            system.database_url = urls.admin
            yield system


def rival_project(folder: Path, *, default: bool, epochs: int, actions_url: str, database_url: str) -> None:
    """Write a plain Rasa project on the product's own data."""
    shutil.copytree(ROOT / "nlu_data" / "intents", folder / "data" / "intents")
    shutil.copy(ROOT / "nlu_data" / "rules.yml", folder / "data" / "rules.yml")
    shutil.copy(ROOT / "domain.yml", folder / "domain.yml")
    config = yaml.safe_load((ROOT / "config.yml").read_text())
    if default:
        pipeline = [dict(part) for part in DEFAULT_PIPELINE]
        policies = [dict(part) for part in DEFAULT_POLICIES]
        for part in [*pipeline, *policies]:
            if part["name"] in {"DIETClassifier", "ResponseSelector", "TEDPolicy", "UnexpecTEDIntentPolicy"}:
                part["epochs"] = epochs
        config |= {"pipeline": pipeline, "policies": policies, "language": "vi"}
        # TED and Memoization learn from stories, which the product has no use for.
        stories = [
            {"story": f"bench {index}", "steps": [{"intent": intent}, {"action": "action_answer"}]}
            for index, intent in enumerate(("ask_documents", "ask_fee", "ask_duration", "ask_place"))
        ]
        (folder / "data" / "stories.yml").write_text(yaml.safe_dump({"version": "3.1", "stories": stories}))
    (folder / "config.yml").write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False))
    (folder / "credentials.yml").write_text("rest:\n")
    endpoints: dict[str, Any] = {"action_endpoint": {"url": actions_url}}
    if not default:
        endpoints["tracker_store"] = {"type": "SQL", "dialect": "postgresql", "url": database_url}
    (folder / "endpoints.yml").write_text(yaml.safe_dump(endpoints))


@contextlib.contextmanager
def rival(
    name: str, work: Path, *, default: bool, epochs: int, actions_url: str, database_url: str
) -> Iterator[PlainRasa]:
    """A plain Rasa server: trained, started (timed), ready."""
    folder = work / name
    folder.mkdir()
    rival_project(folder, default=default, epochs=epochs, actions_url=actions_url, database_url=database_url)
    env = {k: v for k, v in os.environ.items() if not k.startswith("BOT_")}
    env |= {"PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore"}
    rasa = [str(ENGINE_PYTHON), "-m", "rasa"]
    before = time.perf_counter()
    train = [*rasa, "train", "--fixed-model-name", "bench", "--quiet"]
    with (work / f"{name}-train.log").open("wb") as out:
        subprocess.run(train, cwd=folder, env=env, check=True, stdout=out, stderr=subprocess.STDOUT)
    train_s = time.perf_counter() - before
    port, log = free_port(), work / f"{name}.log"
    model = folder / "models" / "bench.tar.gz"
    command = [*rasa, "run", "-p", str(port), "-i", "127.0.0.1", "-m", str(model), "--log-file", os.devnull]
    with running(command, log, env, folder) as process:
        start_s = wait_for(f"http://127.0.0.1:{port}/", 240, process, log)
        note = f"{epochs} of 100 epochs" if default else ""
        yield PlainRasa(
            name, f"http://127.0.0.1:{port}/webhooks/rest/webhook", start_s, train_s, {"rasa": process.pid}, note
        )


def new_database(url: str) -> str:
    """A fresh database beside the one of `url`; returns its URL for psycopg2."""
    import psycopg
    from sqlalchemy import make_url

    name = f"bench_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
    return make_url(url).set(drivername="postgresql", database=name).render_as_string(hide_password=False)
