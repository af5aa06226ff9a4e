"""The report actions as the engine calls them, over a real database: slots in, slots and utterances out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from actions import guidance, office, reports, services, tickets
from bot.locality import Locality
from bot.locality.calendar import MakeUp
from bot.locality.hours import Closed
from bot.storage.models import MaskedValue, Ticket
from bot.tickets import Desk
from bot.tickets.draft import DETAILS, PHOTOS, WARD
from tests.integration.tickets.counter import LAMP, Citizen, arrive, count, row, sent, working
from tests.support.localities import ward


async def filed(here: services.Services) -> Citizen:
    citizen = await Citizen.arrive(here)
    await citizen.says("Bóng đèn hẻm 17 Trần Phú cháy mấy hôm rồi", "report_chieu_sang")
    await citizen.says("Lan 0912 345 678")
    return await citizen.says("ok gửi đi")


async def test_a_report_becomes_a_ticket_with_its_contact(here: services.Services) -> None:
    citizen = await filed(here)
    code = citizen.slots["last_ticket"]
    assert citizen.outcomes == [{"status": "filed", "category": "chieu_sang", "ticket": code}]
    assert code in citizen.said
    assert await here.tickets.contact(code) == {"name": "Lan", "phone": "0912 345 678"}
    assert await count(here, "masked_values") == 0
    assert all(citizen.slots[name] is None for name in reports.SLOTS)


async def test_every_question_reports_the_form(here: services.Services) -> None:
    citizen = await Citizen.arrive(here)
    assert (await citizen.says("tôi muốn phản ánh", "report")).status == "form"
    await citizen.says("rác chất cả đống trong xóm", "report_rac_thai")
    assert citizen.outcomes == [{"status": "form", "category": "rac_thai", "wants": "location"}]
    assert citizen.texts[0].startswith("Tôi hiểu bạn muốn phản ánh về")


async def test_a_repeated_confirmation_files_once(here: services.Services) -> None:
    citizen = await Citizen.arrive(here)
    await citizen.says("Bóng đèn hẻm 17 Trần Phú cháy mấy hôm rồi", "report_chieu_sang")
    await citizen.presses("anonymous")
    before = dict(citizen.slots)
    await citizen.presses("confirm")
    first = citizen.said
    # The turn was lost after filing: the engine takes the same message again from its old state.
    citizen.slots, citizen.active, citizen.number = before, True, citizen.number - 1
    await citizen.presses("confirm")
    assert citizen.said == first
    assert await count(here, "tickets") == 1


async def test_cancelling_files_nothing_and_is_no_form_any_more(here: services.Services) -> None:
    citizen = await Citizen.arrive(here)
    await citizen.says("Bóng đèn hẻm 17 Trần Phú cháy mấy hôm rồi", "report_chieu_sang")
    await citizen.says("thôi hủy đi")
    assert citizen.status == "smalltalk"
    assert await count(here, "tickets") == 0
    assert (await citizen.runs(reports.ActionCancelReport())).status == "smalltalk"


async def test_a_question_in_the_middle_is_answered_and_the_report_goes_on(here: services.Services) -> None:
    citizen = await Citizen.arrive(here)
    await citizen.says("tôi muốn phản ánh về rác thải", "report_rac_thai")
    await citizen.says("mấy giờ phường mở cửa", "hours", digression=office.ActionOffice())
    assert [told["status"] for told in citizen.outcomes] == ["smalltalk", "form"]
    assert citizen.texts[-1].startswith("Bạn mô tả giúp tình trạng rác")
    assert citizen.slots["report_description"] is None


async def test_a_denunciation_ends_the_report_and_asks_to_be_forgotten(here: services.Services) -> None:
    citizen = await Citizen.arrive(here)
    await citizen.says("cán bộ hộ tịch quát mắng bà cụ", "report_can_bo")
    await citizen.says("ông ấy ăn chặn tiền hỗ trợ", "denunciation")
    assert citizen.outcomes == [{"status": "guided", "forget": True}]
    assert "ăn chặn" not in str(citizen.slots)
    assert await count(here, "tickets") == 0


@pytest.mark.parametrize(
    ("intent", "kind", "begins"),
    [
        ("emergency", "fire", "Gọi ngay 114"),
        ("emergency", "medical", "Gọi ngay 115"),
        ("emergency", None, "Gọi ngay: 114"),
        ("crime", None, "Gọi ngay 113"),
        ("denunciation", None, "Tố cáo được nhận trực tiếp"),
        ("complaint_decision", None, "Không đồng ý với một quyết định"),
    ],
)
async def test_guidance(here: services.Services, intent: str, kind: str | None, begins: str) -> None:
    citizen = await Citizen.arrive(here)
    await citizen.runs(guidance.ActionGuide(), "…", intent, **({"emergency_kind": kind} if kind else {}))
    assert citizen.texts[0].startswith(begins)
    assert citizen.status == "guided"
    assert citizen.outcomes[0].get("forget", False) is (intent == "denunciation")


async def test_the_status_of_ones_own_report(here: services.Services) -> None:
    citizen = await filed(here)
    code = citizen.slots["last_ticket"]
    await citizen.runs(tickets.ActionTicketStatus(), "phản ánh của tôi")
    assert code in citizen.said
    assert "đã tiếp nhận" in citizen.said
    await citizen.runs(tickets.ActionTicketStatus(), f"mã {code.lower()} tới đâu rồi")
    assert citizen.outcomes == [{"status": "lookup", "ticket": code}]


async def test_the_status_of_anothers_report_wants_the_pin(here: services.Services) -> None:
    owner = await filed(here)
    code = owner.slots["last_ticket"]
    pin = owner.said.split("PIN: ")[1][:6]
    stranger = await Citizen.arrive(here)
    await stranger.runs(tickets.ActionTicketStatus(), code)
    known = stranger.said
    await stranger.runs(tickets.ActionTicketStatus(), code.replace("000001", "000999"))
    assert stranger.said.replace("000999", "000001") == known, "an unknown code must sound like another's"
    await stranger.runs(tickets.ActionTicketStatus(), code)
    await stranger.runs(tickets.ActionTicketStatus(), f"pin {(int(pin) + 1) % 10**6:06d}")
    assert "chưa đúng" in stranger.said
    await stranger.runs(tickets.ActionTicketStatus(), pin)
    assert "Chiếu sáng công cộng" in stranger.said
    assert stranger.slots["asked_ticket"] is None


async def test_without_any_report_the_way_is_told(here: services.Services) -> None:
    citizen = await Citizen.arrive(here)
    assert "PA-" in (await citizen.runs(tickets.ActionTicketStatus(), "phản ánh của tôi")).said
    await citizen.runs(tickets.ActionDossierStatus(), "…", "dossier_status", dossier_code="H00.01-260101-0001")
    assert "H00.01-260101-0001" in citizen.said
    assert "dichvucong.gov.vn" in citizen.said


async def test_erasure_is_real_and_ends_the_report(here: services.Services) -> None:
    await filed(here)
    citizen = await Citizen.arrive(here)
    await citizen.says("Bóng đèn hẻm 17 Trần Phú cháy mấy hôm rồi", "report_chieu_sang")
    await citizen.says("Lan 0912345678")
    assert await count(here, "masked_values") == 1
    async with here.database.begin() as connection:
        await connection.execute(text("UPDATE conversations SET ward = '90001'"))
    await citizen.says("xóa hết số điện thoại của tôi đi", "privacy", digression=office.ActionPrivacy())
    assert citizen.outcomes[0] == {"status": "privacy"}
    assert not citizen.active
    assert await count(here, "masked_values") == 0
    assert await count(here, f"conversations WHERE key = '{citizen.key}' AND ward IS NOT NULL") == 0
    assert all(citizen.slots[name] is None for name in reports.SLOTS)
    assert await count(here, "tickets") == 1


async def test_a_question_about_privacy_deletes_nothing(here: services.Services) -> None:
    citizen = await Citizen.arrive(here)
    await citizen.keep("0912345678")
    await citizen.runs(office.ActionPrivacy(), "dữ liệu của tôi có an toàn không", "privacy")
    assert citizen.status == "privacy"
    assert await count(here, "masked_values") == 1


async def test_a_human_is_named_and_the_wish_recorded(here: services.Services) -> None:
    citizen = await Citizen.arrive(here)
    await citizen.runs(office.ActionHandoff())
    assert "0200 3999 002" in citizen.said
    assert citizen.outcomes == [{"status": "handoff", "unresolved": {"reason": "handoff"}}]


def hours_of(here: services.Services, *, is_open: bool) -> services.Services:
    """The same services of a place that is open, or closed, all of today and tomorrow."""
    today = here.locality.now().date()
    days = [today, today + timedelta(days=1)]
    changed = (
        {"makeup": tuple(MakeUp(date=day, hours=("00:00-23:59:59",)) for day in days)}
        if is_open
        else {"closed": (Closed(**{"name": "bão số 9", "from": days[0], "to": days[1]}),), "makeup": ()}
    )
    # Not model_copy: what the place has worked out of its days would come along.
    place = Locality.model_validate(here.locality.model_dump(by_alias=True) | changed)
    return replace(here, source=place, desk=Desk(here.settings, place))


@pytest.mark.parametrize(
    ("setting", "staffed", "is_open", "told", "live"),
    [
        ("on", True, True, "Cán bộ sẽ trả lời bạn ngay tại đây", True),
        ("on", True, False, "(bão số 9)", False),
        ("on", False, True, "0200 3999 002", False),
        ("off", True, True, "0200 3999 002", False),
    ],
)
async def test_a_human_is_promised_only_where_one_can_come(
    here: services.Services, setting: str, staffed: bool, is_open: bool, told: str, live: bool
) -> None:
    made = hours_of(here, is_open=is_open)
    made = replace(made, settings=made.settings.model_copy(update={"live_chat": setting}))
    services._services.append(made)
    try:
        async with here.database.begin() as connection:
            role = "officer" if staffed else "curator"
            await connection.execute(
                text("INSERT INTO staff (name, roles, password_hash) VALUES ('lan', CAST(:roles AS jsonb), 'x')"),
                {"roles": f'["{role}"]'},
            )
        citizen = await Citizen.arrive(here)
        await citizen.runs(office.ActionHandoff())
    finally:
        services._services.remove(made)
    assert told in citizen.said
    assert ("ngay tại đây" in citizen.said) is live
    assert citizen.outcomes[0]["unresolved"] == {"reason": "handoff"}, "the wish is always recorded"
    assert citizen.outcomes[0].get("live", False) is live


async def test_nothing_personal_is_stored_in_the_clear(here: services.Services) -> None:
    await filed(here)
    async with here.database.connect() as connection:
        ticket = (await connection.execute(select(Ticket.description, Ticket.place, Ticket.contact))).one()
        assert (await connection.execute(select(MaskedValue))).first() is None
    assert b"0912" not in bytes(ticket.contact)
    assert "0912" not in ticket.description + ticket.place


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
