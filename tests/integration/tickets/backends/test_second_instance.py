"""Our client against our own Open311 server in a second instance: there and back."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from bot.tickets import Actor, Status
from bot.tickets.backends import NotSentError, OutgoingReport, Receipt, UnknownError, backend_of
from bot.tickets.backends.open311 import Open311
from bot.tickets.following import Following
from bot.tickets.submissions import Submissions
from tests.support.backends import OPEN311, Remote, remote_place
from tests.support.databases import Databases
from tests.support.folders import public_folder
from tests.support.open311 import WRITER, OpenServer, running_open311

OFFICER = Actor.staff("lan", "admin")


@pytest.mark.parametrize("wanted", ["json", "xml"])
async def test_there_and_back(databases: Databases, database_url: str, tmp_path: Path, wanted: str) -> None:
    with public_folder() as folder, databases.fresh() as url, running_open311(url, folder) as server:
        backend = OPEN311 | {
            "url": server.base,
            "format": wanted,
            "services": {"chieu_sang": {"code": "chieu_sang", "attributes": {"hien_tuong": "tinh_trang"}}},
            "key_in": "external_id",
            "look_up": "external_id",
            "updates": "both",
            "timeout": 10,
            "settle": 10,
        }
        async with remote_place(database_url, tmp_path, backend, backend_secret=WRITER) as place:
            (code,) = await place.file(description="Đèn tắt trước chợ", answers={"hien_tuong": "tat"})
            remote_id = await _once_though_the_answer_is_lost(place, code)
            (item,) = server.get(f"requests/{remote_id}", extensions="true").json()
            assert item["description"] == "Đèn tắt trước chợ"
            assert [one["values"][0]["key"] for one in item["attributes"]] == ["tat"]
            assert len(server.get("requests").json()) == 1
            await _news_come_back(place, server, code, remote_id)
        # This instance's backend is its own console: nobody may tell it anything there.
        async with httpx.AsyncClient() as client:
            assert (await client.post(f"{server.url}/webhooks/tickets", content=b"{}")).status_code == 404


async def _once_though_the_answer_is_lost(place: Remote, code: str) -> str:
    """The first answer never arrives; the look-up finds what was filed by it."""
    config = place.locality.backend
    real = backend_of(place.settings, place.locality)
    handing = Submissions(place.kit, LosesAnswers(real), config)  # type: ignore[arg-type]  # an Open311 server both
    await handing.step(code)
    assert (await place.submissions())[code].state == "unknown"
    await handing.step(code)
    row = (await place.submissions())[code]
    assert (row.state, row.tries) == ("accepted", 2)
    assert row.remote_id
    return row.remote_id


async def _news_come_back(place: Remote, server: OpenServer, code: str, remote_id: str) -> None:
    following = Following(place.kit, backend_of(place.settings, place.locality), place.locality.backend)  # type: ignore[arg-type]  # an Open311 server
    async with server.tickets() as theirs:
        await theirs.route(remote_id)
        await theirs.move(remote_id, Status.IN_PROGRESS, OFFICER)
        await theirs.answer(remote_id, OFFICER, "Thợ điện đến sáng mai")
        await following.poll()
        assert "Thợ điện đến sáng mai" in [event.text for event in (await place.events())[code]]
        await theirs.move(remote_id, Status.REFUSED, OFFICER, reason="Đèn của hộ dân, không thuộc phường")
        await following.poll()
        await following.poll()
    assert (await place.statuses())[code] == "awaiting_citizen"
    events = (await place.events())[code]
    said = [event.text for event in events if event.public and event.text]
    assert "Đèn của hộ dân, không thuộc phường" in said
    received = [event.data["update_id"] for event in events if event.kind == "UpdateReceived"]
    assert len(received) == len(set(received))


class LosesAnswers:
    """A backend the first answer of which is lost on the way."""

    def __init__(self, real: object) -> None:
        assert isinstance(real, Open311)
        self._real = real
        self.name = real.name
        self._lost = False

    async def submit(self, report: OutgoingReport) -> Receipt:
        receipt = await self._real.submit(report)
        if not self._lost:
            self._lost = True
            raise UnknownError("timeout")
        return receipt

    async def look_up(self, report: OutgoingReport) -> Receipt | None:
        return await self._real.look_up(report)

    async def redeem(self, token: str) -> str | None:
        raise NotSentError("not asked")
