"""Lines for the person at the terminal: a coloured name, a bar, the text."""

from __future__ import annotations

import os
import sys
import time
from typing import TextIO

WIDTH = 8
_COLOURS = {
    "bot": 36,
    "postgres": 34,
    "prepare": 36,
    "train": 33,
    "engine": 35,
    "actions": 32,
    "worker": 33,
    "web": 94,
}
_RED, _GREEN = 31, 32


class Console:
    """Writes prefixed lines; colours only on a terminal and without NO_COLOR.

    Args:
        quiet: show nothing but errors (a temporary instance behind a command).
    """

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._stream = stream or sys.stdout
        self._colour = self._stream.isatty() and not os.environ.get("NO_COLOR")
        self._quiet = quiet
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._start

    def line(self, name: str, text: str) -> None:
        """One line of a part."""
        if not self._quiet:
            self._write(self._paint(f"{name:<{WIDTH}} |", _COLOURS.get(name.partition("-")[0], 37)) + f" {text}")

    def step(self, text: str) -> None:
        """A step of our own, with the seconds since the start."""
        self.line("bot", f"[{self.seconds:5.1f} s] {text}")

    def good(self, text: str) -> None:
        """A step that came out well, or the banner."""
        if not self._quiet:
            self._write(self._paint(text, _GREEN))

    def error(self, text: str) -> None:
        """Something the person must act on."""
        stream, self._stream = self._stream, (sys.stderr if self._quiet else self._stream)
        for number, line in enumerate(text.splitlines() or [""]):
            prefix = f"{'bot':<{WIDTH}} | " if not self._quiet else ""
            self._write(prefix + self._paint(("LỖI: " if number == 0 else "     ") + line, _RED))
        self._stream = stream

    def _paint(self, text: str, colour: int) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour else text

    def _write(self, text: str) -> None:
        try:
            print(text, file=self._stream, flush=True)
        except (BrokenPipeError, ValueError):  # the reader went away; the system goes on
            self._quiet = True
