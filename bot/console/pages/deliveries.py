"""Messages that did not reach their citizen: why, what else can be done, and sending one again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from bot.console import texts
from bot.console.audit import entry
from bot.console.login import account_of, address_of
from bot.console.menu import Group
from bot.console.permissions import Permission
from bot.console.reasons import reason
from bot.console.site import Page, form_of, needs, word
from bot.conversations.undelivered import STATES, Undelivered, UndeliveredQuery, one, send_again, undelivered
from bot.locality import Locality
from bot.storage.outgoing import is_pushed
from bot.tickets import UnknownTicketError

PAGE = 50
SHOWN = 400
"""Characters of a message in the list."""
_CODE = re.compile(r"\bPA-\d{4}-\d{6,}\b")


@dataclass(frozen=True)
class Asked:
    """What was asked of the list; what is not known is dropped."""

    channel: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None

    @classmethod
    def read(cls, params: QueryParams) -> Asked:
        """From a request."""
        channel, state, before = (params.get(name, "") for name in ("channel", "state", "before"))
        return cls(
            channel=channel if channel in texts.CHANNELS and is_pushed(channel) else "",
            state=state if state in STATES else "",
            since=_date(params.get("from", "")),
            until=_date(params.get("to", "")),
            before=int(before) if before.isdecimal() and len(before) < 18 else None,
        )

    @property
    def query(self) -> str:
        """As a query string, without the page."""
        values = {"channel": self.channel, "state": self.state, "from": self.since, "to": self.until}
        return urlencode({name: value for name, value in values.items() if value})

    def conditions(self, locality: Locality) -> UndeliveredQuery:
        """For the database; days are those of the place."""
        return UndeliveredQuery(
            channel=self.channel,
            state=self.state,
            since=_midnight(self.since, locality) if self.since else None,
            until=_midnight(self.until + timedelta(days=1), locality) if self.until else None,
            before=self.before,
        )


class DeliveriesPage(Page):
    """`/console/deliveries`."""

    path = "/deliveries"
    group = Group.REPORTS
    handbook = "tin-chua-gui"
    menu_label = "Tin chưa gửi được"
    permission = Permission.DELIVERIES_READ

    @route("", name="deliveries")
    @needs(Permission.DELIVERIES_READ)
    async def index(self, request: Request) -> Response:
        """The newest first. What is said about a ticket that one may not read is not there."""
        asked = Asked.read(request.query_params)
        async with self.site.sessions() as session:
            found = await undelivered(session, asked.conditions(self.site.locality), PAGE + 1)
        page = found[:PAGE]
        hidden = await self._hidden(request, page)
        return await self.render(
            request,
            "deliveries.html",
            title=self.menu_label,
            asked=asked,
            rows=[
                (message, reason(message.state, message.reason), ticket_of(message), message.text[:SHOWN])
                for message in page
                if ticket_of(message) not in hidden
            ],
            before=page[-1].id if len(found) > PAGE else None,
            channels={code: name for code, name in texts.CHANNELS.items() if is_pushed(code)},
            states=texts.DELIVERIES,
        )

    @route("/{number:int}/again", methods=["POST"], name="delivery-again")
    @needs(Permission.DELIVERIES_RESEND)
    async def again(self, request: Request) -> Response:
        """Send one again: once for the state in which it was seen, however often the button is pressed."""
        form, number = await form_of(request), request.path_params["number"]
        state, tries = word(form, "state"), word(form, "tries")
        there = f"/deliveries?{Asked.read(request.query_params).query}".rstrip("?")
        async with self.site.sessions.begin() as session:
            found = await one(session, number)
            if found is not None and await self._hidden(request, [found]):
                raise HTTPException(404, texts.NOT_FOUND)
            if state == "unknown" and word(form, "sure") != "1":
                return self.back(request, there, texts.SEND_AGAIN["sure"], good=False)
            done = await send_again(
                session, number, state=state, tries=int(tries) if tries.isdecimal() and len(tries) < 6 else -1
            )
            if done == "queued":
                session.add(
                    entry(
                        account_of(request).name,
                        "delivery.resend",
                        str(number),
                        before={"state": state, "tries": tries},
                        after={"state": "queued"},
                        address=address_of(request),
                    )
                )
        return self.back(request, there, texts.SEND_AGAIN[done], good=done == "queued")

    async def _hidden(self, request: Request, found: Iterable[Undelivered]) -> set[str]:
        """Codes of tickets that whoever asks may not read, or that are gone."""
        hidden: set[str] = set()
        for code in {ticket_of(message) for message in found} - {""}:
            try:
                await self.site.tickets.detail(code, account_of(request).actor)
            except UnknownTicketError:
                hidden.add(code)
        return hidden


def ticket_of(message: Undelivered) -> str:
    """The code of the ticket that a message is about; empty where it names none."""
    payloads = (str(button.get("payload")) for button in message.body.get("buttons") or ())
    found = _CODE.search(" ".join((message.text, *payloads)))
    return found[0] if found else ""


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _midnight(day: date, locality: Locality) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=locality.now().tzinfo)
