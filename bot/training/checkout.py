"""Where the parts of the checkout are that training needs, and the Python that trains."""

from __future__ import annotations

from pathlib import Path

from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


class NoEngineError(Exception):
    """The engine's environment is not there; the text says what to do."""


def engine_python(settings: Settings, root: Path = ROOT) -> Path:
    """The Python of the engine's environment.

    Raises:
        NoEngineError: it is not there.
    """
    path = settings.engine_python if settings.engine_python.is_absolute() else root / settings.engine_python
    if not path.exists():
        raise NoEngineError(f"Không thấy môi trường của máy hiểu tiếng Việt ({path}): chạy `make setup`.")
    return path  # not resolved: the link's own path is what makes it a virtual environment
