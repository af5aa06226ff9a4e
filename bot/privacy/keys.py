"""Keys derived from the one secret key, each for a single purpose."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

LEAST_LENGTH = 16


def derive(secret_key: SecretStr | str, purpose: str, *, length: int = 32) -> bytes:
    """A key of `length` bytes for one purpose (HKDF-SHA256, RFC 5869).

    Two purposes give unrelated keys: whoever learns one, learns nothing of the other.

    Raises:
        ValueError: the secret key is missing or too short to protect anything.
    """
    secret = secret_key.get_secret_value() if isinstance(secret_key, SecretStr) else secret_key
    if len(secret) < LEAST_LENGTH:
        raise ValueError(f"BOT_SECRET_KEY must have at least {LEAST_LENGTH} characters")
    hkdf = HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=f"mot-cua/{purpose}".encode())
    return hkdf.derive(secret.encode())
