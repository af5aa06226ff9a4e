"""Where the parts of the checkout are."""

from __future__ import annotations

from pathlib import Path

from bot.settings import Settings
from bot.training import checkout

ROOT = Path(__file__).resolve().parents[2]
STARTER = ROOT / "nlu_data" / "procedures"
ALIASES = ROOT / "nlu_data" / "aliases"


class StartError(Exception):
    """The system, or a part of it, cannot start; the text, for people, says why and what to do."""


def engine_python(settings: Settings) -> Path:
    """The Python of the engine's environment.

    Raises:
        StartError: it is not there.
    """
    try:
        return checkout.engine_python(settings, ROOT)
    except checkout.NoEngineError as error:
        raise StartError(str(error)) from error


def locality(settings: Settings) -> Path:
    """The locality file: relative to the working directory, else to the checkout."""
    path = settings.locality.expanduser()
    return path.resolve() if path.exists() or path.is_absolute() else ROOT / path
