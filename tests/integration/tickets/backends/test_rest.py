"""Against a small but real system of a province, with its own database, OAuth 2 and signed messages."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from bot.storage import jobs
from bot.tickets import SYSTEM
from bot.tickets.backends import backend_of
from bot.tickets.backends.mount import routes
from bot.tickets.following import Following
from bot.tickets.submissions import Submissions
from tests.support import rest_backend, served
from tests.support.backends import REST, Remote, remote_place
from tests.support.rest_backend import CLIENT, SECRET, WEBHOOK_SECRET, message

NAME = "Nguyễn Thị Ánh Tuyết"


@pytest.fixture
async def place(database_url: str, tmp_path: Path) -> AsyncIterator[Remote]:
    with served.served(rest_backend.application, str(tmp_path / "tinh.sqlite"), 3, 1.0) as url:
        backend = REST | {
            "url": url,
            "auth": {"kind": "oauth2", "token_url": f"{url}/oauth/token", "client_id": CLIENT},
        }
        async with remote_place(
            database_url, tmp_path, backend, backend_secret=SECRET, backend_webhook_secret=WEBHOOK_SECRET
        ) as made:
            yield made


def ago(hours: float) -> str:
    """A moment as the system writes it."""
    return (datetime.now(UTC) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def there(place: Remote, **values: Any) -> Any:
    return served.control(place.locality.backend.url, **values)  # type: ignore[union-attr]  # it is the other system


async def handed_over(place: Remote, count: int) -> None:
    """Take jobs' steps until all are there."""
    handing = Submissions(place.kit, backend_of(place.settings, place.locality), place.locality.backend)  # type: ignore[arg-type]  # it is another system
    async with asyncio.timeout(30):
        while await place.states() != {"accepted": count}:
            rows = await place.submissions()
            await asyncio.gather(*(handing.step(code) for code, row in rows.items() if row.state != "accepted"))


async def asked(place: Remote) -> int:
    return await Following(place.kit, backend_of(place.settings, place.locality), place.locality.backend).poll()  # type: ignore[arg-type]  # it is another system


async def test_fields_arrive_as_the_file_maps_them_and_with_one_token(place: Remote) -> None:
    (code,) = await place.file(description="Đèn không sáng", contact={"name": NAME})
    await handed_over(place, 1)
    found = there(place)
    (ticket,) = found["tickets"]
    assert ticket["body"] == {
        "nguon": {"ma": f"motcua:phuong-mau:{code}", "he_thong": "motcua"},
        "noi_dung": "Đèn không sáng",
        "vi_tri": {"dia_chi": "hẻm 0 Trần Phú"},
        "linh_vuc": 17,
        "nguoi": {"ten": NAME},
    }
    assert (await place.submissions())[code].remote_id == str(ticket["id"])
    await asked(place)
    assert found["issued"] == there(place)["issued"] == 1
    there(place, revoke=True)
    await asked(place)
    assert there(place)["issued"] == 2


async def test_with_faults_there_is_one_ticket_for_each(place: Remote) -> None:
    there(place, rate=0.5)
    codes = await place.file(60)
    await handed_over(place, 60)
    refs = Counter(ticket["ref"].rpartition(":")[2] for ticket in there(place)["tickets"])
    assert refs == dict.fromkeys(codes, 1)


async def test_other_categories_and_restricted_reports_stay_here(place: Remote) -> None:
    await place.file(category="rac_thai")
    await place.file(private=True, description="riêng")
    assert await place.submissions() == {}


async def test_changes_are_followed_over_pages_and_an_older_one_never_counts(place: Remote) -> None:
    codes = await place.file(30)
    await handed_over(place, 30)
    ids = {code: row.remote_id for code, row in (await place.submissions()).items()}
    first, second, third, *rest = codes
    there(
        place,
        change=[
            *([ids[code], "dang_lam", ago(10), f"Đã cử người ({code})"] for code in codes),
            *([ids[code], "xong", ago(5 - n / 100), "Đã thay bóng"] for n, code in enumerate(codes[1:])),
        ],
    )
    await asked(place)
    statuses = await place.statuses()
    assert statuses[first] == "in_progress"
    assert {statuses[code] for code in (second, third, *rest)} == {"awaiting_citizen"}
    there(
        place,
        change=[
            [ids[second], "dang_lam", ago(9), "Đến muộn"],
            [ids[third], "la", ago(1), "Chuyện lạ"],
            [ids[first], "tu_choi", ago(1), "Đèn của hộ dân"],
        ],
    )
    await asked(place)
    await asked(place)  # again the same: once each
    statuses = await place.statuses()
    assert (statuses[first], statuses[second], statuses[third]) == ("refused", "awaiting_citizen", "awaiting_citizen")
    received = await place.events("UpdateReceived")
    assert {code: len(events) for code, events in received.items()} == {
        code: 3 if code in (second, third) else 2 for code in codes
    } | {first: 2}
    notes = await place.events("NoteAdded")
    assert [event.text for event in notes[second]] == ["Đến muộn"]
    assert [event.text for event in notes[third]] == ["Chuyện lạ"]
    told = await place.service.notices(SYSTEM)
    assert [(one.kind, one.ticket, one.data["error"]) for one in told if one.kind == "submission"] == [
        ("submission", third, "unknown_status")
    ]


