"""Held-out sets: questions with their right answers that are never trained on, kept in the data directory.

Staff bring them as JSONL (`bot.training.rows`). Before every run the corpus is checked against them: a sentence that is
taught and asked for as well ends the run (`leaks`). The project's own sets (`tests/understanding`, those with floors)
count too, but their questions are shown to nobody, so that nobody writes training sentences after them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.settings import Settings
from bot.training.checkout import ROOT
from bot.training.rows import Row, RowsError, load

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,40}")
MOST_ROWS, MOST_BYTES = 5000, 4 * 1024 * 1024
SHOWN = 20
"""Leaks that a refusal names."""


class HeldOutError(Exception):
    """A set cannot be kept; the text, for people, says why and at which line."""


@dataclass(frozen=True)
class HeldOut:
    """A set."""

    name: str
    path: Path
    own: bool
    """The project's: its questions are not shown."""

    def rows(self) -> list[Row]:
        """Its questions.

        Raises:
            RowsError: the file cannot be read.
        """
        return load(self.path)


def folder(settings: Settings) -> Path:
    """Where the staff's sets are."""
    return settings.data / "held_out"


def floors_file(root: Path = ROOT) -> Path:
    """The floors of the project's own sets."""
    return root / "tests" / "understanding" / "floors.yml"


def staffs(settings: Settings) -> list[HeldOut]:
    """The sets that staff brought."""
    return [HeldOut(path.stem, path, own=False) for path in sorted(folder(settings).glob("*.jsonl"))]


def projects(root: Path = ROOT) -> list[HeldOut]:
    """The project's own sets that have floors and are there."""
    file = floors_file(root)
    try:
        names = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError):
        return []
    found = [file.with_name(name) for name in names or ()]
    return [HeldOut(path.name, path, own=True) for path in found if path.is_file()]


def save(settings: Settings, name: str, content: bytes) -> int:
    """Keep a set under a name; one of that name is replaced.

    Returns:
        How many rows it has.

    Raises:
        HeldOutError: the name, the size or a line does not do; nothing changed.
    """
    path = _path(settings, name)
    if len(content) > MOST_BYTES:
        raise HeldOutError(f"Tệp lớn quá {MOST_BYTES // 1024 // 1024} MB.")
    folder(settings).mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(content)
    try:
        rows = load(partial)
        if len(rows) > MOST_ROWS:
            raise HeldOutError(f"Tập có {len(rows)} câu, nhiều nhất {MOST_ROWS}.")
        if double := _double([row.id for row in rows]):
            raise HeldOutError(f"Mã câu «{double}» có hai lần.")
    except RowsError as error:
        partial.unlink()
        raise HeldOutError(str(error).replace(str(partial), "tệp")) from error
    except HeldOutError:
        partial.unlink()
        raise
    partial.replace(path)
    return len(rows)


def remove(settings: Settings, name: str) -> bool:
    """Delete a set; whether it was there."""
    path = _path(settings, name)
    there = path.is_file()
    path.unlink(missing_ok=True)
    return there


def leaks(data: Path, sets: Sequence[HeldOut]) -> list[str]:
    """The taught sentences of a folder (`nlu_data`) that stand in a held-out set, exactly or nearly; a line each.

    Raises:
        CorpusError: a file cannot be read.
    """
    from bot.training import corpus

    own = {held.path.name for held in sets if held.own}
    found = []
    for problem in corpus.check(data, [held.path for held in sets]):
        if problem.finding == "leak":
            # "intents.yml / set.jsonl row": "taught ~ asked (share)"; what the project's sets ask stays unsaid.
            secret = any(f" / {name} " in problem.place for name in own)
            text = problem.text.partition(" ~ ")[0] if secret else problem.text
            found.append(f"{problem.place}: {text}")
    return found


def _path(settings: Settings, name: str) -> Path:
    if not NAME.fullmatch(name):
        raise HeldOutError("Tên tập: chữ thường không dấu, số, . _ - (tối đa 41 ký tự).")
    return folder(settings) / f"{name}.jsonl"


def _double(names: Sequence[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
