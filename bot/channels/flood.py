"""How much a push channel takes in: of one citizen, and of all together in one process.

One citizen's flood costs the others nothing: what is over their limit is not stored, and they are told once that they
write too fast. What all together send over the limit of a process is refused as if the database were away: the
platform delivers it again later, nothing is lost.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from bot.channels.web.limits import RateLimiter

OVERALL = 300
"""Messages a second that one process stores, with a burst of ten seconds' worth."""
TOLD_AGAIN = 60.0
"""Seconds within which a citizen is told once."""
MOST_TOLD = 10_000


class Flood:
    """The limits of one process.

    Args:
        a_minute: messages of one citizen, on average and at once.
    """

    def __init__(self, a_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._citizens = RateLimiter(burst=a_minute, per_second=a_minute / 60, clock=clock)
        self._overall = RateLimiter(burst=10 * OVERALL, per_second=OVERALL, clock=clock)
        self._clock = clock
        self._told: OrderedDict[tuple[str, str], float] = OrderedDict()

    def is_full(self) -> bool:
        """Whether all together are over the limit; counts one message where not."""
        return self._overall.take("all") > 0

    def is_over(self, channel: str, external_id: str) -> bool:
        """Whether a citizen is over the limit; counts one message where not."""
        return self._citizens.take((channel, external_id)) > 0

    def may_tell(self, channel: str, external_id: str) -> bool:
        """Whether to tell this citizen now that they write too fast."""
        now, name = self._clock(), (channel, external_id)
        if now - self._told.get(name, now - TOLD_AGAIN) < TOLD_AGAIN:
            return False
        self._told[name] = now
        self._told.move_to_end(name)
        if len(self._told) > MOST_TOLD:
            self._told.popitem(last=False)
        return True
