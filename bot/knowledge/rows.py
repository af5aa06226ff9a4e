"""A record taken apart into the rows of the catalogue's tables, in the order in which they are copied in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot.knowledge.records import Overlay, ProcedureRecord
from bot.knowledge.store import Source, as_moment

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "procedures": (
        *("code", "name", "plain_name", "field", "levels", "audience", "status", "replaced_by", "decision_number"),
        *("decision_date", "receiving_agency", "deciding_agency", "receiving_address", "conditions", "results"),
        *("summary", "source", "source_url", "fetched_at", "sha256", "verified_by", "verified_at", "expires_at"),
    ),
    "procedure_methods": ("id", "code", "seq", "channel", "time_quantity", "time_unit", "time_text", "note"),
    "procedure_fees": ("method_id", "seq", "status", "kind", "amount", "currency", "text"),
    "procedure_cases": ("id", "code", "seq", "name", "when"),
    "procedure_documents": (
        *("case_id", "seq", "kind", "name", "originals", "copies", "form", "required", "only_if", "present"),
    ),
    "procedure_steps": ("code", "seq", "name", "text"),
    "procedure_legal_basis": ("code", "seq", "number", "title", "valid_from", "valid_to"),
}
"""The tables that an import writes, parents first, with the columns that it fills."""


@dataclass(slots=True)
class Rows:
    """Rows by table; ids are those that the caller has drawn from the tables' sequences."""

    method_ids: Iterator[int]
    case_ids: Iterator[int]
    tables: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: {name: [] for name in COLUMNS})

    def add(self, record: ProcedureRecord, source: Source, sha256: str) -> None:
        """Append the rows of one record."""
        self._procedure(record, source, sha256)
        for seq, method in enumerate(record.methods):
            key, time = next(self.method_ids), method.time
            self.tables["procedure_methods"].append(
                (key, record.code, seq, method.channel, time.quantity, time.unit, time.text, method.note)
            )
            self.tables["procedure_fees"].extend(
                (key, place, fee.status, fee.kind, fee.amount, fee.currency, fee.text)
                for place, fee in enumerate(method.fees)
            )
        for seq, case in enumerate(record.cases):
            key = next(self.case_ids)
            self.tables["procedure_cases"].append((key, record.code, seq, case.name, case.when))
            self.tables["procedure_documents"].extend(
                (key, place, d.kind, d.name, d.originals, d.copies, d.form, d.required, d.only_if, d.present)
                for place, d in enumerate(case.documents)
            )
        for seq, step in enumerate(record.steps):
            self.tables["procedure_steps"].append((record.code, seq, step.name, step.text))
        for seq, basis in enumerate(record.legal_basis):
            self.tables["procedure_legal_basis"].append(
                (record.code, seq, basis.number, basis.title, basis.valid_from, basis.valid_to)
            )

    def _procedure(self, record: ProcedureRecord, source: Source, sha256: str) -> None:
        provenance = record.provenance
        self.tables["procedures"].append(
            (
                *(record.code, record.name, record.plain_name, record.field),
                *(json.dumps(record.levels), _json(record.audience), record.status, record.replaced_by),
                *(record.decision.number, record.decision.date),
                *(record.agency.receives, record.agency.decides, record.agency.address),
                *(record.conditions, _json(record.results), record.summary, source, provenance.source_url),
                *(as_moment(provenance.fetched_at), sha256, provenance.verified_by),
                *(as_moment(provenance.verified_at), as_moment(provenance.expires_at)),
            )
        )


def digest(record: ProcedureRecord, source: Source) -> str:
    """The checksum by which a record whose facts have not changed is known.

    Plain name, summary, aliases and overlays are left out: they live on when the facts are replaced.
    """
    facts = record.model_dump_json(exclude={"plain_name", "summary", "aliases", "overlays"})
    return hashlib.sha256(f"{source}\0{facts}".encode()).hexdigest()


def overlay_row(code: str, overlay: Overlay) -> dict[str, Any]:
    """An overlay as the parameters of its upsert."""
    value = overlay.fee if overlay.field == "fee" else overlay.time
    return {
        "code": code,
        "province": overlay.province,
        "field": overlay.field,
        "channel": overlay.channel,
        "value": "{}" if value is None else value.model_dump_json(),
        "authority": overlay.authority,
        "valid_from": overlay.valid_from,
        "valid_to": overlay.valid_to,
    }


def _json(items: tuple[str, ...]) -> str:
    return json.dumps(items, ensure_ascii=False)
