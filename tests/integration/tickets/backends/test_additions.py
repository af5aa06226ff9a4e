"""What a citizen adds after filing, on its way to the system that works on the ticket: each once, and no more than
the locality file lets go."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg

from bot.storage import jobs
from bot.storage.models import Conversation
from bot.tickets import Citizen, Status
from bot.tickets.backends.open311_form import MORE_PHOTOS
from bot.tickets.people import Actor
from bot.tickets.photos import Photos
from tests.support import faulty_open311, rest_backend, served
from tests.support.backends import OPEN311, REST, Remote, remote_place
from tests.support.databases import Databases
from tests.support.folders import public_folder
from tests.support.open311 import WRITER, running_open311
from tests.support.pictures import picture
from tests.support.rest_backend import CLIENT, SECRET

NAME = "Nguyễn Thị Ánh Tuyết"


async def a_citizen(place: Remote) -> str:
    key = uuid.uuid4()
    async with place.sessions.begin() as session:
        session.add(Conversation(key=key, channel="web", external_id=str(key)))
    return str(key)


async def adds(place: Remote, code: str, who: str, text: str, photos: int = 0) -> list[str]:
    """An addition; the SHA-256 of its pictures' files."""
    store = Photos(place.sessions, place.settings)
    keys = [(await store.keep(picture(64 + n, 48), conversation=who)).key for n in range(photos)]
    await place.service.citizen_replied(code, Citizen(who), text, keys)
    return [hashlib.sha256(await store.read(one) or b"").hexdigest() for one in keys]


async def worked_off(place: Remote, done: Callable[[], bool]) -> None:
    """A real worker, again and again, until it is done."""
    async with asyncio.timeout(60):
        while not done():
            await jobs.run(place.settings, wait=False)
            await asyncio.sleep(0.1)


@asynccontextmanager
async def open311(database_url: str, folder: Path, **more: Any) -> AsyncIterator[tuple[str, Remote]]:
    with served.served(faulty_open311.application, 5, 1.0) as url:
        async with remote_place(database_url, folder, OPEN311 | {"url": url} | more) as place:
            yield url, place


async def test_each_arrives_once_with_its_pictures_whatever_fails(database_url: str, tmp_path: Path) -> None:
    async with open311(database_url, tmp_path, media="upload", additions="all") as (url, place):
        who, sent = await a_citizen(place), {}
        for number in range(6):
            (code,) = await place.file(conversation=who, description=f"Đèn {number}", contact={"name": NAME})
            text = f"Trụ {number}, tôi là {NAME}"
            sent[f"motcua:phuong-mau:{code}"] = await adds(place, code, who, text, photos=number % 3)
        served.control(url, rate=0.4)
        await worked_off(place, lambda: len(served.control(url)["added"]) == 6)
        served.control(url, rate=0)
        await jobs.run(place.settings, wait=False)
        found = served.control(url)
    assert {key.rpartition(":")[0]: form["media"] for key, form in found["added"].items()} == sent
    texts = {form["description"] for form in found["added"].values()}
    assert {text[:5] for text in texts} == {f"Trụ {number}" for number in range(6)}
    assert NAME not in str(found)
    assert {form["status"] for form in found["added"].values()} == {"open"}
    assert {form["service_request_id"] for form in found["added"].values()} <= set(found["requests"])


async def test_of_pictures_alone_no_word_of_the_citizen_goes_along(database_url: str, tmp_path: Path) -> None:
    async with open311(database_url, tmp_path, media="upload", additions="photos") as (url, place):
        who = await a_citizen(place)
        (code,) = await place.file(conversation=who)
        await adds(place, code, who, "chỉ nói với cán bộ thôi")
        hashes = await adds(place, code, who, "nhà tôi ngay đó", photos=1)
        await worked_off(place, lambda: bool(served.control(url)["added"]))
        await jobs.run(place.settings, wait=False)
        (form,) = served.control(url)["added"].values()
    assert (form["description"], form["media"]) == (MORE_PHOTOS, hashes)


