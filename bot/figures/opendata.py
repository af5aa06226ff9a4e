"""Figures that may be given to everybody: months that are over, in bands, without anything small.

Each table counts its own population along one line (month and category; month, channel and result) and has no totals,
so nothing constrains a cell but itself: whoever reads that a category is not there knows only that it had fewer than
five. A second table over the same reports, such as one by ward, would be a second equation, and is left out for that.
Restricted and private reports are not counted at all; messages that filed a report are left out for the same reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.figures.queries import STATUSES
from bot.locality import Locality
from bot.tickets.channels import CHANNELS

LEAST = 5
"""The smallest count that is told, and the width of a band."""
MOST_MONTHS = 24
HEAD = ("Tháng", "Bảng", "Mục", "Ít nhất", "Nhiều nhất")

_TICKETS = text(
    "SELECT to_char(created_at AT TIME ZONE :zone, 'YYYY-MM') AS month, category, count(*) AS n FROM tickets"
    " WHERE NOT restricted AND NOT private AND created_at >= (CAST(:first AS date)::timestamp AT TIME ZONE :zone)"
    " AND created_at < (CAST(:end AS date)::timestamp AT TIME ZONE :zone) GROUP BY 1, 2"
)
_MESSAGES = text(
    "SELECT to_char(day, 'YYYY-MM') AS month, channel, key AS status, sum(messages) AS n FROM message_figures"
    " WHERE line = 'status' AND day >= :first AND day < :end AND key <> 'filed' GROUP BY 1, 2, 3"
)


def published(counts: Mapping[tuple[str, ...], int]) -> list[tuple[tuple[str, ...], int, int]]:
    """What is told of counts: each with the band that it lies in; those below the least are not told of."""
    return [(key, n - n % LEAST, n - n % LEAST + LEAST - 1) for key, n in sorted(counts.items()) if n >= LEAST]


async def rows(session: AsyncSession, place: Locality, today: date) -> list[tuple[str, str, str, int, int]]:
    """The file: the last months that are over, oldest first.

    Args:
        today: in the locality's time; its month is not over.
    """
    end = today.replace(day=1)
    months = end.year * 12 + end.month - 1 - MOST_MONTHS
    given: dict[str, Any] = {"first": date(months // 12, months % 12 + 1, 1), "end": end, "zone": place.timezone}
    tickets: dict[tuple[str, ...], int] = {
        (row.month, row.category): int(row.n) for row in await session.execute(_TICKETS, given)
    }
    del given["zone"]
    messages: dict[tuple[str, ...], int] = {
        (row.month, row.channel, row.status): int(row.n) for row in await session.execute(_MESSAGES, given)
    }
    labels = {category.code: category.label for category in place.categories}
    made = [
        (key[0], "Phản ánh theo lĩnh vực", labels.get(key[1], key[1]), low, high)
        for key, low, high in published(tickets)
    ]
    made += [
        (
            key[0],
            "Tin nhắn theo kênh và kết quả",
            f"{CHANNELS.get(key[1], key[1])}: {STATUSES.get(key[2], key[2])}",
            low,
            high,
        )
        for key, low, high in published(messages)
    ]
    return sorted(made)
