"""Keeping the suggestions of groups: made when a group begins, and again whenever it has doubled."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.knowledge.search import SearchIndex
from bot.review.examples import Examples
from bot.review.suggesting import Example, suggest

BATCH = 100
MOST = 2000
"""Groups a job: after all were made anew, the next jobs go on."""

_DUE = text("""
SELECT g.id, u.text, g.cases FROM case_groups g JOIN unresolved_cases u ON u.id = g.leader
WHERE g.cases >= 2 * g.suggested_for AND g.suggested_for < 64 AND g.cases > 0 AND g.state <> 'merged'
ORDER BY g.rank DESC LIMIT :limit
""")
_SAID = text("SELECT group_id, intent, aspects FROM unresolved_cases WHERE group_id = ANY(:ids)")
_FAQS = text(
    "SELECT f.id, q.text FROM faqs f JOIN faq_questions q ON q.faq_id = f.id WHERE NOT f.retired ORDER BY q.id"
)
_PUT = text("""
UPDATE case_groups SET suggestions = CAST(:found AS jsonb), suggested_for = :cases, procedure = :procedure
WHERE id = :id
""")


async def suggest_new(
    sessions: async_sessionmaker[AsyncSession], index: SearchIndex | None, examples: Examples, *, most: int = MOST
) -> int:
    """Make the suggestions that are due; returns how many groups got some."""
    async with sessions() as session:
        if not (await session.execute(_DUE, {"limit": 1})).all():
            return 0
        faqs = Examples([Example("faq", str(number), said) for number, said in await session.execute(_FAQS)])
    total = 0
    while total < most:
        async with sessions.begin() as session:
            rows = (await session.execute(_DUE, {"limit": BATCH})).all()
            said: dict[int, list[Any]] = {}
            for number, intent, aspects in await session.execute(_SAID, {"ids": [row.id for row in rows]}):
                said.setdefault(number, []).append((intent, aspects or ()))
            for number, words, cases in rows:
                found = _found(words, said.get(number, []), index, examples, faqs)
                first = next((item["code"] for item in found if item["kind"] == "procedure"), None)
                values = {"id": number, "found": json.dumps(found, ensure_ascii=False), "cases": cases}
                await session.execute(_PUT, values | {"procedure": first})
        total += len(rows)
        if len(rows) < BATCH:
            break
    return total


def _found(
    words: str, said: list[Any], index: SearchIndex | None, examples: Examples, faqs: Examples
) -> list[dict[str, Any]]:
    asked = Counter(aspect for _, aspects in said for aspect in aspects)
    aspects = [aspect for aspect, _ in sorted(asked.items(), key=lambda item: (-item[1], item[0]))]
    intents = [intent for intent, _ in said if intent]
    return suggest(words, index, aspects=aspects, intents=intents, examples=[*examples.near(words), *faqs.near(words)])
