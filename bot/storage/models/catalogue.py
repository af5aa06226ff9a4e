"""The catalogue: procedures as records, with provenance; see docs/names.md for the words."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Numeric, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.storage.models.base import Base, identity


def _parent() -> Any:
    return mapped_column(ForeignKey("procedures.code", ondelete="CASCADE"), index=True)


class Procedure(Base):
    """One administrative procedure (thủ tục hành chính)."""

    __tablename__ = "procedures"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    """The official title."""
    plain_name: Mapped[str | None]
    """What people call it; kept when an official record replaces a starter record."""
    field: Mapped[str | None]
    levels: Mapped[list[str]]
    """Of `ministry`, `province`, `commune`, `other`."""
    audience: Mapped[list[str]]
    status: Mapped[str] = mapped_column(server_default=text("'active'"))
    """`active`, `replaced`, `abolished`."""
    replaced_by: Mapped[str | None]
    decision_number: Mapped[str | None]
    decision_date: Mapped[date | None]
    receiving_agency: Mapped[str | None]
    deciding_agency: Mapped[str | None]
    receiving_address: Mapped[str | None]
    conditions: Mapped[str | None]
    results: Mapped[list[str]]
    summary: Mapped[str | None]
    """What it is for, in a plain sentence or two; kept when an official record replaces a starter record."""
    source: Mapped[str]
    """`starter`, `portal` (scraped), `api`, `yaml` (the operator's own)."""
    source_url: Mapped[str | None]
    fetched_at: Mapped[datetime | None]
    """When the source was read: the date that an answer shows."""
    sha256: Mapped[str]
    verified_by: Mapped[str | None]
    verified_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    imported_at: Mapped[datetime] = mapped_column(server_default=func.now())

    methods: Mapped[list[Method]] = relationship(order_by="Method.seq", lazy="raise")
    cases: Mapped[list[DocumentCase]] = relationship(order_by="DocumentCase.seq", lazy="raise")
    steps: Mapped[list[Step]] = relationship(order_by="Step.seq", lazy="raise")
    legal_basis: Mapped[list[LegalBasis]] = relationship(order_by="LegalBasis.seq", lazy="raise")
    aliases: Mapped[list[Alias]] = relationship(
        primaryjoin="Procedure.code == foreign(Alias.code)", order_by="Alias.id", lazy="raise", viewonly=True
    )
    overlays: Mapped[list[Overlay]] = relationship(
        primaryjoin="Procedure.code == foreign(Overlay.code)", order_by="Overlay.id", lazy="raise", viewonly=True
    )


class Alias(Base):
    """What people call a procedure."""

    __tablename__ = "procedure_aliases"
    __table_args__ = (UniqueConstraint("code", "text"),)

    id: Mapped[int] = identity()
    code: Mapped[str]
    """No foreign key: aliases may come before the record that they name."""
    text: Mapped[str]
    source: Mapped[str]
    """`starter`, `project` (`nlu_data/aliases`) or `staff`."""


class Method(Base):
    """One row of "cách thức thực hiện": a channel with its time and fees."""

    __tablename__ = "procedure_methods"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    code: Mapped[str] = _parent()
    seq: Mapped[int] = mapped_column(SmallInteger)
    channel: Mapped[str]
    """`online`, `postal`, `direct`."""
    time_quantity: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    time_unit: Mapped[str | None]
    """`working_day`, `day`, `hour`, `month`, `year`, …; none where the source gives no unit."""
    time_text: Mapped[str | None]
    note: Mapped[str | None]

    fees: Mapped[list[Fee]] = relationship(order_by="Fee.seq", lazy="raise")


class Fee(Base):
    """A fee of a method, in one of five states."""

    __tablename__ = "procedure_fees"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    method_id: Mapped[int] = mapped_column(ForeignKey("procedure_methods.id", ondelete="CASCADE"), index=True)
    seq: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str]
    """`amount`, `free_stated`, `set_by_council`, `zero_unconfirmed`, `not_published`."""
    kind: Mapped[str | None]
    """`fee` (phí), `charge` (lệ phí), or none where the source does not say."""
    amount: Mapped[Decimal | None] = mapped_column(Numeric(16, 2))
    currency: Mapped[str | None]
    text: Mapped[str | None]


