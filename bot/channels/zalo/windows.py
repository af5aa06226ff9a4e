"""Until when a citizen may be written to, by the time since they last wrote.

Zalo: 48 hours free, until 7 days billed, then not at all.
"""

from __future__ import annotations

from bot.channels.sending import RefusedError

FREE = 48 * 3600.0
OPEN = 7 * 86400.0
MARGIN = 600.0
"""Seconds by which we stop earlier: Zalo counts from its own clock, and from when the message reached it."""


def check_window(silence: float, *, paid: bool) -> None:
    """Whether a message may go out.

    Args:
        silence: seconds since the citizen last wrote.
        paid: whether messages may be sent that Zalo bills.

    Raises:
        RefusedError: `window_closed` or `window_paid`; staff see it and take another way (`codes.STAFF`).
    """
    if silence >= OPEN - MARGIN:
        raise RefusedError("window_closed")
    if silence >= FREE - MARGIN and not paid:
        raise RefusedError("window_paid")
