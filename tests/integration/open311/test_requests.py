"""Requests filed and read, in both formats, against the real web process and a real database."""

from __future__ import annotations

import io
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest
from PIL import Image

from bot.tickets import Status
from bot.tickets.people import Actor
from tests.support.open311 import OTHER, READER, UPDATER, WRITER, OpenServer, read, report, soon

LAMP = {
    "api_key": WRITER,
    "service_code": "chieu_sang",
    "lat": "10.776889",
    "long": "106.700897",
    "address_string": "Trước nhà 17 hẻm 5 Trần Phú",
    "description": "Bóng đèn cháy <từ tuần trước> & tối om",
    "attribute[tinh_trang]": "tat",
    "attribute[so_bong]": "2",
    "attribute[buoi][]": ["toi", "khuya"],
}


def rows(server: OpenServer, query: str, *values: Any) -> list[Any]:
    with psycopg.connect(server.database_url) as connection:
        return connection.execute(query, values).fetchall()


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(made, "PNG")
    return made.getvalue()


def test_posted_request_is_a_ticket_and_reads_back(server: OpenServer, wanted: str) -> None:
    response = server.post("requests", wanted, **LAMP)
    assert response.status_code == 200
    [answer] = read(response)
    assert set(answer) == {"service_request_id", "service_notice"}
    assert answer["service_notice"] == "Đừng chạm vào trụ đèn bị nghiêng & dây điện <hở>."
    code = answer["service_request_id"]
    [found] = read(server.get(f"requests/{code}", wanted))
    assert soon(found.pop("requested_datetime"))
    assert soon(found.pop("updated_datetime"))
    assert datetime.fromisoformat(found.pop("expected_datetime")) > datetime.now(UTC) + timedelta(days=2)
    assert found == {
        "service_request_id": code,
        "status": "open",
        "status_notes": "đã tiếp nhận",
        "service_name": "Chiếu sáng công cộng",
        "service_code": "chieu_sang",
        "description": "Bóng đèn cháy <từ tuần trước> & tối om",
        "agency_responsible": None,
        "service_notice": "Đừng chạm vào trụ đèn bị nghiêng & dây điện <hở>.",
        "address": "Trước nhà 17 hẻm 5 Trần Phú",
        "address_id": None,
        "zipcode": None,
        "lat": 10.776889,
        "long": 106.700897,
        "media_url": None,
    }
    [(source, channel, answers, anonymous)] = rows(
        server, "SELECT source, channel, answers, anonymous FROM tickets WHERE code = %s", code
    )
    assert (source, channel, anonymous) == ("open311", "open311", True)
    assert answers == {"tinh_trang": "tat", "so_bong": "2", "buoi": ["toi", "khuya"]}
    assert rows(server, "SELECT count(*) FROM procrastinate_jobs WHERE args->>'code' = %s", code) == [(1,)]


@pytest.mark.parametrize(
    ("place", "address"),
    [
        ({"lat": "10.5", "long": "106.5"}, None),
        ({"address_string": "chợ Mẫu"}, "chợ Mẫu"),
        ({"address_id": "DC-0017"}, "DC-0017"),
    ],
)
def test_each_kind_of_place_is_enough(
    server: OpenServer, wanted: str, place: dict[str, str], address: str | None
) -> None:
    [answer] = read(server.post("requests", wanted, api_key=WRITER, service_code="rac_thai", **place))
    [found] = read(server.get(f"requests/{answer['service_request_id']}", wanted))
    assert found["address"] == address
    assert found["lat"] == (10.5 if "lat" in place else None)
    assert found["description"] is None


@pytest.mark.parametrize(
    ("change", "status", "lines"),
    [
        ({"api_key": ""}, 403, ["api_key is missing"]),
        ({"api_key": "wrong"}, 403, ["api_key is not valid"]),
        ({"api_key": READER}, 403, ["scope 'write'"]),
        ({"api_key": UPDATER}, 403, ["scope 'write'"]),
        ({"service_code": "khong_co"}, 404, ["service_code"]),
        ({"jurisdiction_id": "elsewhere"}, 404, ["jurisdiction_id"]),
        ({"service_code": ""}, 400, ["service_code was not provided"]),
        ({"lat": "", "long": "", "address_string": ""}, 400, ["a place was not provided"]),
        ({"long": ""}, 400, ["together"]),
        ({"lat": "91"}, 400, ["out of range"]),
        ({"lat": "nan"}, 400, ["decimal degrees"]),
        ({"lat": "1e99"}, 400, ["out of range"]),
        ({"attribute[tinh_trang]": ""}, 400, ["attribute[tinh_trang] was not provided"]),
        ({"attribute[tinh_trang]": "khac"}, 400, ["expected one of chap_chon, tat"]),
        ({"attribute[so_bong]": "hai"}, 400, ["expected a number"]),
        ({"attribute[tu_ngay]": "hôm qua"}, 400, ["attribute[tu_ngay]"]),
        ({"attribute[khac]": "x"}, 400, ["no such attribute"]),
        ({"description": "ộ" * 4001}, 400, ["at most 4000"]),
        ({"media_url": "javascript:alert(1)"}, 400, ["media_url"]),
        ({"email": "nobody"}, 400, ["email"]),
        ({"lat": "91", "attribute[so_bong]": "x", "description": "a" * 4001}, 400, ["range", "number", "4000"]),
    ],
)
def test_refused_post_says_all_that_is_wrong_and_creates_nothing(
    server: OpenServer, wanted: str, change: dict[str, str], status: int, lines: list[str]
) -> None:
    before = rows(server, "SELECT count(*) FROM tickets")
    response = server.post("requests", wanted, **(LAMP | change))
    assert response.status_code == status, response.text
    errors = read(response)
    assert {error["code"] for error in errors} == {status}
    said = " | ".join(error["description"] for error in errors)
    assert all(line in said for line in lines), said
    assert "wrong" not in said or "api_key" in said
    assert rows(server, "SELECT count(*) FROM tickets") == before


