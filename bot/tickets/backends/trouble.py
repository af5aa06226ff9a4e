"""Whether another system is down, so that not every ticket has to find that out by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

TROUBLE = 5
"""Failures in a row from which the system counts as down, and the other tickets wait as well."""
LONGEST_HOLD = 60.0
"""Seconds for which they do, at most, at a time."""


@dataclass
class Trouble:
    """How the backend does, as this process sees it."""

    failures: int = 0
    until: datetime | None = None

    def failed(self, now: datetime, longest: float) -> None:
        """Once more."""
        self.failures += 1
        if self.failures >= TROUBLE:
            pause = min(2.0 ** min(self.failures - TROUBLE, 10), LONGEST_HOLD, longest)
            self.until = now + timedelta(seconds=pause)

    def answered(self) -> None:
        """It is up."""
        self.failures, self.until = 0, None
