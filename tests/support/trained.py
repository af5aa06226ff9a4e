"""The product's model, trained once from the sources as they are and kept for every test that needs it."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from bot.runtime import model, project, training
from bot.runtime.console import Console
from bot.settings import Settings

MODELS = project.ROOT / "var" / "test-models"


def kept() -> Path | None:
    """The folder `models` of a data directory with the model in it; None before somebody trained it."""
    folder = MODELS / model.checksum()
    return folder if folder.exists() else None


@contextlib.contextmanager
def turn() -> Iterator[None]:
    """While nothing is kept, one test process at a time: the first trains, the others find what it kept."""
    if kept() is not None:
        yield
        return
    MODELS.mkdir(parents=True, exist_ok=True)
    with (MODELS / ".turn").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # given back when the file is closed, also by a process that dies
        yield


def keep(models: Path) -> Path:
    """Keep the folder `models` of a data directory for later tests; those of other sources go."""
    target = MODELS / model.checksum()
    if target.exists():
        return target
    MODELS.mkdir(parents=True, exist_ok=True)
    partial = MODELS / f".{os.getpid()}"
    shutil.copytree(models, partial)
    for old in MODELS.iterdir():
        if old != partial:
            shutil.rmtree(old, ignore_errors=True)
    with contextlib.suppress(OSError):  # another test run was quicker
        partial.rename(target)
    return target


def product_model(scratch: Path) -> Path:
    """The model's file; trained in a data directory under `scratch` where nobody has trained it yet."""
    with turn():
        folder = kept()
        if folder is None:
            settings = Settings(data_dir=scratch)
            scratch.mkdir(parents=True, exist_ok=True)
            asyncio.run(training.train(settings, Console()))
            folder = keep(scratch / "models")
    return next(folder.glob("*.tar.gz"))
