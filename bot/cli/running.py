"""`bot run` and `bot check`."""

from __future__ import annotations

from bot import settings
from bot.runtime import supervisor


def run() -> int:
    """Run the system in the foreground."""
    return supervisor.run(settings.load())


def check() -> int:
    """Check everything that can be checked without starting it."""
    import asyncio

    from bot.runtime import check as checks

    return asyncio.run(checks.report())
