"""What a citizen reads and presses about reports already filed: the list, one ticket, confirm, rate, reopen, reply.

An answer to an officer's question is sent at once where the citizen said that it is one (by the button, or by the
ticket's code before it). Where it only may be one (`bot.tickets.waiting`), they are asked first.
"""

from __future__ import annotations

import re

from bot.privacy import readable
from bot.tickets.desk import Desk
from bot.tickets.errors import TicketError, UnknownTicketError
from bot.tickets.kit import LONGEST_TEXT
from bot.tickets.people import Citizen
from bot.tickets.records import TicketView
from bot.tickets.replies import Short, read_short
from bot.tickets.service import TicketService
from bot.tickets.states import OPEN
from bot.tickets.told import Button, Told, Wanted, payload

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


class FollowUp:
    """The counter for those who come back."""

    def __init__(self, tickets: TicketService, desk: Desk) -> None:
        self._tickets = tickets
        self._desk = desk

    async def heard(
        self,
        conversation: str,
        *,
        code: str | None,
        pin: str | None,
        choice: str | None,
        text: str,
        wanted: Wanted | None = None,
        question: str | None = None,
        photo: str | None = None,
        location: str | None = None,
    ) -> Told:
        """Answer a message about one's reports.

        Args:
            conversation: `conversations.key`.
            code, pin: as found in the message.
            choice: of a pressed button of a ticket.
            text: the whole message, masked; empty for a button.
            wanted: what the turn before asked words for.
            question: code of the ticket whose officer's question the text seems to answer.
            photo, location: key of a picture, or a place as "latitude,longitude", that was sent as an answer.
        """
        if photo or location:
            return await self._shown(conversation, wanted, question, photo, location)
        if code is None and text and wanted:
            return await self._words(conversation, wanted, text)
        if code is None and text and question:
            return self._proposed(question, text)
        if code is None:
            return await self.mine(conversation)
        if choice in ("reply_send", "reply_drop"):
            return await self._decided(conversation, code, choice == "reply_send", wanted)
        if choice and choice != "show":
            return await self.pressed(conversation, code, choice)
        view = await self._tickets.status(code, conversation)
        if view is not None:
            reply = self._reply(view, text)
            return await self._replied(conversation, view.code, reply) if reply else self._one(view)
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
            found = await self._tickets.status(code, conversation)
            if found is None:
                raise UnknownTicketError
            return self._asks_for_reply(found) if choice == "reply" else self._asks_for_reason(found, choice)
        except UnknownTicketError:
            return Told(self._desk.pin_wanted(code), asked=code)
        except TicketError as error:
            return Told(self._say(f"error_{error.code}"))

    def _asks_for_reason(self, found: TicketView, choice: str) -> Told:
        """Why, before anything changes, if it is not too late: one of ours, or in the citizen's words."""
        if not found.may_reopen:
            return Told(self._say("error_period_over"), ticket=found.code)
        why = Wanted(kind="reopen", code=found.code, text=None)
        if choice == "reopen_other":
            return Told(self._say("ask_reason", code=found.code), ticket=found.code, wanted=why)
        reasons = tuple(
            (self._say(f"reason_{name}"), payload(found.code, f"reopen_{name}")) for name in (*REASONS, "other")
        )
        return Told(self._say("ask_reopen", code=found.code), reasons, found.code, wanted=why)

    def _asks_for_reply(self, found: TicketView) -> Told:
        if not (found.waiting and found.owned):
            return self._one(found)
        question = found.question or ""
        return Told(
            self._say("ask_reply", code=found.code, question=f"\n{question}" if question else ""),
            ticket=found.code,
            wanted=Wanted(kind="reply", code=found.code, text=None),
        )

    async def _words(self, conversation: str, wanted: Wanted, text: str) -> Told:
        """The words that were asked for."""
        short, code = read_short(text), wanted["code"]
        if Short.CANCEL in short or (wanted["text"] and Short.NO in short):
            return Told(self._say("words_dropped"), ticket=code)
        if wanted["text"] and Short.YES in short:
            return await self._decided(conversation, code, True, wanted)
        if not any(map(str.isalpha, text)) and not any(map(str.isdigit, text)):
            return Told(self._say("words_missing"), ticket=code, wanted=wanted)
        if wanted["text"]:
            return self._proposed(code, f"{wanted['text']}\n{text}")
        if wanted["kind"] == "reply":
            return await self._replied(conversation, code, text)
        try:
            view = await self._tickets.reopen(code, Citizen(conversation), text)
        except TicketError as error:
            return Told(self._say(f"error_{error.code}"), ticket=code)
        return Told(self._say("reopened", **self._facts(view)), ticket=view.code)

    def _proposed(self, code: str, text: str) -> Told:
        """Asks whether a text is the answer to the officer's question."""
        text = text[:LONGEST_TEXT]
        buttons = tuple(
            (self._say(f"button_{choice}"), payload(code, choice)) for choice in ("reply_send", "reply_drop")
        )
        words = self._say("confirm_reply", code=code, text=readable(text))
        return Told(words, buttons, code, wanted=Wanted(kind="reply", code=code, text=text))

    async def _decided(self, conversation: str, code: str, send: bool, wanted: Wanted | None) -> Told:
        """Whether a text that was shown is sent."""
        held = wanted["text"] if wanted and wanted["code"] == code else None
        if not send:
            return Told(self._say("words_dropped"), ticket=code)
        if not held:  # an old button: what it meant is not kept
            return Told(self._say("words_gone"), ticket=code)
        return await self._replied(conversation, code, held)

    def _reply(self, view: TicketView, text: str) -> str | None:
        """The answer to the officer's question in a message that names the ticket; none for a plain look."""
        rest = CODE.sub(" ", text).strip(" :,.-\n")
        if not (view.waiting and view.owned) or len(rest.split()) < SHORTEST_REPLY or _ASKS.search(rest):
            return None
        return rest

    async def _replied(self, conversation: str, code: str, reply: str) -> Told:
        try:
            view = await self._tickets.citizen_replied(code, Citizen(conversation), reply)
        except TicketError as error:
            return Told(self._say(f"error_{error.code}"), ticket=code)
        return Told(self._say("reply_noted", **self._facts(view)), ticket=view.code)

    async def _shown(
        self, conversation: str, wanted: Wanted | None, question: str | None, photo: str | None, location: str | None
    ) -> Told:
        """A picture or a place as the answer; with the words that waited for a yes, if there are."""
        asked = wanted if wanted and wanted["kind"] == "reply" else None
        code = asked["code"] if asked else question
        if code is None:  # answered meanwhile, from elsewhere
            return await self.mine(conversation)
        held = asked["text"] if asked else None
        lat, _, long = (location or "").partition(",")
        said = self._say("place_shared", lat=lat, long=long) if location else None if held else self._say("reply_photo")
        text, photos = "\n".join(filter(None, (held, said))), (photo,) if photo else ()
        try:
            view = await self._tickets.citizen_replied(code, Citizen(conversation), text, photos)
        except TicketError as error:
            return Told(self._say(f"error_{error.code}"), ticket=code)
        noted = self._say("photo_noted" if photo else "reply_noted", **self._facts(view))
        return Told(noted, ((self._say("button_new_report"), "menu:report"),), view.code)

    def _one(self, view: TicketView) -> Told:
        return Told(self._desk.shown(view), self._choices(view), view.code)

    def _thanked(self, view: TicketView) -> Told:
        stars = tuple((self._say("button_rate", rating=n), payload(view.code, f"rate_{n}")) for n in RATINGS)
        return Told(self._say("thanks_solved", code=view.code, reopen=self._desk.reopen_until(view)), stars, view.code)

    def _choices(self, view: TicketView) -> tuple[Button, ...]:
        names: tuple[str, ...] = ()
        if view.may_confirm:
            names = ("solved", "unsolved")
        elif view.waiting and view.owned:
            names = ("reply",)
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
