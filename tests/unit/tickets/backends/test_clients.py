"""What the clients send, what they make of answers, and which failures may be sent again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from bot.locality import Open311Backend, RestBackend, load
from bot.tickets.backends import (
    BackendError,
    NotSentError,
    OutgoingReport,
    Receipt,
    RefusedError,
    UnknownError,
    WebhookError,
)
from bot.tickets.backends.open311 import Open311
from bot.tickets.backends.reading import at_path, moment
from bot.tickets.backends.rest import Rest
from bot.tickets.contacts import Contact
from tests.support.backends import REST
from tests.support.rest_backend import WEBHOOK_SECRET, message

LOCALITY = load(Path(__file__).parents[4] / "localities" / "phuong-mau.yml")
LIGHTS = LOCALITY.category("chieu_sang")
assert LIGHTS
NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
KEY = "motcua:phuong-mau:PA-2026-000007"
REPORT = OutgoingReport(
    key=KEY,
    code="PA-2026-000007",
    category=LIGHTS,
    description="Đèn tắt",
    place="hẻm 17 Trần Phú",
    created_at=NOW,
    sent_at=NOW,
    lat=10.5,
    long=106.25,
    answers={"hien_tuong": "tat"},
)
Handler = Callable[[httpx.Request], httpx.Response]


def open311(handler: Handler, **more: Any) -> Open311:
    values = {"kind": "open311", "url": "https://there.example/v2", "services": {"chieu_sang": "DEN"}}
    return Open311(Open311Backend.model_validate(values | more), "k3y", transport=httpx.MockTransport(handler))


def rest(handler: Handler, **more: Any) -> Rest:
    config = RestBackend.model_validate(REST | {"url": "https://there.example"} | more)
    return Rest(config, "k3y", WEBHOOK_SECRET, transport=httpx.MockTransport(handler))


async def outcome(handler: Handler) -> BackendError:
    with pytest.raises(BackendError) as caught:
        await open311(handler).submit(REPORT)
    return caught.value


def raising(error: type[Exception]) -> Handler:
    def handler(request: httpx.Request) -> httpx.Response:
        raise error("…")

    return handler


@pytest.mark.parametrize(
    ("handler", "kind", "code"),
    [
        (raising(httpx.ConnectError), NotSentError, "unreachable"),
        (raising(httpx.ConnectTimeout), NotSentError, "unreachable"),
        (raising(httpx.ReadTimeout), UnknownError, "timeout"),
        (raising(httpx.WriteError), UnknownError, "broken_off"),
        (raising(httpx.RemoteProtocolError), UnknownError, "broken_off"),
        (lambda _: httpx.Response(500), UnknownError, "http_500"),
        (lambda _: httpx.Response(503), UnknownError, "http_503"),
        (lambda _: httpx.Response(400), RefusedError, "http_400"),
        (lambda _: httpx.Response(404), RefusedError, "http_404"),
        (lambda _: httpx.Response(403), NotSentError, "not_allowed"),
        (lambda _: httpx.Response(429, headers={"retry-after": "7"}), NotSentError, "http_429"),
        (lambda _: httpx.Response(307, headers={"location": "https://there.example/v3"}), NotSentError, "redirected"),
        (lambda _: httpx.Response(200, text="<html>"), UnknownError, "unreadable"),
        (lambda _: httpx.Response(200, json=[]), UnknownError, "unreadable"),
        (lambda _: httpx.Response(200, json=[{"service_request_id": None}]), UnknownError, "unreadable"),
        (lambda _: httpx.Response(200, content=b"[" * 200_000), UnknownError, "unreadable"),
        (lambda _: httpx.Response(200, content=b" " * 5_000_000), UnknownError, "too_large"),
    ],
)
async def test_a_failure_says_whether_it_may_be_sent_again(
    handler: Handler, kind: type[BackendError], code: str
) -> None:
    error = await outcome(handler)
    assert (type(error), error.code) == (kind, code)
    assert getattr(error, "pause", None) == {"http_429": 7.0, "not_allowed": 900.0}.get(code)


async def test_what_an_open311_server_is_sent() -> None:
    sent: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json=[{"service_request_id": "12"}])

    services = {
        "chieu_sang": {
            "code": "DEN",
            "attributes": {"hien_tuong": "STATE"},
            "values": {"hien_tuong": {"tat": "1"}},
            "fixed": {"SOURCE": "motcua"},
        }
    }
    backend = open311(handler, services=services, jurisdiction="mau.vn")
    assert await backend.submit(REPORT) == Receipt(remote_id="12")
    (request,) = sent
    assert str(request.url) == "https://there.example/v2/requests.json"
    assert request.headers["idempotency-key"] == KEY
    assert dict(parse_qsl(request.content.decode())) == {
        "service_code": "DEN",
        "description": f"Đèn tắt\n[{KEY}]",
        "address_string": "hẻm 17 Trần Phú",
        "lat": "10.500000",
        "long": "106.250000",
        "jurisdiction_id": "mau.vn",
        "api_key": "k3y",
        "attribute[SOURCE]": "motcua",
        "attribute[STATE]": "1",
    }


async def test_the_marker_survives_a_long_description() -> None:
    texts: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        texts.append(dict(parse_qsl(request.content.decode()))["description"])
        return httpx.Response(200, json=[{"service_request_id": "12"}])

    long = OutgoingReport(**(vars(REPORT) | {"description": "x" * 4000, "contact": Contact()}))
    await open311(handler).submit(long)
    assert len(texts[0]) == 4000
    assert texts[0].endswith(f"[{KEY}]")


async def test_a_request_is_found_among_others_over_pages_and_the_first_of_two_counts() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        others = [{"service_request_id": f"{page}-{n}", "description": "khác"} for n in range(100)]
        ours = [
            {"service_request_id": number, "description": f"Đèn\n[{KEY}]", "requested_datetime": at}
            for number, at in (("8", "2026-11-25T09:00:00Z"), ("7", "2026-11-25T08:00:00Z"))
        ]
        return httpx.Response(200, json=(others[:98] + ours) if page == 3 else others)

    assert await open311(handler).look_up(REPORT) == Receipt(remote_id="7")


async def test_a_list_that_may_be_cut_off_proves_nothing() -> None:
    everything = [{"service_request_id": str(n), "description": "khác"} for n in range(1000)]
    with pytest.raises(NotSentError, match="look_up_unfinished"):
        await open311(lambda _: httpx.Response(200, json=everything)).look_up(REPORT)
    assert await open311(lambda _: httpx.Response(200, json=everything[:999])).look_up(REPORT) is None


async def test_a_server_that_ignores_the_external_id_proves_nothing() -> None:
    how = {"key_in": "external_id", "look_up": "external_id"}
    everybodys = [{"service_request_id": "1"}]
    with pytest.raises(RefusedError, match="external_id_ignored"):
        await open311(lambda _: httpx.Response(200, json=everybodys), **how).look_up(REPORT)

    def knows(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=everybodys if request.url.params["external_id"] == KEY else [])

    assert await open311(knows, **how).look_up(REPORT) == Receipt(remote_id="1")


async def test_xml_says_the_same_as_json_and_may_define_nothing() -> None:
    xml = (
        '<?xml version="1.0" encoding="utf-8"?><service_requests><request><service_request_id>5</service_request_id>'
        "<status>closed</status><status_notes>Đã thay</status_notes>"
        "<updated_datetime>2026-11-25T15:00:00+07:00</updated_datetime></request></service_requests>"
    )
    backend = open311(lambda _: httpx.Response(200, text=xml), format="xml")
    (update,) = await backend.fetch(["5"], NOW)
    assert (update.remote_id, update.status, update.at, update.text) == ("5", "closed", NOW, "Đã thay")
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    with pytest.raises(NotSentError, match="unreadable"):
        await open311(lambda _: httpx.Response(200, text=bomb), format="xml").fetch(["5"], NOW)


async def test_one_unknown_request_does_not_hide_the_others() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        ids = request.url.params["service_request_id"].split(",")
        if "gone" in ids:
            return httpx.Response(404)
        at = "2026-11-25T08:00:00Z"
        return httpx.Response(
            200, json=[{"service_request_id": n, "status": "open", "updated_datetime": at} for n in ids]
        )

    found = await open311(handler).fetch(["a", "b", "gone", "c"], NOW)
    assert sorted(update.remote_id for update in found) == ["a", "b", "c"]


async def test_reading_follows_a_redirect_on_the_host_and_never_to_another() -> None:
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url.copy_with(query=None)))
        if request.url.path.startswith("/v2"):
            return httpx.Response(301, headers={"location": str(request.url).replace("/v2", "/v3")})
        return httpx.Response(302, headers={"location": "https://evil.example/"})

    with pytest.raises(NotSentError, match="redirected"):
        await open311(handler).fetch(["1"], NOW)
    assert asked == ["https://there.example/v2/requests.json", "https://there.example/v3/requests.json"]


async def test_a_key_goes_into_its_header_and_a_look_up_compares() -> None:
    headers: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        headers.append(request.headers["x-api-key"])
        return httpx.Response(200, json={"data": [{"id": 1, "nguon": {"ma": "another"}}, {"id": 2}]})

    backend = rest(handler, auth={"kind": "key", "header": "X-API-Key", "prefix": "Key"})
    assert await backend.look_up(REPORT) is None
    assert headers == ["Key k3y"]


async def test_tickets_that_do_not_show_our_key_prove_nothing() -> None:
    with pytest.raises(RefusedError, match="key_not_shown"):
        await rest(lambda _: httpx.Response(200, json={"data": [{"id": 1}]})).look_up(REPORT)


def test_a_message_holds_for_five_minutes_and_not_for_another_body() -> None:
    backend = rest(lambda _: httpx.Response(500))
    change = {"id": 1, "ticket": {"id": 7}, "state": "xong", "at": "2026-11-25T08:00:00Z"}
    body, headers = message(change, at=NOW.timestamp())
    headers = {name.lower(): value for name, value in headers.items()}
    for seconds in (-300, 0, 300):
        assert len(backend.parse_webhook(headers, body, NOW + timedelta(seconds=seconds))) == 1
    for late, given in ((301, body), (-301, body), (0, body + b" ")):
        with pytest.raises(WebhookError):
            backend.parse_webhook(headers, given, NOW + timedelta(seconds=late))
    silent = Rest(RestBackend.model_validate(REST | {"url": "https://there.example"}), "k3y", "")
    with pytest.raises(WebhookError, match="no_secret"):
        silent.parse_webhook(headers, body, NOW)


def test_values_are_read_by_path_and_moments_in_any_usual_form() -> None:
    value = {"a": [{"b": 0}], "c": None}
    assert [at_path(value, path) for path in ("a.0.b", "a.1.b", "c", "c.d", "x")] == [0, None, None, None, None]
    same = ("2026-11-25T15:00:00+07:00", "2026-11-25T08:00:00Z", "2026-11-25T08:00:00", NOW.timestamp())
    assert {moment(text) for text in same} == {NOW}
    assert [moment(text) for text in ("hôm qua", None, True, float("inf"), 1e300)] == [None] * 5
