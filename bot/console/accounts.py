"""Accounts of staff and their logins.

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

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.console import passwords
from bot.console.audit import entry
from bot.storage.models import Staff, StaffSession
from bot.tickets.people import STAFF, Actor

log = structlog.get_logger(__name__)

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
FREE_FAILURES = 5
LOCK = timedelta(minutes=15)
"""After five wrong passwords, and after each further one."""
SESSION, IDLE = timedelta(hours=12), timedelta(hours=2)
"""A login ends after a long working day, or two hours after the last click."""
_SEEN_EVERY = timedelta(minutes=1)


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

    @property
    def actor(self) -> Actor:
        """As the service of tickets knows people."""
        return Actor(self.name, frozenset(role for role in STAFF if role in self.roles), self.agency)


class Accounts:
    """The tables `staff` and `staff_sessions`."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    # Accounts

    async def add(
        self,
        name: str,
        roles: Iterable[str],
        agency: str | None,
        password: str,
        *,
        by: str,
        agencies: Iterable[str],
        full_name: str | None = None,
        must_change: bool = True,
    ) -> None:
        """Make an account, with its audit row.

        Args:
            agencies: codes of the locality.
            must_change: whether the password is only for the first login.

        Raises:
            InvalidAccountError, TakenError
        """
        wanted = sorted(set(roles))
        check(name, wanted, agency, agencies)
        hashed = await passwords.make_hash(password)
        async with self._sessions.begin() as session:
            if await session.scalar(select(Staff.id).where(Staff.name == name)) is not None:
                raise TakenError(name)
            session.add(
                Staff(
                    name=name,
                    full_name=full_name,
                    roles=wanted,
                    agency=agency,
                    password_hash=hashed,
                    must_change_password=must_change,
                )
            )
            session.add(entry(by, "staff.add", name, after={"roles": wanted, "agency": agency}))

    async def listed(self) -> list[Staff]:
        """All accounts by name."""
        async with self._sessions() as session:
            return list(await session.scalars(select(Staff).order_by(Staff.name)))

    async def names(self, agency: str | None = None) -> list[Account]:
        """Accounts that work, for assigning; with an agency: its own and those of no agency."""
        query = select(Staff).where(Staff.disabled.is_(False)).order_by(Staff.name)
        if agency is not None:
            query = query.where((Staff.agency == agency) | Staff.agency.is_(None))
        async with self._sessions() as session:
            return [_account(staff) for staff in await session.scalars(query)]

    async def count(self) -> int:
        """How many accounts there are."""
        async with self._sessions() as session:
            return await session.scalar(select(func.count()).select_from(Staff)) or 0

    async def disable(self, name: str, *, by: str, disabled: bool = True) -> None:
        """End an account and its logins at once, or open it again."""
        async with self._sessions.begin() as session:
            staff = await _locked(session, name)
            before, staff.disabled = staff.disabled, disabled
            await session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))
            action = "staff.disable" if disabled else "staff.enable"
            session.add(entry(by, action, name, before={"disabled": before}, after={"disabled": disabled}))

    async def reset(self, name: str, password: str, *, by: str, must_change: bool = True) -> None:
        """Give a new password; logins end, a lock is lifted."""
        hashed = await passwords.make_hash(password)
        async with self._sessions.begin() as session:
            staff = await _locked(session, name)
            await _set_password(session, staff, hashed, must_change=must_change)
            session.add(entry(by, "staff.reset", name))

    async def change_password(self, account: Account, old: str, new: str, *, address: str | None) -> str:
        """Change one's own password. All logins end but this one, which gets a new token.

        Returns:
            The new token.

        Raises:
            LoginError: the old password is wrong.
            LockedError
            passwords.WeakPasswordError
        """
        await self._verify(account.name, old, address)
        passwords.check_strength(new, account.name)
        hashed = await passwords.make_hash(new)
        async with self._sessions.begin() as session:
            staff = await _locked(session, account.name)
            await _set_password(session, staff, hashed, must_change=False)
            session.add(entry(account.name, "password.change", account.name, address=address))
            return _open(session, staff)

    # Logins

    async def login(self, name: str, password: str, *, address: str | None) -> str:
        """Check a password and open a session.

        Returns:
            The token for the cookie.

        Raises:
            LoginError, LockedError
        """
        name = name.strip().casefold()
        staff_id = await self._verify(name, password, address)
        now = datetime.now(UTC)
        async with self._sessions.begin() as session:
            staff = await session.get_one(Staff, staff_id)
            staff.last_login_at = now
            await session.execute(delete(StaffSession).where(StaffSession.expires_at < now))
            session.add(entry(name, "login", name, address=address))
            return _open(session, staff)

    async def _verify(self, name: str, password: str, address: str | None) -> int:
        """The account's id for the right password. The password is checked without a lock, then the count is kept."""
        async with self._sessions() as session:
            staff = await session.scalar(select(Staff).where(Staff.name == name))
        now = datetime.now(UTC)
        locked = staff.locked_until if staff else None
        right = await passwords.matches(password, staff.password_hash if staff else None)
        if staff is None:
            async with self._sessions.begin() as session:  # the name as typed is not written: it may be a password
                session.add(entry(None, "login", outcome="refused", address=address))
            raise LoginError
        if locked is not None and locked > now:
            raise LockedError(_minutes(locked - now))
        async with self._sessions.begin() as session:
            staff = await _locked(session, name)
            if staff.locked_until is not None and staff.locked_until > now:
                raise LockedError(_minutes(staff.locked_until - now))  # meanwhile, by another try
            if right and not staff.disabled:
                staff.failed, staff.locked_until = 0, None
                return staff.id
            if not right:
                staff.failed += 1
                staff.locked_until = now + LOCK if staff.failed >= FREE_FAILURES else None
            session.add(entry(name, "login", name, outcome="refused", after={"failed": staff.failed}, address=address))
            failed = staff.failed
        log.warning("console.login_refused", failures=failed)
        raise LoginError

    async def of(self, token: str | None) -> Account | None:
        """Who a session's token stands for now; None when it has ended or the account has."""
        if not token:
            return None
        now = datetime.now(UTC)
        query = (
            select(Staff, StaffSession)
            .join(StaffSession, StaffSession.staff_id == Staff.id)
            .where(StaffSession.token_hash == _digest(token))
        )
        async with self._sessions() as session:
            found = (await session.execute(query)).first()
        if found is None:
            return None
        staff, opened = found
        if staff.disabled or opened.expires_at <= now or opened.seen_at + IDLE <= now:
            return None
        if opened.seen_at + _SEEN_EVERY < now:
            async with self._sessions.begin() as session:
                await session.execute(update(StaffSession).where(StaffSession.id == opened.id).values(seen_at=now))
        return _account(staff)

    async def logout(self, token: str | None, account: str | None, *, address: str | None) -> None:
        """End a session."""
        async with self._sessions.begin() as session:
            await session.execute(delete(StaffSession).where(StaffSession.token_hash == _digest(token or "")))
            session.add(entry(account, "logout", account, address=address))


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


def _account(staff: Staff) -> Account:
    return Account(
        id=staff.id,
        name=staff.name,
        full_name=staff.full_name,
        roles=frozenset(staff.roles),
        agency=staff.agency,
        must_change_password=staff.must_change_password,
        disabled=staff.disabled,
    )


async def _locked(session: AsyncSession, name: str) -> Staff:
    staff = await session.scalar(select(Staff).where(Staff.name == name).with_for_update())
    if staff is None:
        raise UnknownAccountError(name)
    return staff


async def _set_password(session: AsyncSession, staff: Staff, hashed: str, *, must_change: bool) -> None:
    staff.password_hash, staff.password_at = hashed, datetime.now(UTC)
    staff.must_change_password = must_change
    staff.failed, staff.locked_until = 0, None
    await session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))


def _open(session: AsyncSession, staff: Staff) -> str:
    token = secrets.token_urlsafe(32)
    session.add(StaffSession(token_hash=_digest(token), staff_id=staff.id, expires_at=datetime.now(UTC) + SESSION))
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _minutes(left: timedelta) -> int:
    return max(1, -int(-left.total_seconds() // 60))