async def test_who_finished_may_begin_anew(place: Remote) -> None:
    (code,) = await place.file()
    await handed_over(place, 1)
    number = (await place.submissions())[code].remote_id
    for state, hours, status in [
        ("xong", 9, "awaiting_citizen"),
        ("dang_lam", 8, "in_progress"),
        ("dang_lam", 7, "in_progress"),
        ("xong", 6, "awaiting_citizen"),
    ]:
        there(place, change=[[number, state, ago(hours), f"{hours} giờ trước"]])
        await asked(place)
        assert (await place.statuses())[code] == status


async def test_a_signed_message_is_taken_once_and_a_false_or_old_one_never(place: Remote) -> None:
    (code,) = await place.file()
    await handed_over(place, 1)
    number = (await place.submissions())[code].remote_id
    change = {"id": 1, "ticket": {"id": number}, "state": "xong", "at": "2026-11-24T08:00:00+07:00", "note": "Đã thay"}
    async with routes(place.settings, place.locality) as made:
        transport = httpx.ASGITransport(Starlette(routes=made))
        async with httpx.AsyncClient(transport=transport, base_url="http://place") as client:

            async def post(body: bytes, headers: dict[str, str]) -> int:
                return (await client.post("/webhooks/tickets", content=body, headers=headers)).status_code

            body, headers = message(change)
            for wrong in (
                message(change, secret="another")[1],
                message(change, at=1_700_000_000)[1],
                headers | {"X-Timestamp": str(int(headers["X-Timestamp"]) + 1)},
                headers | {"X-Signature": headers["X-Signature"].upper()},
                {},
            ):
                assert await post(body, wrong) == 401
            assert await post(body + b" ", headers) == 401
            assert (await place.statuses())[code] == "received"
            assert await post(body, headers) == 200
            assert await post(body, headers) == 200
            assert (await place.statuses())[code] == "awaiting_citizen"
            assert len((await place.events("UpdateReceived"))[code]) == 1
            assert await post(*message({"state": "xong"})) == 422
            assert await post(*message(change | {"ticket": {"id": 999}})) == 404
            assert await post(b"x" * 300_000, headers) == 413


async def test_news_of_a_ticket_whose_number_has_not_reached_us_is_kept_or_asked_for_again(place: Remote) -> None:
    (code,) = await place.file()
    async with place.sessions.begin() as session:
        await session.execute(text("UPDATE ticket_submissions SET state = 'unknown'"))
    change = {"id": 1, "ticket": {"id": 77}, "state": "dang_lam", "at": "2026-11-24T08:00:00Z"}
    async with routes(place.settings, place.locality) as made:
        transport = httpx.ASGITransport(Starlette(routes=made))
        async with httpx.AsyncClient(transport=transport, base_url="http://place") as client:
            body, headers = message(change)
            answer = await client.post("/webhooks/tickets", content=body, headers=headers)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
            body, headers = message(change | {"ref": f"motcua:phuong-mau:{code}"})
            assert (await client.post("/webhooks/tickets", content=body, headers=headers)).status_code == 200
    row = (await place.submissions())[code]
    assert (row.state, row.remote_id) == ("accepted", "77")
    assert (await place.statuses())[code] == "in_progress"


async def test_the_jobs_of_a_real_worker_hand_over_and_follow(place: Remote) -> None:
    (code,) = await place.file()
    await jobs.run(place.settings, wait=False)
    number = (await place.submissions())[code].remote_id
    there(place, change=[[number, "xong", ago(1), "Đã thay bóng"]])
    await place.defer("tickets.follow")
    await jobs.run(place.settings, wait=False)
    assert (await place.statuses())[code] == "awaiting_citizen"


async def test_a_ticket_whose_job_was_lost_gets_one(place: Remote) -> None:
    (code,) = await place.file()
    handing = Submissions(place.kit, backend_of(place.settings, place.locality), place.locality.backend)  # type: ignore[arg-type]  # it is another system
    assert await handing.find_lost() == 0
    await place.run_sql("DELETE FROM procrastinate_jobs")
    await place.run_sql("UPDATE ticket_submissions SET updated_at = now() - interval '1 day'")
    assert await handing.find_lost() == 1
    await jobs.run(place.settings, wait=False)
    assert (await place.submissions())[code].state == "accepted"
