"""An independent client against the live server, in JSON and XML."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from tests.support.open311 import WRITER, OpenServer
from tests.support.three_client import Three


@pytest.fixture
def client(server: OpenServer, wanted: str) -> Any:
    return Three(server.base, api_key=WRITER, format=wanted)


def several(value: Any, name: str, wanted: str) -> list[Any]:
    """A list: bare in JSON; in XML under the name of its items, alone where there is one."""
    if wanted == "json":
        assert isinstance(value, list)
        return value
    inner = value[name] if value else []
    return inner if isinstance(inner, list) else [inner]


def test_discovery(client: Any, server: OpenServer, wanted: str) -> None:
    found = client.discovery()
    endpoints = found["endpoints"]
    [endpoint] = endpoints if wanted == "json" else [endpoints["endpoint"]]
    assert endpoint["url"] == server.base
    assert Three(endpoint["url"], format=wanted).services()


def test_services_and_definition(client: Any, wanted: str) -> None:
    services = several(client.services(), "service", wanted)
    assert {service["service_code"] for service in services} >= {"chieu_sang", "rac_thai"}
    definition = client.services("chieu_sang")
    attributes = several(definition["attributes"], "attribute", wanted)
    assert [attribute["code"] for attribute in attributes] == ["so_tru", "so_bong", "tu_ngay", "tinh_trang", "buoi"]


def test_post_and_read_back(client: Any, wanted: str) -> None:
    posted = client.post(
        "rac_thai",
        address="12 đường Trần Phú",
        name="Hoà Trịnh",
        phone="0912345678",
        description="Rác chất đống <cao> & hôi",
        lat=10.5,
        long=106.75,
    )
    [answer] = several(posted, "request", wanted)
    [found] = several(client.request(answer["service_request_id"]), "request", wanted)
    assert found["service_request_id"] == answer["service_request_id"]
    assert found["description"] == "Rác chất đống <cao> & hôi"
    assert found["address"] == "12 đường Trần Phú"
    assert float(found["lat"]) == 10.5
    assert found["status"] == "open"


def test_post_with_a_picture(client: Any, wanted: str) -> None:
    made = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(made, "PNG")
    made.seek(0)
    [answer] = several(client.post("rac_thai", address="chợ Mẫu", media=made), "request", wanted)
    assert answer["service_request_id"].startswith("PA-")


def test_refusal_is_readable(client: Any, wanted: str) -> None:
    errors = several(client.post("rac_thai", description="không nói ở đâu"), "error", wanted)
    assert int(errors[0]["code"]) == 400
    assert "a place was not provided" in errors[0]["description"]


def test_lists_with_its_own_words(client: Any, server: OpenServer, wanted: str) -> None:
    codes = {server.file(), server.file()}
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    span = [day.strftime("%m-%d-%Y") for day in (tomorrow - timedelta(days=30), tomorrow)]
    for found in (client.requests(), client.requests("rac_thai"), client.requests(between=span, count=500)):
        listed = {item["service_request_id"] for item in several(found, "request", wanted)}
        assert codes <= listed
    assert len(several(client.requests(count=1), "request", wanted)) == 1
    assert client.requests("dien") in ([], None, {})


def test_token(client: Any, server: OpenServer, wanted: str) -> None:
    [answer] = server.post(
        "requests", headers={"Prefer": "respond-async"}, api_key=WRITER, service_code="rac_thai", address_string="x"
    ).json()
    [found] = several(client.token(answer["token"]), "request", wanted)
    assert found["token"] == answer["token"]
    assert several(client.request(found["service_request_id"]), "request", wanted)
