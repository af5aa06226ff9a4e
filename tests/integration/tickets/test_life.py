"""The life of a ticket on a real PostgreSQL: transitions, answers, the clock, confirming, reopening."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.tickets import (
    Actor,
    Citizen,
    ForbiddenError,
    InvalidError,
    PeriodOverError,
    PhotoMissingError,
    ReasonMissingError,
    Status,
    TransitionError,
    UnknownAgencyError,
    UnknownTicketError,
)
from bot.tickets.citizens import MOST_PHOTOS
from bot.tickets.clocks import WorkingTime
from bot.tickets.errors import PhotosManyError
from tests.integration.tickets.place import ADMIN, EVERYWHERE, LOCALITY, OFFICER, OTHER, READER, SUPERVISOR, Place

TIME = WorkingTime.of(LOCALITY)


async def test_a_ticket_is_worked_on_answered_resolved_and_closed_by_its_citizen(place: Place) -> None:
    mine = await place.conversation("telegram")
    filed = await place.file(mine)
    code = filed.code
    await place.service.route(code)
    await place.service.move(code, Status.IN_PROGRESS, OFFICER)
    await place.service.answer(code, OFFICER, "Đã cử tổ điện đến kiểm tra.")
    found = await place.service.move(code, Status.DONE, OFFICER, text="Đã thay bóng.")
    assert found.row.status is Status.AWAITING_CITIZEN
    assert found.answered_at
    assert found.row.resolved_at
    view = await place.service.confirm(code, Citizen(mine), solved=True, rating=5, comment="nhanh")
    assert (view.status, view.rating) == (Status.CLOSED, 5)
    events = await place.events(code)
    assert [(event.kind, event.actor, event.account) for event in events] == [
        ("TicketFiled", "citizen", None),
        ("TicketSorted", "system", None),
        ("TicketRouted", "system", None),
        ("TicketStarted", "officer", "lan"),
        ("TicketAnswered", "officer", "lan"),
        ("TicketResolved", "officer", "lan"),
        ("ConfirmationAsked", "officer", "lan"),
        ("TicketConfirmed", "citizen", None),
        ("TicketRated", "citizen", None),
    ]
    assert [event.seq for event in events] == list(range(1, 10))
    ticket = await place.ticket(code)
    assert (ticket.updated_by, ticket.comment, ticket.reopened) == ("citizen", "nhanh", 0)
    assert ticket.closed_at


async def test_each_public_event_is_told_once_with_what_comes_next(place: Place) -> None:
    mine = await place.conversation("telegram")
    filed = await place.file(mine)
    await place.service.route(filed.code)
    await place.service.route(filed.code)
    await place.service.move(filed.code, Status.IN_PROGRESS, OFFICER)
    await place.service.note(filed.code, OFFICER, "gọi bên điện lực")
    await place.service.move(filed.code, Status.DONE, OFFICER, text="Đã thay bóng.")
    await place.service.confirm(filed.code, Citizen(mine), solved=True)
    sent = await place.sent(mine)
    due = f"{LOCALITY.now(filed.due_at):%Hh%M ngày %d/%m/%Y}"
    texts = [row.body["text"] for row in sent]
    assert len(texts) == 3, "routed, started, done; the citizen's own word has its answer in the conversation"
    assert "đã được chuyển đến Tổ Hạ tầng" in texts[0]
    assert f"Thời hạn xử lý: {due}" in texts[0]
    assert "bắt đầu xử lý" in texts[1]
    assert "Đã thay bóng." in texts[2]
    assert "xác nhận" in texts[2]
    assert [button["payload"] for button in sent[2].body["buttons"]] == [
        f"ticket:{filed.code}:solved",
        f"ticket:{filed.code}:unsolved",
    ]
    assert {(row.state, row.message_id, row.channel) for row in sent} == {("queued", None, "telegram")}
    assert not any("điện lực" in text for text in texts)


async def test_a_deadline_is_promised_only_where_there_is_a_clock(place: Place) -> None:
    mine = await place.conversation()
    filed = await place.file(mine, "khac")
    await place.service.route(filed.code)
    assert filed.due_at is None
    (sent,) = await place.sent(mine)
    assert "Thời hạn" not in sent.body["text"]
    assert sent.state == "shown", "the web fetches it with its history"


async def test_done_wants_a_picture_where_the_category_does(place: Place) -> None:
    filed = await place.file(category="rac_thai")
    await place.service.route(filed.code)
    await place.service.move(filed.code, Status.IN_PROGRESS, OTHER)
    with pytest.raises(PhotoMissingError):
        await place.service.move(filed.code, Status.DONE, OTHER)
    theirs = await place.loose_photo(account="lan")
    with pytest.raises(InvalidError):
        await place.service.move(filed.code, Status.DONE, OTHER, photos=[theirs])
    own = await place.loose_photo(account="minh")
    found = await place.service.move(filed.code, Status.DONE, OTHER, photos=[own])
    assert [(photo.key, photo.stage) for photo in found.photos] == [(own, "after")]
    assert found.row.status is Status.AWAITING_CITIZEN


async def test_a_picture_of_before_the_reopening_is_no_proof_of_after(place: Place) -> None:
    mine = await place.conversation()
    filed = await place.at(Status.AWAITING_CITIZEN, mine, "rac_thai")
    await place.service.confirm(filed.code, Citizen(mine), solved=False)
    with pytest.raises(PhotoMissingError):
        await place.service.move(filed.code, Status.DONE, OTHER)


async def test_another_systems_done_counts_without_the_picture_and_staff_are_told(place: Place) -> None:
    mine = await place.conversation()
    filed = await place.file(mine, "rac_thai")
    await place.service.route(filed.code)
    await place.service.assign(filed.code, SUPERVISOR, "minh")
    found = await place.service.advance(filed.code, Status.DONE, Actor.remote("open311"), text="Đã dọn sạch.")
    assert found.row.status is Status.AWAITING_CITIZEN
    done = next(event for event in found.events if event.kind == "TicketResolved")
    assert done.data == {"photo_missing": True}
    assert ("photo_wanted", "moi_truong_do_thi", "minh", "officer") in await place.staff_notices()
    assert "Đã dọn sạch." in (await place.sent(mine))[-1].body["text"]


async def test_sending_back_and_on_wants_a_reason_and_a_known_agency(place: Place) -> None:
    filed = await place.at(Status.FORWARDED)
    with pytest.raises(ReasonMissingError):
        await place.service.move(filed.code, Status.SORTING, OFFICER)
    with pytest.raises(UnknownAgencyError):
        await place.service.move(filed.code, Status.FORWARDED, OFFICER, reason="nhầm", agency="khong_co")
    with pytest.raises(ReasonMissingError):
        await place.service.move(filed.code, Status.FORWARDED, OFFICER, agency="moi_truong_do_thi")
    await place.service.assign(filed.code, OFFICER, "lan")
    found = await place.service.move(
        filed.code, Status.FORWARDED, OFFICER, reason="việc của môi trường", agency="moi_truong_do_thi"
    )
    assert (found.row.agency, found.row.officer) == ("moi_truong_do_thi", None)
    with pytest.raises(UnknownTicketError):
        await place.service.detail(filed.code, OFFICER)
    found = await place.service.move(filed.code, Status.SORTING, OTHER, reason="cũng không phải")
    assert found.row.agency is None
    assert (await place.staff_notices())[-1] == ("assigned", None, None, "supervisor")


async def test_refusing_tells_the_citizen_why_and_is_an_end(place: Place) -> None:
    mine = await place.conversation()
    filed = await place.at(Status.FORWARDED, mine)
    await place.service.move(filed.code, Status.REFUSED, OFFICER, reason="Đường nội bộ của chung cư.")
    assert "Lý do: Đường nội bộ" in (await place.sent(mine))[-1].body["text"]
    for target in Status:
        with pytest.raises(TransitionError):
            await place.service.move(filed.code, target, ADMIN, reason="x", agency="ha_tang")
    with pytest.raises(TransitionError):
        await place.service.answer(filed.code, ADMIN, "thêm nữa")


async def test_closing_is_the_citizens(place: Place) -> None:
    filed = await place.at(Status.AWAITING_CITIZEN)
    for actor in (OFFICER, SUPERVISOR, ADMIN):
        with pytest.raises(ForbiddenError):
            await place.service.move(filed.code, Status.CLOSED, actor)
    view = await place.service.confirm(filed.code, OFFICER, solved=True, rating=4)
    assert view.status is Status.CLOSED, "an officer may note what a caller says"
    assert (await place.events(filed.code))[-1].account == "lan"


async def test_with_a_review_a_supervisor_looks_before_the_citizen_is_asked(place: Place) -> None:
    place = place.with_rules(review=True)
    mine = await place.conversation()
    filed = await place.at(Status.IN_PROGRESS, mine)
    found = await place.service.move(filed.code, Status.DONE, OFFICER, text="xong")
    assert (found.row.status, found.transitions) == (Status.DONE, ())
    told = len(await place.sent(mine))
    with pytest.raises(ForbiddenError):
        await place.service.move(filed.code, Status.AWAITING_CITIZEN, OFFICER)
    await place.service.move(filed.code, Status.IN_PROGRESS, SUPERVISOR, reason="chưa sáng")
    assert len(await place.sent(mine)) == told, "the house's own business"
    await place.service.move(filed.code, Status.DONE, OFFICER)
    await place.service.move(filed.code, Status.AWAITING_CITIZEN, SUPERVISOR)
    assert "xác nhận" in (await place.sent(mine))[-1].body["text"]
    assert (await place.ticket(filed.code)).reopened == 0


async def test_a_question_stops_the_clock_until_the_answer(place: Place) -> None:
    mine = await place.conversation()
    filed = await place.at(Status.IN_PROGRESS, mine)
    assert filed.due_at
    await place.service.ask_citizen(filed.code, OFFICER, "Trụ số mấy?")
    sent = (await place.sent(mine))[-1].body["text"]
    assert "Trụ số mấy?" in sent
    assert "tạm dừng" in sent
    asked_at = datetime.now(UTC) - timedelta(days=4)
    await place.set(filed.code, paused_at=asked_at)
    view = await place.service.status(filed.code, mine)
    assert view
    assert view.waiting
    assert not view.overdue
    view = await place.service.citizen_replied(filed.code, Citizen(mine), "Trụ số 12, gọi 0912345678")
    stood = TIME.between(asked_at, datetime.now(UTC))
    assert view.due_at
    assert abs(view.due_at - TIME.add(filed.due_at, stood)) < timedelta(seconds=5)
    assert not view.waiting
    event = (await place.events(filed.code))[-1]
    assert (event.kind, event.text) == ("CitizenReplied", "Trụ số 12, gọi (số điện thoại)")
    assert (await place.staff_notices())[-1][:2] == ("citizen_replied", "ha_tang")
    assert abs((await place.ticket(filed.code)).paused_seconds - stood.total_seconds()) < 5


async def test_a_picture_as_an_answer_is_attached_once_and_not_without_end(place: Place) -> None:
    mine = await place.conversation()
    filed = await place.at(Status.IN_PROGRESS, mine)
    key = await place.loose_photo()
    for _ in range(2):  # the turn is taken again after a fault
        await place.service.citizen_replied(filed.code, Citizen(mine), "(ảnh)", [key])
    assert (await place.kinds(filed.code)).count("CitizenReplied") == 1
    for _ in range(MOST_PHOTOS - 1):
        await place.photo(filed.code, "before")
    with pytest.raises(PhotosManyError):
        await place.service.citizen_replied(filed.code, Citizen(mine), "(ảnh)", [await place.loose_photo()])


async def test_not_solved_goes_back_to_work_and_the_waiting_is_not_the_offices_time(place: Place) -> None:
    mine = await place.conversation()
    filed = await place.at(Status.AWAITING_CITIZEN, mine)
    assert filed.due_at
    resolved = datetime.now(UTC) - timedelta(days=3)
    await place.set(filed.code, resolved_at=resolved, officer="lan")
    view = await place.service.confirm(filed.code, Citizen(mine), solved=False, comment="vẫn tối")
    assert view.status is Status.IN_PROGRESS
    assert view.due_at
    moved = TIME.add(filed.due_at, TIME.between(resolved, datetime.now(UTC)))
    assert abs(view.due_at - moved) < timedelta(seconds=5)
    ticket = await place.ticket(filed.code)
    assert (ticket.reopened, ticket.resolved_at) == (1, None)
    assert (await place.events(filed.code))[-1].text == "vẫn tối"
    assert (await place.staff_notices())[-1] == ("not_solved", "ha_tang", "lan", "officer")


async def test_a_closed_ticket_is_reopened_within_the_period_with_a_new_deadline(place: Place) -> None:
    mine = await place.conversation()
    filed = await place.at(Status.AWAITING_CITIZEN, mine)
    await place.service.confirm(filed.code, Citizen(mine), solved=True, rating=2)
    await place.age(filed.code, timedelta(days=14))
    view = await place.service.reopen(filed.code, Citizen(mine), "lại tắt rồi")
    category = LOCALITY.category("chieu_sang")
    assert category
    assert category.clock
    assert view.status is Status.IN_PROGRESS
    assert view.due_at
    assert abs(view.due_at - TIME.deadline(category.clock, datetime.now(UTC))) < timedelta(seconds=5)
    with pytest.raises(TransitionError):
        await place.service.reopen(filed.code, Citizen(mine), "nữa")


async def test_after_the_period_nothing_is_reopened_or_rated(place: Place) -> None:
    mine = await place.conversation()
    filed = await place.at(Status.AWAITING_CITIZEN, mine)
    await place.service.confirm(filed.code, Citizen(mine), solved=True)
    await place.age(filed.code, timedelta(days=LOCALITY.tickets.reopen_days, seconds=1))
    view = await place.service.status(filed.code, mine)
    assert view
    assert not (view.may_reopen or view.may_rate)
    for attempt in (
        place.service.reopen(filed.code, Citizen(mine), "lại tắt"),
        place.service.confirm(filed.code, Citizen(mine), solved=True, rating=1),
        place.service.confirm(filed.code, Citizen(mine), solved=False),
    ):
        with pytest.raises(PeriodOverError):
            await attempt


@pytest.mark.parametrize("rating", [0, 6, -1])
async def test_a_rating_is_one_to_five(place: Place, rating: int) -> None:
    mine = await place.conversation()
    filed = await place.at(Status.AWAITING_CITIZEN, mine)
    with pytest.raises(InvalidError):
        await place.service.confirm(filed.code, Citizen(mine), solved=True, rating=rating)
    assert (await place.ticket(filed.code)).status == Status.AWAITING_CITIZEN, "nothing of it happened"


async def test_only_the_citizen_or_the_pin_confirms(place: Place) -> None:
    mine, other = await place.conversation(), await place.conversation()
    filed = await place.at(Status.AWAITING_CITIZEN, mine)
    wrong = f"{(int(filed.pin) + 1) % 10**6:06d}"
    for by in (Citizen(other), Citizen(other, wrong), Citizen(), Citizen(pin=wrong)):
        with pytest.raises(UnknownTicketError):
            await place.service.confirm(filed.code, by, solved=True)
    assert (await place.ticket(filed.code)).pin_failures == 2, "wrong PINs count here, too"
    assert (await place.service.confirm(filed.code, Citizen(pin=filed.pin), solved=True)).status is Status.CLOSED


async def test_two_officers_at_once_make_one_transition(place: Place) -> None:
    filed = await place.at(Status.FORWARDED)
    done = await asyncio.gather(
        *(place.service.move(filed.code, Status.IN_PROGRESS, OFFICER) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(item, TransitionError) for item in done) == 4
    assert (await place.kinds(filed.code)).count("TicketStarted") == 1


async def test_another_systems_leap_passes_every_step_and_tells_only_the_last(place: Place) -> None:
    mine = await place.conversation()
    filed = await place.file(mine)
    remote = Actor.remote("tỉnh")
    found = await place.service.advance(filed.code, Status.AWAITING_CITIZEN, remote, text="Đã sửa xong")
    assert found.row.status is Status.AWAITING_CITIZEN
    assert [event.kind for event in found.events] == [
        "TicketFiled",
        "TicketSorted",
        "TicketRouted",
        "TicketStarted",
        "TicketResolved",
        "ConfirmationAsked",
    ]
    assert {event.actor for event in found.events[1:]} == {"remote"}
    (sent,) = await place.sent(mine)
    assert "Đã sửa xong" in sent.body["text"]
    before = await place.count("ticket_events")
    await place.service.advance(filed.code, Status.AWAITING_CITIZEN, remote)
    assert await place.count("ticket_events") == before


async def test_a_wrong_category_is_corrected_with_its_deadline_and_its_readers(place: Place) -> None:
    filed = await place.at(Status.FORWARDED)
    found = await place.service.recategorise(filed.code, SUPERVISOR, "can_bo", "phản ánh thái độ")
    assert (found.row.due_at, found.row.restricted) == (None, True)
    with pytest.raises(UnknownTicketError):
        await place.service.detail(filed.code, SUPERVISOR)
    found = await place.service.recategorise(filed.code, READER, "rac_thai", "không phải")
    category = LOCALITY.category("rac_thai")
    assert category
    assert category.clock
    assert found.row.due_at == TIME.deadline(category.clock, found.row.created_at)


async def test_staffs_words_are_masked_except_the_offices_own_numbers(place: Place) -> None:
    filed = await place.at(Status.IN_PROGRESS)
    await place.service.answer(filed.code, OFFICER, "Gọi 0200 3999 011 hoặc chị Lan 0912 345 678, CCCD 079201001234.")
    text = (await place.events(filed.code))[-1].text
    assert text == "Gọi 0200 3999 011 hoặc chị Lan (số điện thoại), CCCD (số giấy tờ)."


async def test_texts_that_do_not_hold_are_refused(place: Place) -> None:
    filed = await place.at(Status.IN_PROGRESS)
    for text in ("", "   ", "x" * 2001):
        with pytest.raises(InvalidError):
            await place.service.answer(filed.code, OFFICER, text)
    assert "TicketAnswered" not in await place.kinds(filed.code)


async def test_bulk_changes_do_what_can_be_done_and_say_what_cannot(place: Place) -> None:
    ready, early, theirs = [
        await place.at(Status.FORWARDED),
        await place.at(Status.SORTING),
        await place.at(Status.FORWARDED, category="an_ninh"),
    ]
    await place.set(early.code, agency="ha_tang")
    done = await place.service.bulk(
        [ready.code.lower(), early.code, theirs.code, ready.code], OFFICER, target=Status.IN_PROGRESS
    )
    assert done.done == (ready.code,)
    assert done.refused == {early.code: "transition", theirs.code: "unknown_ticket"}
    done = await place.service.bulk([ready.code, theirs.code], EVERYWHERE, officer="lan")
    assert done.done == (ready.code, theirs.code)
    assert (await place.ticket(theirs.code)).officer == "lan"


async def test_assigning_tells_the_officer_and_another_agency_is_a_forwarding(place: Place) -> None:
    filed = await place.at(Status.FORWARDED)
    await place.service.assign(filed.code, SUPERVISOR, "lan")
    assert (await place.staff_notices())[-1] == ("assigned", "ha_tang", "lan", "officer")
    with pytest.raises(ReasonMissingError):
        await place.service.assign(filed.code, SUPERVISOR, "minh", agency="moi_truong_do_thi")
    found = await place.service.assign(
        filed.code, SUPERVISOR, "minh", agency="moi_truong_do_thi", reason="đúng địa bàn"
    )
    assert (found.row.agency, found.row.officer) == ("moi_truong_do_thi", "minh")
    assert [event.kind for event in found.events][-2:] == ["TicketForwarded", "TicketAssigned"]


async def test_a_failure_leaves_nothing_of_the_change(place: Place) -> None:
    mine = await place.conversation("telegram")
    filed = await place.at(Status.IN_PROGRESS, mine)
    events, sent = await place.count("ticket_events"), await place.count("outbox")
    with pytest.raises(InvalidError):
        await place.service.move(filed.code, Status.DONE, OFFICER, text="x" * 3000)
    assert (await place.count("ticket_events"), await place.count("outbox")) == (events, sent)
    assert (await place.ticket(filed.code)).status == Status.IN_PROGRESS
