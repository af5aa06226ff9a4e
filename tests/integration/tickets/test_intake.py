"""What the intake asks the database: wards of the country, similar reports, pictures."""

from __future__ import annotations

import contextlib
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select, text, update

from actions import office, reports, services
from bot.knowledge.search import LiveIndex
from bot.knowledge.service import AnswerService, DatabaseRecords
from bot.locality import Locality
from bot.settings import Settings
from bot.storage.database import connect_async, connect_sync
from bot.storage.models import Ticket, TicketPhoto
from bot.tickets import Actor, Desk, Status, TicketService
from bot.tickets.draft import CONFIRM, CONTACT, DETAILS, PHOTOS, PLACE, SIMILAR, WARD
from bot.tickets.photos import MOST_WAITING, Photos, TooManyPhotosError
from bot.tickets.placefile import import_files, packaged
from tests.integration.tickets.test_actions import Citizen
from tests.support.localities import plain, province, ward
from tests.support.pictures import picture

LAMP = "Bóng đèn hẻm 17 Trần Phú cháy mấy hôm rồi"


@contextlib.asynccontextmanager
async def working(url: str, folder: Path, locality: Locality) -> AsyncIterator[services.Services]:
    settings = Settings(
        secret_key=SecretStr("a secret key that is long enough"), database_url=SecretStr(url), data_dir=folder
    )
    database = connect_async(url)
    index = LiveIndex(database)
    made = services.Services(
        settings=settings,
        source=locality,
        database=database,
        index=index,
        answers=AnswerService(DatabaseRecords(database), index),
        tickets=TicketService(database, settings, locality),
        desk=Desk(settings, locality),
    )
    services._services.append(made)
    yield made
    services._services.remove(made)
    await database.dispose()


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[services.Services]:
    """A ward whose categories have no questions of their own."""
    async with working(database_url, tmp_path, plain(ward())) as made:
        yield made


@pytest.fixture
async def in_province(database_url: str, tmp_path: Path) -> AsyncIterator[services.Services]:
    async with working(database_url, tmp_path, plain(province())) as made:
        yield made


@pytest.fixture
def country(database_url: str) -> None:
    """The names of the whole country."""
    file = packaged()
    assert file is not None
    engine = connect_sync(database_url)
    done = import_files(engine, [file])
    again = import_files(engine, [file])
    engine.dispose()
    assert done == again
    assert done.former > 9000


@dataclass
class Person(Citizen):
    """A citizen who also sends pictures and places."""

    @property
    def asked(self) -> str | None:
        return self.slots.get("requested_slot")

    async def sends(self, *, photo: str | None = None, location: str | None = None) -> Citizen:
        found: dict[str, str] = {k: v for k, v in {"photo": photo, "location": location}.items() if v}
        [(kind, value)] = found.items()
        return await self._turn(f"{kind}:{value}", "report", found, None)

    async def takes_a_picture(self) -> str:
        here = self.here
        return (await Photos(here.database, here.settings).keep(picture(), conversation=self.key)).key


async def arrive(here: services.Services) -> Person:
    return await Person.arrive(here)  # type: ignore[return-value]  # a class method of the subclass


async def begun(here: services.Services, text: str = "đèn đường chớp tắt liên tục") -> Person:
    citizen = await arrive(here)
    await citizen.says(text, "report_chieu_sang")
    assert citizen.asked == PLACE
    return citizen


async def row(here: services.Services, code: str) -> Any:
    async with here.database.connect() as connection:
        return (await connection.execute(select(Ticket).where(Ticket.code == code))).one()


async def sent(citizen: Person) -> str:
    """Goes on to the end without a name; the code."""
    if citizen.asked == CONTACT:
        await citizen.presses("anonymous")
    assert citizen.asked == CONFIRM, citizen.said
    await citizen.presses("confirm")
    return str(citizen.slots["last_ticket"])


# The ward


@pytest.mark.parametrize("place", ["số 9 Hoa Mai, phường Mẫu Một", "so 9 hoa mai phuong mau mot"])
async def test_a_former_ward_is_shown_with_todays_and_confirmed(here: services.Services, place: str) -> None:
    citizen = await begun(here)
    await citizen.says(place)
    assert citizen.asked == WARD
    assert "Phường Mẫu Một nay thuộc Phường Mẫu, tỉnh Ví Dụ" in citizen.said
    await citizen.says("đúng rồi")
    assert citizen.asked == CONTACT
    await citizen.presses("anonymous")
    assert "(Phường Mẫu, tỉnh Ví Dụ)" in citizen.said
    ticket = await row(here, await sent(citizen))
    assert (ticket.place, ticket.ward) == (place, "phuong-mau")
    assert ticket.address == f"{place}, Phường Mẫu, tỉnh Ví Dụ"