def test_longest_description_is_taken(server: OpenServer) -> None:
    text = "ộ" * 4000
    code = server.file(description=text)
    [found] = server.get(f"requests/{code}").json()
    assert found["description"] == text


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_vietnamese_reads_back_byte_for_byte_after_nfc(server: OpenServer, wanted: str, form: Any) -> None:
    text = (
        "Nước ngập tới đầu gối ở ngõ Thịnh Quang;\r\nkhông ai dọn?\nĐường Nguyễn Ảnh Thủ,"
        " \u201ccống\u201d nghẹt 😀 \t ]]> &amp; ẳẵặỡợữựỳỷỹ"
    )
    place = "Số 5/12 ngõ Hậu Giếng, tổ 3"
    sent = {"description": unicodedata.normalize(form, text), "address_string": unicodedata.normalize(form, place)}
    [answer] = read(server.post("requests", wanted, api_key=WRITER, service_code="rac_thai", **sent))
    [found] = read(server.get(f"requests/{answer['service_request_id']}", wanted))
    assert found["description"] == unicodedata.normalize("NFC", text)
    assert found["address"] == unicodedata.normalize("NFC", place)


def test_what_xml_cannot_hold_does_no_harm(server: OpenServer, wanted: str) -> None:
    [answer] = read(
        server.post("requests", wanted, api_key=WRITER, service_code="rac_thai", address_string="a\x00b\x08c\ufffe")
    )
    [found] = read(server.get(f"requests/{answer['service_request_id']}", wanted))
    assert found["address"].startswith("abc")


def test_broken_bytes_are_no_fault(server: OpenServer) -> None:
    for body, kind in (
        (
            b"api_key=" + WRITER.encode() + b"&service_code=rac_thai&address_string=%ff%fe",
            "application/x-www-form-urlencoded",
        ),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"--x\r\nnonsense", "multipart/form-data"),
        (b"{}", "application/json"),
        (b"<a/>", "text/xml"),
        (b"", ""),
    ):
        response = httpx.post(f"{server.base}/requests.json", content=body, headers={"content-type": kind})
        assert response.status_code in (200, 400, 403), (body, response.text)
        assert isinstance(response.json(), list)


def test_too_long_a_body_is_refused_before_it_is_read(server: OpenServer, wanted: str) -> None:
    response = server.post("requests", wanted, **(LAMP | {"description": "a" * 70_000}))
    assert response.status_code == 413
    assert read(response)[0]["code"] == 413


def test_same_external_id_gives_the_same_request(server: OpenServer) -> None:
    first = server.file(external_id="hue-1")
    assert server.file(external_id="hue-1", description="khác") == first
    assert server.file(**{"attribute[external_id]": "hue-1"}) == first
    response = server.post(
        "requests",
        headers={"Idempotency-Key": "hue-1"},
        **(LAMP | {"service_code": "rac_thai"} | {name: "" for name in LAMP if name.startswith("attribute")}),
    )
    assert response.json()[0]["service_request_id"] == first
    assert server.file(external_id="hue-2") != first
    assert server.file(external_id="hue-1", api_key=OTHER) != first, "another caller's ids are its own"
    assert server.file() != server.file(), "without an id each is its own"


def test_own_id_finds_the_request_again(server: OpenServer, wanted: str) -> None:
    code = server.file(external_id="look-me-up")
    [found] = read(server.get("requests", wanted, external_id="look-me-up", api_key=WRITER))
    assert found["service_request_id"] == code
    assert read(server.get("requests", wanted, external_id="look-me-up", api_key=OTHER)) in ([], None)
    assert server.get("requests", wanted, external_id="look-me-up", api_key=UPDATER).status_code == 403


def test_token_in_place_of_an_id_where_the_caller_asks(server: OpenServer, wanted: str) -> None:
    response = server.post("requests", wanted, headers={"Prefer": "respond-async"}, **LAMP)
    [answer] = read(response)
    assert set(answer) == {"token", "service_notice"}
    [found] = read(server.get(f"tokens/{answer['token']}", wanted))
    assert found["token"] == answer["token"]
    [request] = read(server.get(f"requests/{found['service_request_id']}", wanted))
    assert request["description"] == LAMP["description"]
    forged = answer["token"][:-2] + ("AA" if not answer["token"].endswith("AA") else "BB")
    assert server.get(f"tokens/{forged}", wanted).status_code == 404
    assert server.get(f"tokens/{found['service_request_id']}", wanted).status_code == 404


