"""The questions that the figures ask the database; what is asked for is bound, never written into them."""

from __future__ import annotations

from sqlalchemy import text

TOP = 20


def _within(column: str) -> str:
    """A condition: within the period, whose days are those of the locality's time."""
    start, end = "CAST(:first AS date)::timestamp", "(CAST(:last AS date) + 1)::timestamp"
    return f"{column} >= ({start} AT TIME ZONE :zone) AND {column} < ({end} AT TIME ZONE :zone)"


_COUNTED = (
    "m.day BETWEEN :first AND :last AND (:channel = '' OR m.channel = :channel) AND (:ward = '' OR m.ward = :ward)"
)


def _along(line: str) -> str:
    """The counts along one line, of what was asked for."""
    return f"FROM message_figures m WHERE m.line = '{line}' AND {_COUNTED}"


_RESULTS = (
    "sum(messages), sum(messages) FILTER (WHERE key = 'answered'), sum(messages) FILTER (WHERE key = 'unresolved')"
)
BY = {
    "day": f"SELECT day, {_RESULTS} {_along('status')} GROUP BY 1 ORDER BY 1",
    "hour": f"SELECT key::int, sum(messages) {_along('hour')} GROUP BY 1 ORDER BY 1",
    "channel": f"SELECT channel, sum(messages) {_along('status')} GROUP BY 1 ORDER BY 2 DESC",
    "status": f"SELECT key, sum(messages) {_along('status')} GROUP BY 1 ORDER BY 2 DESC",
    "procedure": f"SELECT key, sum(messages) {_along('procedure')} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {TOP}",
    "field": "SELECT coalesce(p.field, ''), sum(m.messages) FROM"  # noqa: S608  as above
    f" (SELECT key, sum(messages) AS messages {_along('procedure')} GROUP BY 1) m"
    f" JOIN procedures p ON p.code = m.key GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {TOP}",
    "ward": f"SELECT m.ward, {_RESULTS} {_along('status')} GROUP BY 1 ORDER BY m.ward = '', 2 DESC, 1",
    "aspect": f"SELECT key, sum(messages) {_along('aspect')} GROUP BY 1 ORDER BY 2 DESC, 1",
    "speed": "SELECT sum(within_2), sum(within_10), sum(within_60), sum(messages)"
    f" {_along('status')} AND key <> 'staff'",
}
NAMES = text("SELECT code, coalesce(plain_name, name) AS name FROM procedures WHERE code = ANY(:codes)")
UNANSWERED = text(
    f"SELECT g.id, c.text, g.citizens FROM case_groups g JOIN unresolved_cases c ON c.id = g.leader"  # noqa: S608  a constant
    f" WHERE g.state = 'open' ORDER BY g.rank DESC, g.id DESC LIMIT {TOP}"
)
THUMBS = text(
    f"SELECT count(*) FILTER (WHERE value = 'up'), count(*) FILTER (WHERE value = 'down') FROM message_feedback"  # noqa: S608
    f" WHERE {_within('created_at')}"
)
STARS = text(
    f"SELECT 'ticket', rating, count(*) FROM tickets WHERE rating IS NOT NULL AND {_within('closed_at')} GROUP BY 2"  # noqa: S608
    f" UNION ALL SELECT 'chat', rating, count(*) FROM live_chats WHERE {_within('rated_at')} GROUP BY 2"
)
TICKETS = f"""
    SELECT {{key}}, count(*), count(answered_at), count(resolved_at),
           count(*) FILTER (WHERE due_at IS NOT NULL AND coalesce(resolved_at, closed_at, now()) <= due_at),
           count(*) FILTER (WHERE due_at IS NOT NULL AND coalesce(resolved_at, closed_at, now()) > due_at),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM answered_at - created_at) / 3600),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM resolved_at - created_at) / 3600),
           sum(reopened)
      FROM tickets
     WHERE {_within("created_at")} AND (:channel = '' OR channel = :channel) AND NOT restricted
       AND (:ward = '' OR ward = :ward) AND (:agency = '' OR agency = :agency)
     GROUP BY 1 ORDER BY 2 DESC
"""  # noqa: S608  constants of ours; what is asked for is bound
TICKET_KEYS = {"category": "category", "ward": "coalesce(ward, '')", "agency": "coalesce(agency, '')"}
MODELS = text(
    f"SELECT e.created_at, e.model_id, e.sets FROM evaluations e WHERE {_within('e.created_at')}"  # noqa: S608
    " ORDER BY e.id DESC LIMIT 50"
)
WORK = text(
    f"SELECT account, count(*) FILTER (WHERE action LIKE 'ticket.%'), count(*) FILTER (WHERE action LIKE 'review.%'),"  # noqa: S608
    " count(*) FILTER (WHERE action LIKE 'chat%'),"
    " count(*) FILTER (WHERE action LIKE 'corpus.%' OR action LIKE 'faq.%')"
    f" FROM audit_log WHERE outcome = 'done' AND account IS NOT NULL AND {_within('at')}"
    " GROUP BY 1 ORDER BY 2 + 3 + 4 + 5 DESC, 1 LIMIT 50"
)
