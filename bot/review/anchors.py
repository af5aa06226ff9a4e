"""Giving a group a case by which others find it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.review.terms import terms_of

_ADD = text("""
INSERT INTO case_exemplars (case_id, group_id, terms, anchor) VALUES (:case, :group, :terms, true)
ON CONFLICT (case_id) DO UPDATE SET group_id = excluded.group_id, anchor = true
""")


async def anchor(session: AsyncSession, group: int, row: Any) -> None:
    """Let others find a group by a case.

    Args:
        row: the case, with `id`, `text`, `procedure`, `aspects`.
    """
    terms = terms_of(row.text, procedure=row.procedure, aspects=row.aspects or ())
    await session.execute(_ADD, {"case": row.id, "group": group, "terms": list(terms.weights)})
