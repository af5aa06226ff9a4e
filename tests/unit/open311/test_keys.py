"""API keys: how they are written, and what each may do."""

from __future__ import annotations

import hashlib

import pytest
from pydantic import SecretStr

from bot.open311.keys import SCOPES, ApiKeys
from bot.settings import SettingsError

LONG = "k" * 32


def parse(text: str) -> ApiKeys:
    return ApiKeys.parse(SecretStr(text))


@pytest.mark.parametrize("between", [",", ", ", "\n", " ", ";", ",\n  "])
def test_entries_stand_between_commas_or_space(between: str) -> None:
    keys = parse(between.join((f"hue:{LONG}a:read+write", f"field:{LONG}b:update", f"{LONG}c", f"all:{LONG}d")))
    assert len(keys) == 4
    for key, name, scopes in (
        ("a", "hue", {"read", "write"}),
        ("b", "field", {"update"}),
        ("c", "key3", SCOPES),
        ("d", "all", SCOPES),
    ):
        found = keys.find(LONG + key)
        assert found is not None
        assert (found.name, found.scopes) == (name, scopes)


def test_key_may_be_kept_as_a_digest() -> None:
    keys = parse(f"hue:sha256={hashlib.sha256(LONG.encode()).hexdigest()}:write")
    found = keys.find(LONG)
    assert found is not None and found.scopes == {"write"}
    assert keys.find(hashlib.sha256(LONG.encode()).hexdigest()) is None


def test_no_key_is_no_key() -> None:
    for keys in (parse(""), parse(f"a:{LONG}")):
        for given in (None, "", " ", "a", f"a:{LONG}", LONG.upper(), LONG + "x"):
            assert keys.find(given) is None, given


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (f"a:{LONG}:admin", "scopes"),
        (f"a:{LONG}:", "scopes"),
        ("a::write", "empty"),
        (f"tên:{LONG}:write", "name"),
        (f"a:{LONG}:write:x", "name:key:scopes"),
        (f"a:{LONG} a:{LONG}x", "twice"),
        ("a:sha256=123:write", "SHA-256"),
        (f"a:sha256={'zz' * 32}:write", "SHA-256"),
    ],
)
def test_mistakes_are_named_without_the_key(text: str, word: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(text)
    assert word in str(caught.value)
    assert "BOT_OPEN311_API_KEYS" in str(caught.value)
    assert LONG not in str(caught.value)
