"""Private and restricted tickets never leave, and no personal datum does: every endpoint is read and searched.

The endpoints are taken from the application itself, so that a new one is read here, too.
"""

from __future__ import annotations

import asyncio
import io
import itertools
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from PIL import Image

from bot.open311.tokens import Tokens
from bot.privacy import Cipher
from bot.tickets import Status
from bot.tickets.contacts import Contact
from bot.tickets.people import Actor, Citizen
from tests.support.open311 import OTHER, SECRET, WRITER, OpenServer, read, report

OFFICER = Actor.remote("the office")
PERSON = {
    "first_name": "Hoà Bình",
    "last_name": "Trịnh Khắc",
    "phone": "0912 345 678",
    "email": "trinh.hoabinh@example.vn",
    "device_id": "thiet-bi-7f3a9c",
    "account_id": "tai-khoan-55821",
}
SECRETS = (
    "hoà bình", "hòa bình", "hoa binh", "trịnh khắc", "trinh khac", "0912 345 678", "0912345678", "trinh.hoabinh",
    "thiet-bi-7f3a9c", "tai-khoan-55821", "079203001234", "chuyện riêng", "cán bộ hách dịch",
)  # fmt: skip


def every_get(server: OpenServer, codes: list[str], tokens: list[str]) -> Iterator[tuple[str, httpx.Response]]:
    """All that can be read, with every parameter that shows more, without a key and with each."""
    keys = ({}, {"api_key": WRITER}, {"api_key": OTHER})
    described = httpx.get(f"{server.url}/open311/openapi.json").json()
    reading = [path for path, item in described["paths"].items() if "get" in item]
    assert len(reading) == 7
    for path, wanted, key, more in itertools.product(reading, ("json", "xml"), keys, ({}, {"extensions": "true"})):
        fill = {
            "service_code": ["rac_thai", "can_bo", "an_ninh"],
            "service_request_id": codes,
            "token": tokens,
        }
        name = next((name for name in fill if f"{{{name}}}" in path), None)
        for value in fill[name] if name else [""]:
            url = server.base + path.replace(f"{{{name}}}", value).replace("{format}", wanted)
            lists = ({}, {"service_request_id": ",".join(codes)}, {"service_code": "can_bo,an_ninh"})
            if name is None and key:
                lists = (*lists, {"external_id": "private-one"}, {"external_id": "restricted-one"})
            for selected in ({},) if name else lists:
                params = {**key, **more, **selected}
                yield f"{url} {params}", server.client.get(url, params=params)


def token(server: OpenServer, code: str) -> str:
    """A token for any ticket, as the server itself would make it."""
    return Tokens(Cipher(SECRET, "open311-token")).make(code)


@pytest.fixture(scope="module")
def codes(server: OpenServer) -> tuple[list[str], list[str]]:
    """Codes of tickets that are hidden, and of those that are shown."""
    return asyncio.run(filed(server))


async def filed(server: OpenServer) -> tuple[list[str], list[str]]:
    async with server.tickets() as tickets:
        restricted = (await tickets.file(report(category="can_bo", description="cán bộ hách dịch"), "restricted")).code
        private = (await tickets.file(report(category="an_ninh", description="chuyện riêng A"), "private")).code
        kept = (await tickets.file(report(private=True, description="chuyện riêng B"), "kept")).code
        for code in (restricted, private, kept):
            await tickets.advance(code, Status.DONE, OFFICER, text="cán bộ hách dịch: chuyện riêng đã xong")
        hidden = [restricted, private, kept]
        hidden += [
            server.file(service_code="can_bo", description="cán bộ hách dịch", external_id="restricted-one"),
            server.file(service_code="an_ninh", description="chuyện riêng C", external_id="private-one"),
        ]
        # Filed as an open category that the place keeps to itself by now.
        late = (await tickets.file(report(description="chuyện riêng D"), "late")).code
        with psycopg.connect(server.database_url, autocommit=True) as connection:
            connection.execute("UPDATE tickets SET category = 'an_ninh' WHERE code = %s", [late])
        hidden.append(late)

        name = "Trịnh Khắc Hoà Bình"
        posted = server.file(
            **PERSON,
            address_string="trước nhà TRINH KHAC HOA BINH, 0912.345.678",
            description="Tôi là Trịnh Khắc Hòa Bình, sđt 0912345678, mail Trinh.HoaBinh@example.vn, cccd 079203001234,"
            " máy thiet-bi-7f3a9c, rác đầy đường",
        )
        citizen = (
            await tickets.file(
                report(
                    description=f"{name} báo: rác đầy đường",
                    place="nhà hoà bình, ngõ 3",
                    address="nhà Trịnh Khắc Hòa Bình",
                    contact=Contact(name=name, phone="0912 345 678", email="trinh.hoabinh@example.vn"),
                ),
                "citizen",
            )
        ).code
        for code in (posted, citizen):
            await tickets.advance(code, Status.IN_PROGRESS, OFFICER)
            await tickets.answer(code, OFFICER, f"Kính gửi ông {name}, số 0912345678: mai sẽ dọn.")
            await tickets.note(code, OFFICER, "chuyện riêng trong nhà")
            await tickets.ask_citizen(code, OFFICER, "chuyện riêng: nhà ông ở đâu?")
        pin = tickets._kit.pins.of(citizen)
        await tickets.citizen_replied(citizen, Citizen(pin=pin), "chuyện riêng: nhà tôi đây")
        await tickets.advance(citizen, Status.DONE, OFFICER, text="đã dọn")
        await tickets.confirm(citizen, Citizen(pin=pin), False, comment="chuyện riêng: chưa xong")
        await tickets.advance(citizen, Status.DONE, OFFICER, text="đã dọn lại")
        await tickets.confirm(citizen, Citizen(pin=pin), True, rating=2, comment="chuyện riêng: tạm")
        await tickets.reopen(citizen, Citizen(pin=pin), "chuyện riêng: lại có rác")
        return hidden, [posted, citizen]


