"""This console is the backend: nothing is sent, so nothing can be lost on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.tickets.backends.errors import WebhookError
from bot.tickets.backends.protocol import OutgoingAddition, OutgoingReport, Receipt, RemoteUpdate
from bot.tickets.states import Status


class Local:
    """Officers work on tickets where they were filed."""

    name = "local"

    async def submit(self, report: OutgoingReport) -> Receipt:
        """It is here."""
        return Receipt(remote_id=report.code)

    async def add(self, addition: OutgoingAddition) -> None:
        """It is here."""

    async def look_up(self, report: OutgoingReport) -> Receipt | None:
        """It is here."""
        return Receipt(remote_id=report.code)

    async def redeem(self, token: str) -> str | None:
        """There are no tokens."""
        return token

    async def fetch(self, remote_ids: Sequence[str], since: datetime) -> list[RemoteUpdate]:  # noqa: ARG002
        """What happens here is recorded as it happens."""
        return []

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[RemoteUpdate]:  # noqa: ARG002
        """Nobody tells us."""
        raise WebhookError("no_backend", 404)

    def target(self, word: str) -> Status | None:
        """Our own words."""
        return Status(word) if word in set(Status) else None
