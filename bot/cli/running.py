"""`bot run` and `bot check`."""

from __future__ import annotations

from bot import settings


def run() -> int:
    """Run the system in the foreground."""
    from bot.runtime import supervisor

    return supervisor.run(settings.load())


def check() -> int:
    """Check everything that can be checked without starting it."""
    from bot.runtime import check as checks

    return checks.report()
