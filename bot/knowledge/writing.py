"""Writing records into the catalogue, in bulk and in the caller's transaction.

Who wins where a code is there already: the operator's own record (`yaml`) over an imported one
(`portal`, `api`), that over a starter record; of two of the same rank the one that was read later.
Plain name, summary and aliases are people's work and stay when an official record replaces the facts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from psycopg import sql
from sqlalchemy import Connection, Row, insert, text

from bot.knowledge.records import Overlay, ProcedureRecord
from bot.knowledge.rows import COLUMNS, Rows, digest, overlay_row
from bot.knowledge.store import CHANNEL, Source, as_moment, load_some
from bot.storage.models import ProcedureVersion

RANK: Final[dict[str, int]] = {"starter": 0, "portal": 1, "api": 1, "yaml": 2}
"""Which source stands over which."""

Progress = Callable[[str, int, int], None]
"""Called with the stage (`read`, `write`), how many are done and how many there are (0: not known)."""


@dataclass(slots=True)
class Written:
    """What writing did, by code."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
    """Codes whose stored record stands, with the reason (`own_record_kept`, `older_than_stored`)."""
    removed: list[str] = field(default_factory=list)
    texts_changed: int = 0
    """Aliases, plain names, summaries and overlays that changed."""
    revision: int | None = None
    """The catalogue's new revision; none where nothing changed."""


