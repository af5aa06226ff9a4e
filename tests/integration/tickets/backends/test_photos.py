"""The citizen's pictures on their way to another system: each with its report, once, and to nobody else."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from PIL import Image
from starlette.applications import Starlette

from bot.channels.web.tickets import routes
from bot.locality import LiveLocality
from bot.storage.models import Conversation
from bot.tickets.backends import backend_of
from bot.tickets.photo_links import PATH, PhotoLinks
from bot.tickets.photos import Photos
from bot.tickets.submissions import Submissions
from tests.support import faulty_open311, rest_backend, served
from tests.support.backends import OPEN311, REST, SECRET_KEY, Remote, remote_place
from tests.support.databases import Databases
from tests.support.folders import public_folder
from tests.support.open311 import WRITER, running_open311
from tests.support.rest_backend import CLIENT, SECRET

PUBLIC = "https://hoi.example"
SERVICE = {"code": "chieu_sang", "attributes": {"hien_tuong": "tinh_trang"}}


def picture(shade: int) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (320, 240), (shade % 256, 99, 7)).save(made, "PNG")
    return made.getvalue()


async def filed(place: Remote, count: int, photos: int = 1, **more: Any) -> dict[str, list[str]]:
    """Tickets with pictures; the SHA-256 of each picture's file, by the ticket's code."""
    found: dict[str, list[str]] = {}
    store = Photos(place.sessions, place.settings)
    for number in range(count):
        key = uuid.uuid4()
        async with place.sessions.begin() as session:
            session.add(Conversation(key=key, channel="web", external_id=str(key)))
        keys = tuple([(await store.keep(picture(9 * number + n), conversation=str(key))).key for n in range(photos)])
        (code,) = await place.file(description=f"Đèn {number}", conversation=str(key), photos=keys, **more)
        found[code] = [hashlib.sha256(await store.read(one) or b"").hexdigest() for one in keys]
    return found


async def handed_over(place: Remote, count: int) -> None:
    handing = Submissions(place.kit, backend_of(place.settings, place.locality), place.locality.backend)  # type: ignore[arg-type]  # it is another system
    async with asyncio.timeout(40):
        while await place.states() != {"accepted": count}:
            rows = await place.submissions()
            await asyncio.gather(*(handing.step(code) for code, row in rows.items() if row.state != "accepted"))


async def test_pictures_arrive_once_with_their_report_whatever_fails(database_url: str, tmp_path: Path) -> None:
    with served.served(faulty_open311.application, 5, 1.0) as url:
        backend = OPEN311 | {"url": url, "media": "upload"}
        async with remote_place(database_url, tmp_path, backend) as place:
            sent = await filed(place, 20, photos=2)
            served.control(url, rate=0.4)
            await handed_over(place, 20)
            requests = list(served.control(url)["requests"].values())
            there = {item["description"].rpartition(":")[2].rstrip("]"): item["form"]["media"] for item in requests}
            assert len(requests) == 20
            assert there == sent


async def test_without_being_asked_for_no_picture_leaves(database_url: str, tmp_path: Path) -> None:
    with served.served(faulty_open311.application, 5, 1.0) as url:
        async with remote_place(database_url, tmp_path, OPEN311 | {"url": url}) as place:
            await filed(place, 1)
            await handed_over(place, 1)
            [item] = served.control(url)["requests"].values()
            assert item["form"]["media"] == []
            assert "media_url" not in item["form"]


async def test_a_server_that_will_not_have_them_gets_the_report_all_the_same(database_url: str, tmp_path: Path) -> None:
    with served.served(faulty_open311.application, 5, 1.0) as url:
        async with remote_place(database_url, tmp_path, OPEN311 | {"url": url, "media": "upload"}) as place:
            served.control(url, no_media=True)
            await filed(place, 1)
            await handed_over(place, 1)
            [item] = served.control(url)["requests"].values()
            assert item["form"]["media"] == []


async def test_a_picture_whose_file_is_gone_does_not_hold_the_report_up(database_url: str, tmp_path: Path) -> None:
    with served.served(faulty_open311.application, 5, 1.0) as url:
        async with remote_place(database_url, tmp_path, OPEN311 | {"url": url, "media": "upload"}) as place:
            await filed(place, 1)
            for path in (place.settings.data / "photos").rglob("*.jpg"):
                path.unlink()
            await handed_over(place, 1)


@pytest.mark.parametrize("wanted", ["json", "xml"])
async def test_our_own_server_keeps_them_with_the_ticket(
    databases: Databases, database_url: str, tmp_path: Path, wanted: str
) -> None:
    with public_folder() as folder, databases.fresh() as url, running_open311(url, folder) as server:
        backend = OPEN311 | {
            "url": server.base, "format": wanted, "media": "upload", "services": {"chieu_sang": SERVICE},
            "timeout": 10, "settle": 10,
        }  # fmt: skip
        async with remote_place(database_url, tmp_path, backend, backend_secret=WRITER) as place:
            await filed(place, 1, photos=2, answers={"hien_tuong": "tat"})
            await handed_over(place, 1)
            [row] = (await place.submissions()).values()
            with psycopg.connect(server.database_url) as connection:
                kept = connection.execute(
                    "SELECT p.stage, p.width FROM ticket_photos p JOIN tickets t ON t.id = p.ticket_id"
                    " WHERE t.code = %s",
                    [row.remote_id],
                ).fetchall()
            assert kept == [("before", 320)] * 2
            [item] = server.get(f"requests/{row.remote_id}").json()
            assert item["media_url"] is None, "what a citizen sent is not published"


def rest(url: str, **fields: str) -> dict[str, Any]:
    backend = REST | {"url": url, "auth": {"kind": "oauth2", "token_url": f"{url}/oauth/token", "client_id": CLIENT}}
    return backend | {"restricted": True, "submit": {**REST["submit"], "fields": REST["submit"]["fields"] | fields}}


@pytest.mark.parametrize("private", [False, True])
async def test_a_json_api_gets_them_in_the_call_itself(database_url: str, tmp_path: Path, private: bool) -> None:
    with served.served(rest_backend.application, str(tmp_path / "tinh.sqlite"), 3, 1.0) as url:
        async with remote_place(
            database_url, tmp_path, rest(url, **{"dinh_kem.anh": "photos"}), backend_secret=SECRET
        ) as place:
            sent = await filed(place, 1, photos=2, private=private)
            await handed_over(place, 1)
            [ticket] = served.control(url)["tickets"]
            [(code, hashes)] = sent.items()
            images = ticket["body"]["dinh_kem"]["anh"]
            assert [image["name"] for image in images] == [f"{code}-1.jpg", f"{code}-2.jpg"]
            assert {image["type"] for image in images} == {"image/jpeg"}
            assert [hashlib.sha256(base64.b64decode(image["content"])).hexdigest() for image in images] == hashes


async def test_addresses_are_signed_end_and_open_one_picture(database_url: str, tmp_path: Path) -> None:
    with served.served(rest_backend.application, str(tmp_path / "tinh.sqlite"), 3, 1.0) as url:
        backend = rest(url, anh="photo_links") | {"link_days": 2}
        async with remote_place(database_url, tmp_path, backend, backend_secret=SECRET) as place:
            place.settings.public_url = PUBLIC
            sent = await filed(place, 1, photos=2)
            await handed_over(place, 1)
            [ticket] = served.control(url)["tickets"]
            links = ticket["body"]["anh"]
            assert all(link.startswith(f"{PUBLIC}{PATH}/") for link in links)
            settings = place.settings.model_copy(update={"rate_limit": "off"})
            async with routes(settings, LiveLocality(place.settings.locality)) as made:
                app = Starlette(routes=made)
                async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLIC) as client:
                    [hashes] = sent.values()
                    for link, wanted in zip(links, hashes, strict=True):
                        answer = await client.get(link)
                        assert answer.headers["content-type"] == "image/jpeg"
                        assert answer.headers["x-robots-tag"] == "noindex"
                        assert hashlib.sha256(answer.content).hexdigest() == wanted
                    token = links[0].rpartition("/")[2]
                    key, end, mark = token.removesuffix(".jpg").split("-")
                    other = links[1].rpartition("/")[2].split("-")[0]
                    forged = [
                        f"{other}-{end}-{mark}", f"{key}-{int(end, 16) + 1:08x}-{mark}", f"{key}-{end}-{'0' * 32}",
                        key, "..%2f..%2fetc", f"{key}-{end}-{mark}x",
                    ]  # fmt: skip
                    for wrong in forged:
                        assert (await client.get(f"{PATH}/{wrong}")).status_code == 404, wrong
                    await place.run_sql("UPDATE tickets SET restricted = true")
                    assert (await client.get(links[0])).status_code == 404, "kept to few meanwhile"
            reader = PhotoLinks(SECRET_KEY)
            now = datetime.now(UTC)
            assert reader.read(token, now + timedelta(days=1)) == key
            assert reader.read(token, now + timedelta(days=2, seconds=5)) is None
            assert PhotoLinks("another key, long enough").read(token) is None


@pytest.mark.parametrize("why", ["private", "no address of ours"])
async def test_no_address_is_given_of_what_is_private_or_where_nobody_can_reach_us(
    database_url: str, tmp_path: Path, why: str
) -> None:
    with served.served(rest_backend.application, str(tmp_path / "tinh.sqlite"), 3, 1.0) as url:
        async with remote_place(database_url, tmp_path, rest(url, anh="photo_links"), backend_secret=SECRET) as place:
            if why == "private":
                place.settings.public_url = PUBLIC
            await filed(place, 1, private=why == "private")
            await handed_over(place, 1)
            [ticket] = served.control(url)["tickets"]
            assert "anh" not in ticket["body"]


async def test_an_open311_server_gets_one_address(database_url: str, tmp_path: Path) -> None:
    with served.served(faulty_open311.application, 5, 1.0) as url:
        async with remote_place(database_url, tmp_path, OPEN311 | {"url": url, "media": "link"}) as place:
            place.settings.public_url = PUBLIC
            await filed(place, 1, photos=2)
            await handed_over(place, 1)
            [item] = served.control(url)["requests"].values()
            assert item["form"]["media_url"].startswith(f"{PUBLIC}{PATH}/")
            assert item["form"]["media"] == []
