"""Signatures: the vectors of the shared folder where it is there, and vectors of our own."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo.signature import Signature

APP, SECRET = "1234567890", "oa-secret-of-tests"
TEXT = '{"app_id":"1234567890","event_name":"user_send_text","message":{"text":"Chào"},"timestamp":"1763812345678"}'
BODY = TEXT.encode()
SHARED = Path(__file__).resolve().parents[5] / "shared" / "data" / "channel-payloads"
VECTORS: dict[str, Any] = {"positive": [], "negative": []}
if (SHARED / "zalo_oa_signature_vectors.json").exists():
    VECTORS = json.loads((SHARED / "zalo_oa_signature_vectors.json").read_text(encoding="utf-8"))


def signed(body: bytes, timestamp: str = "1763812345678", app: str = APP, secret: str = SECRET) -> str:
    """The formula, written out once more and independently."""
    return "mac=" + hashlib.sha256(app.encode() + body + timestamp.encode() + secret.encode()).hexdigest()


@pytest.fixture
def signature() -> Signature:
    return Signature(APP, SECRET)


@pytest.mark.skipif(not VECTORS["positive"], reason="the shared vectors are not here")
def test_every_given_positive_is_accepted_and_every_negative_refused() -> None:
    signature = Signature(VECTORS["app_id"], VECTORS["oa_secret_key"])
    for vector in VECTORS["positive"]:
        body = (SHARED / "zalo_oa_webhook" / vector["file"]).read_bytes()
        header = vector["headers"]["X-ZEvent-Signature"]
        assert signature.holds(body, header), vector["file"]
        assert signature.holds(body, header, vector["headers"]["X-ZEvent-Timestamp"]), vector["file"]
        assert not signature.holds(body + b" ", header), vector["file"]
    for vector in VECTORS["negative"]:
        assert not signature.holds(vector["raw_body"].encode(), vector["X-ZEvent-Signature"]), vector["why"]
    assert len(VECTORS["positive"]) >= 20
    assert len(VECTORS["negative"]) >= 8


def test_plain_sha256_over_the_raw_bytes_is_accepted(signature: Signature) -> None:
    assert signature.holds(BODY, signed(BODY))
    # Escaped, spaced or numeric: what counts are the bytes as they came.
    for body in (
        json.dumps(json.loads(BODY)).encode(),
        BODY.replace(b'"1763812345678"', b"1763812345678"),
        BODY.replace(b'"timestamp":', b'"timestamp" :  '),
    ):
        assert signature.holds(body, signed(body))
        assert not signature.holds(body, signed(BODY))


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "mac=",
        signed(BODY).removeprefix("mac="),
        signed(BODY).upper(),
        "mac=" + signed(BODY).removeprefix("mac=").upper(),
        signed(BODY) + " ",
        signed(BODY) + "\n",
        signed(BODY)[:-1],
        signed(BODY, secret="app secret instead"),
        signed(BODY, app="another app"),
        signed(BODY, timestamp="1763812345679"),
        "mac=" + hmac.new(SECRET.encode(), APP.encode() + BODY + b"1763812345678", hashlib.sha256).hexdigest(),
        "mac=" + hashlib.sha256(BODY).hexdigest(),
        "mac=" + "0" * 64,
        "mac=" + "é" * 64,
    ],
)
def test_everything_else_is_refused(signature: Signature, header: str | None) -> None:
    assert not signature.holds(BODY, header)


def test_a_body_without_timestamp_takes_the_headers_and_nothing_else(signature: Signature) -> None:
    body = b'{"event_name":"x"}'
    assert signature.holds(body, signed(body), "1763812345678")
    assert not signature.holds(body, signed(body))
    assert not signature.holds(body, signed(body, timestamp=""))
    assert not signature.holds(body, signed(body, timestamp=""), "")
    assert not signature.holds(body, signed(body, timestamp="12x"), "12x")
    # A header cannot stand in for the body's own.
    assert not signature.holds(BODY, signed(BODY, timestamp="1"), "1")


def test_what_a_citizen_writes_is_not_taken_for_the_timestamp(signature: Signature) -> None:
    event = {"message": {"text": 'tôi viết "timestamp":"1" và "timestamp": 2,'}, "timestamp": "1763812345678"}
    body = json.dumps(event, ensure_ascii=False).encode()
    assert signature.holds(body, signed(body))
    assert not signature.holds(body, signed(body, timestamp="1"))


def test_without_a_secret_nothing_can_be_checked() -> None:
    for app, secret in (("", SECRET), (APP, ""), ("", "")):
        with pytest.raises(ValueError, match="needed"):
            Signature(app, secret)


@given(body=st.binary(max_size=400), header=st.text(max_size=80), timestamp=st.none() | st.text(max_size=30))
def test_nothing_unsigned_holds_and_nothing_breaks(body: bytes, header: str, timestamp: str | None) -> None:
    signature = Signature(APP, SECRET)
    assert not signature.holds(body, header, timestamp)
    assert not signature.holds(body, "mac=" + hashlib.sha256(body + header.encode()).hexdigest(), timestamp)


@given(at=st.integers(0, len(BODY) - 1), bit=st.integers(0, 7))
def test_one_changed_bit_is_noticed(at: int, bit: int) -> None:
    changed = bytearray(BODY)
    changed[at] ^= 1 << bit
    assert not Signature(APP, SECRET).holds(bytes(changed), signed(BODY))
