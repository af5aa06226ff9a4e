"""mySociety's servicerequestupdates: read, and posted by another system that works on our tickets."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest
from PIL import Image

from tests.support.open311 import UPDATER, WRITER, OpenServer, read, soon

NOW = datetime.now(UTC)


def at(minutes: float) -> str:
    """So many minutes ago."""
    return (NOW - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def post(server: OpenServer, code: str, number: str, state: str, minutes: float, **more: Any) -> httpx.Response:
    form = {
        "api_key": UPDATER,
        "service_request_id": code,
        "update_id": number,
        "status": state,
        "updated_datetime": at(minutes),
        "description": f"tin {number}",
    }
    return server.post("servicerequestupdates", more.pop("wanted", "json"), **(form | more))


def state(server: OpenServer, code: str) -> str:
    with psycopg.connect(server.database_url) as connection:
        [(status,)] = connection.execute("SELECT status FROM tickets WHERE code = %s", [code]).fetchall()
    return str(status)


def listed(server: OpenServer, code: str, wanted: str = "json", **params: str) -> list[dict[str, Any]]:
    return read(server.get("servicerequestupdates", wanted, service_request_id=code, **params)) or []


def test_updates_are_read_in_order(server: OpenServer, wanted: str) -> None:
    code = server.file()
    assert post(server, code, "1", "open", 3).status_code == 200
    assert post(server, code, "2", "closed", 2).status_code == 200
    found = listed(server, code, wanted)
    assert [(item["status"], item["description"]) for item in found] == [
        ("open", "Đã gửi phản ánh"),
        ("open", "tin 1"),
        ("open", "Đã chuyển xử lý"),
        ("open", "Bắt đầu xử lý"),
        ("open", "tin 2"),
    ]
    for item in found:
        assert set(item) == {
            "update_id", "service_request_id", "status", "updated_datetime", "description", "media_url"
        }  # fmt: skip
        assert item["service_request_id"] == code
        assert soon(item["updated_datetime"])
    assert [int(item["update_id"]) for item in found] == sorted(int(item["update_id"]) for item in found)
    assert listed(server, code, wanted, page="2", page_size="2") == found[2:4]
    assert listed(server, code, wanted, end_date=at(10)) == []
    everything = read(server.get("servicerequestupdates", wanted))
    assert [item for item in everything if item["service_request_id"] == code] == found


def test_closed_there_means_done_here_and_the_citizen_is_asked(server: OpenServer, wanted: str) -> None:
    code = server.file()
    [answer] = read(post(server, code, "7", "closed", 1, wanted=wanted))
    assert set(answer) == {"update_id"}
    assert answer["update_id"] in {item["update_id"] for item in listed(server, code)}
    assert state(server, code) == "awaiting_citizen"


def test_opened_again_there_means_back_to_work_here(server: OpenServer) -> None:
    code = server.file()
    post(server, code, "1", "closed", 3)
    assert post(server, code, "2", "open", 2).status_code == 200
    assert state(server, code) == "in_progress"


def test_older_update_never_overrides_a_newer_one(server: OpenServer) -> None:
    code = server.file()
    assert post(server, code, "new", "closed", 1).status_code == 200
    assert post(server, code, "old", "open", 5).status_code == 200
    assert state(server, code) == "awaiting_citizen"
    assert "tin old" not in [item["description"] for item in listed(server, code)]
    with psycopg.connect(server.database_url) as connection:
        notes = connection.execute(
            "SELECT e.text FROM ticket_events e JOIN tickets t ON t.id = e.ticket_id"
            " WHERE t.code = %s AND e.kind = 'NoteAdded' AND NOT e.public",
            [code],
        ).fetchall()
    assert notes == [("tin old",)], "the office still reads it"


def test_same_update_again_and_at_once_is_one(server: OpenServer) -> None:
    code = server.file()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post(server, code, "x", "open", 1).json(), range(8)))
    assert len({str(answer) for answer in answers}) == 1
    assert [item["description"] for item in listed(server, code)].count("tin x") == 1


@pytest.mark.parametrize("pictured", [False, True])
def test_done_counts_with_and_without_a_picture_and_staff_are_told_of_one_that_lacks(
    server: OpenServer, wanted: str, pictured: bool
) -> None:
    code = server.file(service_code="giao_thong")
    made = io.BytesIO()
    Image.new("RGB", (30, 20)).save(made, "JPEG")
    files = {"media": ("after.jpg", made.getvalue(), "image/jpeg")} if pictured else None
    assert post(server, code, "1", "closed", 2, wanted=wanted, files=files).status_code == 200
    assert state(server, code) == "awaiting_citizen"
    with psycopg.connect(server.database_url) as connection:
        told = connection.execute(
            "SELECT count(*) FROM staff_notices n JOIN tickets t ON t.id = n.ticket_id"
            " WHERE t.code = %s AND n.kind = 'photo_wanted'",
            [code],
        ).fetchall()
    assert told == [(0 if pictured else 1,)]


def test_text_is_masked(server: OpenServer) -> None:
    code = server.file()
    post(server, code, "1", "open", 1, description="Gọi anh Ba 0912345678")
    assert listed(server, code)[-1]["description"] == "Gọi anh Ba (số điện thoại)"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"api_key": ""}, 403),
        ({"api_key": WRITER}, 403),
        ({"service_request_id": "PA-2020-000001"}, 404),
        ({"service_request_id": "junk"}, 404),
        ({"jurisdiction_id": "elsewhere"}, 404),
        ({"service_request_id": ""}, 400),
        ({"update_id": ""}, 400),
        ({"status": "fixed"}, 400),
        ({"updated_datetime": "hôm nay"}, 400),
        ({"updated_datetime": "2999-01-01T00:00:00Z"}, 400),
        ({"description": ""}, 400),
        ({"description": "a" * 2001}, 400),
    ],
)
def test_refused_update_changes_nothing(server: OpenServer, wanted: str, change: dict[str, str], status: int) -> None:
    code = server.file()
    response = post(server, code, "1", "closed", 1, wanted=wanted, **change)
    assert response.status_code == status, response.text
    assert {error["code"] for error in read(response)} == {status}
    assert state(server, code) == "received"
    assert len(listed(server, code)) == 1
