"""The trained model as the supervisor sees it: which one to start with. The rest: `bot.training.modelfile`."""

from __future__ import annotations

from pathlib import Path

from bot.runtime import project
from bot.settings import Settings
from bot.training import modelfile


def folder(settings: Settings) -> Path:
    """Where the models are."""
    return modelfile.folder(settings)


def pointer(settings: Settings) -> Path:
    """What the engine is started with: the file that names the published model."""
    return modelfile.pointer(settings)


def checksum(root: Path | None = None) -> str:
    """A digest over every file that decides what the model understands."""
    return modelfile.checksum(root or project.ROOT)


def current(settings: Settings) -> Path | None:
    """The published model, where it fits this software and is whole; None when there is none to start with."""
    return modelfile.usable(settings, project.ROOT)


def recover(settings: Settings) -> str | None:
    """Go back to the model before, where the published one cannot be used; what was done, for people."""
    return modelfile.recover(settings, project.ROOT)


def fault(settings: Settings) -> str:
    """Why there is no model to start with."""
    entry = modelfile.published(settings)
    return f"mô hình {modelfile.fault(settings, entry, project.ROOT)}" if entry else "chưa có mô hình"


def data_changed(settings: Settings) -> bool:
    """Whether the training data are others than the published model's."""
    entry = modelfile.published(settings)
    return entry is not None and entry.checksum != checksum()
