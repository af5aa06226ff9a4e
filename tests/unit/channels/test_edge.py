"""What the outermost layer lets in."""

from __future__ import annotations

import pytest

from bot.channels.web import api, tickets
from bot.channels.web.edge import largest_body
from bot.channels.web.proxies import is_trusted
from bot.channels.zalo import webhook
from bot.console import shell
from bot.open311 import forms
from bot.tickets import photos
from bot.tickets.backends import mount


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/api/chat", api.MAX_BODY),
        ("/api/photos", photos.MOST_BYTES),
        ("/console/tickets/PA-2026-000001/photos", shell.LARGE),
        ("/open311/v2/requests.json", forms.LARGEST_UPLOAD),
        ("/phan-anh", tickets.MOST_BODY),
        ("/webhooks/tickets", mount.LARGEST),
        (webhook.PATH, webhook.LARGEST),
    ],
)
def test_no_endpoint_takes_more_than_the_edge_lets_in_and_none_gets_less_than_it_takes(path: str, own: int) -> None:
    assert own <= largest_body("POST", path)


def test_a_request_without_a_use_for_a_body_may_hardly_have_one() -> None:
    assert {largest_body(method, "/console/") for method in ("GET", "HEAD", "OPTIONS")} == {8 * 1024}


@pytest.mark.parametrize(
    ("address", "trusted"),
    [("127.0.0.1", True), ("10.1.2.3", True), ("10.2.0.1", False), ("::1", False), ("2001:db8::5", True), ("x", False)],
)
def test_which_addresses_are_proxies_of_ours(address: str, trusted: bool) -> None:
    assert is_trusted("127.0.0.1, 10.1.0.0/16,2001:db8::/32")(address) is trusted
    assert not is_trusted("")(address)
