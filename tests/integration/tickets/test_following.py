"""Who sees what: following from another channel, joining, restricted tickets, agencies, lists, the bell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.storage.outgoing import Shape, shape_is
from bot.tickets import Actor, Citizen, InvalidError, Status, TicketFilter, UnknownTicketError
from tests.integration.tickets.place import ADMIN, EVERYWHERE, OFFICER, OTHER, READER, SUPERVISOR, Place

EVERYTHING = TicketFilter()


async def codes(place: Place, viewer: Actor, wanted: TicketFilter = EVERYTHING, limit: int = 50) -> list[str]:
    """All pages, joined."""
    found: list[str] = []
    after = None
    while True:
        page = await place.service.listed(wanted, viewer, after, limit)
        found += [row.code for row in page.rows]
        assert len(page.rows) <= limit
        after = page.after
        if after is None:
            return found


async def test_a_pin_links_another_channel_which_is_then_told_and_may_confirm(place: Place) -> None:
    zalo, web = await place.conversation("zalo"), await place.conversation("web")
    filed = await place.at(Status.IN_PROGRESS, zalo)
    assert await place.service.mine(web) == []
    assert await place.service.follow(filed.code, "000000" if filed.pin != "000000" else "1", web) is None
    assert await place.service.follow(filed.code, filed.pin, web)
    assert await place.service.follow(filed.code, filed.pin, web), "again changes nothing"
    assert (await place.kinds(filed.code)).count("TicketFollowed") == 1
    assert [view.code for view in await place.service.mine(web)] == [filed.code]
    await place.service.move(filed.code, Status.DONE, OFFICER)
    assert len(await place.sent(web)) == 1
    view = await place.service.confirm(filed.code, Citizen(web), solved=True)
    assert view.status is Status.CLOSED
    assert "đã được xác nhận là xong" in (await place.sent(zalo))[-1].body["text"]
    assert len(await place.sent(web)) == 1, "who did it has the answer in the conversation"


async def test_ones_own_pin_makes_no_follower(place: Place) -> None:
    mine = await place.conversation()
    filed = await place.file(mine)
    assert await place.service.follow(filed.code, filed.pin, mine)
    assert await place.count("ticket_followers") == 0


async def test_who_joins_is_told_the_state_but_neither_words_nor_rights(place: Place) -> None:
    mine, other = await place.conversation(), await place.conversation()
    filed = await place.at(Status.IN_PROGRESS, mine)
    joined = await place.service.join(filed.code, other)
    assert joined
    assert not joined.owned
    await place.service.ask_citizen(filed.code, OFFICER, "Nhà bạn số mấy?")
    await place.service.answer(filed.code, OFFICER, "Chị ở số 5 chờ nhé")
    assert await place.sent(other) == []
    await place.service.move(filed.code, Status.DONE, OFFICER, text="Đã thay cho nhà số 5")
    (told,) = await place.sent(other)
    assert told.body["text"] == f"Phản ánh {filed.code} mà bạn cùng theo dõi: chờ người dân xác nhận."
    assert told.body["buttons"] == []
    (view,) = await place.service.mine(other)
    assert view.last_event
    assert view.last_event.text is None
    assert not view.may_confirm
    for attempt in (
        place.service.confirm(filed.code, Citizen(other), solved=True),
        place.service.detail(filed.code, Citizen(other)),
        place.service.citizen_replied(filed.code, Citizen(other), "tôi đây"),
    ):
        with pytest.raises(UnknownTicketError):
            await attempt
    assert await place.service.follow(filed.code, filed.pin, other), "the PIN gives the full rights later"
    assert (await place.service.confirm(filed.code, Citizen(other), solved=True)).status is Status.CLOSED


async def test_nobody_joins_a_restricted_or_ended_ticket(place: Place) -> None:
    other = await place.conversation()
    restricted = await place.file(category="can_bo")
    ended = await place.at(Status.REFUSED)
    for code in (restricted.code, ended.code, "PA-2026-999999"):
        assert await place.service.join(code, other) is None
    assert await place.service.join(ended.code, "no key") is None


async def test_who_blocked_us_is_left_alone(place: Place) -> None:
    from sqlalchemy import update

    from bot.storage.database import sessions
    from bot.storage.models import Conversation

    mine = await place.conversation("telegram")
    filed = await place.at(Status.FORWARDED, mine)
    before = len(await place.sent(mine))
    async with sessions(place.engine).begin() as session:
        await session.execute(update(Conversation).values(opted_out_at=datetime.now(UTC)))
    await place.service.move(filed.code, Status.IN_PROGRESS, OFFICER)
    assert len(await place.sent(mine)) == before


async def test_a_long_answer_is_cut_to_what_the_platform_takes(place: Place) -> None:
    shape_is("zalo", Shape(limit=2000))
    mine = await place.conversation("zalo")
    filed = await place.at(Status.IN_PROGRESS, mine)
    before = len(await place.sent(mine))
    await place.service.answer(filed.code, OFFICER, "Câu trả lời dài. " * 117)
    sent = (await place.sent(mine))[before:]
    assert len(sent) == 2
    assert [row.seq for row in sent] == [0, 1]
    assert all(len(row.body["text"]) <= 2000 for row in sent)


async def test_restricted_tickets_do_not_exist_for_others(place: Place) -> None:
    mine = await place.conversation()
    filed = await place.at(Status.FORWARDED, mine, "can_bo")
    await place.set(filed.code, agency="ha_tang")
    for viewer in (OFFICER, OTHER, EVERYWHERE, SUPERVISOR):
        assert await codes(place, viewer) == []
        assert await place.service.count(EVERYTHING, viewer) == 0
        assert await place.service.notices(viewer) == []
        for attempt in (
            place.service.detail(filed.code, viewer),
            place.service.contact(filed.code, viewer),
            place.service.note(filed.code, viewer, "x"),
            place.service.move(filed.code, Status.IN_PROGRESS, viewer),
            place.service.confirm(filed.code, viewer, solved=True),
        ):
            with pytest.raises(UnknownTicketError):
                await attempt
    for viewer in (READER, ADMIN):
        assert await codes(place, viewer) == [filed.code]
        assert (await place.service.detail(filed.code, viewer)).row.restricted
    assert (await place.service.detail(filed.code, Citizen(mine))).row.code == filed.code


async def test_officers_see_their_agency_readers_the_restricted_supervisors_the_rest(place: Place) -> None:
    light = await place.at(Status.FORWARDED)
    waste = await place.at(Status.FORWARDED, category="rac_thai")
    secret = await place.at(Status.FORWARDED, category="can_bo")
    assert await codes(place, OFFICER) == [light.code]
    assert await codes(place, OTHER) == [waste.code]
    assert await codes(place, EVERYWHERE) == await codes(place, SUPERVISOR) == [waste.code, light.code]
    assert await codes(place, READER) == [secret.code]
    assert await codes(place, ADMIN) == [secret.code, waste.code, light.code]
    both = Actor.staff("an", "officer", "restricted_reader", agency="ha_tang")
    assert await codes(place, both) == [secret.code, light.code]


async def test_the_citizens_view_has_public_events_and_no_accounts(place: Place) -> None:
    mine = await place.conversation()
    filed = await place.at(Status.IN_PROGRESS, mine)
    await place.service.note(filed.code, OFFICER, "nội bộ")
    await place.service.assign(filed.code, OFFICER, "lan")
    await place.service.answer(filed.code, OFFICER, "đã cử người")
    shown = await place.service.detail(filed.code, Citizen(pin=filed.pin))
    assert [event.kind for event in shown.events] == [
        "TicketFiled",
        "TicketRouted",
        "TicketStarted",
        "TicketAnswered",
    ]
    assert {event.account for event in shown.events} == {None}
    assert (shown.row.officer, shown.transitions) == (None, ())
    staff = await place.service.detail(filed.code, OFFICER)
    assert {"NoteAdded", "TicketAssigned", "TicketSorted"} <= {event.kind for event in staff.events}
    assert staff.row.officer == "lan"


async def test_reading_the_contact_is_an_event(place: Place) -> None:
    filed = await place.at(Status.FORWARDED)
    assert await place.service.contact(filed.code, OFFICER) is None
    assert "ContactRead" not in await place.kinds(filed.code), "there was nothing to read"
    other = await place.file(contact={"name": "Lan", "phone": "0912345678"})
    assert (await place.service.contact(other.code, ADMIN) or {})["name"] == "Lan"
    event = (await place.events(other.code))[-1]
    assert (event.kind, event.account, event.public) == ("ContactRead", "quan", False)


@pytest.mark.parametrize("order", ["newest", "oldest", "due", "updated"])
async def test_pages_hold_every_ticket_once_in_order(place: Place, order: str) -> None:
    filed = [await place.file(category="khac" if n % 3 == 0 else "chieu_sang") for n in range(11)]
    for number in (2, 7):  # the same deadline twice
        await place.set(filed[number].code, due_at=datetime(2027, 1, 4, 3, tzinfo=UTC))
    whole = await codes(place, ADMIN, TicketFilter(order=order))  # type: ignore[arg-type]  # of the list above
    assert await codes(place, ADMIN, TicketFilter(order=order), limit=2) == whole  # type: ignore[arg-type]
    assert sorted(whole) == sorted(ticket.code for ticket in filed)
    if order == "due":
        dated = [ticket.code for ticket in filed if ticket.due_at]
        assert set(whole[: len(dated)]) == set(dated), "those without a deadline come last"
    if order == "oldest":
        assert whole == [ticket.code for ticket in filed]


async def test_filters_are_joined_and_their_values_are_alternatives(place: Place) -> None:
    light = await place.at(Status.IN_PROGRESS)
    waste = await place.at(Status.FORWARDED, category="rac_thai")
    other = await place.file(category="khac", ward="phuong-mau")
    await place.service.assign(light.code, ADMIN, "lan")
    await place.set(waste.code, due_at=datetime.now(UTC) - timedelta(hours=1))
    cases = {
        (light.code,): [
            TicketFilter(status=(Status.IN_PROGRESS,)),
            TicketFilter(officer="lan"),
            TicketFilter(category=("chieu_sang",), agency=("ha_tang", "van_phong")),
            TicketFilter(codes=(light.code.lower(),)),
            TicketFilter(text=light.code.lower()),
        ],
        (waste.code,): [TicketFilter(overdue=True), TicketFilter(due_before=datetime.now(UTC))],
        (other.code,): [TicketFilter(ward=("phuong-mau",)), TicketFilter(status=(Status.RECEIVED,))],
        (waste.code, light.code): [TicketFilter(status=(Status.IN_PROGRESS, Status.FORWARDED), open=True)],
        (other.code, waste.code): [TicketFilter(officer="")],
        (other.code, light.code): [TicketFilter(overdue=False)],
        (other.code, waste.code, light.code): [
            TicketFilter(text="bong den TRAN PHU"),
            TicketFilter(created_from=datetime.now(UTC).date(), created_to=datetime.now(UTC) + timedelta(hours=1)),
            TicketFilter(published=True, waiting=False, source="citizen"),
        ],
        (): [
            TicketFilter(text="không có gì"),
            TicketFilter(open=False),
            TicketFilter(waiting=True),
            TicketFilter(restricted=True),
            TicketFilter(updated_from=datetime.now(UTC) + timedelta(hours=1)),
        ],
    }
    for wanted, filters in cases.items():
        for one in filters:
            assert tuple(await codes(place, ADMIN, one)) == wanted, one
            assert await place.service.count(one, ADMIN) == len(wanted), one


@pytest.mark.parametrize("order", ["newest", "oldest", "updated"])
async def test_pages_between_two_days_of_filing_hold_every_ticket_once_in_order(place: Place, order: str) -> None:
    made = [(await place.file()).code for _ in range(7)]
    for number, code in enumerate(made):
        await place.age(code, timedelta(days=number * 3 % 7))  # not in the order of filing
    today = place.service.locality.now().date()
    wanted = TicketFilter(created_from=today - timedelta(days=5), created_to=today, order=order)  # type: ignore[arg-type]
    found, after = [], None
    for _ in range(7):
        page = await place.service.listed(wanted, ADMIN, after, 2)
        found += page.rows
        after = page.after
        if after is None:
            break
    assert len({row.code for row in found}) == len(found) == await place.service.count(wanted, ADMIN) == 6
    moments = [row.updated_at if order == "updated" else row.created_at for row in found]
    assert moments == sorted(moments, reverse=order != "oldest")


async def test_counts_stop_where_they_are_told_to(place: Place) -> None:
    for _ in range(5):
        await place.file()
    assert await place.service.count(EVERYTHING, ADMIN, most=3) == 3
    assert await place.service.count(EVERYTHING, ADMIN, most=None) == 5


@pytest.mark.parametrize("after", ["x", "1|2", "gestern|7"])
async def test_a_made_up_page_is_refused(place: Place, after: str) -> None:
    with pytest.raises(InvalidError):
        await place.service.listed(TicketFilter(order="updated" if "|" in after else "newest"), ADMIN, f"x{after}")


async def test_private_tickets_are_not_published(place: Place) -> None:
    await place.file(category="an_ninh")
    await place.file(private=True)
    open_to_all = await place.file()
    assert await codes(place, ADMIN, TicketFilter(published=True)) == [open_to_all.code]


async def test_the_bell_is_for_whom_it_rings(place: Place) -> None:
    filed = await place.at(Status.FORWARDED)
    await place.service.assign(filed.code, SUPERVISOR, "lan")
    assert [notice.kind for notice in await place.service.notices(OFFICER)] == ["assigned", "assigned"]
    assert await place.service.notices(OTHER) == []
    colleague = Actor.staff("bao", "officer", agency="ha_tang")
    (shared,) = await place.service.notices(colleague)
    assert shared.ticket == filed.code
    assert not await place.service.read_notice(shared.id, OTHER)
    assert await place.service.read_notice(shared.id, colleague)
    assert not await place.service.read_notice(shared.id, colleague)
    assert await place.service.notices(colleague) == []
    assert len(await place.service.notices(OFFICER)) == 1


async def test_staff_file_for_a_caller(place: Place) -> None:
    from bot.tickets import NewReport

    report = NewReport("", "phone", "chieu_sang", "Đèn tắt", "số 5", {"name": "Ba"}, source="staff")
    photo = await place.loose_photo(account="lan")
    report = NewReport("", "phone", "chieu_sang", "Đèn tắt", "số 5", {"name": "Ba"}, photos=(photo,), source="staff")
    filed = await place.service.file(report, "staff:lan:1", OFFICER)
    (event,) = await place.events(filed.code)
    assert (event.actor, event.account) == ("officer", "lan")
    shown = await place.service.detail(filed.code, Citizen(pin=filed.pin))
    assert [item.key for item in shown.photos] == [photo]
    assert shown.has_contact
