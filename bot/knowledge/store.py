"""Reading the catalogue out of PostgreSQL: whole records, and the light rows that a search index is made of.

A record is read by one statement, so that it is never half of one import and half of the next.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot.knowledge.records import ProcedureRecord

Source = Literal["starter", "portal", "api", "yaml"]

CHANNEL = "catalogue_changed"
"""PostgreSQL's NOTIFY channel on which every change of the catalogue is told; the payload is the revision."""

VIETNAM = dt.timezone(dt.timedelta(hours=7))
"""The country has one time zone and no summer time. A date without a time is kept as its midnight here."""


@dataclass(frozen=True, slots=True)
class StoredProcedure:
    """A record with what only the store knows of it."""

    record: ProcedureRecord
    source: Source
    sha256: str
    imported_at: dt.datetime

    @property
    def fetched_on(self) -> dt.date | None:
        """The day on which the source was read: the date that an answer shows."""
        return day(self.record.provenance.fetched_at)

    def expired(self, today: dt.date) -> bool:
        """Whether the record says of itself that it no longer holds."""
        last = day(self.record.provenance.expires_at)
        return last is not None and last < today


@dataclass(frozen=True, slots=True)
class IndexRow:
    """What a search index needs of one procedure."""

    code: str
    name: str
    plain_name: str | None
    summary: str | None
    aliases: tuple[str, ...]
    field: str | None
    levels: tuple[str, ...]
    audience: tuple[str, ...]
    status: str
    replaced_by: str | None
    source: str


def day(value: dt.datetime | dt.date | None) -> dt.date | None:
    """The calendar day of a date or of a moment, as Vietnam counts it."""
    if isinstance(value, dt.datetime):
        return (value.astimezone(VIETNAM) if value.tzinfo else value).date()
    return value


def as_moment(value: dt.datetime | dt.date | None) -> dt.datetime | None:
    """The form in which a date or moment is kept in a column with a zone."""
    if value is None:
        return None
    if isinstance(value, dt.datetime):
        return value if value.tzinfo else value.replace(tzinfo=VIETNAM)
    return dt.datetime.combine(value, dt.time(), VIETNAM)


def as_written(value: str | None) -> dt.datetime | dt.date | None:
    """The inverse of `as_moment`, from the text that JSON carries: midnight in Vietnam is a plain date."""
    if value is None:
        return None
    moment = dt.datetime.fromisoformat(value).astimezone(VIETNAM)
    return moment.date() if moment.time() == dt.time() else moment


_LIGHT = """
    select p.code, p.name, p.plain_name, p.summary, p.field, p.levels, p.audience, p.status, p.replaced_by, p.source,
           coalesce((select jsonb_agg(a.text order by a.id) from procedure_aliases a where a.code = p.code), '[]')
             as aliases
      from procedures p order by p.code
"""

_RECORDS = """
    select p.source, p.sha256, p.imported_at, jsonb_build_object(
      'code', p.code, 'name', p.name, 'plain_name', p.plain_name, 'summary', p.summary, 'field', p.field,
      'levels', p.levels, 'audience', p.audience, 'status', p.status, 'replaced_by', p.replaced_by,
      'decision', jsonb_build_object('number', p.decision_number, 'date', p.decision_date),
      'agency', jsonb_build_object('receives', p.receiving_agency, 'decides', p.deciding_agency,
                                   'address', p.receiving_address),
      'conditions', p.conditions, 'results', p.results,
      'provenance', jsonb_build_object('source_url', p.source_url, 'fetched_at', p.fetched_at,
        'verified_by', p.verified_by, 'verified_at', p.verified_at, 'expires_at', p.expires_at),
      'aliases', (select jsonb_agg(a.text order by a.id) from procedure_aliases a where a.code = p.code),
      'methods', (select jsonb_agg(jsonb_build_object(
          'channel', m.channel, 'note', m.note,
          'time', jsonb_build_object('quantity', trim_scale(m.time_quantity)::text, 'unit', m.time_unit,
                                     'text', m.time_text),
          'fees', (select jsonb_agg(jsonb_build_object('status', f.status, 'kind', f.kind,
                            'amount', trim_scale(f.amount)::text, 'currency', f.currency, 'text', f.text)
                            order by f.seq)
                     from procedure_fees f where f.method_id = m.id)) order by m.seq)
          from procedure_methods m where m.code = p.code),
      'cases', (select jsonb_agg(jsonb_build_object(
          'name', c.name, 'when', c."when",
          'documents', (select jsonb_agg(jsonb_build_object('name', d.name, 'kind', d.kind,
                            'originals', d.originals, 'copies', d.copies, 'form', d.form, 'required', d.required,
                            'only_if', d.only_if, 'present', d.present) order by d.seq)
                          from procedure_documents d where d.case_id = c.id)) order by c.seq)
          from procedure_cases c where c.code = p.code),
      'steps', (select jsonb_agg(jsonb_build_object('name', s.name, 'text', s.text) order by s.seq)
          from procedure_steps s where s.code = p.code),
      'legal_basis', (select jsonb_agg(jsonb_build_object('number', l.number, 'title', l.title,
                                      'valid_from', l.valid_from, 'valid_to', l.valid_to) order by l.seq)
          from procedure_legal_basis l where l.code = p.code),
      'overlays', (select jsonb_agg(jsonb_build_object('province', o.province, 'field', o.field,
                            'channel', o.channel, o.field, o.value, 'authority', o.authority,
                            'valid_from', o.valid_from, 'valid_to', o.valid_to) order by o.id)
          from procedure_overlays o where o.code = p.code)
    ) as record
      from procedures p
"""
_ONE = text(_RECORDS + " where p.code = any(:codes)")
_ALL = text(_RECORDS + " order by p.code")


