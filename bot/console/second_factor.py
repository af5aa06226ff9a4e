"""The second factor of staff: time-based codes (RFC 6238), and codes for the day when the telephone is lost.

A session that was opened with the right password alone is good for nothing but for proving the second factor. Wrong
codes count like wrong passwords. A code is good once; the key is kept encrypted, recovery codes as keyed digests.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pyotp
from pydantic import SecretStr
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.console.accounts import Accounts
from bot.console.audit import entry
from bot.console.identity import (
    Account,
    LockedError,
    LoginError,
    count_failure,
    digest,
    locked,
    minutes_left,
    open_session,
)
from bot.privacy import Cipher, UnreadableValueError, derive
from bot.storage.models import Staff, StaffSession

STEP = 30
"""Seconds for which a code is shown."""
DRIFT = 1
"""Steps before and after the present one that are accepted (RFC 6238, 5.2): clocks differ."""
RECOVERY_CODES = 10
ISSUER = "Một Cửa"
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Offer:
    """A key that is not in use yet.

    Attributes:
        secret: base 32, to be typed where no picture can be taken.
        uri: `otpauth://…`, for the picture.
        sealed: the key encrypted for this account, to come back with the first code.
    """

    secret: str
    uri: str
    sealed: str


class SecondFactor:
    """Sets, proves and removes the second factor of accounts."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        secret_key: SecretStr | str,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._sessions = sessions
        self._cipher = Cipher(secret_key, "second-factor")
        self._key = derive(secret_key, "recovery-codes")
        self._clock = clock

    def offer(self, account: Account) -> Offer:
        """A new key for an account; nothing is stored until a code of it was typed."""
        secret = pyotp.random_base32()
        uri = pyotp.TOTP(secret).provisioning_uri(name=account.name, issuer_name=ISSUER)
        return Offer(secret, uri, self._seal(secret, account.id))

    def again(self, account: Account, sealed: str) -> Offer:
        """The same offer after a wrong code.

        Raises:
            LoginError: it was not made for this account.
        """
        secret = self._unseal(sealed, account.id)
        return Offer(secret, pyotp.TOTP(secret).provisioning_uri(name=account.name, issuer_name=ISSUER), sealed)

    async def confirm(
        self, account: Account, sealed: str, code: str, *, token: str | None, address: str | None
    ) -> list[str]:
        """Put the offered key to use. Every other login of the account ends.

        Args:
            token: of the session that goes on.

        Returns:
            The recovery codes, shown once.

        Raises:
            LoginError: the code is wrong, or the offer was made for another account.
        """
        secret = self._unseal(sealed, account.id)
        step = self._matching(secret, code, None)
        if step is None:
            raise LoginError
        codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
        async with self._sessions.begin() as session:
            staff = await locked(session, account.name)
            staff.totp_secret = self._cipher.encrypt(secret, _place(account.id))
            staff.totp_step = step
            staff.recovery_codes = [self._digest(item) for item in codes]
            await session.execute(
                delete(StaffSession).where(
                    StaffSession.staff_id == staff.id, StaffSession.token_hash != digest(token or "")
                )
            )
            session.add(entry(account.name, "second_factor.set", account.name, address=address))
        return codes

    async def prove(self, token: str | None, code: str, *, address: str | None) -> str:
        """Finish a login. The session gets a new token.

        Raises:
            LoginError: the code is wrong or was used, or nobody waits for one.
            LockedError
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            opened = await session.scalar(
                select(StaffSession).where(
                    StaffSession.token_hash == digest(token or ""),
                    StaffSession.second_factor_due,
                    StaffSession.expires_at > now,
                )
            )
            if opened is None:
                raise LoginError
            staff = await session.get_one(Staff, opened.staff_id, with_for_update=True)
            if staff.locked_until is not None and staff.locked_until > now:
                raise LockedError(minutes_left(staff.locked_until - now))
            how = self._accept(staff, code)
            if how is None or staff.disabled:
                count_failure(staff, now)
                why = {"failed": staff.failed, "second_factor": True}
                session.add(entry(staff.name, "login", staff.name, outcome="refused", after=why, address=address))
                failure = True
            else:
                failure = False
                staff.failed, staff.locked_until, staff.last_login_at = 0, None, now
                await session.delete(opened)
                session.add(entry(staff.name, "login", staff.name, after={"second_factor": how}, address=address))
                fresh = open_session(session, staff, address=opened.address, browser=opened.browser)
        # Outside of the transaction: what was counted stays counted.
        if failure:
            raise LoginError
        return fresh

    async def remove(self, accounts: Accounts, account: Account, password: str, *, address: str | None) -> None:
        """Go back to the password alone, with the password.

        Raises:
            LoginError, LockedError
        """
        await accounts.verify(account.name, password, address)
        await accounts.clear_second_factor(account.name, by=account.name, address=address)

    def _accept(self, staff: Staff, code: str) -> str | None:
        """How the code was right: `totp` or `recovery`; it is used up thereby."""
        typed = "".join(code.split()).casefold()
        if staff.totp_secret is not None and typed.isascii() and typed.isdigit():
            step = self._matching(self._cipher.decrypt(staff.totp_secret, _place(staff.id)), typed, staff.totp_step)
            if step is None:
                return None
            staff.totp_step = step
            return "totp"
        wanted = self._digest(typed.replace("-", ""))
        kept = [item for item in staff.recovery_codes if not hmac.compare_digest(item, wanted)]
        if len(kept) == len(staff.recovery_codes):
            return None
        staff.recovery_codes = kept
        return "recovery"

    def _matching(self, secret: str, code: str, last: int | None) -> int | None:
        """The time step that the code belongs to, if it is a new one."""
        typed = "".join(code.split())
        if not (typed.isascii() and typed.isdigit()):
            return None
        now = int(self._clock().timestamp()) // STEP
        totp = pyotp.TOTP(secret, interval=STEP)
        for step in range(now - DRIFT, now + DRIFT + 1):
            if hmac.compare_digest(totp.generate_otp(step), typed) and (last is None or step > last):
                return step
        return None

    def _digest(self, code: str) -> str:
        return hmac.new(self._key, code.replace("-", "").encode(), "sha256").hexdigest()

    def _seal(self, secret: str, staff: int) -> str:
        return base64.urlsafe_b64encode(self._cipher.encrypt(secret, f"offer/{staff}")).decode()

    def _unseal(self, sealed: str, staff: int) -> str:
        try:
            return self._cipher.decrypt(base64.urlsafe_b64decode(sealed[:400]), f"offer/{staff}")
        except (ValueError, UnreadableValueError) as error:
            raise LoginError from error


def _place(staff: int) -> str:
    return f"staff/{staff}"


def _recovery_code() -> str:
    """50 bits in two groups."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(2))