def test_hidden_tickets_are_in_no_reply(server: OpenServer, codes: tuple[list[str], list[str]]) -> None:
    hidden, shown = codes
    tokens = [token(server, code) for code in (*hidden, *shown)]
    asked = 0
    for url, response in every_get(server, [*hidden, *shown], tokens):
        asked += 1
        about = url.split("?")[0]
        said = response.text
        for code in hidden:
            if code in about and response.status_code == 404:
                said = said.replace(code, "")  # it is repeated to who asked for it, as any code is
            assert code not in said, url
        if response.status_code == 200 and "/tokens/" in url:
            assert any(code in said for code in shown), url
    assert asked > 200


def test_hidden_codes_are_told_apart_from_unknown_ones_in_nothing(
    server: OpenServer, codes: tuple[list[str], list[str]], wanted: str
) -> None:
    hidden, _ = codes
    for code in hidden:
        mine, none = server.get(f"requests/{code}", wanted), server.get("requests/PA-2026-999999", wanted)
        assert (mine.status_code, mine.text.replace(code, "PA-2026-999999")) == (404, none.text)
        update = {
            "api_key": OTHER, "update_id": "1", "status": "open", "description": "x",
            "updated_datetime": "2026-11-25T00:00:00Z",
        }  # fmt: skip
        mine = server.post("servicerequestupdates", wanted, service_request_id=code, **update)
        none = server.post("servicerequestupdates", wanted, service_request_id="PA-2026-999999", **update)
        assert (mine.status_code, mine.text.replace(code, "PA-2026-999999")) == (404, none.text)


def test_no_personal_datum_is_in_any_reply(server: OpenServer, codes: tuple[list[str], list[str]]) -> None:
    hidden, shown = codes
    tokens = [token(server, code) for code in shown]
    seen: set[str] = set()
    for url, response in every_get(server, [*hidden, *shown], tokens):
        said = response.text.lower()
        seen |= {code for code in shown if code in response.text}
        for secret in SECRETS:
            if secret == "hoà bình" and "nhà hoà bình" in said:
                said = said.replace("nhà hoà bình", "")  # a house of that name; half a name is not a name
            assert secret not in said, (url, secret)
    assert seen == set(shown)


def test_what_was_said_is_shown_otherwise(server: OpenServer, codes: tuple[list[str], list[str]]) -> None:
    """So that the tests above do not pass because nothing is shown at all."""
    _, [posted, citizen] = codes
    [found] = server.get(f"requests/{posted}").json()
    assert found["description"].endswith("rác đầy đường")
    assert found["address"].startswith("trước nhà (tên)")
    updates = [item["description"] for item in server.get("servicerequestupdates", service_request_id=citizen).json()]
    assert "Kính gửi ông (tên), số (số điện thoại): mai sẽ dọn." in updates
    assert "đã dọn" in updates and "đã dọn lại" in updates
    assert "Mở lại" in updates


def test_contact_is_kept_encrypted_with_the_ticket_and_nothing_else_of_the_person(server: OpenServer) -> None:
    code = server.file(**PERSON, description="rác")
    with psycopg.connect(server.database_url) as connection:
        row = connection.execute("SELECT t.*, t.contact FROM tickets t WHERE code = %s", [code]).fetchone()
        events = connection.execute(
            "SELECT e.* FROM ticket_events e JOIN tickets t ON t.id = e.ticket_id WHERE code = %s", [code]
        ).fetchall()
        jobs = connection.execute("SELECT args FROM procrastinate_jobs").fetchall()
    stored = f"{row} {events} {jobs}".lower()
    assert not [secret for secret in SECRETS if secret in stored]
    contact = Cipher(SECRET, "ticket-contact").decrypt(bytes(row[-1]), code)
    assert contact == ('{"name": "Trịnh Khắc Hoà Bình", "phone": "0912 345 678", "email": "trinh.hoabinh@example.vn"}')


def test_a_picture_is_published_nowhere(server: OpenServer) -> None:
    made = io.BytesIO()
    Image.new("RGB", (8, 8)).save(made, "JPEG")
    code = server.file(files={"media": ("a.jpg", made.getvalue(), "image/jpeg")})
    with psycopg.connect(server.database_url) as connection:
        [(key,)] = connection.execute(
            "SELECT p.key FROM ticket_photos p JOIN tickets t ON t.id = p.ticket_id WHERE t.code = %s", [code]
        ).fetchall()
    for wanted in ("json", "xml"):
        [found] = read(server.get(f"requests/{code}", wanted, extensions="true"))
        assert found["media_url"] is None
        assert key not in str(found)
    assert any(Path(server.settings.data / "photos").rglob(f"{key}.jpg"))


def test_errors_repeat_no_key(server: OpenServer) -> None:
    response = server.post("requests", api_key="a-wrong-but-secret-key", service_code="rac_thai")
    assert response.status_code == 403
    assert "a-wrong-but-secret-key" not in response.text
