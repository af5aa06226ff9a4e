"""Every reply against the official JSON schemas (which somebody has to put beside the project)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from bot.tickets import Status
from bot.tickets.people import Actor
from tests.support.open311 import SCHEMAS, WRITER, OpenServer, read, report

pytestmark = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the official schemas are not here")


def validator(name: str) -> Draft4Validator:
    """A schema; those that it names lie beside it."""
    found = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in SCHEMAS.glob("*.json")}
    registry: Registry[Any] = Registry().with_resources(
        (file, Resource.from_contents(schema, default_specification=DRAFT4)) for file, schema in found.items()
    )
    return Draft4Validator(found[name], registry=registry, format_checker=FormatChecker())


async def fill(server: OpenServer) -> None:
    """Tickets of every status, with and without place, description, deadline."""
    async with server.tickets() as tickets:
        for status in Status:
            code = (await tickets.file(report(lat=10.5, long=106.5), f"schema-{status}")).code
            if status is not Status.RECEIVED:
                await tickets.advance(code, status, Actor.remote("test"), reason="vì sao", text="xong")
    server.file(description="")
    server.file(address_string="", lat="-1.25", long="0")
    server.file(service_code="chieu_sang", **{"attribute[tinh_trang]": "tat", "attribute[buoi][]": ["toi", "khuya"]})


async def test_replies_hold(server: OpenServer, wanted: str) -> None:
    await fill(server)
    services = read(server.get("services", wanted))
    validator("services.json").validate(services)
    for service in services:
        validator("service.json").validate(service)
        definition = read(server.get(f"services/{service['service_code']}", wanted))
        # An empty list is an empty element.
        validator("service-definition.json").validate(definition | {"attributes": definition["attributes"] or []})
    for params in ({}, {"status": "open"}, {"status": "closed"}, {"extensions": "true"}, {"page_size": "3"}):
        requests = read(server.get("requests", wanted, **params))
        assert len(requests) >= 3
        validator("requests.json").validate(requests)
        for request in requests:
            validator("request.json").validate(request)
            single = read(server.get(f"requests/{request['service_request_id']}", wanted))
            assert len(single) == 1
            validator("requests.json").validate(single)
            validator("request.json").validate(single[0])


async def test_the_schemas_are_really_asked(server: OpenServer) -> None:
    code = server.file(lat="10.5", long="106.5")
    [found] = server.get(f"requests/{code}").json()
    for change in (
        {"status": "OPEN"},
        {"lat": "10.5"},
        {"service_request_id": 7},
        {"requested_datetime": None},
        {"description": "a" * 4001},
    ):
        assert not validator("request.json").is_valid(found | change), change
        assert not validator("requests.json").is_valid([found | change]), change
    [posted] = server.post("requests", api_key=WRITER, service_code="rac_thai", address_string="x").json()
    assert isinstance(posted["service_request_id"], str)
