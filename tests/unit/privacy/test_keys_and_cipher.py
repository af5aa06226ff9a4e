"""Keys of different purposes are unrelated; an encrypted value is bound to its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy import Cipher, UnreadableValueError, derive

SECRET = "a secret key that is long enough"


def test_purposes_and_secrets_give_different_keys() -> None:
    keys = {derive(SECRET, "vault"), derive(SECRET, "pin"), derive(SECRET + "!", "vault")}
    assert len(keys) == 3
    assert derive(SECRET, "vault") == derive(SECRET, "vault")


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="BOT_SECRET_KEY"):
        derive("short", "vault")


@given(st.text(), st.text(max_size=20))
def test_what_was_encrypted_comes_back(value: str, place: str) -> None:
    cipher = Cipher(SECRET, "test")
    assert cipher.decrypt(cipher.encrypt(value, place), place) == value


def test_the_same_value_never_looks_the_same() -> None:
    cipher = Cipher(SECRET, "test")
    assert cipher.encrypt("0912345678", "1") != cipher.encrypt("0912345678", "1")


def test_a_moved_changed_or_foreign_value_is_refused() -> None:
    cipher = Cipher(SECRET, "test")
    data = cipher.encrypt("0912345678", "1/[SĐT_1]")
    for wrong in (
        lambda: cipher.decrypt(data, "2/[SĐT_1]"),
        lambda: cipher.decrypt(data[:-1] + bytes([data[-1] ^ 1]), "1/[SĐT_1]"),
        lambda: cipher.decrypt(b"", "1/[SĐT_1]"),
        lambda: Cipher(SECRET, "other").decrypt(data, "1/[SĐT_1]"),
    ):
        with pytest.raises(UnreadableValueError):
            wrong()