async def test_a_wrong_ward_leads_back_to_the_place(here: services.Services) -> None:
    citizen = await begun(here)
    await citizen.says("phường Mẫu Hai, số 9 Hoa Mai")
    await citizen.presses("no")
    assert citizen.asked == PLACE
    await citizen.says("số 9 Hoa Mai")
    assert citizen.asked == CONTACT


async def test_a_place_outside_names_who_is_responsible_and_may_be_sent_all_the_same(
    here: services.Services, country: None
) -> None:
    citizen = await begun(here)
    await citizen.says("số 5 p12 quận gò vấp")
    assert citizen.asked == WARD
    assert "UBND Phường An Hội Tây, Thành phố Hồ Chí Minh" in citizen.said
    assert "ngoài địa bàn Phường Mẫu" in citizen.said
    await citizen.presses("insist")
    ticket = await row(here, await sent(citizen))
    assert ticket.ward is None
    assert ticket.address == "số 5 p12 quận gò vấp, Phường An Hội Tây, Thành phố Hồ Chí Minh"


async def test_a_place_outside_may_be_corrected(here: services.Services, country: None) -> None:
    citizen = await begun(here)
    await citizen.says("phường bến nghé")
    assert "UBND Phường Sài Gòn" in citizen.said
    await citizen.presses("place")
    await citizen.says("hẻm 5 Hoa Mai")
    assert citizen.asked == CONTACT
    assert (await row(here, await sent(citizen))).ward == "phuong-mau"


async def test_a_name_of_many_wards_is_asked_back_until_it_is_clear(here: services.Services, country: None) -> None:
    citizen = await begun(here)
    await citizen.says("số 5 phường 12")
    assert citizen.asked == WARD
    assert "nhiều nơi cùng tên" in citizen.said
    await citizen.says("gò vấp")
    assert "UBND Phường An Hội Tây" in citizen.said


async def test_without_the_list_of_the_country_only_our_own_names_are_known(here: services.Services) -> None:
    citizen = await begun(here)
    await citizen.says("số 5 phường bến nghé")
    assert citizen.asked == CONTACT


async def test_a_province_asks_for_the_ward_and_gives_the_report_to_its_agency(
    in_province: services.Services,
) -> None:
    citizen = await arrive(in_province)
    await citizen.says("ổ gà sâu giữa đường Hoa Mai", "report_giao_thong")
    while citizen.asked == DETAILS:
        await citizen.presses("option:1")
    assert citizen.asked == WARD
    assert "phường, xã nào" in citizen.said
    await citizen.says("chẳng rõ xã gì gì đó")
    assert "chưa tìm ra" in citizen.said
    await citizen.says("dong mau thuong")
    assert citizen.asked == CONTACT
    code = await sent(citizen)
    assert (await row(in_province, code)).ward == "90003"
    routed = await in_province.tickets.route(code)
    assert routed is not None
    assert routed.agency == "ha_tang_nam"


async def test_a_ward_that_stays_unknown_is_not_asked_for_ever(in_province: services.Services) -> None:
    citizen = await arrive(in_province)
    await citizen.says("ổ gà sâu giữa đường Hoa Mai", "report_giao_thong")
    for _ in range(2):
        assert citizen.asked == WARD
        await citizen.says("gần nhà bà năm")
    assert citizen.asked == CONTACT


async def test_a_shared_location_is_a_place(here: services.Services) -> None:
    citizen = await begun(here)
    await citizen.sends(location="10.762622,106.660172")
    assert citizen.asked == CONTACT
    ticket = await row(here, await sent(citizen))
    assert (ticket.lat, ticket.long) == (10.762622, 106.660172)
    assert "10.76262" in ticket.place


async def test_a_location_joins_the_place_in_words_and_one_abroad_is_not_taken(here: services.Services) -> None:
    citizen = await arrive(here)
    await citizen.says(LAMP, "report_chieu_sang")
    await citizen.sends(location="48.85,2.35")
    assert "không ở Việt Nam" in citizen.said
    await citizen.sends(location="10.762622,106.660172")
    ticket = await row(here, await sent(citizen))
    assert (ticket.place, ticket.lat) == ("hẻm 17 Trần Phú", 10.762622)


async def test_a_location_alone_begins_a_report(here: services.Services) -> None:
    citizen = await arrive(here)
    await citizen.sends(location="10.762622,106.660172")
    assert citizen.asked == "report_category"
    await citizen.says("cống nghẹt tràn ra đường", "report_cap_thoat_nuoc")
    assert citizen.asked == CONTACT


# Similar reports


