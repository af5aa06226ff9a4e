"""The trained model: which one is current, and what makes it stale."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.runtime import project
from bot.settings import Settings

# Everything that decides what a model understands. The catalogue is data, and serving is not training: left out.
INPUTS = (
    "config.yml",
    "domain.yml",
    "nlu_data",
    "bot/engine",
    "bot/text",
    "requirements-engine.txt",
)
NOT_INPUTS = ("nlu_data/procedures", "nlu_data/aliases", "bot/engine/runtime", "bot/engine/serve")
KEPT = 3
"""Models that stay in the folder."""


def folder(settings: Settings) -> Path:
    """Where the models are."""
    return settings.data / "models"


def checksum(root: Path | None = None) -> str:
    """A digest over every file that decides what the model understands.

    Args:
        root: of the checkout; ours when not given.
    """
    root = root or project.ROOT
    digest = hashlib.sha256()
    for path in _inputs(root):
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def current(settings: Settings) -> Path | None:
    """The model that was trained from the files as they are; None when there is none."""
    found = info(settings)
    path = folder(settings) / found["model"] if found else None
    return path if found and found.get("checksum") == checksum() and path and path.is_file() else None


def info(settings: Settings) -> dict[str, Any] | None:
    """What is written about the newest model: its file, checksum and time."""
    try:
        found = json.loads((folder(settings) / "current.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "model" in found else None


def new_path(settings: Settings) -> Path:
    """Where the next model goes."""
    folder(settings).mkdir(exist_ok=True)
    return folder(settings) / f"model-{time.strftime('%Y%m%d-%H%M%S')}.tar.gz"


def record(settings: Settings, path: Path, digest: str) -> None:
    """Make a model the current one, and let the oldest go."""
    target = folder(settings) / "current.json"
    partial = target.with_suffix(".partial")
    about = {"model": path.name, "checksum": digest, "trained_at": time.time()}
    partial.write_text(json.dumps(about), encoding="utf-8")
    partial.replace(target)
    for old in sorted(folder(settings).glob("model-*.tar.gz"))[:-KEPT]:
        if old != path:
            old.unlink()


def _inputs(root: Path) -> Iterator[Path]:
    for name in INPUTS:
        path = root / name
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        for file in files:
            relative = file.relative_to(root).as_posix()
            if "__pycache__" not in relative and not relative.startswith(NOT_INPUTS):
                yield file
