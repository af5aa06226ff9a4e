"""What is told about the office: hours, whether it is open, address, a human to talk to, personal data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.locality import Locality, Office, OpenState
from bot.locality.hours import weekday_name
from bot.text import fold
from bot.tickets.texts import Texts


class OfficeInfo:
    """Answers about one locality's offices."""

    def __init__(self, locality: Locality, texts: Texts, retention_days: int) -> None:
        self._locality = locality
        self._texts = texts
        self._retention_days = retention_days

    def hours(self, question: str = "", now: datetime | None = None) -> str:
        """Opening hours, and whether it is open now."""
        office = self._named(question)
        rows = "\n".join(f"• {days}: {spans}" for days, spans in office.hours.week())
        return self._texts.say("hours", office=office.name, rows=rows, state=self._state(office, now))

    def contact(self, question: str = "") -> str:
        """Address, telephone, e-mail; for a former unit, that it belongs here now."""
        office = self._named(question)
        lines = [
            self._texts.say(
                "office",
                office=office.name,
                address=office.address,
                phone=f"\nĐiện thoại: {office.phone}" if office.phone else "",
                email=f"\nE-mail: {office.email}" if office.email else "",
                website=f"\nTrang web: {office.website}" if office.website else "",
            )
        ]
        lines += [
            f"{line.name}: {line.phone}{f' ({line.note})' if line.note else ''}" for line in self._locality.hotlines
        ]
        if self._mentions_former(question):
            units = ", ".join(self._locality.former_units)
            name = self._locality.name
            lines.insert(
                0, self._texts.say("former_units", locality=name, units=units, office=self._locality.office.name)
            )
        return "\n".join(lines)

    def handoff(self, now: datetime | None = None) -> str:
        """Where a human can be reached."""
        office = self._locality.office
        state = self._state(office, now)
        return self._texts.say("handoff", office=office.name, phone=self.phone(), address=office.address, state=state)

    def is_open(self, now: datetime | None = None) -> bool:
        """Whether somebody of the one-stop centre works now: hours, lunch, holidays and days made up considered."""
        return self.opening(now).open

    def opening(self, now: datetime | None = None) -> OpenState:
        """Whether the one-stop centre is open, and when it opens next."""
        return self._locality.office.hours.at(self._locality.now(now), self._locality.days_off)

    def opens_again_today(self, now: datetime | None = None) -> bool:
        """Whether it is only a break: closed, and open again later the same day."""
        state = self.opening(now)
        return not state.open and state.next_day == self._locality.now(now).date()

    def handoff_live(self, usual: int | None) -> str:
        """A person will come into this conversation.

        Args:
            usual: minutes that it usually takes; none where too little is known to say.
        """
        told = self._texts.say("handoff_usual", minutes=usual) if usual else ""
        return self._texts.say("handoff_live", office=self._locality.office.name, usual=told)

    def handoff_closed(self, now: datetime | None = None) -> str:
        """Nobody works now: when the office opens next, whom to call."""
        return self._texts.say("handoff_closed", **self.closed(now))

    def closed(self, now: datetime | None = None) -> dict[str, str]:
        """For texts outside working hours: `state`, when it opens next, and `lines`, whom to call."""
        return {"state": self._state(self._locality.office, now), "lines": self.lines()}

    def lines(self) -> str:
        """The office and the hotlines, with their numbers."""
        named = [self._texts.say("desk_lines", office=self._locality.office.name, phone=self.phone())]
        named += [f"{line.name} {line.phone}" for line in self._locality.hotlines]
        return " hoặc ".join(named)

    def dossier(self, code: str | None) -> str:
        """How to look up a dossier."""
        return self._texts.say(
            "dossier",
            code=f"{code} " if code else "",
            lookup=self._locality.dossier_lookup,
            office=self._locality.office.name,
            phone=self.phone(),
        )

    def privacy(self) -> str:
        """What is kept, for how long, and whom to ask."""
        return self._texts.say("privacy", days=self._retention_days, contact=self._locality.data_contact)

    def erased(self, codes: Sequence[str]) -> str:
        """What was erased just now, and what remains.

        Args:
            codes: tickets that this conversation filed.
        """
        tickets = self._texts.say("privacy_tickets", codes=", ".join(codes)) if codes else ""
        return self._texts.say(
            "privacy_erased", tickets=tickets, days=self._retention_days, contact=self._locality.data_contact
        )

    def phone(self) -> str:
        """ " (điện thoại …)" of the office, or nothing."""
        phone = self._locality.office.phone
        return f" (điện thoại {phone})" if phone else ""

    def _named(self, question: str) -> Office:
        """The office that a question is about: the one-stop centre unless the police are named."""
        asked = fold(question)
        if "cong an" in asked:
            return next(
                (item for item in self._locality.offices if "cong an" in fold(item.name)), self._locality.office
            )
        return self._locality.office

    def _mentions_former(self, question: str) -> bool:
        asked = fold(question)
        return " cu" in f" {asked}" and any(
            fold(unit).split(" ", 1)[-1] in asked for unit in self._locality.former_units
        )

    def _state(self, office: Office, now: datetime | None) -> str:
        moment = self._locality.now(now)
        state = office.hours.at(moment, self._locality.days_off)
        if state.open:
            return self._texts.say("open_now", until=f"{state.until:%Hh%M}")
        reason = f" ({state.closed_for})" if state.closed_for else ""
        if state.next_day is None:
            return self._texts.say("closed_unknown", reason=reason)
        return self._texts.say("closed_now", reason=reason, day=_day(state, moment), span=state.next_span)


def _day(state: OpenState, moment: datetime) -> str:
    day = state.next_day or moment.date()
    name = f"{weekday_name(day)} {day:%d/%m}"
    if day == moment.date():
        return f"hôm nay ({name})"
    return f"ngày mai ({name})" if day == moment.date() + timedelta(days=1) else name


ERASE = ("xoa", "xoá", "huy du lieu", "rut", "khong dong y", "khong cho luu", "quen", "go bo", "delete", "erase")
"""Words (folded) that ask for erasure, not for information."""


def wants_erasure(question: str) -> bool:
    """Whether a privacy message asks to erase or withdraws consent."""
    asked = fold(question)
    return any(word in asked for word in ERASE)
