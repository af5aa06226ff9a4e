"""Secrets that nobody has to think up: made at the first start, kept where only we can read them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from bot.settings import Settings

NAMES = ("secret_key", "engine_secret")


def folder(settings: Settings) -> Path:
    """Where the generated secrets are."""
    return settings.data / "secrets"


def resolve(settings: Settings, *, make: bool) -> Settings:
    """Settings with the secrets filled in from the data directory where the environment gives none.

    Args:
        make: whether a missing one is made (the supervisor) or stays empty (a command).
    """
    found: dict[str, SecretStr] = {}
    for name in NAMES:
        if getattr(settings, name).get_secret_value():
            continue
        path = folder(settings) / name
        if path.exists():
            found[name] = SecretStr(path.read_text(encoding="ascii").strip())
        elif make:
            found[name] = SecretStr(_make(path))
    return settings.model_copy(update=found)


def _make(path: Path) -> str:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    value = secrets.token_urlsafe(32)
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(value)
    partial.replace(path)
    return value
