"""Who works in the console, what they did there, and what they keep for themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint, event, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.models.base import Base, identity


class Staff(Base):
    """An account of the console, made by `bot staff add`. Never deleted: the audit log names it; it is disabled."""

    __tablename__ = "staff"

    id: Mapped[int] = identity()
    name: Mapped[str] = mapped_column(unique=True)
    """What one logs in with: small letters, digits, `.`, `_`, `-`."""
    full_name: Mapped[str | None]
    roles: Mapped[list[str]]
    """Of `bot.tickets.people.STAFF`; several add up."""
    agency: Mapped[str | None]
    """Code of the locality file; none: all agencies."""
    password_hash: Mapped[str]
    """Argon2id."""
    password_at: Mapped[datetime] = mapped_column(server_default=func.now())
    must_change_password: Mapped[bool] = mapped_column(server_default=text("true"))
    disabled: Mapped[bool] = mapped_column(server_default=text("false"))
    failed: Mapped[int] = mapped_column(server_default=text("0"))
    """Wrong passwords since the last right one."""
    locked_until: Mapped[datetime | None]
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The key of the second factor (RFC 6238), encrypted; none: the password alone."""
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    """The time step of the code that was used last: none is good twice (RFC 6238, 5.2)."""
    recovery_codes: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"))
    """Keyed digests of the codes that stand in for a lost telephone; each is struck out when used."""
    oidc_subject: Mapped[str | None] = mapped_column(unique=True)
    """`issuer subject` of the single sign-on, bound at the first login that way."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_login_at: Mapped[datetime | None]


class StaffSession(Base):
    """A login that is still good. Its row is deleted at logout, when the account is disabled or its password reset."""

    __tablename__ = "staff_sessions"

    id: Mapped[int] = identity()
    token_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the token in the cookie: who reads the table cannot log in."""
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    second_factor_due: Mapped[bool] = mapped_column(server_default=text("false"))
    """The password was right, the code is still wanted: the session opens nothing else."""
    single_sign_on: Mapped[bool] = mapped_column(server_default=text("false"))
    """Opened by the organisation's own login, which asks for what it wants asked."""
    address: Mapped[str | None]
    """Whence the login came."""
    browser: Mapped[str | None]
    """What the browser calls itself, cut short."""


class AuditLog(Base):
    """Who did what and when in the console or about its accounts. The database refuses to change or delete a row."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_object", "object", "id"), Index("ix_audit_log_account", "account", "id"))

    id: Mapped[int] = identity()
    at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    account: Mapped[str | None]
    """None: nobody was logged in; `cli` for the command line."""
    action: Mapped[str]
    """`ticket.move`, `ticket.contact`, `staff.add`, `login`, … (bot/console/audit.py)."""
    object: Mapped[str | None]
    """A ticket's code, an account's name, …"""
    outcome: Mapped[str] = mapped_column(server_default=text("'done'"))
    """`done`, `refused`, `failed`."""
    before: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    after: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    """What changed. Never a citizen's words or contact, never a password."""
    address: Mapped[str | None]
    """The network address from which it was done."""


class SavedView(Base):
    """A filter of the ticket list that an account keeps under a name."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("staff_id", "name"),)

    id: Mapped[int] = identity()
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    name: Mapped[str]
    query: Mapped[str]
    """The list's query string, as it was parsed and written again."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CannedReply(Base):
    """A reply that is ready to be sent, offered where a ticket has one of its statuses."""

    __tablename__ = "canned_replies"

    id: Mapped[int] = identity()
    title: Mapped[str] = mapped_column(unique=True)
    body: Mapped[str]
    """May hold `{code}`, `{agency}`, `{due}`."""
    statuses: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"))
    """Where it is offered; empty: everywhere."""
    agency: Mapped[str | None]
    """Whose officers are offered it; none: all."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


APPEND_ONLY = (
    """
CREATE OR REPLACE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'audit_log is append-only'; END $$
""",
    """
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only()
""",
)
"""Statements; the migration runs the same."""

for _statement in APPEND_ONLY:
    event.listen(AuditLog.__table__, "after_create", DDL(_statement))  # type: ignore[no-untyped-call]  # SQLAlchemy types it so
