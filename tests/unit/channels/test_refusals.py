"""Forged requests and the log."""

from __future__ import annotations

from structlog.testing import capture_logs

from bot.channels.refusals import EVERY, Refusals


def test_a_flood_of_forged_requests_is_a_line_a_minute_with_their_number() -> None:
    now = 1000.0
    refusals = Refusals("zalo", clock=lambda: now)
    with capture_logs() as lines:
        for _ in range(10_000):
            refusals.seen("bad_signature")
        now += EVERY
        refusals.seen("bad_signature")
        now += EVERY - 1
        refusals.seen("bad_signature")
    assert [line["count"] for line in lines] == [1, 10_000]
    assert {line["event"] for line in lines} == {"webhook.refused"}
    assert lines[0] == {
        "event": "webhook.refused",
        "log_level": "warning",
        "channel": "zalo",
        "reason": "bad_signature",
        "count": 1,
    }