def _stored(row: Row[Any]) -> StoredProcedure:
    data: dict[str, Any] = row.record
    for name in ("aliases", "methods", "cases", "steps", "legal_basis", "overlays"):
        data[name] = data[name] or ()
    for method in data["methods"]:
        method["fees"] = method["fees"] or ()
    for case in data["cases"]:
        case["documents"] = case["documents"] or ()
    for name in ("fetched_at", "verified_at", "expires_at"):
        data["provenance"][name] = as_written(data["provenance"][name])
    return StoredProcedure(ProcedureRecord.model_validate(data), row.source, row.sha256, row.imported_at)


def _light(row: Row[Any]) -> IndexRow:
    return IndexRow(
        code=row.code,
        name=row.name,
        plain_name=row.plain_name,
        summary=row.summary,
        aliases=tuple(row.aliases),
        field=row.field,
        levels=tuple(row.levels),
        audience=tuple(row.audience),
        status=row.status,
        replaced_by=row.replaced_by,
        source=row.source,
    )


async def read_procedure(connection: AsyncConnection | AsyncSession, code: str) -> StoredProcedure | None:
    """One procedure with everything that is known of it; none where the catalogue has no such code."""
    row = (await connection.execute(_ONE, {"codes": [code]})).first()
    return None if row is None else _stored(row)


async def read_procedures(
    connection: AsyncConnection | AsyncSession, codes: Sequence[str]
) -> dict[str, StoredProcedure]:
    """Several procedures by code; a code that the catalogue does not have is left out."""
    rows = (await connection.execute(_ONE, {"codes": list(codes)})).all()
    return {item.record.code: item for item in map(_stored, rows)}


async def read_index(connection: AsyncConnection | AsyncSession) -> list[IndexRow]:
    """The light rows of the whole catalogue, by code."""
    return [_light(row) for row in await connection.execute(text(_LIGHT))]


async def read_revision(connection: AsyncConnection | AsyncSession) -> int:
    """The catalogue's revision, 0 before the first change: an index made at another revision is stale."""
    return (await connection.execute(_REVISION)).scalar() or 0


_REVISION = text("select revision from catalogue_revision where id = 1")


def load_procedures(connection: Connection) -> Iterator[StoredProcedure]:
    """Every procedure, by code, for command-line work."""
    result = connection.execution_options(yield_per=200).execute(_ALL)
    for row in result:
        yield _stored(row)


def load_some(connection: Connection, codes: Sequence[str]) -> list[StoredProcedure]:
    """As `read_procedures`, for work without a loop."""
    return [_stored(row) for row in connection.execute(_ONE, {"codes": list(codes)})]


def load_index(connection: Connection) -> list[IndexRow]:
    """The light rows of the whole catalogue, by code, for command-line work."""
    return [_light(row) for row in connection.execute(text(_LIGHT))]


def load_revision(connection: Connection) -> int:
    """As `read_revision`, for command-line work."""
    return connection.execute(_REVISION).scalar() or 0
