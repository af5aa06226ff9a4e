"""Where the parts of the checkout are."""

from __future__ import annotations

from pathlib import Path

from bot.settings import Settings

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
    path = settings.engine_python if settings.engine_python.is_absolute() else ROOT / settings.engine_python
    if not path.exists():
        raise StartError(f"Không thấy môi trường của máy hiểu tiếng Việt ({path}): chạy `make setup`.")
    return path  # not resolved: the link's own path is what makes it a virtual environment


def locality(settings: Settings) -> Path:
    """The locality file: relative to the working directory, else to the checkout."""
    path = settings.locality.expanduser()
    return path.resolve() if path.exists() or path.is_absolute() else ROOT / path