class DocumentCase(Base):
    """A case ("trường hợp") under which documents are listed."""

    __tablename__ = "procedure_cases"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    code: Mapped[str] = _parent()
    seq: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str | None]
    when: Mapped[str | None]

    documents: Mapped[list[Document]] = relationship(order_by="Document.seq", lazy="raise")


class Document(Base):
    """A paper to hand in or to show, or a note that the source stores among the papers."""

    __tablename__ = "procedure_documents"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("procedure_cases.id", ondelete="CASCADE"), index=True)
    seq: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str]
    """`document` or `note`."""
    name: Mapped[str]
    originals: Mapped[int | None] = mapped_column(SmallInteger)
    copies: Mapped[int | None] = mapped_column(SmallInteger)
    form: Mapped[str | None]
    """Name of the form's file, where there is one."""
    required: Mapped[bool | None]
    """None where the source does not say."""
    only_if: Mapped[str | None]
    present: Mapped[str]
    """`submit` (nộp) or `show` (xuất trình)."""


class Step(Base):
    """A step of the way."""

    __tablename__ = "procedure_steps"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    code: Mapped[str] = _parent()
    seq: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str | None]
    text: Mapped[str]


class LegalBasis(Base):
    """A legal document on which the procedure stands."""

    __tablename__ = "procedure_legal_basis"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    code: Mapped[str] = _parent()
    seq: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[str | None]
    title: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class Overlay(Base):
    """What a province sets in place of the national value, with its validity."""

    __tablename__ = "procedure_overlays"
    __table_args__ = (
        UniqueConstraint("code", "province", "field", "channel", "valid_from", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[int] = identity()
    code: Mapped[str]
    province: Mapped[str]
    field: Mapped[str]
    """`fee` or `time`."""
    channel: Mapped[str | None]
    """None: every channel."""
    value: Mapped[dict[str, Any]]
    """The fee or the time, with the fields of the records' `Fee` or `Time`."""
    authority: Mapped[str | None]
    """The act that sets it, such as a council's resolution with number and date."""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class ImportRun(Base):
    """One run of the catalogue import."""

    __tablename__ = "import_runs"

    id: Mapped[int] = identity()
    source: Mapped[str]
    file: Mapped[str]
    sha256: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))


class ImportIssue(Base):
    """A record that was rejected, or taken with a doubt, and why."""

    __tablename__ = "import_issues"
    __table_args__ = (Index("ix_import_issues_run_id_code", "run_id", "code"),)

    id: Mapped[int] = identity()
    run_id: Mapped[int] = mapped_column(ForeignKey("import_runs.id", ondelete="CASCADE"))
    code: Mapped[str | None]
    line: Mapped[int | None]
    severity: Mapped[str]
    """`rejected` or `doubtful`."""
    reason: Mapped[str]
    """A stable word, such as `other_procedure`."""
    detail: Mapped[str]


class ProcedureVersion(Base):
    """A record as it stood before a change replaced it; `at` is the beginning of the change's transaction."""

    __tablename__ = "procedure_versions"
    __table_args__ = (Index("ix_procedure_versions_code_id", "code", "id"), Index("ix_procedure_versions_at", "at"))

    id: Mapped[int] = identity()
    code: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    source: Mapped[str]
    record: Mapped[dict[str, Any]]
    """The shape of `bot.knowledge.records.ProcedureRecord`."""


class CatalogueRevision(Base):
    """A single row, raised in the transaction of every change: what an index compares itself with."""

    __tablename__ = "catalogue_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
