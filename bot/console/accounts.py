"""Accounts of staff and their logins. What can go wrong: `bot.console.identity`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.console import passwords
from bot.console.audit import entry
from bot.console.identity import (
    IDLE,
    Account,
    LockedError,
    LoginError,
    TakenError,
    account_from,
    check,
    count_failure,
    digest,
    locked,
    minutes_left,
    open_session,
)
from bot.storage.models import Staff, StaffSession

log = structlog.get_logger(__name__)

_SEEN_EVERY = timedelta(minutes=1)


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
            return [account_from(staff) for staff in await session.scalars(query)]

    async def count(self) -> int:
        """How many accounts there are."""
        async with self._sessions() as session:
            return await session.scalar(select(func.count()).select_from(Staff)) or 0

    async def disable(self, name: str, *, by: str, disabled: bool = True) -> None:
        """End an account and its logins at once, or open it again."""
        async with self._sessions.begin() as session:
            staff = await locked(session, name)
            before, staff.disabled = staff.disabled, disabled
            await session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))
            action = "staff.disable" if disabled else "staff.enable"
            session.add(entry(by, action, name, before={"disabled": before}, after={"disabled": disabled}))

    async def reset(self, name: str, password: str, *, by: str, must_change: bool = True) -> None:
        """Give a new password; logins end, a lock is lifted."""
        hashed = await passwords.make_hash(password)
        async with self._sessions.begin() as session:
            staff = await locked(session, name)
            await _set_password(session, staff, hashed, must_change=must_change)
            session.add(entry(by, "staff.reset", name))

    async def change_password(
        self, account: Account, old: str, new: str, *, address: str | None, browser: str | None = None
    ) -> str:
        """Change one's own password. All logins end but this one, which gets a new token.

        Returns:
            The new token.

        Raises:
            LoginError: the old password is wrong.
            LockedError
            passwords.WeakPasswordError
        """
        await self.verify(account.name, old, address)
        passwords.check_strength(new, account.name)
        hashed = await passwords.make_hash(new)
        async with self._sessions.begin() as session:
            staff = await locked(session, account.name)
            await _set_password(session, staff, hashed, must_change=False)
            session.add(entry(account.name, "password.change", account.name, address=address))
            return open_session(session, staff, address=address, browser=browser)

    async def clear_second_factor(
        self, name: str, *, by: str, address: str | None = None, end_logins: bool = False
    ) -> None:
        """Back to the password alone.

        Raises:
            UnknownAccountError
        """
        async with self._sessions.begin() as session:
            staff = await locked(session, name)
            staff.totp_secret = staff.totp_step = None
            staff.recovery_codes = []
            if end_logins:
                await session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))
            session.add(entry(by, "second_factor.remove", name, address=address))

    # Logins

    async def login(self, name: str, password: str, *, address: str | None, browser: str | None = None) -> str:
        """Check a password and open a session; where the account has a second factor, one that is good for that alone.

        Returns:
            The token for the cookie.

        Raises:
            LoginError, LockedError
        """
        name = name.strip().casefold()
        staff_id = await self.verify(name, password, address)
        now = datetime.now(UTC)
        async with self._sessions.begin() as session:
            staff = await session.get_one(Staff, staff_id)
            await session.execute(delete(StaffSession).where(StaffSession.expires_at < now))
            if staff.totp_secret is not None:
                return open_session(session, staff, address=address, browser=browser, due=True)
            staff.last_login_at = now
            session.add(entry(name, "login", name, address=address))
            return open_session(session, staff, address=address, browser=browser)

    async def login_as(self, name: str, subject: str, *, address: str | None, browser: str | None = None) -> str:
        """Open a session for whom the organisation's provider has proved.

        Args:
            name: of the account, as the provider has it; counts at the first login that way, which binds `subject`.
            subject: issuer and subject, which the provider never gives to anybody else.

        Raises:
            LoginError: no such account, disabled, or bound to somebody else.
        """
        async with self._sessions.begin() as session:
            staff = await session.scalar(select(Staff).where(Staff.oidc_subject == subject).with_for_update())
            if staff is None:
                staff = await session.scalar(
                    select(Staff).where(Staff.name == name, Staff.oidc_subject.is_(None)).with_for_update()
                )
            good = staff is not None and not staff.disabled
            after: dict[str, Any] = {"single_sign_on": True}
            if staff is not None and good:
                staff.oidc_subject, staff.last_login_at = subject, datetime.now(UTC)
                session.add(entry(staff.name, "login", staff.name, after=after, address=address))
                return open_session(session, staff, address=address, browser=browser, single_sign_on=True)
            known = staff.name if staff is not None else None
            session.add(entry(known, "login", known, outcome="refused", after=after, address=address))
        raise LoginError

    async def verify(self, name: str, password: str, address: str | None) -> int:
        """The account's id for the right password. The password is checked without a lock, then the count is kept."""
        async with self._sessions() as session:
            staff = await session.scalar(select(Staff).where(Staff.name == name))
        now = datetime.now(UTC)
        until = staff.locked_until if staff else None
        right = await passwords.matches(password, staff.password_hash if staff else None)
        if staff is None:
            async with self._sessions.begin() as session:  # the name as typed is not written: it may be a password
                session.add(entry(None, "login", outcome="refused", address=address))
            raise LoginError
        if until is not None and until > now:
            raise LockedError(minutes_left(until - now))
        async with self._sessions.begin() as session:
            staff = await locked(session, name)
            if staff.locked_until is not None and staff.locked_until > now:
                raise LockedError(minutes_left(staff.locked_until - now))  # meanwhile, by another try
            if right and not staff.disabled:
                if staff.totp_secret is None:  # else whoever has the password could try codes for ever
                    staff.failed, staff.locked_until = 0, None
                return staff.id
            if not right:
                count_failure(staff, now)
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
            .where(StaffSession.token_hash == digest(token))
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
        return account_from(staff, opened)

    async def logout(self, token: str | None, account: str | None, *, address: str | None) -> None:
        """End a session."""
        async with self._sessions.begin() as session:
            await session.execute(delete(StaffSession).where(StaffSession.token_hash == digest(token or "")))
            session.add(entry(account, "logout", account, address=address))


async def _set_password(session: AsyncSession, staff: Staff, hashed: str, *, must_change: bool) -> None:
    staff.password_hash, staff.password_at = hashed, datetime.now(UTC)
    staff.must_change_password = must_change
    staff.failed, staff.locked_until = 0, None
    await session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))
