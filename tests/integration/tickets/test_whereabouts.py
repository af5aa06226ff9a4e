"""Where a report happened: wards of today and of before, places elsewhere, shared locations."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions import services
from bot.locality import boundaries
from bot.tickets.draft import CONTACT, DETAILS, PLACE, WARD
from tests.integration.tickets.counter import LAMP, Person, arrive, begun, row, sent, working
from tests.support.localities import FOLDER, plain, ward


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


@pytest.mark.parametrize(
    ("text", "outside"),
    [
        ("đèn tắt ở đường Nguyễn Huệ, phường bến nghé ba hôm nay", "UBND Phường Sài Gòn"),
        ("den tat o duong nguyen hue, phuong ben nghe", "UBND Phường Sài Gòn"),
        ("đèn tắt ở số 5 đường Hoa Mai, giống bên phường bến nghé", ""),
    ],
)
async def test_a_ward_elsewhere_right_behind_the_place_counts_and_one_in_passing_does_not(
    here: services.Services, country: None, text: str, outside: str
) -> None:
    citizen = await arrive(here)
    await citizen.says(text, "report_chieu_sang")
    assert citizen.asked == (WARD if outside else CONTACT), citizen.said
    assert outside in citizen.said


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


async def shared(here: services.Services, place: str, location: str) -> Person:
    """A road report at a place in words (none: "-"), then a shared location."""
    citizen = await arrive(here)
    if place == "-":
        await citizen.says("ổ gà sâu giữa đường", "report_giao_thong")
    else:
        await citizen.says(f"ổ gà sâu, {place}", "report_giao_thong")
    while citizen.asked == DETAILS:
        await citizen.presses("option:1")
    await citizen.sends(location=location)
    return citizen


@pytest.mark.parametrize("place", ["-", "trước số 9 đường Hoa Mai"])
async def test_a_shared_location_gives_the_ward_and_the_summary_shows_it(
    in_province: services.Services, place: str
) -> None:
    citizen = await shared(in_province, place, "10.900000,106.650000")
    assert citizen.asked == CONTACT, citizen.said
    await citizen.presses("anonymous")
    assert "Xã Đồng Mẫu, tỉnh Ví Dụ" in citizen.said
    code = await sent(citizen)
    assert (await row(in_province, code)).ward == "90003"
    routed = await in_province.tickets.route(code)
    assert routed is not None
    assert routed.agency == "ha_tang_nam"


@pytest.mark.parametrize("place", ["-", "trước số 9 đường Hoa Mai"])
async def test_a_location_outside_every_ward_is_told_and_may_be_sent_all_the_same(
    in_province: services.Services, place: str
) -> None:
    citizen = await shared(in_province, place, "10.500000,106.650000")
    assert citizen.asked == WARD
    assert "ngoài địa bàn Tỉnh Ví Dụ" in citizen.said
    assert "UBND phường, xã" in citizen.said
    await citizen.presses("insist")
    assert (await row(in_province, await sent(citizen))).ward is None


async def test_a_location_outside_may_be_corrected_by_another_or_by_a_name(in_province: services.Services) -> None:
    citizen = await shared(in_province, "-", "10.500000,106.650000")
    await citizen.sends(location="10.750000,106.650000")
    assert citizen.asked == CONTACT
    citizen = await shared(in_province, "-", "10.500000,106.650000")
    await citizen.says("xã núi mẫu")
    assert citizen.asked == CONTACT
    assert (await row(in_province, await sent(citizen))).ward == "90004"


@pytest.mark.parametrize("said", ["phường bến nghé", "phuong ben nghe tphcm", "Phường Sài Gòn, Thành phố Hồ Chí Minh"])
async def test_a_location_outside_is_asked_for_its_ward_which_names_who_is_responsible(
    in_province: services.Services, country: None, said: str
) -> None:
    citizen = await shared(in_province, "-", "10.500000,106.650000")
    assert "nhắn tên phường, xã và tỉnh" in citizen.said
    await citizen.says(said)
    assert citizen.asked == WARD
    assert "UBND Phường Sài Gòn, Thành phố Hồ Chí Minh" in citizen.said
    await citizen.presses("insist")
    ticket = await row(in_province, await sent(citizen))
    assert (ticket.ward, ticket.lat) == (None, 10.5)
    assert (ticket.address or "").endswith("Phường Sài Gòn, Thành phố Hồ Chí Minh")


async def test_a_ward_in_words_counts_before_the_location(in_province: services.Services) -> None:
    citizen = await shared(in_province, "trước số 9 đường Hoa Mai, xã Núi Mẫu", "10.750000,106.650000")
    assert citizen.asked == CONTACT
    assert (await row(in_province, await sent(citizen))).ward == "90004"


async def test_in_a_place_of_one_ward_a_location_far_away_is_told(database_url: str, tmp_path: Path) -> None:
    drawn = plain(ward()).with_boundaries(boundaries.read(FOLDER / "phuong-mau.geojson", ["phuong-mau"]))
    async with working(database_url, tmp_path, drawn) as here:
        citizen = await arrive(here)
        await citizen.says(LAMP, "report_chieu_sang")
        await citizen.sends(location="21.030000,105.850000")
        assert citizen.asked == WARD
        assert "ngoài địa bàn Phường Mẫu" in citizen.said
        await citizen.sends(location="10.762622,106.660172")
        assert citizen.asked == CONTACT
        assert (await row(here, await sent(citizen))).ward == "phuong-mau"


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
