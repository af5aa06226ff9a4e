"""Requests at a webhook that are not the platform's: counted all, told now and then.

Whoever knocks at the door decides how often: a line for each would let a stranger fill the disk and hide what matters.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)

EVERY = 60.0
"""Seconds between two lines."""


class Refusals:
    """Of one webhook in one process. The metric `motcua_webhooks_total` counts them, too.

    Args:
        channel: whose webhook it is.
    """

    def __init__(self, channel: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._channel = channel
        self._clock = clock
        self._told: float | None = None
        self._since = 0

    def seen(self, reason: str) -> None:
        """One more; `reason` is a word of ours, nothing that was sent."""
        self._since += 1
        now = self._clock()
        if self._told is None or now - self._told >= EVERY:
            log.warning("webhook.refused", channel=self._channel, reason=reason, count=self._since)
            self._told, self._since = now, 0
