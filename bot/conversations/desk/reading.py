"""What the console shows of live chats: the list, and one conversation read along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.desk.errors import UnknownChatError
from bot.conversations.desk.words import HIDDEN, Restricted, said, told
from bot.conversations.desk.work import OVERDUE

RECENT = 20
"""Conversations with the bot alone that the list shows."""
LOOKED_AT = 300
"""Newest messages among which they are found."""
LINES = 80
"""Messages of a conversation that are shown, of each side."""
EXCERPT = 160

_LAST = """LEFT JOIN LATERAL (
    SELECT m.kind, m.body, m.status, m.received_at, m.result -> 'understanding' AS understanding FROM messages m
    WHERE m.conversation_id = c.id ORDER BY m.id + 0 DESC LIMIT 1
) last ON true"""
_OPEN = text(f"""
SELECT c.id, c.channel, c.opted_out_at IS NOT NULL AS gone, l.state, l.holder, l.wanted, l.agency, l.why,
    CASE l.state WHEN 'waiting' THEN l.waiting_since ELSE l.taken_at END AS since, {OVERDUE} AS overdue,
    last.*, (l.spoke_at IS NULL OR last.received_at > l.spoke_at) AS unanswered,
    EXISTS (SELECT 1 FROM tickets t WHERE t.conversation_id = c.id AND t.restricted) AS restricted
FROM live_chats l JOIN conversations c ON c.id = l.conversation_id {_LAST}
WHERE l.state IN ('waiting', 'taken') ORDER BY l.waiting_since, l.id
""")  # noqa: S608  constants of this package
_RECENT = text(f"""
SELECT c.id, c.channel, c.opted_out_at IS NOT NULL AS gone, 'bot' AS state, NULL AS holder, NULL AS wanted,
    NULL AS agency, NULL AS why, c.last_message_at AS since, false AS overdue, last.*, false AS unanswered,
    EXISTS (SELECT 1 FROM tickets t WHERE t.conversation_id = c.id AND t.restricted) AS restricted
FROM (
    SELECT conversation_id, max(id) AS newest FROM (
        SELECT id, conversation_id FROM messages ORDER BY id DESC LIMIT {LOOKED_AT}
    ) newest GROUP BY conversation_id
) found JOIN conversations c ON c.id = found.conversation_id {_LAST}
WHERE NOT EXISTS (SELECT 1 FROM live_chats l WHERE l.conversation_id = c.id AND l.state IN ('waiting', 'taken'))
ORDER BY found.newest DESC LIMIT {RECENT}
""")  # noqa: S608  as above
_CHAT = text("""
SELECT c.id, c.channel, c.opted_out_at IS NOT NULL AS gone, c.waiting, c.xmin::text AS version, c.created_at,
    extract(epoch FROM now() - c.last_message_at)::float8 AS silence,
    l.id AS chat, l.state, l.why, l.agency, l.wanted, l.holder, l.epoch, l.opened_at, l.waiting_since, l.taken_at,
    l.spoke_at, l.closed_at, l."end", l.rating, l.rating_asked_at, l.xmin::text AS chat_version
