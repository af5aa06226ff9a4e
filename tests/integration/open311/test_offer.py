"""What the server says that it offers: discovery, services, definitions; and how it refuses."""

from __future__ import annotations

import httpx
import pytest

from tests.support.open311 import WRITER, OpenServer, read


def test_discovery_is_at_both_addresses_and_names_every_field(server: OpenServer, wanted: str) -> None:
    first = httpx.get(f"{server.url}/open311/discovery.{wanted}")
    assert first.status_code == 200
    assert read(first) == read(httpx.get(f"{server.base}/discovery.{wanted}"))
    found = read(first)
    assert set(found) == {"changeset", "contact", "key_service", "endpoints"}
    assert "0200 3999 002" in found["contact"]
    [endpoint] = found["endpoints"]
    assert endpoint == {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": server.base,
        "changeset": found["changeset"],
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }


def test_services_are_the_categories_of_the_place(server: OpenServer, wanted: str) -> None:
    services = {item["service_code"]: item for item in read(server.get("services", wanted))}
    assert services["chieu_sang"] == {
        "service_code": "chieu_sang",
        "service_name": "Chiếu sáng công cộng",
        "description": "Bạn cho biết đèn bị gì (tắt, chập chờn, gãy trụ…), mấy bóng và từ bao giờ.",
        "metadata": True,
        "type": "realtime",
        "keywords": "đèn, điện đường",
        "group": "Hạ tầng",
    }
    assert services["rac_thai"]["metadata"] is False
    assert services["rac_thai"]["keywords"] is None


def test_definition_has_the_questions_as_attributes(server: OpenServer, wanted: str) -> None:
    found = read(server.get("services/chieu_sang", wanted))
    assert found["service_code"] == "chieu_sang"
    assert [(item["code"], item["datatype"], item["required"], item["order"]) for item in found["attributes"]] == [
        ("so_tru", "text", False, 1),
        ("so_bong", "number", False, 2),
        ("tu_ngay", "datetime", False, 3),
        ("tinh_trang", "singlevaluelist", True, 4),
        ("buoi", "multivaluelist", False, 5),
    ]
    assert found["attributes"][3]["values"] == [
        {"key": "tat", "name": "Tắt hẳn"},
        {"key": "chap_chon", "name": "Chập chờn"},
    ]
    assert found["attributes"][3]["variable"] is True
    plain = read(server.get("services/rac_thai", wanted))
    assert plain == {"service_code": "rac_thai", "attributes": []}


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("services/khong_co", {}, 404),
        ("services", {"jurisdiction_id": "elsewhere"}, 404),
        ("requests", {"jurisdiction_id": "elsewhere"}, 404),
        ("requests/PA-2026-999999", {}, 404),
        ("requests/nonsense", {}, 404),
        ("tokens/nonsense", {}, 404),
        ("tokens/ảo", {}, 404),
        ("nowhere", {}, 404),
        ("requests", {"status": "half"}, 400),
        ("requests", {"page": "0"}, 400),
        ("requests", {"page_size": "1001"}, 400),
        ("requests", {"page_size": "²"}, 400),
        ("requests", {"start_date": "yesterday"}, 400),
        ("requests", {"start_date": "9999-12-31T00:00:00Z"}, 400),
        ("requests", {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"}, 400),
        ("requests", {"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}, 400),
        ("requests", {"external_id": "7"}, 403),
        ("servicerequestupdates", {"end_date": "0001-01-01T00:00:00Z"}, 400),
    ],
)
def test_refusals_are_in_the_format_that_was_asked_for(
    server: OpenServer, wanted: str, path: str, params: dict[str, str], status: int
) -> None:
    response = server.get(path, wanted, **params)
    assert response.status_code == status
    errors = read(response)
    assert errors
    for error in errors:
        assert set(error) == {"code", "description"}
        assert error["code"] == status
        assert error["description"]


def test_empty_parameter_counts_as_absent(server: OpenServer, wanted: str) -> None:
    response = server.get("requests", wanted, jurisdiction_id="", status="", page="", start_date="", service_code="")
    assert response.status_code == 200


def test_own_jurisdiction_is_taken(server: OpenServer) -> None:
    assert server.get("services", jurisdiction_id="phuong-mau").status_code == 200


def test_unknown_format_and_method(server: OpenServer) -> None:
    response = httpx.get(f"{server.base}/services.yaml")
    assert response.status_code == 404
    assert read(response)[0]["code"] == 404
    response = httpx.put(f"{server.base}/requests.json", data={"api_key": WRITER})
    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}
    assert read(response)[0]["code"] == 405


def test_description_of_the_api_is_served(server: OpenServer) -> None:
    found = httpx.get(f"{server.url}/open311/openapi.json").json()
    assert found["openapi"].startswith("3.")
    assert found["servers"] == [{"url": server.base}]