def write_records(
    connection: Connection,
    records: Sequence[tuple[ProcedureRecord, Source]],
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Written:
    """Bring records into the catalogue; raise its revision and tell the listeners if anything changed.

    Args:
        connection: in a transaction; the caller commits.
        records: with their source; of a code that comes twice the last one counts.
        overwrite: replace also the operator's own records and later readings.
        progress: told of the writing.
    """
    lock_catalogue(connection)
    written = Written()
    stored = {row.code: row for row in connection.execute(_STORED)}
    chosen: list[tuple[ProcedureRecord, Source, str]] = []
    for record, source in {record.code: (record, source) for record, source in records}.values():
        checksum = digest(record, source)
        old = stored.get(record.code)
        if old is not None and old.sha256 == checksum and _same_texts(old, record, source):
            written.unchanged.append(record.code)
        elif old is not None and (reason := _stands(old, record, source, overwrite)):
            if reason != "official":
                written.kept.append((record.code, reason))
            else:
                written.unchanged.append(record.code)
                written.texts_changed += _complete(connection, record)
        else:
            (written.changed if old is not None else written.new).append(record.code)
            chosen.append((_with_texts(record, source, old), source, checksum))
    _replace(connection, chosen, progress)
    written.texts_changed += _write_aliases(connection, records)
    written.texts_changed += _write_overlays(connection, (record for record, _ in records))
    if chosen or written.texts_changed:
        written.revision = raise_revision(connection)
    return written


def remove_starter(connection: Connection, keep: Iterable[str]) -> list[str]:
    """Remove the starter records whose codes are not in `keep`; imported records stay."""
    kept = list(keep)
    _keep_versions(connection, list(connection.execute(_STARTERS, {"keep": kept}).scalars()))
    return list(connection.execute(_REMOVE_STARTER, {"keep": kept}).scalars())


def write_overlay(connection: Connection, code: str, overlay: Overlay) -> None:
    """Add an overlay, or change the one of the same province, channel and first day; answers follow at once."""
    lock_catalogue(connection)
    if connection.execute(_OVERLAY, overlay_row(code, overlay)).rowcount:
        raise_revision(connection)


def end_overlay(connection: Connection, number: int, today: dt.date) -> None:
    """Let an overlay hold until yesterday; one that has not begun yet goes."""
    lock_catalogue(connection)
    given = {"id": number, "today": today, "last": today - dt.timedelta(days=1)}
    if connection.execute(_DROP_OVERLAY, given).rowcount or connection.execute(_END_OVERLAY, given).rowcount:
        raise_revision(connection)


def verified(connection: Connection, code: str, by: str) -> None:
    """Write down that somebody has compared a record with its source; it holds until the facts are replaced."""
    lock_catalogue(connection)
    connection.execute(_VERIFIED, {"code": code, "by": by})
    raise_revision(connection)


def lock_catalogue(connection: Connection) -> None:
    """Let one writer at a time in: hold the revision's row until the transaction ends."""
    connection.execute(_FIRST_REVISION)
    connection.execute(_LOCK)


def raise_revision(connection: Connection) -> int:
    """Raise the revision and tell the listeners, both when the transaction commits."""
    revision: int = connection.execute(_RAISE).scalar_one()
    connection.execute(_NOTIFY, {"channel": CHANNEL, "revision": str(revision)})
    return revision


def _stands(old: Row[Any], record: ProcedureRecord, source: Source, overwrite: bool) -> str | None:
    """Why the stored record stays: `official` (over a starter record), a reason of an issue, or none."""
    if source == "starter" and old.source != "starter":
        return "official"
    if overwrite or RANK[source] > RANK[old.source]:
        return None
    if RANK[source] < RANK[old.source]:
        return "own_record_kept"
    fetched: dt.datetime | None = as_moment(record.provenance.fetched_at)
    later = fetched is not None and old.fetched_at is not None and old.fetched_at > fetched
    return "older_than_stored" if later and source != "starter" else None


def _same_texts(old: Row[Any], record: ProcedureRecord, source: Source) -> bool:
    merged = _with_texts(record, source, old)
    return bool(merged.plain_name == old.plain_name and merged.summary == old.summary)


def _with_texts(record: ProcedureRecord, source: Source, old: Row[Any] | None) -> ProcedureRecord:
    """The record with the stored plain name and summary where it has none; the starter's own stand as written."""
    if old is None or source == "starter" or (record.plain_name and record.summary):
        return record
    return record.model_copy(
        update={"plain_name": record.plain_name or old.plain_name, "summary": record.summary or old.summary}
    )


def _complete(connection: Connection, record: ProcedureRecord) -> int:
    """Give an official record the plain name and the summary that only the starter record has."""
    given = {"code": record.code, "plain_name": record.plain_name, "summary": record.summary}
    return connection.execute(_COMPLETE, given).rowcount


def _replace(
    connection: Connection, chosen: Sequence[tuple[ProcedureRecord, Source, str]], progress: Progress | None
) -> None:
    """Delete and copy in; the children go and come with their procedure."""
    if not chosen:
        return
    _keep_versions(connection, [record.code for record, _, _ in chosen])
    connection.execute(_DELETE, {"codes": [record.code for record, _, _ in chosen]})
    rows = Rows(
        _draw(connection, "procedure_methods", sum(len(record.methods) for record, _, _ in chosen)),
        _draw(connection, "procedure_cases", sum(len(record.cases) for record, _, _ in chosen)),
    )
    for record, source, checksum in chosen:
        rows.add(record, source, checksum)
    raw = connection.connection.driver_connection
    if raw is None:
        raise RuntimeError("the connection has been closed")
    total, done = sum(len(table) for table in rows.tables.values()), 0
    for name, columns in COLUMNS.items():
        statement = sql.SQL("copy {} ({}) from stdin").format(
            sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with raw.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows.tables[name]:
                copy.write_row(row)
        done += len(rows.tables[name])
        if progress:
            progress("write", done, total)


def _keep_versions(connection: Connection, codes: Sequence[str]) -> None:
    """Keep the records that are about to be replaced, for people who want to see what changed."""
    kept = [
        {"code": item.record.code, "source": item.source, "record": item.record.model_dump(mode="json")}
        for item in load_some(connection, codes)
    ]
    if kept:
        connection.execute(insert(ProcedureVersion), kept)


def _draw(connection: Connection, table: str, number: int) -> Iterator[int]:
    """As many fresh ids as rows are coming."""
    result = connection.execute(_DRAW, {"sequence": f"{table}_id_seq", "number": number})
    return iter(result.scalars().all())


def _write_aliases(connection: Connection, records: Sequence[tuple[ProcedureRecord, Source]]) -> int:
    """Add aliases; a starter's alias that its record no longer has goes, staff's aliases stay."""
    changed = 0
    starters = [record for record, source in records if source == "starter"]
    if starters:
        kept = [{"code": record.code, "aliases": list(record.aliases)} for record in starters]
        changed += sum(connection.execute(_DROP_ALIASES, row).rowcount for row in kept) if kept else 0
    rows = [
        {"code": record.code, "text": alias, "source": "starter" if source == "starter" else "staff"}
        for record, source in records
        for alias in record.aliases
    ]
    if rows:
        codes = [row["code"] for row in rows]
        texts, sources = [row["text"] for row in rows], [row["source"] for row in rows]
        changed += connection.execute(_ADD_ALIASES, {"codes": codes, "texts": texts, "sources": sources}).rowcount
    return changed


def _write_overlays(connection: Connection, records: Iterable[ProcedureRecord]) -> int:
    """Add or change overlays; none is ever removed by an import."""
    rows = [overlay_row(record.code, overlay) for record in records for overlay in record.overlays]
    return sum(connection.execute(_OVERLAY, row).rowcount for row in rows)


_STORED = text("select code, source, sha256, fetched_at, plain_name, summary from procedures")
_FIRST_REVISION = text("insert into catalogue_revision (id, revision) values (1, 0) on conflict do nothing")
_LOCK = text("select revision from catalogue_revision where id = 1 for update")
_RAISE = text(
    "update catalogue_revision set revision = revision + 1, changed_at = now() where id = 1 returning revision"
)
_NOTIFY = text("select pg_notify(:channel, :revision)")
_DELETE = text("delete from procedures where code = any(:codes)")
_STARTERS = text("select code from procedures where source = 'starter' and not code = any(:keep)")
_REMOVE_STARTER = text("delete from procedures where source = 'starter' and not code = any(:keep) returning code")
_DRAW = text("select nextval(cast(:sequence as regclass)) from generate_series(1, :number)")
_COMPLETE = text(
    "update procedures set plain_name = coalesce(plain_name, :plain_name), summary = coalesce(summary, :summary)"
    " where code = :code and ((plain_name is null and cast(:plain_name as text) is not null)"
    " or (summary is null and cast(:summary as text) is not null))"
)
_DROP_ALIASES = text(
    "delete from procedure_aliases where code = :code and source = 'starter' and not text = any(:aliases)"
)
_ADD_ALIASES = text(
    "insert into procedure_aliases (code, text, source)"
    " select * from unnest(cast(:codes as text[]), cast(:texts as text[]), cast(:sources as text[]))"
    " on conflict (code, text) do nothing"
)
_VERIFIED = text("update procedures set verified_by = :by, verified_at = now() where code = :code")
_DROP_OVERLAY = text("delete from procedure_overlays where id = :id and valid_from >= :today")
_END_OVERLAY = text(
    "update procedure_overlays set valid_to = :last where id = :id and (valid_to is null or valid_to > :last)"
)
_OVERLAY = text(
    "insert into procedure_overlays (code, province, field, channel, value, authority, valid_from, valid_to)"
    " values (:code, :province, :field, :channel, cast(:value as jsonb), :authority, :valid_from, :valid_to)"
    " on conflict (code, province, field, channel, valid_from) do update"
    " set value = excluded.value, authority = excluded.authority, valid_to = excluded.valid_to"
    " where (procedure_overlays.value, procedure_overlays.authority, procedure_overlays.valid_to)"
    " is distinct from (excluded.value, excluded.authority, excluded.valid_to)"
)