async def filed(here: services.Services, text: str = LAMP, intent: str = "report_chieu_sang") -> str:
    citizen = await arrive(here)
    await citizen.says(text, intent)
    return await sent(citizen)


async def test_the_same_nearby_is_offered_and_joined(here: services.Services) -> None:
    code = await filed(here, "Đèn đường hẻm 17 Trần Phú nhà bà Lan cháy, tôi bực lắm")
    citizen = await arrive(here)
    await citizen.says(LAMP, "report_chieu_sang")
    assert citizen.asked == SIMILAR
    assert "Chiếu sáng công cộng, hẻm 17 Trần Phú, gửi ngày" in citizen.said
    assert "bà Lan" not in citizen.said
    assert code not in citizen.said
    await citizen.presses("join:1")
    assert citizen.outcomes[-1] == {"status": "lookup", "category": "chieu_sang", "ticket": code}
    assert code in citizen.said
    assert not citizen.active
    assert [ticket.code for ticket in await here.tickets.mine(citizen.key)] == [code]
    assert (await here.tickets.detail(code, Actor.staff("lan", "admin"))).followers == 1
    assert all(citizen.slots[name] is None for name in reports.SLOTS)


@pytest.mark.parametrize("answer", ["việc khác", "không phải"])
async def test_another_matter_goes_its_own_way(here: services.Services, answer: str) -> None:
    first = await filed(here)
    citizen = await arrive(here)
    await citizen.says(LAMP, "report_chieu_sang")
    await citizen.says(answer)
    assert citizen.asked == CONTACT
    assert await sent(citizen) != first


async def test_near_is_within_150_metres_where_both_are_known(here: services.Services) -> None:
    citizen = await begun(here)
    await citizen.sends(location="10.762622,106.660172")
    await sent(citizen)
    near = await begun(here, "đèn hư hai bóng liền")
    await near.sends(location="10.763422,106.660172")
    assert near.asked == SIMILAR
    assert "cách chỗ bạn khoảng 90 m" in near.said
    far = await begun(here, "đèn hư hai bóng liền")
    await far.sends(location="10.764622,106.660172")
    assert far.asked == CONTACT


@pytest.mark.parametrize("change", ["closed", "old", "restricted", "private", "category"])
async def test_only_open_public_and_recent_reports_of_the_category_are_offered(
    here: services.Services, change: str
) -> None:
    code = await filed(here)
    values: dict[str, Any] = {
        "closed": {"status": Status.CLOSED},
        "old": {"created_at": datetime.now(UTC) - timedelta(days=31)},
        "restricted": {"restricted": True},
        "private": {"private": True},
        "category": {"category": "dien"},
    }[change]
    async with here.database.begin() as connection:
        await connection.execute(update(Ticket).where(Ticket.code == code).values(values))
    citizen = await arrive(here)
    await citizen.says(LAMP, "report_chieu_sang")
    assert citizen.asked == CONTACT


async def test_conduct_of_officials_is_never_offered(here: services.Services) -> None:
    story = "cán bộ quầy số 2 đường Trần Phú quát mắng dân"
    for _ in range(2):
        citizen = await arrive(here)
        await citizen.says(story, "report_can_bo")
        assert citizen.asked in (CONTACT, PLACE)
        if citizen.asked == PLACE:
            await citizen.says("quầy số 2 đường Trần Phú")
        assert citizen.asked == CONTACT
        assert (await row(here, await sent(citizen))).restricted


async def test_a_report_that_ended_meanwhile_cannot_be_joined(here: services.Services) -> None:
    code = await filed(here)
    citizen = await arrive(here)
    await citizen.says(LAMP, "report_chieu_sang")
    async with here.database.begin() as connection:
        await connection.execute(update(Ticket).where(Ticket.code == code).values(status=Status.REFUSED))
    await citizen.presses("join:1")
    assert "vừa kết thúc" in citizen.said
    assert citizen.asked == CONTACT


# Pictures


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


async def test_the_categorys_own_questions_are_asked_and_kept(database_url: str, tmp_path: Path) -> None:
    async with working(database_url, tmp_path, ward()) as here:
        citizen = await arrive(here)
        await citizen.says(LAMP, "report_chieu_sang")
        assert citizen.asked == DETAILS
        await citizen.says("trụ số 15")
        while citizen.asked == DETAILS:
            await citizen.presses("option:1")
        while citizen.asked in (PHOTOS, WARD):
            await citizen.presses("skip")
        code = await sent(citizen)
        answers = (await row(here, code)).answers
        questions = here.locality.category("chieu_sang").questions  # type: ignore[union-attr]
        assert answers == {questions[0].code: "trụ số 15", questions[1].code: questions[1].options[0].code}


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
