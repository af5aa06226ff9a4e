"""The counter of reports as the engine calls it: the action server's services, and citizens who talk to them."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select, text

from actions import reports, services
from bot.knowledge.faqs import LiveFaqs
from bot.knowledge.search import LiveIndex
from bot.knowledge.service import AnswerService, DatabaseRecords
from bot.locality import Locality
from bot.privacy import Vault, mask
from bot.settings import Settings
from bot.storage.database import connect_async, sessions
from bot.storage.models import Conversation, Ticket
from bot.tickets import Desk, TicketService
from bot.tickets.draft import CONFIRM, CONTACT, PLACE
from bot.tickets.photos import Photos
from tests.support.pictures import picture

ASK = {action.slot: action for action in reports.AskReport.__subclasses__()}
LAMP = "Bóng đèn hẻm 17 Trần Phú cháy mấy hôm rồi"


@contextlib.asynccontextmanager
async def working(url: str, folder: Path, locality: Locality) -> AsyncIterator[services.Services]:
    """The services of the action server, as the actions find them."""
    settings = Settings(
        secret_key=SecretStr("a secret key that is long enough"), database_url=SecretStr(url), data_dir=folder
    )
    database = connect_async(url)
    # Not `services.start`: reports need no search, and its ear would have to be let go between two tests.
    index = LiveIndex(database)
    made = services.Services(
        settings=settings,
        source=locality,
        database=database,
        index=index,
        faqs=LiveFaqs(database),
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


async def count(here: services.Services, table: str) -> int:
    async with here.database.connect() as connection:
        return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())  # names of this file
