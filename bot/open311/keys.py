"""The API keys of other systems, and what each may do."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from pydantic import SecretStr

from bot.settings import PREFIX, SettingsError

log = structlog.get_logger(__name__)

SCOPES = frozenset({"read", "write", "update"})
"""`read`: look up what this key filed by its own ids; `write`: file requests; `update`: report on their handling."""
GOOD_LENGTH = 16
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")


@dataclass(frozen=True)
class ApiKey:
    """A caller. `name` stands in logs, events and rate limits; the key itself nowhere."""

    name: str
    digest: bytes
    scopes: frozenset[str]


class ApiKeys:
    """The keys of one instance, as digests."""

    def __init__(self, keys: Iterable[ApiKey]) -> None:
        self._keys = tuple(keys)

    @classmethod
    def parse(cls, setting: SecretStr) -> ApiKeys:
        """Read `BOT_OPEN311_API_KEYS`.

        Entries stand between commas, semicolons or white space: `name:key:scopes`, with scopes joined by `+`;
        without scopes, or the key alone, it may do everything. For a key that is kept elsewhere only as a digest,
        `name:sha256=<hex>:scopes`.

        Raises:
            SettingsError: an entry does not hold; the text shows no key.
        """
        entries = [entry for entry in re.split(r"[\s,;]+", setting.get_secret_value()) if entry]
        keys = [_parse(entry, number) for number, entry in enumerate(entries, start=1)]
        names = [key.name for key in keys]
        double = sorted({name for name in names if names.count(name) > 1})
        if double:
            raise SettingsError(f"{PREFIX}OPEN311_API_KEYS: name used twice: {', '.join(double)}")
        return cls(keys)

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, given: str | None) -> ApiKey | None:
        """Whose key it is. Every key is compared, each in constant time."""
        digest = hashlib.sha256((given or "").encode()).digest()
        found = None
        for key in self._keys:
            if hmac.compare_digest(digest, key.digest) and given:
                found = key
        return found


def _parse(entry: str, number: int) -> ApiKey:
    problem = f"{PREFIX}OPEN311_API_KEYS: entry {number}"
    parts = entry.split(":")
    if len(parts) == 1:
        name, secret, scopes = f"key{number}", parts[0], SCOPES
    elif len(parts) in (2, 3):
        name, secret = parts[:2]
        scopes = frozenset(parts[2].lower().split("+")) if len(parts) == 3 else SCOPES
    else:
        raise SettingsError(f"{problem}: expected name:key:scopes")
    if not _NAME.fullmatch(name):
        raise SettingsError(f"{problem}: the name wants letters, digits, '_', '.', '-' (at most 40)")
    if not scopes <= SCOPES:
        raise SettingsError(f"{problem} ({name}): scopes are {', '.join(sorted(SCOPES))}, joined by '+'")
    if secret.startswith("sha256="):
        try:
            digest = bytes.fromhex(secret.removeprefix("sha256="))
        except ValueError as error:
            raise SettingsError(f"{problem} ({name}): not a SHA-256 in hexadecimal") from error
        if len(digest) != hashlib.sha256().digest_size:
            raise SettingsError(f"{problem} ({name}): not a SHA-256 in hexadecimal")
        return ApiKey(name, digest, scopes)
    if not secret:
        raise SettingsError(f"{problem} ({name}): the key is empty")
    if len(secret) < GOOD_LENGTH:
        log.warning("open311.key.short", name=name, least=GOOD_LENGTH)
    return ApiKey(name, hashlib.sha256(secret.encode()).digest(), scopes)