def test_photos_are_made_anew_and_kept_with_the_ticket(server: OpenServer, wanted: str) -> None:
    form = {"api_key": WRITER, "service_code": "rac_thai", "address_string": "chợ Mẫu"}
    files = [("media", ("a.png", picture(), "image/png")), ("media[]", ("b.png", picture(), "image/png"))]
    [answer] = read(server.post("requests", wanted, files=files, **form))
    kept = rows(
        server,
        "SELECT p.type, p.stage, p.width FROM ticket_photos p JOIN tickets t ON t.id = p.ticket_id WHERE t.code = %s",
        answer["service_request_id"],
    )
    assert kept == [("image/jpeg", "before", 64)] * 2


@pytest.mark.parametrize("data", [b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff"])
def test_media_that_is_no_picture_is_refused(server: OpenServer, wanted: str, data: bytes) -> None:
    before = rows(server, "SELECT count(*) FROM tickets")
    form = {"api_key": WRITER, "service_code": "rac_thai", "address_string": "chợ Mẫu"}
    response = server.post("requests", wanted, files={"media": ("a.jpg", data, "image/jpeg")}, **form)
    assert response.status_code == 400
    assert "media" in read(response)[0]["description"]
    assert rows(server, "SELECT count(*) FROM tickets") == before


def test_media_url_goes_to_the_office_alone(server: OpenServer) -> None:
    url = "https://anh.example/a/b.jpg"
    code = server.file(media_url=url, external_id="with-url")
    assert server.file(media_url=url, external_id="with-url") == code
    [found] = server.get(f"requests/{code}", extensions="true").json()
    assert url not in str(found)
    notes = rows(
        server,
        "SELECT e.text, e.public FROM ticket_events e JOIN tickets t ON t.id = e.ticket_id"
        " WHERE t.code = %s AND kind = 'NoteAdded'",
        code,
    )
    assert notes == [(f"Ảnh hoặc tệp: {url}", False)]


async def test_statuses_are_open_until_the_end(server: OpenServer) -> None:
    async with server.tickets() as tickets:
        for target, open311, notes in (
            (Status.IN_PROGRESS, "open", "đang xử lý"),
            (Status.DONE, "open", "chờ người dân xác nhận"),
            (Status.CLOSED, "closed", "đã đóng"),
            (Status.REFUSED, "closed", "không tiếp nhận"),
            (Status.ESCALATED, "closed", "đã chuyển cấp trên"),
        ):
            code = (await tickets.file(report(), f"status-{target}")).code
            await tickets.advance(code, target, Actor.remote("test"), reason="vì sao")
            [found] = server.get(f"requests/{code}").json()
            assert (found["status"], found["status_notes"]) == (open311, notes), target
            if target in (Status.IN_PROGRESS, Status.DONE, Status.CLOSED):
                assert found["agency_responsible"] == "Tổ Môi trường và Đô thị, phòng Kinh tế, Hạ tầng và Đô thị"
            listed = {item["service_request_id"] for item in server.get("requests", status=open311).json()}
            others = server.get("requests", status="closed" if open311 == "open" else "open").json()
            assert code in listed
            assert code not in {item["service_request_id"] for item in others}
            both = {item["service_request_id"] for item in server.get("requests", status="open,closed").json()}
            assert code in both


def test_several_ids_override_everything_else(server: OpenServer, wanted: str) -> None:
    first, second = server.file(), server.file()
    found = read(
        server.get(
            "requests",
            wanted,
            service_request_id=f"{first}, {second.lower()},PA-2020-000001,junk",
            service_code="chieu_sang",
            status="closed",
            start_date="2020-01-01T00:00:00Z",
            page="9",
        )
    )
    assert {item["service_request_id"] for item in found} == {first, second}
    assert read(server.get("requests", wanted, service_request_id="junk")) in ([], None)


def test_attributes_and_notes_come_with_extensions(server: OpenServer, wanted: str) -> None:
    [answer] = read(server.post("requests", wanted, **LAMP))
    [found] = read(server.get(f"requests/{answer['service_request_id']}", wanted, extensions="true"))
    assert found["attributes"] == [
        {"code": "so_bong", "description": "Mấy bóng?", "values": [{"key": "2", "name": "2"}]},
        {"code": "tinh_trang", "description": "Đèn bị gì?", "values": [{"key": "tat", "name": "Tắt hẳn"}]},
        {
            "code": "buoi",
            "description": "Vào lúc nào?",
            "values": [{"key": "toi", "name": "Buổi tối"}, {"key": "khuya", "name": "Đêm khuya"}],
        },
    ]
    [note] = found["notes"]
    assert note["description"] == "Đã gửi phản ánh"
    assert note["status"] == "open"
    [plain] = read(server.get(f"requests/{answer['service_request_id']}", wanted))
    assert "attributes" not in plain and "notes" not in plain
