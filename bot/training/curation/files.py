"""Reading and writing the files of `nlu_data/` line by line, each replaced as a whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import yaml

from bot.knowledge.faqs import OWN
from bot.training.curation.errors import MissingExampleError, UnknownTargetError

LONGEST = 300
_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
_EMPTY = 'version: "3.1"\nnlu:\n- intent: {name}\n  examples: |\n'
_ALIAS = re.compile(r'^"?(\d\.\d{6})"?: \[(.*)\]\s*$')
STAFF_ALIASES = "cua-can-bo.yml"
"""Where names of procedures go that stand in no file yet."""
_HEAD = "# Tên gọi do cán bộ thêm, theo mã thủ tục. Xem docs/understanding.md.\n"


class IntentFile:
    """One file of training sentences: `nlu_data/intents/<name>.yml`.

    Args:
        new: one of staff (`own_…`) begins, where there is no file of it.

    Raises:
        UnknownTargetError: there is no such file, or it holds no such intent.
    """

    def __init__(self, folder: Path, name: str, *, new: bool = False) -> None:
        self.path = folder / f"{name}.yml"
        there = _NAME.fullmatch(name) is not None and self.path.is_file()
        if not there and not (new and _NAME.fullmatch(name) and name.startswith(OWN)):
            raise UnknownTargetError(name)
        self._own = name.startswith(OWN)
        content = self.path.read_text(encoding="utf-8") if there else _EMPTY.format(name=name)
        self._lines = content.splitlines()
        starts = [number for number, line in enumerate(self._lines) if line.strip().startswith("- intent:")]
        mine = [number for number in starts if self._lines[number].split(":", 1)[1].strip() == name]
        if not mine:
            raise UnknownTargetError(name)
        self._begin = mine[0]
        self._end = next((number for number in starts if number > mine[0]), len(self._lines))

    @property
    def examples(self) -> list[str]:
        """The sentences in their order."""
        return [self._lines[number].strip()[2:].strip() for number in self._places()]

    def add(self, texts: Sequence[str]) -> None:
        """At the end."""
        places = self._places()
        at = (places[-1] if places else self._begin + 1) + 1
        self._lines[at:at] = [f"    - {text}" for text in texts]
        self._end += len(texts)

    def remove(self, text: str) -> None:
        """One sentence.

        Raises:
            MissingExampleError: it is not there.
        """
        del self._lines[self._place(text)]
        self._end -= 1

    def replace(self, old: str, new: str) -> None:
        """One sentence by another, in its place.

        Raises:
            MissingExampleError: it is not there.
        """
        self._lines[self._place(old)] = f"    - {new}"

    def write(self) -> None:
        """To the disk, as a whole; an intent of staff without sentences is none, and its file goes."""
        if self._own and not self._places():
            self.path.unlink(missing_ok=True)
            return
        write_whole(self.path, "\n".join(self._lines) + "\n")

    def _places(self) -> list[int]:
        return [number for number in range(self._begin + 1, self._end) if self._lines[number].strip().startswith("- ")]

    def _place(self, text: str) -> int:
        for number in self._places():
            if self._lines[number].strip()[2:].strip() == text:
                return number
        raise MissingExampleError(text)


class AliasFiles:
    """What people call procedures: `nlu_data/aliases/*.yml`, a line a procedure."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = {path: path.read_text(encoding="utf-8").splitlines() for path in sorted(folder.glob("*.yml"))}
        self._changed: set[Path] = set()

    def of(self, code: str) -> list[str]:
        """The names of a procedure."""
        found = self._find(code)
        return _names(self._files[found[0]][found[1]]) if found else []

    def all(self) -> dict[str, list[str]]:
        """The names of every procedure."""
        return {
            found[1]: _names(line) for lines in self._files.values() for line in lines if (found := _ALIAS.match(line))
        }

    def set(self, code: str, names: Sequence[str]) -> None:
        """All names of a procedure; none: its line goes."""
        found = self._find(code)
        line = f'"{code}": [{", ".join(map(_quoted, names))}]'
        if found is None:
            path = self._folder / STAFF_ALIASES
            lines = self._files.setdefault(path, _HEAD.splitlines())
            lines.append(line)
            head = [item for item in lines if not _ALIAS.match(item)]
            lines[:] = [*head, *sorted(item for item in lines if _ALIAS.match(item))]
        else:
            path, number = found
            if names:
                self._files[path][number] = line
            else:
                del self._files[path][number]
        self._changed.add(path)

    def write(self) -> None:
        """The changed files, each as a whole."""
        for path in sorted(self._changed):
            write_whole(path, "\n".join(self._files[path]) + "\n")
        self._changed.clear()

    def _find(self, code: str) -> tuple[Path, int] | None:
        for path, lines in self._files.items():
            for number, line in enumerate(lines):
                found = _ALIAS.match(line)
                if found and found[1] == code:
                    return path, number
        return None


def intent_names(folder: Path) -> list[str]:
    """The intents that have a file."""
    return sorted(path.stem for path in folder.glob("*.yml"))


def write_whole(path: Path, content: str) -> None:
    """Replace a file, or leave it as it was: never half of it, also when the machine stops."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _names(line: str) -> list[str]:
    found = yaml.safe_load(line)
    return [str(item) for values in found.values() for item in values]


def _quoted(name: str) -> str:
    """As it stands in a flow list of YAML: bare where that is read back the same."""
    bare = not re.search(r"[,\[\]{}#&*!|>'\"%@`:]|^[-?]|^\s|\s$", name)
    if bare and yaml.safe_load(f"[{name}]") == [name]:
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
