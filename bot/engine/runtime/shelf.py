"""The models of an engine: the one in use, and one that is made ready to take its place between two turns.

A change has two steps, so that several engines change together or not at all: `prepare` loads the new model beside the
old one, while turns go on; `activate` puts it in use at once. A turn keeps the model with which it began. Which model
is wanted stands in a *pointer*, a small JSON file beside the models (`current.json`); it is read at the start, and
looked at again every few seconds, so that an engine that missed a change catches up by itself.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.engine.runtime.faults import CannotStart

if TYPE_CHECKING:
    from bot.engine.runtime.turn import Engine

log = logging.getLogger(__name__)

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.tar\.gz")
LOOKS = 3.0
"""Seconds between looks at the pointer."""


class ModelRefused(Exception):  # noqa: N818  # a decision, not a fault of ours
    """A model is not taken: `code` is `bad_name`, `missing`, `damaged` or `not_loadable`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Wanted:
    """A model as a pointer or a request names it."""

    name: str
    sha256: str
    """Of the file; empty: not told, not checked."""


def read_pointer(path: Path) -> Wanted:
    """What a pointer says.

    Raises:
        CannotStart: it cannot be read.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        name, digest = str(found["model"]), str(found.get("sha256") or "")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CannotStart(f"{path} does not name a model: {type(error).__name__}") from error
    if not NAME.fullmatch(name):
        raise CannotStart(f"{path} names {name!r}, which is no model file")
    return Wanted(name, digest)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Shelf:
    """Holds the engine that takes turns, and the one that will.

    Args:
        engine: with the model of the start.
        wanted: as that model was named.
        load: makes an engine of a model file, beside the one in use; runs in a thread.
        pointer: the file that says which model is wanted; none: only requests do.
    """

    def __init__(
        self, engine: Engine, wanted: Wanted, load: Callable[[Path, Engine], Engine], pointer: Path | None
    ) -> None:
        self.engine = engine
        self.wanted = wanted
        self._load = load
        self._pointer = pointer
        self._ready: tuple[Wanted, Engine] | None = None
        self._one = asyncio.Lock()

    @property
    def folder(self) -> Path:
        """Where the models are: only from here is one loaded."""
        return self.engine.model.parent

    async def prepare(self, wanted: Wanted) -> Engine:
        """Load a model beside the one in use.

        Raises:
            ModelRefused: it is not there, not what it should be, or cannot be loaded; nothing changed.
        """
        async with self._one:
            if wanted == self.wanted:
                return self.engine
            if self._ready is None or self._ready[0] != wanted:
                loop = asyncio.get_running_loop()
                self._ready = (wanted, await loop.run_in_executor(None, self._made, wanted))
            return self._ready[1]

    async def activate(self, wanted: Wanted) -> Engine:
        """Put a model in use; the next turn begins with it.

        Raises:
            ModelRefused: as `prepare`, where it was not prepared.
        """
        engine = await self.prepare(wanted)
        if wanted != self.wanted:
            log.warning("model.changed from=%s to=%s", self.wanted.name, wanted.name)
            self.engine, self.wanted, self._ready = engine, wanted, None
        return engine

    async def follow(self) -> None:
        """Keep to the pointer until cancelled."""
        if self._pointer is None:
            return
        seen = self.wanted
        while True:
            await asyncio.sleep(LOOKS)
            try:
                wanted = read_pointer(self._pointer)
            except CannotStart:
                continue  # being written, or gone: what is in use goes on
            if wanted in (seen, self.wanted):
                seen = wanted
                continue
            seen = wanted  # one that cannot be loaded is said once
            try:
                await self.activate(wanted)
            except ModelRefused as refusal:
                log.error("model.refused model=%s code=%s reason=%s", wanted.name, refusal.code, refusal)

    def _made(self, wanted: Wanted) -> Engine:
        if not NAME.fullmatch(wanted.name):
            raise ModelRefused("bad_name", "not the name of a model file")
        path = self.folder / wanted.name
        if not path.is_file():
            raise ModelRefused("missing", f"there is no file {wanted.name} in {self.folder}")
        if wanted.sha256 and digest_of(path) != wanted.sha256:
            raise ModelRefused("damaged", f"{wanted.name} is not the file that was trained: its checksum differs")
        try:
            return self._load(path, self.engine)
        except Exception as error:
            log.error("model.not_loadable model=%s error=%s", wanted.name, type(error).__name__, exc_info=True)
            reason = f"{type(error).__name__}: {str(error)[:200]}"
            raise ModelRefused("not_loadable", f"{wanted.name} cannot be loaded: {reason}") from error
