"""The report actions as the engine calls them, over a real database: slots in, slots and utterances out."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select, text

from actions import guidance, office, reports, services, tickets
from bot.knowledge.search import LiveIndex
from bot.knowledge.service import AnswerService, DatabaseRecords
from bot.privacy import Vault, mask
from bot.settings import Settings
from bot.storage.database import connect_async, sessions
from bot.storage.models import Conversation, MaskedValue, Ticket
from bot.tickets import Desk, TicketService
from tests.support.localities import plain, ward

EXAMPLE = Path(__file__).parents[3] / "localities" / "phuong-mau.yml"
ASK = {action.slot: action for action in reports.AskReport.__subclasses__()}


@pytest.fixture
async def here(database_url: str) -> AsyncIterator[services.Services]:
    settings = Settings(
        secret_key=SecretStr("a secret key that is long enough"), database_url=SecretStr(database_url), locality=EXAMPLE
    )
    database, locality = connect_async(database_url), plain(ward())
    # Not `services.start`: reports need no search, and its ear would have to be let go between two tests.
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


@dataclass
class Citizen:
    """Plays the engine's part for one conversation: its form loop, its rules for digressions."""

    here: services.Services
    key: str
    slots: dict[str, Any] = field(default_factory=dict)
    active: bool = False
    texts: list[str] = field(default_factory=list)
    outcomes: list[dict[str, Any]] = field(default_factory=list)
    number: int = 0

    @classmethod
    async def arrive(cls, here: services.Services) -> Citizen:
        key = uuid.uuid4()
        async with sessions(here.database).begin() as session:
            session.add(Conversation(key=key, channel="web", external_id=str(key)))
        return cls(here, str(key))

    async def keep(self, message: str) -> str:
        """What the inbox does: mask, and keep the values."""
        masked = mask(message)
        async with sessions(self.here.database).begin() as session:
            row = await session.scalar(select(Conversation.id).where(Conversation.key == uuid.UUID(self.key)))
            assert row is not None
            await Vault(self.here.settings.secret_key).store(session, row, None, masked.values)
        return masked.text

    async def says(self, message: str, intent: str = "inform", *, digression: Action | None = None) -> Citizen:
        return await self._turn(await self.keep(message), intent, {}, digression)

    async def presses(self, choice: str) -> Citizen:
        return await self._turn(f"form:{choice}", "form_choice", {"choice": choice}, None)

    async def runs(self, action: Action, message: str = "", intent: str = "", **entities: str) -> Citizen:
        self._begin()
        await self._run(action, message, intent, entities)
        return self

    def _begin(self) -> None:
        self.number += 1
        self.texts, self.outcomes = [], []

    async def _turn(self, message: str, intent: str, entities: dict[str, str], digression: Action | None) -> Citizen:
        self._begin()
        self.active = self.active or intent.startswith("report")
        events = await self._run(reports.ValidateReportForm(), message, intent, entities)
        if any(event["event"] == "action_execution_rejected" for event in events):
            assert digression is not None, "rejected without a rule"
            await self._run(digression, message, intent, entities)
            await self._run(reports.ValidateReportForm(), message, intent, entities)
        asked = self.slots.get("requested_slot")
        if asked:
            await self._run(ASK[asked](), message, intent, entities)
        else:
            self.active = False
            await self._run(reports.ActionFileReport(), message, intent, entities)
        return self

    async def _run(self, action: Action, message: str, intent: str, entities: dict[str, str]) -> list[dict[str, Any]]:
        dispatcher = CollectingDispatcher()
        events: list[dict[str, Any]] = await action.run(dispatcher, self._tracker(message, intent, entities), {})
        for event in events:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
        self.texts += [said["text"] for said in dispatcher.messages if said["text"]]
        self.outcomes += [said["custom"]["outcome"] for said in dispatcher.messages if said["custom"]]
        return events

    def _tracker(self, message: str, intent: str, entities: dict[str, str]) -> Tracker:
        latest = {
            "text": message,
            "intent": {"name": intent, "confidence": 0.95},
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
            "metadata": {"message_id": f"m{self.number}", "conversation": self.key, "channel": "web"},
        }
        loop = {"name": reports.FORM} if self.active else {}
        return Tracker(self.key, dict(self.slots), latest, [], False, None, loop, "action_listen")

    @property
    def said(self) -> str:
        return "\n".join(self.texts)

    @property
    def status(self) -> str:
        return str(self.outcomes[-1]["status"])


async def count(here: services.Services, table: str) -> int:
    async with here.database.connect() as connection:
        return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())  # names of this file


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
    assert citizen.outcomes == [{"status": "form", "category": "rac_thai"}]
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
    await citizen.says("xóa hết số điện thoại của tôi đi", "privacy", digression=office.ActionPrivacy())
    assert citizen.outcomes[0] == {"status": "privacy"}
    assert not citizen.active
    assert await count(here, "masked_values") == 0
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


async def test_nothing_personal_is_stored_in_the_clear(here: services.Services) -> None:
    await filed(here)
    async with here.database.connect() as connection:
        ticket = (await connection.execute(select(Ticket.description, Ticket.place, Ticket.contact))).one()
        assert (await connection.execute(select(MaskedValue))).first() is None
    assert b"0912" not in bytes(ticket.contact)
    assert "0912" not in ticket.description + ticket.place
