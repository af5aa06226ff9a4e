"""Passwords of staff: hashed with Argon2id, checked in a thread, made by the machine where nobody chooses."""

from __future__ import annotations

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 200
"""Characters. Length counts, not kinds of characters (NIST SP 800-63B, 3.1.1.2)."""

_COMMON = ("password", "matkhau", "123456", "qwerty", "admin", "motcua")
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_HASHER = PasswordHasher()  # the library's defaults follow RFC 9106, low-memory profile
# One hash takes 64 MiB for some tens of milliseconds: a flood of logins may not take the machine.
_SLOTS = asyncio.Semaphore(2)
_DUMMY = _HASHER.hash(secrets.token_hex(16))


class WeakPasswordError(ValueError):
    """The password is too easy; `code` is `short`, `long`, `common` or `name`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_strength(password: str, name: str) -> None:
    """Let a chosen password pass or refuse it.

    Raises:
        WeakPasswordError: it is too short, too long, one of the first that would be tried, or holds the name.
    """
    if len(password) < SHORTEST:
        raise WeakPasswordError("short")
    if len(password) > LONGEST:
        raise WeakPasswordError("long")
    lowered = password.casefold()
    if name and name.casefold() in lowered:
        raise WeakPasswordError("name")
    if len(set(password)) < 5 or any(word in lowered and len(password) < len(word) + 6 for word in _COMMON):
        raise WeakPasswordError("common")


def generate() -> str:
    """A password of 79 bits in four groups that can be read aloud."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


async def make_hash(password: str) -> str:
    """The Argon2id hash, with its salt and parameters."""
    async with _SLOTS:
        return await asyncio.to_thread(_HASHER.hash, password)


async def matches(password: str, hashed: str | None) -> bool:
    """Whether the password is right; without a hash it takes as long and is not."""
    async with _SLOTS:
        right = await asyncio.to_thread(_verify, password[: LONGEST + 1], hashed or _DUMMY)
    return right and hashed is not None


def _verify(password: str, hashed: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False
