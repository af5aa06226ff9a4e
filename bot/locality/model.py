"""What a locality file holds."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from bot.locality.hours import Closed, Hours

MOST_COMMON = 4
CODE = r"^[a-z][a-z0-9_]{1,40}$"


class Strict(BaseModel):
    """Base of all parts: unknown keys are errors, so that a misspelt one is found."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


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


class Agency(Strict):
    """Who works on reports."""

    code: str = Field(pattern=CODE)
    name: str
    phone: str | None = None


class Clock(Strict):
    """How long a report of a category may take, set by the locality's own rule; none: no promise is made."""

    working_hours: int | None = Field(None, ge=1)
    working_days: int | None = Field(None, ge=1)
    source: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Clock:
        if (self.working_hours is None) == (self.working_days is None):
            raise ValueError(
                "ghi đúng một trong working_hours, working_days (give exactly one of working_hours, working_days)"
            )
        return self


class Category(Strict):
    """A field of reports, its agency, and what to ask the citizen."""

    code: str = Field(pattern=CODE)
    label: str
    short: str = Field(max_length=20)
    """The title of its button."""
    agency: str
    restricted: bool = False
    common: bool = False
    """Offered as a button when a citizen does not say what the report is about (at most four)."""
    ask_description: str | None = None
    ask_place: str | None = None
    notice: str | None = None
    """A line to show when a report of this category starts."""
    clock: Clock | None = None


class Locality(Strict):
    """A ward, commune or province, as its assistant knows it."""

    code: str = Field(pattern=r"^[a-z0-9][a-z0-9\-]{1,60}$")
    name: str
    short_name: str | None = None
    province: Place
    former_units: tuple[str, ...] = ()
    """Units that the merger of 1/7/2025 put together into this one."""
    timezone: str = "Asia/Ho_Chi_Minh"
    emergency: Emergency = Emergency()
    hotlines: tuple[Hotline, ...] = ()
    offices: tuple[Office, ...] = Field(min_length=1)
    """The first is the one-stop centre."""
    reception: tuple[Reception, ...] = ()
    closed: tuple[Closed, ...] = ()
    """Holidays and other days on which the offices are closed."""
    agencies: tuple[Agency, ...] = Field(min_length=1)
    categories: tuple[Category, ...] = Field(min_length=1)
    data_contact: str
    """Whom citizens ask about their personal data."""
    dossier_lookup: str
    """Where citizens look up the state of a dossier."""
    texts: dict[str, str] = Field(default_factory=dict)
    """Texts in place of the built-in ones, by name (see bot/tickets/texts.py)."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"không có múi giờ {value!r} (unknown time zone)") from error
        return value

    @field_validator("agencies", "categories")
    @classmethod
    def _unique_codes(
        cls, value: tuple[Agency, ...] | tuple[Category, ...]
    ) -> tuple[Agency, ...] | tuple[Category, ...]:
        codes = [item.code for item in value]
        double = sorted({code for code in codes if codes.count(code) > 1})
        if double:
            raise ValueError(f"mã bị trùng: {', '.join(double)} (code used twice)")
        return value

    def contradictions(self) -> list[tuple[tuple[int | str, ...], str]]:
        """Where two parts of the file do not agree, as (place in the file, what is wrong)."""
        known = {agency.code for agency in self.agencies}
        found: list[tuple[tuple[int | str, ...], str]] = [
            (("categories", index, "agency"), f"không có đơn vị {item.agency!r} trong 'agencies' (unknown agency)")
            for index, item in enumerate(self.categories)
            if item.agency not in known
        ]
        if sum(item.common for item in self.categories) > MOST_COMMON:
            found.append((("categories",), f"nhiều nhất {MOST_COMMON} mục 'common' (at most {MOST_COMMON})"))
        return found

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

    def now(self, moment: datetime | None = None) -> datetime:
        """A moment (default: this one) in local time."""
        zone = ZoneInfo(self.timezone)
        return moment.astimezone(zone) if moment else datetime.now(zone)
