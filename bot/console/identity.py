"""What an account is, what can be wrong with one, and how its rows are read and changed.

AccountError
├── UnknownAccountError    no such account
├── TakenError             the name is taken
├── InvalidAccountError    a name, role or agency that cannot be (`field` says which)
├── LoginError             wrong name or password, disabled (never told apart)
└── LockedError            too many wrong passwords; `minutes` until it may be tried again
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import Staff, StaffSession
from bot.tickets.people import STAFF, Actor

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
FREE_FAILURES = 5
LOCK = timedelta(minutes=15)
"""After five wrong passwords, and after each further one."""
SESSION, IDLE = timedelta(hours=12), timedelta(hours=2)
"""A login ends after a long working day, or two hours after the last click."""
PROVING = timedelta(minutes=10)
"""For typing the second factor's code."""
LONGEST_BROWSER = 200


class AccountError(Exception):
    """Base of all."""


class UnknownAccountError(AccountError):
    """There is no such account."""


class TakenError(AccountError):
    """The name is taken."""


class InvalidAccountError(AccountError):
    """A value does not hold; `field` is `name`, `roles` or `agency`."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class LoginError(AccountError):
    """Wrong name or password."""


class LockedError(AccountError):
    """Locked after wrong passwords."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"locked for {minutes} minutes")
        self.minutes = minutes


@dataclass(frozen=True)
class Account:
    """Who is logged in, as of now: read again at every request."""

    id: int
    name: str
    full_name: str | None
    roles: frozenset[str]
    agency: str | None
    must_change_password: bool = False
    disabled: bool = False
    second_factor: bool = False
    """Whether the account has one."""
    single_sign_on: bool = False
    """Whether this session was opened by the organisation's own login."""
    second_factor_due: bool = False
    """Only the password was proved in this session."""

    @property
    def held_back(self) -> bool:
        """Whether something has to be done before any work."""
        return self.second_factor_due or self.must_change_password

    @property
    def actor(self) -> Actor:
        """As the service of tickets knows people."""
        return Actor(self.name, frozenset(role for role in STAFF if role in self.roles), self.agency)


def check(name: str, roles: Iterable[str], agency: str | None, agencies: Iterable[str]) -> None:
    """Let an account's values pass or refuse them.

    Raises:
        InvalidAccountError
    """
    if not NAME.fullmatch(name) or name in ("cli", "system", "citizen", "remote"):
        raise InvalidAccountError("name")
    if not set(roles) or not set(roles) <= STAFF:
        raise InvalidAccountError("roles")
    if agency is not None and agency not in set(agencies):
        raise InvalidAccountError("agency")


def account_from(staff: Staff, opened: StaffSession | None = None) -> Account:
    """An account as its row, and the session's, say."""
    return Account(
        id=staff.id,
        name=staff.name,
        full_name=staff.full_name,
        roles=frozenset(staff.roles),
        agency=staff.agency,
        must_change_password=staff.must_change_password,
        disabled=staff.disabled,
        second_factor=staff.totp_secret is not None,
        single_sign_on=opened is not None and opened.single_sign_on,
        second_factor_due=opened is not None and opened.second_factor_due,
    )


async def locked(session: AsyncSession, name: str) -> Staff:
    """An account's row, locked until the transaction ends.

    Raises:
        UnknownAccountError
    """
    staff = await session.scalar(select(Staff).where(Staff.name == name).with_for_update())
    if staff is None:
        raise UnknownAccountError(name)
    return staff


def count_failure(staff: Staff, now: datetime) -> None:
    """One more wrong password or code; from the fifth on the account is locked for a while."""
    staff.failed += 1
    staff.locked_until = now + LOCK if staff.failed >= FREE_FAILURES else None


def open_session(
    session: AsyncSession,
    staff: Staff,
    *,
    address: str | None,
    browser: str | None,
    due: bool = False,
    single_sign_on: bool = False,
) -> str:
    """A new session; returns its token.

    Args:
        due: the second factor is still to be proved, within a few minutes.
    """
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            token_hash=digest(token),
            staff_id=staff.id,
            expires_at=datetime.now(UTC) + (PROVING if due else SESSION),
            second_factor_due=due,
            single_sign_on=single_sign_on,
            address=address,
            browser=(browser or "")[:LONGEST_BROWSER] or None,
        )
    )
    return token


def digest(token: str) -> str:
    """What the table holds of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def minutes_left(left: timedelta) -> int:
    """Whole minutes, at least one."""
    return max(1, -int(-left.total_seconds() // 60))