FROM conversations c LEFT JOIN LATERAL (
    SELECT x.*, x.xmin FROM live_chats x WHERE x.conversation_id = c.id ORDER BY x.id DESC LIMIT 1
) l ON true WHERE c.id = :conversation
""")
_SENT = text("""
SELECT string_agg(id || state, ',') FROM (
    SELECT id, state FROM outbox WHERE conversation_id = :conversation ORDER BY id DESC LIMIT 20
) newest
""")
_MESSAGES = text("""
SELECT id, kind, body, received_at, finished_at, state, status, result FROM (
    SELECT * FROM messages WHERE conversation_id = :conversation ORDER BY id + 0 DESC LIMIT :most
) newest ORDER BY id
""")
_TOLD = text("""
SELECT o.id, o.body, o.created_at, o.state, o.error, (
    SELECT e.account FROM live_chat_events e JOIN live_chats l ON l.id = e.chat_id
    WHERE l.conversation_id = :conversation AND e.outbox_id = o.id LIMIT 1
) AS account
FROM outbox o WHERE o.conversation_id = :conversation AND o.message_id IS NULL ORDER BY o.id + 0 DESC LIMIT :most
""")
_EVENTS = text("""
SELECT e.kind, e.account, e.reason, e.data, e.created_at FROM live_chat_events e JOIN live_chats l ON l.id = e.chat_id
WHERE l.conversation_id = :conversation AND e.kind <> 'said' ORDER BY e.id DESC LIMIT :most
""")
_RESTRICTED = text("SELECT code FROM tickets WHERE conversation_id = :conversation AND restricted")
_PHOTO = text("""
SELECT status, result -> 'understanding' AS understanding FROM messages
WHERE conversation_id = :conversation AND body = :body LIMIT 1
""")


# As `work._check_free` lets them take it; supervisors, who may take all, are not called to what is a colleague's.
_FOR_ME = (
    "l.state = 'waiting' AND (l.waiting_since < now() - make_interval(mins => :wait)"
    " OR ((l.wanted IS NULL OR l.wanted = :account)"
    " AND (l.agency IS NULL OR l.wanted = :account OR CAST(:agency AS text) IS NULL OR l.agency = :agency)))"
)
_WAITING = text(f"SELECT count(*) FROM live_chats l WHERE {_FOR_ME}")  # noqa: S608  a constant
_CALLERS = text(
    "SELECT l.conversation_id, l.id, l.epoch, c.channel, l.waiting_since, l.agency FROM live_chats l"  # noqa: S608
    f" JOIN conversations c ON c.id = l.conversation_id WHERE {_FOR_ME} ORDER BY l.waiting_since, l.id"
)


async def waiting(session: AsyncSession, account: str, agency: str | None, wait: int) -> int:
    """How many citizens wait for a person whom this account could be.

    Args:
        wait: minutes after which anybody may take what is reserved.
    """
    return int(await session.scalar(_WAITING, {"account": account, "agency": agency, "wait": wait}) or 0)


@dataclass(frozen=True)
class Caller:
    """A citizen who waits for a person.

    Attributes:
        key: of this time in the queue; who is put back into it is told of anew.
    """

    conversation: int
    key: str
    channel: str
    since: datetime
    agency: str | None


async def callers(session: AsyncSession, account: str, agency: str | None, wait: int) -> list[Caller]:
    """Whom this account could help now, who waits longest first; `wait` as in `waiting`."""
    rows = await session.execute(_CALLERS, {"account": account, "agency": agency, "wait": wait})
    return [
        Caller(row.conversation_id, f"{row.id}.{row.epoch}", row.channel, row.waiting_since, row.agency) for row in rows
    ]


@dataclass(frozen=True)
class Listed:
    """One row of the list.

    Attributes:
        state: `waiting`, `taken`, or `bot`: nobody holds it and nobody asked for a person.
        since: waiting since, taken at, or when the citizen last wrote.
        words: what the citizen wrote last, masked and cut.
    """

    conversation: int
    channel: str
    state: str
    since: datetime
    words: str
    said_at: datetime | None
    gone: bool = False
    holder: str | None = None
    wanted: str | None = None
    agency: str | None = None
    why: str | None = None
    overdue: bool = False
    unanswered: bool = False


@dataclass(frozen=True)
class Line:
    """One line of a conversation.

    Attributes:
        who: `citizen`, `bot`, `staff`, `event`.
        account: of an officer.
        state: of a citizen's message `pending`; of what was told, the outbox's state, empty where it is shown.
        error: the sender's word for why it was not delivered.
        guided: the bot gave the safety answer.
        photo: key of the picture that was sent.
        kind, data: of an event.
    """

    at: datetime
    who: str
    text: str = ""
    account: str | None = None
    buttons: tuple[str, ...] = ()
    state: str = ""
    error: str = ""
    guided: bool = False
    photo: str | None = None
    kind: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ChatView:
    """One conversation, with its newest live chat (its fields are none where there never was one)."""

    row: Any
    lines: list[Line]


class Reader:
    """Reads for one viewer.

    Args:
        hidden: codes of the categories that they may not read; empty where they may read all.
    """

    def __init__(self, session: AsyncSession, silence: int, hidden: Iterable[str]) -> None:
        self._session = session
        self._silence = silence
        self._hidden = frozenset(hidden)

    async def listed(self) -> list[Listed]:
        """Open chats, who waits longest first; then the newest conversations with the bot alone."""
        rows = [
            *await self._session.execute(_OPEN, {"silence": self._silence}),
            *await self._session.execute(_RECENT),
        ]
        return [self._listed(row) for row in rows]

    async def version(self, conversation: int) -> str:
        """Changes with everything that the page shows.

        Raises:
            UnknownChatError
        """
        row = await self._row(conversation)
        sent = await self._session.scalar(_SENT, {"conversation": conversation})
        return f"{row.version}.{row.chat_version}.{sent}"

    async def view(self, conversation: int) -> ChatView:
        """The conversation, its newest lines.

        Raises:
            UnknownChatError
        """
        row = await self._row(conversation)
        values = {"conversation": conversation, "most": LINES}
        codes = list(await self._session.scalars(_RESTRICTED, values)) if self._hidden else []
        restricted = Restricted(self._hidden, codes)
        lines = [
            *_said(await self._all(_MESSAGES, values), restricted),
            *_told(reversed(await self._all(_TOLD, values)), restricted),
            *_happened(reversed(await self._all(_EVENTS, values))),
        ]
        return ChatView(row, sorted(lines, key=lambda line: line.at))

    async def may_see_photo(self, conversation: int, key: str) -> bool:
        """Whether the picture was sent in this conversation, outside what is hidden."""
        values = {"conversation": conversation, "body": f"photo:{key}"}
        row = (await self._session.execute(_PHOTO, values)).one_or_none()
        if row is None:
            return False
        return (row.understanding or {}).get("category") not in self._hidden

    async def _row(self, conversation: int) -> Any:
        row = (await self._session.execute(_CHAT, {"conversation": conversation})).one_or_none()
        if row is None:
            raise UnknownChatError
        return row

    async def _all(self, statement: Any, values: dict[str, Any]) -> Sequence[Any]:
        return (await self._session.execute(statement, values)).all()

    def _listed(self, row: Any) -> Listed:
        words = said(row.kind, row.body, {}) if row.kind else ""
        category = (row.understanding or {}).get("category")
        if self._hidden and (
            category in self._hidden or (row.restricted and row.status in ("form", "filed", "lookup"))
        ):
            words = HIDDEN
        return Listed(
            row.id,
            row.channel,
            row.state,
            row.since,
            words if len(words) <= EXCERPT else words[: EXCERPT - 1] + "…",
            row.received_at,
            row.gone,
            row.holder,
            row.wanted,
            row.agency,
            row.why,
            bool(row.overdue),
            bool(row.unanswered),
        )


def _said(rows: Sequence[Any], restricted: Restricted) -> Iterable[Line]:
    titles: dict[str, str] = {}
    for row in rows:
        result = row.result or {}
        hidden = restricted.hides_turn(row.status, result.get("understanding") or {})
        words = HIDDEN if hidden or restricted.hides_text(row.body) else said(row.kind, row.body, titles)
        photo = row.body.removeprefix("photo:") if row.body.startswith("photo:") and not hidden else None
        yield Line(
            row.received_at,
            "citizen",
            words,
            state="pending" if row.state == "pending" else "",
            guided=row.status == "guided",
            photo=photo if row.kind == "payload" else None,
        )
        for reply in result.get("replies") or ():
            shown = tuple(str(button.get("title")) for button in reply.get("buttons") or ())
            titles |= {button["payload"]: button["title"] for button in reply.get("buttons") or ()}
            gone = hidden or restricted.hides_text(str(reply.get("text")))
            said_so = HIDDEN if gone else told(str(reply.get("text") or ""))
            yield Line(row.finished_at or row.received_at, "bot", said_so, buttons=() if gone else shown)


def _told(rows: Iterable[Any], restricted: Restricted) -> Iterable[Line]:
    for row in rows:
        words = str(row.body.get("text") or "")
        gone = restricted.hides_text(words)
        yield Line(
            row.created_at,
            "staff" if row.body.get("by") == "staff" else "bot",
            HIDDEN if gone else told(words),
            account=row.account,
            buttons=() if gone else tuple(str(button.get("title")) for button in row.body.get("buttons") or ()),
            state="" if row.state == "shown" else row.state,
            error=row.error or "",
        )


def _happened(rows: Iterable[Any]) -> Iterable[Line]:
    for row in rows:
        yield Line(row.created_at, "event", row.reason or "", row.account, kind=row.kind, data=row.data)
