"""Who is logged in from where, and ending it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.console.audit import entry
from bot.console.identity import IDLE, Account, digest
from bot.storage.models import Staff, StaffSession


@dataclass(frozen=True)
class Opened:
    """A login that is still good.

    Attributes:
        here: it is the one of whoever asks.
    """

    id: int
    account: str
    full_name: str | None
    address: str | None
    browser: str | None
    created_at: datetime
    seen_at: datetime
    here: bool


class Logins:
    """The table `staff_sessions`, as people see it."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def listed(self, token: str | None, account: Account | None, *, most: int = 500) -> list[Opened]:
        """Open logins, the last seen first.

        Args:
            token: of whoever asks.
            account: whose; None: everybody's.
        """
        now, mine = datetime.now(UTC), digest(token or "")
        query = (
            select(StaffSession, Staff)
            .join(Staff, Staff.id == StaffSession.staff_id)
            .where(StaffSession.expires_at > now, StaffSession.seen_at > now - IDLE)
            .where(StaffSession.second_factor_due.is_(False), Staff.disabled.is_(False))
            .order_by(StaffSession.seen_at.desc(), StaffSession.id.desc())
            .limit(most)
        )
        if account is not None:
            query = query.where(StaffSession.staff_id == account.id)
        async with self._sessions() as session:
            return [_opened(row, staff, mine) for row, staff in await session.execute(query)]

    async def end(self, number: int, account: Account | None, *, by: str, address: str | None) -> bool:
        """End one login; False where there is none of that number (of that account).

        Args:
            account: whose it must be; None: anybody's.
        """
        statement = delete(StaffSession).where(StaffSession.id == number)
        if account is not None:
            statement = statement.where(StaffSession.staff_id == account.id)
        async with self._sessions.begin() as session:
            ended = (await session.execute(statement.returning(StaffSession.staff_id))).scalar()
            if ended is None:
                return False
            name = await session.scalar(select(Staff.name).where(Staff.id == ended))
            session.add(entry(by, "session.end", name, address=address))
        return True

    async def end_others(self, token: str | None, account: Account, *, address: str | None) -> int:
        """End every login of the account but this one; returns how many."""
        statement = delete(StaffSession).where(
            StaffSession.staff_id == account.id, StaffSession.token_hash != digest(token or "")
        )
        async with self._sessions.begin() as session:
            ended = len((await session.execute(statement.returning(StaffSession.id))).all())
            session.add(entry(account.name, "session.end", account.name, after={"ended": ended}, address=address))
        return ended


def _opened(row: StaffSession, staff: Staff, mine: str) -> Opened:
    return Opened(
        id=row.id,
        account=staff.name,
        full_name=staff.full_name,
        address=row.address,
        browser=row.browser,
        created_at=row.created_at,
        seen_at=row.seen_at,
        here=row.token_hash == mine,
    )
