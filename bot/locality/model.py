"""What a locality file holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, field_validator

from bot.locality.backends import Backend, LocalBackend
from bot.locality.boundaries import Boundaries
from bot.locality.calendar import DaysOff, MakeUp
from bot.locality.hours import Closed, Hours
from bot.locality.rules import Agency, Category, Strict, TicketRules, Ward

MOST_COMMON = 4


_NO_AGENCY = "(unknown agency)"


class Place(Strict):
    """A name and the official code of an administrative unit."""

    name: str
    code: str | None = None


class Hotline(Strict):
    """A telephone line for citizens."""

    name: str
    phone: str
    note: str | None = None


class Emergency(Strict):
    """Emergency numbers. The defaults are national; a locality adds lines of its own to `hotlines`."""

    police: str = "113"
    fire: str = "114"
    medical: str = "115"
    child: str = "111"
    disaster: str = "112"
    self_harm: Hotline | None = None
    """A line for people in despair that the operator has verified; none: only 115 is named."""


class Office(Strict):
    """A place that citizens can go to or call."""

    name: str
    address: str
    phone: str | None = None
    email: str | None = None
    website: str | None = None
    hours: Hours
    serves: str | None = None


class Reception(Strict):
    """When and where a leader receives citizens (tiếp công dân)."""

    who: str
    address: str
    hours: Hours
    phone: str | None = None
    note: str | None = None


class LiveChats(Strict):
    """How officers talk to citizens directly (docs/chats.md)."""

    officer_name: Literal["hidden", "full"] = "hidden"
    """Whether citizens are told the name of the officer who talks to them; `hidden`: only the office's."""


