"""A procedure as a record: the shape that importers make, that YAML files are written in, and that answers read.

The field list is that of the design's "a record that serves"; the five fee states are kept apart
because a fee of 0 in the portal does not mean free (only an explicit exemption does).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

ProcedureCode = Annotated[str, StringConstraints(pattern=r"^\d\.\d{6}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

Aspect = Literal[
    "overview",
    "documents",
    "fee",
    "duration",
    "place",
    "steps",
    "online",
    "form",
    "eligibility",
    "legal_basis",
    "result",
]
ASPECTS: tuple[Aspect, ...] = Aspect.__args__  # type: ignore[attr-defined]  # Literal keeps its members here

Level = Literal["ministry", "province", "commune", "other"]
Channel = Literal["online", "postal", "direct"]
FeeStatus = Literal["amount", "free_stated", "set_by_council", "zero_unconfirmed", "not_published"]
TimeUnit = Literal["minute", "hour", "day", "working_day", "week", "month", "year"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Time(_Record):
    """How long it takes. `unit` is none where the source prints a bare number; `text` then holds the rule."""

    quantity: Decimal | None = None
    unit: TimeUnit | None = None
    text: Text | None = None


class Fee(_Record):
    """One fee of a method; `amount` only with the status `amount`."""

    status: FeeStatus
    kind: Literal["fee", "charge"] | None = None
    """`fee` = phí, `charge` = lệ phí."""
    amount: Decimal | None = None
    currency: str | None = None
    text: Text | None = None


class Method(_Record):
    """One channel with its time and fees; a channel may have several rows."""

    channel: Channel
    time: Time = Time()
    fees: tuple[Fee, ...] = ()
    note: Text | None = None


class Document(_Record):
    """A paper of a case, or a note that the source keeps among the papers."""

    name: Text
    kind: Literal["document", "note"] = "document"
    originals: int | None = None
    copies: int | None = None
    form: Text | None = None
    required: bool | None = None
    only_if: Text | None = None
    present: Literal["submit", "show"] = "submit"


class DocumentCase(_Record):
    """The documents of one case; `name` is none for the general case."""

    name: Text | None = None
    when: Text | None = None
    documents: tuple[Document, ...] = ()


class Step(_Record):
    """One step."""

    text: Text
    name: Text | None = None


class LegalBasis(_Record):
    """A legal document, its number and its validity."""

    title: Text
    number: Text | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


class Decision(_Record):
    """The decision that published the procedure."""

    number: Text | None = None
    date: dt.date | None = None


class Agency(_Record):
    """Who receives and who decides."""

    receives: Text | None = None
    decides: Text | None = None
    address: Text | None = None


class Overlay(_Record):
    """What a province sets in place of the national value."""

    province: Text
    field: Literal["fee", "time"]
    fee: Fee | None = None
    time: Time | None = None
    channel: Channel | None = None
    """None: every channel."""
    authority: Text | None = None
    valid_from: dt.date
    valid_to: dt.date | None = None


class Provenance(_Record):
    """Where the record comes from and who stands for it."""

    source_url: Text | None = None
    fetched_at: dt.datetime | dt.date | None = None
    verified_by: Text | None = None
    verified_at: dt.datetime | dt.date | None = None
    expires_at: dt.datetime | dt.date | None = None


class ProcedureRecord(_Record):
    """One procedure, complete."""

    code: ProcedureCode
    name: Text
    plain_name: Text | None = None
    summary: Text | None = None
    aliases: tuple[Text, ...] = ()
    field: Text | None = None
    levels: tuple[Level, ...] = ()
    audience: tuple[Text, ...] = ()
    status: Literal["active", "replaced", "abolished"] = "active"
    replaced_by: ProcedureCode | None = None
    decision: Decision = Decision()
    methods: tuple[Method, ...] = ()
    cases: tuple[DocumentCase, ...] = ()
    steps: tuple[Step, ...] = ()
    conditions: Text | None = None
    results: tuple[Text, ...] = ()
    agency: Agency = Agency()
    legal_basis: tuple[LegalBasis, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    provenance: Provenance = Field(default_factory=Provenance)
