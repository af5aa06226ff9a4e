"""A locality file that is edited while the system runs: taken when it holds, else refused and the old one kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from bot.locality.loader import LocalityError, beside, load
from bot.locality.model import Locality

log = structlog.get_logger(__name__)

LOOK = 2.0
"""Seconds between two looks at the file."""

Stamp = tuple[int, int, int]


class LiveLocality:
    """The locality as its file says it now.

    `current` never blocks for long and never fails: a file that does not hold is refused as a whole, said once in
    the log (`locality.refused`), kept in `problem`, and looked at again when it changes.
    """

    def __init__(
        self,
        path: Path,
        check: Callable[[Locality], object] | None = None,
        *,
        look: float = LOOK,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read the file for the first time.

        Args:
            path: of the YAML file.
            check: raises LocalityError for what the model alone cannot see, such as the wording of texts.
            look: seconds between two looks at the file.

        Raises:
            LocalityError: it does not hold; there is nothing older to keep.
        """
        self.path = path
        self.problem: str | None = None
        """Why the file as it stands was refused; none: it is in use."""
        self._check = check
        self._look = look
        self._clock = clock
        self._lock = threading.Lock()
        main = _stamp(path)
        self._locality = self._read()
        self._stamp = (main, *self._stamps()[1:])
        self._looked = clock()

    @property
    def current(self) -> Locality:
        """The last version of the file that held."""
        if self._clock() - self._looked >= self._look and self._lock.acquire(blocking=False):
            try:
                self._looked = self._clock()
                self._renew()
            finally:
                self._lock.release()
        return self._locality

    def _renew(self) -> None:
        stamp = self._stamps()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._locality = self._read()
            self._stamp = (stamp[0], *self._stamps()[1:])  # of the files that it names now
        except LocalityError as error:
            self.problem = str(error)
            log.error("locality.refused", file=str(self.path), problems=self.problem.splitlines())
            return
        self.problem = None
        log.info("locality.renewed", file=str(self.path), locality=self._locality.code)

    def _stamps(self) -> tuple[Stamp | None, ...]:
        """Of the file and of those that belong to it."""
        return tuple(_stamp(path) for path in (self.path, *beside(self.path, self._locality)))

    def _read(self) -> Locality:
        locality = load(self.path)
        if self._check is not None:
            self._check(locality)
        return locality


LocalitySource = Locality | LiveLocality
"""What services take: fixed, as in most tests, or live."""


def current(source: LocalitySource) -> Locality:
    """The locality of now."""
    return source.current if isinstance(source, LiveLocality) else source


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