async def test_without_being_asked_for_nothing_is_passed_on(database_url: str, tmp_path: Path) -> None:
    async with open311(database_url, tmp_path, media="upload") as (_, place):
        who = await a_citizen(place)
        (code,) = await place.file(conversation=who)
        await adds(place, code, who, "thêm ảnh", photos=1)
        assert await place.count("procrastinate_jobs WHERE task_name = 'tickets.pass_on'") == 0


async def test_staff_are_told_of_what_is_refused(database_url: str, tmp_path: Path) -> None:
    async with open311(database_url, tmp_path, media="upload", additions="all") as (_, place):
        who = await a_citizen(place)
        (code,) = await place.file(conversation=who)
        await worked_off_submission(place, code)
        await place.run_sql("UPDATE ticket_submissions SET remote_id = 'gone'")
        await adds(place, code, who, "trụ số 5")
        await jobs.run(place.settings, wait=False)
        assert await place.count("staff_notices WHERE kind = 'submission' AND data ->> 'error' = 'http_404'") == 1


async def worked_off_submission(place: Remote, code: str) -> None:
    async with asyncio.timeout(30):
        while (await place.submissions())[code].state != "accepted":
            await jobs.run(place.settings, wait=False)


async def test_a_json_api_gets_the_fields_that_it_wants_also_when_a_report_is_reopened(
    database_url: str, tmp_path: Path
) -> None:
    with served.served(rest_backend.application, str(tmp_path / "tinh.sqlite"), 3, 1.0) as url:
        backend = REST | {
            "url": url,
            "auth": {"kind": "oauth2", "token_url": f"{url}/oauth/token", "client_id": CLIENT},
            "additions": {
                "path": "/api/tickets/{id}/additions",
                "fields": {"noi_dung": "text", "dinh_kem.anh": "photos", "luc": "at", "ma": "key"},
                "fixed": {"nguon": "nguoi_dan"},
            },
        }
        async with remote_place(database_url, tmp_path, backend, backend_secret=SECRET) as place:
            who = await a_citizen(place)
            (code,) = await place.file(conversation=who)
            hashes = await adds(place, code, who, "Trụ số 5", photos=1)
            await worked_off(place, lambda: len(served.control(url)["additions"]) == 1)
            await place.service.advance(code, Status.CLOSED, Actor.remote("tinh"), reason="xong")
            await place.service.reopen(code, Citizen(who), "vẫn tối")
            await worked_off(place, lambda: len(served.control(url)["additions"]) == 2)
            first, second = served.control(url)["additions"]
            remote = (await place.submissions())[code].remote_id
    assert {str(first["ticket"]), str(second["ticket"])} == {remote}
    body = first["body"]
    assert (body["noi_dung"], body["nguon"]) == ("Trụ số 5", "nguoi_dan")
    (image,) = body["dinh_kem"]["anh"]
    assert [hashlib.sha256(base64.b64decode(image["content"])).hexdigest()] == hashes
    assert second["body"]["noi_dung"] == "vẫn tối"
    assert body["ma"] != second["body"]["ma"]


async def test_our_own_server_takes_the_pictures_as_the_citizens(
    databases: Databases, database_url: str, tmp_path: Path
) -> None:
    with public_folder() as folder, databases.fresh() as url, running_open311(url, folder) as server:
        backend = OPEN311 | {
            "url": server.base, "media": "upload", "additions": "photos",
            "services": {"chieu_sang": {"code": "chieu_sang", "attributes": {"hien_tuong": "tinh_trang"}}},
            "timeout": 10, "settle": 10,
        }  # fmt: skip
        async with remote_place(database_url, tmp_path, backend, backend_secret=WRITER) as place:
            who = await a_citizen(place)
            (code,) = await place.file(conversation=who, answers={"hien_tuong": "tat"})
            await adds(place, code, who, "ảnh đây", photos=2)

            def kept() -> list[Any]:
                with psycopg.connect(server.database_url) as connection:
                    return connection.execute("SELECT stage, ticket_id IS NOT NULL FROM ticket_photos").fetchall()

            await worked_off(place, lambda: kept() == [("before", True)] * 2)
