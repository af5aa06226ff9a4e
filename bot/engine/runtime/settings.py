"""What the engine is told by its environment; the supervisor sets it, see docs/settings.md.

Only the launchers call `read`. The engine's environment has no pydantic 2, so this is plain.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.engine.runtime.faults import CannotStart
from bot.engine.runtime.shelf import digest_of, read_pointer

PROJECT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class EngineSettings:
    """Everything that `bot.engine.serve` needs to know."""

    model: Path
    """The model file that is served from the start."""
    secret: str
    """What the relay sends in `X-Engine-Secret`."""
    database_url: str
    """A role on it that sees only the schema `engine` is enough."""
    actions_url: str
    """Where the action server takes calls, `http://host:port/webhook`."""
    host: str = "127.0.0.1"
    port: int = 5005
    action_timeout: float = 8.0
    """Seconds that one action may take."""
    project: Path = PROJECT
    """Where `endpoints.yml` and `credentials.yml` are."""
    log_level: str = "warning"
    sha256: str = ""
    """Of the model file, where a pointer tells it."""
    pointer: Path | None = None
    """The file that named the model, and will name the next."""


def read(environment: Mapping[str, str]) -> EngineSettings:
    """Read the settings.

    Raises:
        CannotStart: a setting is missing or does not hold.
    """

    def required(name: str) -> str:
        value = environment.get(name, "").strip()
        if not value:
            raise CannotStart(f"{name} is not set")
        return value

    model = Path(required("BOT_ENGINE_MODEL")).expanduser()
    pointer, digest = None, ""
    if model.suffix == ".json" and model.is_file():
        pointer, wanted = model.resolve(), read_pointer(model)
        model, digest = model.with_name(wanted.name), wanted.sha256
    if not model.is_file():
        raise CannotStart(f"BOT_ENGINE_MODEL: there is no model file {model}; train one with `bot train`")
    if digest and digest_of(model) != digest:
        raise CannotStart(f"the model {model} is not the file that was trained: its checksum differs")
    host = environment.get("BOT_ENGINE_HOST", "").strip() or "127.0.0.1"
    _refuse_public(host)
    return EngineSettings(
        model=model.resolve(),
        secret=required("BOT_ENGINE_SECRET"),
        database_url=required("BOT_ENGINE_DATABASE_URL"),
        actions_url=required("BOT_ACTIONS_URL"),
        host=host,
        port=int(_number(environment, "BOT_ENGINE_PORT", 5005)),
        action_timeout=_number(environment, "BOT_ACTION_TIMEOUT", 8.0),
        log_level=environment.get("BOT_ENGINE_LOG_LEVEL", "").strip() or "warning",
        sha256=digest,
        pointer=pointer,
    )


def _number(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        raise CannotStart(f"{name}: {text!r} is not a number") from None
    if value <= 0:
        raise CannotStart(f"{name} must be greater than 0")
    return value


def _refuse_public(host: str) -> None:
    if host == "localhost":
        return
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise CannotStart(f"BOT_ENGINE_HOST: {host!r} is not an IP address") from None
    if address.is_unspecified or not address.is_private:
        raise CannotStart("BOT_ENGINE_HOST must be a loopback or private address: the engine is not for the internet")
