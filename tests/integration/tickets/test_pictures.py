"""Pictures of a report: checked, asked for, kept, expired, erased."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from actions import office, services
from bot.storage.models import Ticket, TicketPhoto
from bot.tickets import Actor
from bot.tickets.draft import CONTACT, PHOTOS
from bot.tickets.photos import MOST_WAITING, Photos, TooManyPhotosError
from tests.integration.tickets.counter import LAMP, arrive, row, sent, working
from tests.support.localities import ward


async def test_a_picture_reaches_the_ticket(here: services.Services) -> None:
    citizen = await arrive(here)
    await citizen.says(LAMP, "report_chieu_sang")
    key = await citizen.takes_a_picture()
    await citizen.sends(photo=key)
    assert "đã nhận ảnh" in citizen.said
    assert citizen.asked == CONTACT
    await citizen.presses("anonymous")
    assert "Ảnh: 1" in citizen.said
    code = await sent(citizen)
    [photo] = (await here.tickets.detail(code, Actor.staff("lan", "admin"))).photos
    assert (photo.key, photo.stage, photo.type) == (key, "before", "image/jpeg")


async def test_a_picture_alone_begins_a_report(here: services.Services) -> None:
    citizen = await arrive(here)
    await citizen.sends(photo=await citizen.takes_a_picture())
    assert citizen.asked == "report_category"
    await citizen.presses("cancel")
    assert await Photos(here.database, here.settings).expire() == 0, "a cancelled report keeps no picture"
    async with here.database.connect() as connection:
        assert (await connection.execute(select(TicketPhoto))).first() is None
    assert not list((here.settings.data / "photos").rglob("*.jpg"))


async def test_anothers_picture_or_an_invented_one_is_not_taken(here: services.Services) -> None:
    other, citizen = await arrive(here), await arrive(here)
    key = await other.takes_a_picture()
    await citizen.says(LAMP, "report_chieu_sang")
    for foreign in (key, "0" * 32):
        await citizen.sends(photo=foreign)
        assert "không còn được giữ" in citizen.said
    code = await sent(citizen)
    assert not (await here.tickets.detail(code, Actor.staff("lan", "admin"))).photos


async def test_a_picture_that_expired_before_filing_does_not_hold_the_report_up(here: services.Services) -> None:
    citizen = await arrive(here)
    await citizen.says(LAMP, "report_chieu_sang")
    await citizen.sends(photo=await citizen.takes_a_picture())
    photos = Photos(here.database, here.settings)
    assert await photos.expire(datetime.now(UTC) + timedelta(hours=25)) >= 1
    assert (await row(here, await sent(citizen))).code


async def test_pictures_are_asked_for_only_where_the_category_wants_one_afterwards(
    database_url: str, tmp_path: Path
) -> None:
    async with working(database_url, tmp_path, ward()) as here:
        citizen = await arrive(here)
        await citizen.says("ổ gà sâu trước số 7 đường Hoa Mai", "report_giao_thong")
        assert citizen.asked == PHOTOS
        await citizen.says("không có ảnh")
        assert citizen.asked == CONTACT
        officer = await arrive(here)
        await officer.says("cán bộ quầy số 2 đường Trần Phú quát mắng dân", "report_can_bo")
        await officer.sends(photo=await officer.takes_a_picture())
        assert "không nhận ảnh" in officer.said


async def test_files_are_private_and_go_with_their_rows(here: services.Services) -> None:
    photos = Photos(here.database, here.settings)
    citizen = await arrive(here)
    key = await citizen.takes_a_picture()
    for thumbnail in (False, True):
        path = photos.path(key, thumbnail=thumbnail)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert (await photos.read(key, thumbnail=thumbnail) or b"").startswith(b"\xff\xd8")
    for invented in ("0" * 32, "../../../etc/passwd", key.upper(), ""):
        assert await photos.read(invented) is None
    stray = photos.path("ab" * 16)
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"x")
    assert await photos.expire() == 0
    assert await photos.expire(datetime.now(UTC) + timedelta(hours=2)) == 1, "the stray file"
    assert not stray.exists()
    assert await photos.expire(datetime.now(UTC) + timedelta(hours=25)) == 1
    assert await photos.read(key) is None
    assert not list((here.settings.data / "photos").rglob("*.jpg"))


async def test_pictures_of_a_ticket_go_when_its_retention_is_over(here: services.Services) -> None:
    citizen = await arrive(here)
    await citizen.says(LAMP, "report_chieu_sang")
    key = await citizen.takes_a_picture()
    await citizen.sends(photo=key)
    code = await sent(citizen)
    photos, late = Photos(here.database, here.settings), datetime.now(UTC) + timedelta(days=200)
    assert await photos.expire(late) == 0, "an open ticket keeps its pictures"
    async with here.database.begin() as connection:
        await connection.execute(update(Ticket).where(Ticket.code == code).values(closed_at=datetime.now(UTC)))
    assert await photos.expire(late - timedelta(days=30)) == 0
    assert await photos.expire(late) == 1
    assert await photos.read(key) is None


async def test_a_conversation_keeps_only_so_many_pictures(here: services.Services) -> None:
    citizen, photos = await arrive(here), Photos(here.database, here.settings)
    for _ in range(MOST_WAITING):
        assert await photos.check_room(citizen.key)
        await citizen.takes_a_picture()
    with pytest.raises(TooManyPhotosError):
        await photos.check_room(citizen.key)
    assert not await photos.check_room("00000000-0000-4000-8000-000000000000")


async def test_erasure_takes_the_pictures_too(here: services.Services) -> None:
    citizen = await arrive(here)
    await citizen.says(LAMP, "report_chieu_sang")
    await citizen.sends(photo=await citizen.takes_a_picture())
    await citizen.says("xóa hết dữ liệu của tôi đi", "privacy", digression=office.ActionPrivacy())
    async with here.database.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM ticket_photos"))).scalar_one() == 0
