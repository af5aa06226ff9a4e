"""Which turns are kept as cases for staff to review, and the statement that keeps one.

A case is made in the transaction of what causes it (the turn, the thumb), together with the job that groups it
(`bot.review`). Its words are the citizen's own question: where a button was pressed or a human asked for, the question
that they wrote before. The words of a report, of a denunciation and of whatever else is not a question are never taken.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from bot.conversations.turns import FORGOTTEN, Claim, Turn

SPEAKABLE: Final = ("answered", "clarify", "unresolved", "smalltalk", "handoff")
"""Statuses of turns whose words may become a case. The others are inside a report, private, guided, or a fault."""
LOW_INTENT: Final = 0.4
"""An answer to something understood less surely than this is looked at."""
LOOK_BACK: Final = "30 minutes"
GROUP: Final = "review.group"
"""The job that groups new cases."""

PRIOR: Final = f"""
    SELECT m.id, m.body FROM messages m
    WHERE m.conversation_id = :conversation AND m.id < :message AND m.kind = 'text' AND m.state = 'done'
        AND m.status IN ({", ".join(f"'{status}'" for status in SPEAKABLE[:3])})
        AND m.body <> '{FORGOTTEN}' AND m.received_at > now() - interval '{LOOK_BACK}'
    ORDER BY m.id DESC LIMIT 1
"""  # noqa: S608  constants of this module
"""The question that a citizen wrote before a message."""

KEEP: Final = """
    INSERT INTO unresolved_cases (message_id, conversation_id, text, reason, candidates, signals, confidence)
    SELECT words.id, words.conversation_id, words.body, %(reason)s, %(candidates)s::jsonb, %(signals)s::jsonb,
        %(sure)s::float8
    FROM words
    ON CONFLICT (message_id) DO UPDATE SET signals = unresolved_cases.signals || excluded.signals
    WHERE NOT unresolved_cases.signals @> excluded.signals
    RETURNING id
"""
"""Keeps a case of the rows of `words` (id, conversation_id, body); a message that is one already gets the signal."""

JOB: Final = f"""
    SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', '{GROUP}', 0, '{GROUP}', NULL, '{{}}'::jsonb,
        NULL)::procrastinate_job_to_defer_v1])
    FROM kept LIMIT 1
"""  # noqa: S608  constants of this module

UNRESOLVED: Final = f""", prior AS (
    {PRIOR.replace(":conversation", "(SELECT id FROM own)").replace(":message", "(SELECT id FROM done)")}
), words AS (
    SELECT prior.id, own.id AS conversation_id, prior.body FROM prior, own, done WHERE NOT %(own_words)s
    UNION ALL
    SELECT done.id, own.id, %(body)s FROM own, done
    WHERE %(own_words)s OR (%(is_text)s AND NOT EXISTS (SELECT 1 FROM prior))
), kept AS ({KEEP}), grouping AS ({JOB})"""  # noqa: S608  constants of this module
"""Part of the statement that stores a turn; `own` and `done` are its conversation and message."""
COUNTED: Final = ", (SELECT count(*) FROM grouping)"
"""Belongs into its last SELECT: PostgreSQL leaves out what nobody reads."""


@dataclass(frozen=True)
class Case:
    """Why a turn is looked at."""

    reason: str
    signals: tuple[str, ...]
    confidence: float | None = None
    candidates: list[Any] = field(default_factory=list)


def case_of(turn: Turn) -> Case | None:
    """The case that a turn makes; none where it was answered well, or where its words are not for reviewing."""
    if turn.forget or turn.form_active or turn.status not in SPEAKABLE:
        return None
    found, sure = turn.unresolved or {}, turn.understanding["confidence"]
    candidates = found.get("candidates")
    candidates = candidates if isinstance(candidates, list) else []
    if turn.status == "handoff":
        return Case("handoff", ("handoff",), sure)
    if turn.status == "unresolved" or turn.unresolved:
        return Case(str(found.get("reason") or "no_match"), ("unresolved",), sure, candidates)
    if turn.doubt is not None:
        doubted = turn.doubt.get("candidates")
        return Case(
            "doubt", ("low_confidence",), turn.doubt["confidence"], doubted if isinstance(doubted, list) else []
        )
    if isinstance(sure, int | float) and sure < LOW_INTENT:
        return Case("doubt", ("low_confidence",), sure)
    return None


def case_values(case: Case, claim: Claim) -> dict[str, Any]:
    """The parameters of `UNRESOLVED`."""
    is_text = claim.kind == "text"
    return {
        "body": claim.body,
        "is_text": is_text,
        "own_words": is_text and case.reason != "handoff",
        "reason": case.reason,
        "candidates": json.dumps(case.candidates, ensure_ascii=False),
        "signals": json.dumps(list(case.signals)),
        "sure": case.confidence,
    }
