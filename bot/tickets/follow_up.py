"""What a citizen reads and presses about reports already filed: the list, one ticket, confirm, rate, reopen, reply."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.tickets.desk import Desk
from bot.tickets.errors import TicketError, UnknownTicketError
from bot.tickets.people import Citizen
from bot.tickets.records import TicketView
from bot.tickets.service import TicketService
from bot.tickets.states import OPEN

CODE = re.compile(r"\bPA-\d{4}-\d{6,}\b", re.IGNORECASE)
PIN = re.compile(r"(?<![\d-])\d{6}(?![\d-])")

RATINGS = (5, 4, 3, 2, 1)
REASONS = ("undone", "partly", "again")
MOST_BUTTONS = 4
SHORTEST_REPLY = 2
"""Words after the code that make a message an answer to the officer's question."""

_ASKS = re.compile(
    r"\?|\b(?:tới đâu|đến đâu|sao rồi|thế nào|tình trạng|trạng thái|xem|tra cứu|bao giờ|khi nào)\b", re.IGNORECASE
)
"""Words of who wants to know, not to answer."""

Button = tuple[str, str]


@dataclass(frozen=True)
class Told:
    """What is said.

    Attributes:
        buttons: (title, payload).
        ticket: the code of the one ticket that was shown or changed.
        asked: the code whose PIN is asked for.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    ticket: str | None = None
    asked: str | None = None


class FollowUp:
    """The counter for those who come back."""

    def __init__(self, tickets: TicketService, desk: Desk) -> None:
        self._tickets = tickets
        self._desk = desk

    async def heard(
        self, conversation: str, *, code: str | None, pin: str | None, choice: str | None, text: str
    ) -> Told:
        """Answer a message about one's reports.

        Args:
            conversation: `conversations.key`.
            code, pin: as found in the message.
            choice: of a pressed button of a ticket.
            text: the whole message, masked; empty for a button.
        """
        if code is None:
            return await self.mine(conversation)
        if choice and choice != "show":
            return await self.pressed(conversation, code, choice)
        view = await self._tickets.status(code, conversation)
        if view is not None:
            reply = self._reply(view, text)
            return await self._replied(conversation, view, reply) if reply else self._one(view)
        view = await self._tickets.status(code, conversation, pin) if pin else None
        if view is not None:
            told = self._one(view)
            linked = self._say("linked", code=view.code)
            return Told(f"{told.text}\n{linked}", told.buttons, told.ticket)
        if pin:
            return Told(self._say("ticket_refused"), asked=code)
        return Told(self._desk.pin_wanted(code), asked=code)

    async def mine(self, conversation: str) -> Told:
        """All reports of a conversation."""
        mine = await self._tickets.mine(conversation)
        if not mine:
            return Told(self._say("tickets_none"))
        lines = [self._say("tickets_title"), *map(self._desk.shown, mine)]
        wanting = [view for view in mine if self._choices(view)]
        if len(wanting) == 1:
            return Told("\n".join(lines), self._choices(wanting[0]))
        show = tuple((view.code, payload(view.code, "show")) for view in wanting[:MOST_BUTTONS])
        return Told("\n".join(lines), show)

    async def pressed(self, conversation: str, code: str, choice: str) -> Told:
        """A button of a ticket."""
        by = Citizen(conversation)
        try:
            match choice.partition("_"):
                case ("solved", _, _):
                    view = await self._tickets.confirm(code, by, True)
                    return self._thanked(view)
                case ("unsolved", _, _):
                    view = await self._tickets.confirm(code, by, False)
                    return Told(self._say("unsolved_noted", **self._facts(view)), ticket=view.code)
                case ("rate", _, rating):
                    view = await self._tickets.confirm(code, by, True, rating=int(rating))
                    return Told(self._say("thanks_rated", code=view.code, rating=rating), ticket=view.code)
                case ("reopen", _, reason) if reason in REASONS:
                    view = await self._tickets.reopen(code, by, self._say(f"reason_{reason}"))
                    return Told(self._say("reopened", **self._facts(view)), ticket=view.code)
            # Which reason is asked before anything changes, if it is theirs and not too late.
            found = await self._tickets.status(code, conversation)
            if found is None:
                raise UnknownTicketError
            if not found.may_reopen:
                return Told(self._say("error_period_over"), ticket=found.code)
            reasons = tuple((self._say(f"reason_{name}"), payload(found.code, f"reopen_{name}")) for name in REASONS)
            return Told(self._say("ask_reopen", code=found.code), reasons, found.code)
        except UnknownTicketError:
            return Told(self._desk.pin_wanted(code), asked=code)
        except TicketError as error:
            return Told(self._say(f"error_{error.code}"))

    def _reply(self, view: TicketView, text: str) -> str | None:
        """The answer to the officer's question in a message that names the ticket; none for a plain look."""
        rest = CODE.sub(" ", text).strip(" :,.-\n")
        if not (view.waiting and view.owned) or len(rest.split()) < SHORTEST_REPLY or _ASKS.search(rest):
            return None
        return rest

    async def _replied(self, conversation: str, view: TicketView, reply: str) -> Told:
        try:
            view = await self._tickets.citizen_replied(view.code, Citizen(conversation), reply)
        except TicketError as error:
            return Told(self._say(f"error_{error.code}"), ticket=view.code)
        return Told(self._say("reply_noted", **self._facts(view)), ticket=view.code)

    def _one(self, view: TicketView) -> Told:
        return Told(self._desk.shown(view), self._choices(view), view.code)

    def _thanked(self, view: TicketView) -> Told:
        stars = tuple((self._say("button_rate", rating=n), payload(view.code, f"rate_{n}")) for n in RATINGS)
        return Told(self._say("thanks_solved", code=view.code, reopen=self._desk.reopen_until(view)), stars, view.code)

    def _choices(self, view: TicketView) -> tuple[Button, ...]:
        names: tuple[str, ...] = ()
        if view.may_confirm:
            names = ("solved", "unsolved")
        elif view.may_reopen:
            names = ("reopen",)
        buttons = tuple((self._say(f"button_{name}"), payload(view.code, name)) for name in names)
        if view.may_rate:
            buttons += tuple((self._say("button_rate", rating=n), payload(view.code, f"rate_{n}")) for n in RATINGS[:3])
        return buttons

    def _facts(self, view: TicketView) -> dict[str, str]:
        agency = self._desk.locality.agency(view.agency)
        due = ""
        if view.due_at and view.status in OPEN:
            due = self._say("due_promise", due=f"{self._desk.locality.now(view.due_at):%Hh%M ngày %d/%m/%Y}")
        return {"code": view.code, "agency": agency.name if agency else self._say("somebody").lower(), "due": due}

    def _say(self, name: str, /, **values: object) -> str:
        return self._desk.texts.say(name, **values)


def payload(code: str, choice: str) -> str:
    """What a button of a ticket carries."""
    return f"ticket:{code}:{choice}"


def code_and_pin(text: str, code: str | None, asked: str | None) -> tuple[str | None, str | None]:
    """The ticket code and the PIN of a message.

    Args:
        code: as the engine found it.
        asked: the code whose PIN was asked for: a PIN alone belongs to it.
    """
    found = code or ((match := CODE.search(text)) and match.group())
    pin = PIN.search(CODE.sub(" ", text))
    found = found or (asked if pin else None)
    return (found.upper() if found else None), (pin.group() if pin else None)
