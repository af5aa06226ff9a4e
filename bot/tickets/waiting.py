"""Whether a citizen's next message may be the answer to an officer's question: a text, a picture, a place.

That is so where exactly one ticket of theirs waits for an answer and, since the question, they have written nothing
else than small talk. The engine may then take what it does not understand otherwise for the answer, and the citizen
is asked whether it is.
"""

from __future__ import annotations

QUESTION = """
SELECT one.code FROM (
    SELECT min(t.code) AS code, count(*) AS many, max(
        (SELECT max(e.at) FROM ticket_events e WHERE e.ticket_id = t.id AND e.kind = 'QuestionAsked')
    ) AS asked
    FROM tickets t
    WHERE t.paused_at IS NOT NULL AND t.id IN (
        SELECT id FROM tickets WHERE conversation_id = :conversation
        UNION SELECT ticket_id FROM ticket_followers WHERE conversation_id = :conversation AND proof = 'pin'
    )
) one
WHERE one.many = 1 AND NOT EXISTS (
    SELECT 1 FROM messages m
    WHERE m.conversation_id = :conversation AND m.state <> 'pending' AND m.received_at > one.asked
        AND m.status IS DISTINCT FROM 'smalltalk'
)
"""
"""The code of that ticket, or no row; `:conversation` is an expression for `conversations.id`."""

SAID_AFTER = """
SELECT t.code FROM (
    SELECT m.result -> 'understanding' ->> 'ticket' AS code, m.received_at, m.body FROM messages m
    WHERE m.conversation_id = :conversation AND m.state <> 'pending' AND m.status IS DISTINCT FROM 'smalltalk'
    ORDER BY m.id + 0 DESC LIMIT 1
) last JOIN tickets t ON t.code = last.code
WHERE t.closed_at IS NULL AND last.body ~ '^photo:' AND EXISTS (
    SELECT 1 FROM ticket_events e
    WHERE e.ticket_id = t.id AND e.kind = 'CitizenReplied'
        AND e.at >= last.received_at AND e.at > now() - interval '15 minutes'
)
"""
"""The ticket to which the citizen has just sent a picture as an answer: words that follow may belong to it."""

SHOWN = """
SELECT coalesce(
    (
        SELECT min(t.code) FROM tickets t
        WHERE t.paused_at IS NOT NULL AND t.id IN (
            SELECT id FROM tickets WHERE conversation_id = :conversation
            UNION SELECT ticket_id FROM ticket_followers WHERE conversation_id = :conversation AND proof = 'pin'
        )
        HAVING count(*) = 1
    ),
    (
        SELECT t.code FROM (
            SELECT m.result -> 'understanding' ->> 'ticket' AS code, m.received_at FROM messages m
            WHERE m.conversation_id = :conversation AND m.state <> 'pending' AND m.status IS DISTINCT FROM 'smalltalk'
            ORDER BY m.id + 0 DESC LIMIT 1
        ) last JOIN tickets t ON t.code = last.code
        WHERE t.closed_at IS NULL AND EXISTS (
            SELECT 1 FROM ticket_events e
            WHERE e.ticket_id = t.id AND e.kind = 'CitizenReplied'
                AND e.at >= last.received_at AND e.at > now() - interval '15 minutes'
        )
    )
)
"""
"""The same for a picture or a shared place, which otherwise would begin a report: what else was written meanwhile does
not matter, and what follows an answer within minutes (the other pictures of an album) goes with it."""