class Locality(Strict):
    """A ward, commune or province, as its assistant knows it."""

    code: str = Field(pattern=r"^[a-z0-9][a-z0-9\-]{1,60}$")
    name: str
    short_name: str | None = None
    province: Place
    former_units: tuple[str, ...] = ()
    """Units that the merger of 1/7/2025 put together into this one (a ward); a province gives them ward by ward."""
    wards: tuple[Ward, ...] = ()
    """The wards of a province; a ward may name itself, or leave it out."""
    boundaries: str | None = Field(None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._\-]{0,80}$")
    """A GeoJSON file beside this one with the wards' boundaries, so that a shared location gives its ward; none: the
    citizen is asked (see bot/locality/boundaries.py)."""
    timezone: str = "Asia/Ho_Chi_Minh"
    emergency: Emergency = Emergency()
    hotlines: tuple[Hotline, ...] = ()
    offices: tuple[Office, ...] = Field(min_length=1)
    """The first is the one-stop centre."""
    reception: tuple[Reception, ...] = ()
    closed: tuple[Closed, ...] = ()
    """Days on which the offices are closed, besides the public holidays."""
    holidays: Literal["vietnam", "none"] = "vietnam"
    """`vietnam`: the public holidays, Tết and days in lieu as the library `holidays` knows them; `none`: only what
    `closed` names."""
    makeup: tuple[MakeUp, ...] = ()
    """Days that are worked although they are a weekend or a holiday."""
    agencies: tuple[Agency, ...] = Field(min_length=1)
    categories: tuple[Category, ...] = Field(min_length=1)
    tickets: TicketRules = TicketRules()
    live_chats: LiveChats = LiveChats()
    backend: Backend = LocalBackend()
    """Which system works on the tickets."""
    domains: tuple[str, ...] = ()
    """Fields of procedures (as the catalogue calls them) that this place answers about; none: all."""
    data_contact: str
    """Whom citizens ask about their personal data."""
    dossier_lookup: str
    """Where citizens look up the state of a dossier."""
    texts: dict[str, str] = Field(default_factory=dict)
    """Texts in place of the built-in ones, by name (see bot/tickets/texts.py)."""

    _drawn: Boundaries | None = PrivateAttr(None)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"không có múi giờ {value!r} (unknown time zone)") from error
        return value

    @field_validator("agencies", "categories", "wards")
    @classmethod
    def _unique_codes(
        cls, value: tuple[Agency, ...] | tuple[Category, ...] | tuple[Ward, ...]
    ) -> tuple[Agency, ...] | tuple[Category, ...] | tuple[Ward, ...]:
        codes = [item.code for item in value]
        double = sorted({code for code in codes if codes.count(code) > 1})
        if double:
            raise ValueError(f"mã bị trùng: {', '.join(double)} (code used twice)")
        return value

    def contradictions(self) -> list[tuple[tuple[int | str, ...], str]]:
        """Where two parts of the file do not agree, as (place in the file, what is wrong)."""
        return list(self._contradictions())

    def _contradictions(self) -> Iterable[tuple[tuple[int | str, ...], str]]:
        known = {agency.code for agency in self.agencies}
        for index, item in enumerate(self.categories):
            if item.agency not in known:
                yield ("categories", index, "agency"), f"không có đơn vị {item.agency!r} trong 'agencies' {_NO_AGENCY}"
            for place, code in enumerate(item.agencies):
                if code not in known:
                    yield ("categories", index, "agencies", place), f"không có đơn vị {code!r} {_NO_AGENCY}"
        wards = {ward.code for ward in self.areas}
        for index, agency in enumerate(self.agencies):
            for place, code in enumerate(agency.wards):
                if code not in wards:
                    yield ("agencies", index, "wards", place), f"không có {code!r} trong 'wards' (unknown ward)"
        if sum(item.common for item in self.categories) > MOST_COMMON:
            yield ("categories",), f"nhiều nhất {MOST_COMMON} mục 'common' (at most {MOST_COMMON})"
        for where, what in self.backend.contradictions(self.categories):
            yield ("backend", *where), what
        if any(item.clock for item in self.categories) and not any(map(self.working_hours.of, range(7))):
            yield ("tickets",), "có thời hạn (clock) nhưng không có giờ làm việc nào (clocks without working hours)"

    @property
    def office(self) -> Office:
        """The one-stop centre."""
        return self.offices[0]

    def category(self, code: str | None) -> Category | None:
        """The category of a code, or none."""
        return next((item for item in self.categories if item.code == code), None)

    def agency(self, code: str | None) -> Agency | None:
        """The agency of a code, or none."""
        return next((item for item in self.agencies if item.code == code), None)

    @property
    def areas(self) -> tuple[Ward, ...]:
        """The wards; of a ward that names none, itself."""
        return self.wards or (Ward(code=self.code, name=self.name, former=self.former_units),)

    def ward(self, code: str | None) -> Ward | None:
        """The ward of a code, or none."""
        return next((item for item in self.areas if item.code == code), None)

    @property
    def drawn(self) -> Boundaries | None:
        """The wards' boundaries, as `load` read them."""
        return self._drawn

    def with_boundaries(self, drawn: Boundaries) -> Locality:
        """The same locality, which knows its boundaries."""
        made = self.model_copy()
        made._drawn = drawn
        return made

    def agency_for(self, category: Category, ward: str | None) -> str:
        """The code of the agency that gets a category's reports from a ward."""
        for code in category.agencies:
            agency = self.agency(code)
            if agency and (not agency.wards or ward in agency.wards):
                return code
        return category.agency

    @property
    def working_hours(self) -> Hours:
        """The normal week that clocks count."""
        return self.tickets.hours or self.office.hours

    @cached_property
    def days_off(self) -> DaysOff:
        """Which days are not as the normal week says."""
        return DaysOff(self.closed, self.makeup, holidays=self.holidays == "vietnam")

    def now(self, moment: datetime | None = None) -> datetime:
        """A moment (default: this one) in local time."""
        zone = ZoneInfo(self.timezone)
        return moment.astimezone(zone) if moment else datetime.now(zone)
