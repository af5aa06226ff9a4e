"""The filters of the queue of unanswered questions, as a query string and as the service wants them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams

from bot.console import texts
from bot.console import texts_review as said
from bot.review.queue import QueueFilter

ANY = "any"
LONGEST = 100
CHANNELS = ("web", "telegram", "zalo", "cli")


@dataclass(frozen=True)
class ReviewQuery:
    """What was asked of the queue; what is not known is dropped."""

    values: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, params: QueryParams) -> ReviewQuery:
        """From a request."""
        known: dict[str, Any] = {
            "state": {ANY, *(state for state in said.STATES if state not in ("open", "merged"))},
            "signal": said.SIGNALS,
            "channel": CHANNELS,
            "confidence": said.CONFIDENCE,
            "answerable": {"1"},
        }
        values = {name: params[name] for name, allowed in known.items() if params.get(name) in allowed}
        values |= {name: params[name] for name in ("from", "to") if _date(params.get(name))}
        for name in ("q", "procedure", "assigned"):
            if typed := params.get(name, "").replace("\x00", "").strip()[:LONGEST]:
                values[name] = typed
        return cls(values)

    def one(self, name: str) -> str:
        """The value of a field."""
        return self.values.get(name, "")

    @property
    def more(self) -> bool:
        """Whether something is asked besides the most common."""
        return bool(self.values.keys() - {"q", "state", "signal"})

    @property
    def text(self) -> str:
        """As a query string, always in the same order."""
        return urlencode(self.values)

    def filter(self, account: str, zone: ZoneInfo) -> QueueFilter:
        """As the service wants it.

        Args:
            account: whom `assigned=me` means.
            zone: in which the days are.
        """
        state, assigned = self.one("state") or "open", self.one("assigned")
        until = _date(self.one("to"))
        return QueueFilter(
            state=None if state == ANY else state,
            signal=self.one("signal") or None,
            channel=self.one("channel") or None,
            confidence=self.one("confidence") or None,
            since=_midnight(_date(self.one("from")), zone),
            until=_midnight(until + timedelta(days=1) if until else None, zone),
            procedure=self.one("procedure") or None,
            assigned={"": None, "me": account, "none": ""}.get(assigned, assigned),
            answerable=self.one("answerable") == "1",
            words=self.one("q") or None,
        )


def channel_names() -> dict[str, str]:
    """Channels for people."""
    return {name: texts.CHANNELS[name] for name in CHANNELS}


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time.min, zone) if day else None


def _date(value: str | None) -> date | None:
    try:
        found = date.fromisoformat(value or "")
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found < date(2200, 1, 1) else None
