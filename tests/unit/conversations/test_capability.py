from __future__ import annotations

import base64
import uuid

import pytest

from bot.conversations.capability import Capabilities, looks_random

SECRET = "a secret of sufficient length"


def test_token_opens_its_own_conversation() -> None:
    key = uuid.uuid4()
    assert Capabilities(SECRET).verify(Capabilities(SECRET).issue(key)) == key


def test_token_of_another_secret_is_refused() -> None:
    assert Capabilities(SECRET).verify(Capabilities("another secret of that length").issue(uuid.uuid4())) is None


@pytest.mark.parametrize("position", [0, 10, 21, 30, 41])
def test_changed_token_is_refused(position: int) -> None:
    capabilities = Capabilities(SECRET)
    token = capabilities.issue(uuid.uuid4())
    changed = token[:position] + ("A" if token[position] != "A" else "B") + token[position + 1 :]
    assert capabilities.verify(changed) is None


def test_key_without_its_proof_is_refused() -> None:
    key = uuid.uuid4()
    forged = base64.urlsafe_b64encode(key.bytes + bytes(16)).rstrip(b"=").decode()
    assert Capabilities(SECRET).verify(forged) is None


@pytest.mark.parametrize("token", ["", "a", "é" * 43, "+" * 43, "A" * 43, "A" * 42, "A" * 44, "A" * 10_000, "\0" * 43])
def test_nonsense_is_refused(token: str) -> None:
    assert Capabilities(SECRET).verify(token) is None


def test_last_character_cannot_be_varied() -> None:
    capabilities = Capabilities(SECRET)
    token = capabilities.issue(uuid.uuid4())
    others = [token[:-1] + last for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]
    assert [other for other in others if capabilities.verify(other)] == [token]


def test_same_first_message_leads_to_the_same_conversation() -> None:
    message = str(uuid.uuid4())
    capabilities = Capabilities(SECRET)
    assert capabilities.key_for_first(message, "xin chào") == capabilities.key_for_first(message, "xin chào")
    assert capabilities.key_for_first(message, "xin chào") != capabilities.key_for_first(message, "lệ phí")
    assert capabilities.key_for_first(message, "x") != Capabilities("another secret of that length").key_for_first(
        message, "x"
    )


@pytest.mark.parametrize(
    "message", ["1", "abc", "m-1", "message-00000001", "aaaaaaaaaaaaaaaaaaaa", "conversation-00001"]
)
def test_id_that_could_be_guessed_opens_a_new_conversation(message: str) -> None:
    assert not looks_random(message)
    assert Capabilities(SECRET).key_for_first(message, "xin chào") is None


def test_random_ids_are_recognised() -> None:
    ids = [str(uuid.uuid4()) for _ in range(500)] + [uuid.uuid4().hex for _ in range(500)]
    assert all(map(looks_random, ids))
    assert looks_random("msg-1732312345678901234")
