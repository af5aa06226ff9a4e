"""Passwords: what is refused, what is made, and that a hash tells nothing."""

from __future__ import annotations

import pytest

from bot.console import passwords


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("ngắn quá", "short"),
        ("a" * 201, "long"),
        ("aaaaaaaaaaaa", "common"),
        ("password12", "common"),
        ("matkhau123", "common"),
        ("xin chao lan nhe", "name"),
    ],
)
def test_easy_passwords_are_refused(password: str, code: str) -> None:
    with pytest.raises(passwords.WeakPasswordError) as refused:
        passwords.check_strength(password, "lan")
    assert refused.value.code == code


@pytest.mark.parametrize("password", ["một câu dài dễ nhớ", "hoa mai nở sớm", "Xk3!vq09Tz"])
def test_long_or_mixed_ones_pass(password: str) -> None:
    passwords.check_strength(password, "lan")


def test_made_passwords_pass_and_differ() -> None:
    made = {passwords.generate() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        passwords.check_strength(password, "lan")


async def test_a_hash_matches_its_password_alone() -> None:
    first, second = await passwords.make_hash("một câu dài"), await passwords.make_hash("một câu dài")
    assert first != second
    assert first.startswith("$argon2id$")
    assert await passwords.matches("một câu dài", first)
    assert not await passwords.matches("một câu dàI", first)
    assert not await passwords.matches("một câu dài", None)
    assert not await passwords.matches("một câu dài", "not a hash")
