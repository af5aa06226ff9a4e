"""Filing, routing and showing tickets on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.locality import load
from bot.privacy import Vault, mask
from bot.settings import Settings
from bot.storage import jobs
from bot.storage.database import connect_async, sessions
from bot.storage.models import Conversation, MaskedValue, Ticket, TicketEvent
from bot.tickets import NewReport, Status, TicketService
from bot.tickets.contacts import Contact
from bot.tickets.pins import LOCK, TRIES

EXAMPLE = Path(__file__).parents[3] / "localities" / "phuong-mau.yml"
LOCALITY = load(EXAMPLE)
YEAR = LOCALITY.now().year
REPORT = NewReport(
    conversation=str(uuid.UUID(int=0)),
    channel="web",
    category="chieu_sang",
    description="Bóng đèn cháy",
    place="hẻm 17 Trần Phú",
)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(
        secret_key=SecretStr("a secret key that is long enough"), database_url=SecretStr(database_url), locality=EXAMPLE
    )


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    made = connect_async(database_url, pool_size=20)
    yield made
    await made.dispose()


@pytest.fixture
def service(engine: AsyncEngine, settings: Settings) -> TicketService:
    return TicketService(engine, settings, LOCALITY)


async def conversation(engine: AsyncEngine) -> tuple[int, str]:
    async with sessions(engine).begin() as session:
        key = uuid.uuid4()
        made = Conversation(key=key, channel="web", external_id=str(key))
        session.add(made)
        await session.flush()
        return made.id, str(key)


async def only(engine: AsyncEngine, query: Any) -> Any:
    async with engine.connect() as connection:
        return (await connection.execute(query)).scalar_one()


async def count(engine: AsyncEngine, table: str) -> int:
    return int(await only(engine, text(f"SELECT count(*) FROM {table}")))  # names of this file


async def test_two_hundred_filings_at_once_get_consecutive_codes(service: TicketService, engine: AsyncEngine) -> None:
    filed = await asyncio.gather(*(service.file(REPORT, f"c:{number}") for number in range(200)))
    assert sorted(ticket.code for ticket in filed) == [f"PA-{YEAR}-{number:06d}" for number in range(1, 201)]
    assert await count(engine, "tickets") == await count(engine, "ticket_events") == 200
    assert await count(engine, "procrastinate_jobs") == 200


async def test_filing_again_gives_the_same_ticket(service: TicketService, engine: AsyncEngine) -> None:
    first = await service.file(REPORT, "c:m")
    assert await service.file(REPORT, "c:m") == first
    assert await count(engine, "tickets") == await count(engine, "procrastinate_jobs") == 1


async def test_the_same_filing_twenty_times_at_once_is_one_ticket_without_a_gap(
    service: TicketService, engine: AsyncEngine
) -> None:
    filed = await asyncio.gather(*(service.file(REPORT, "c:m") for _ in range(20)))
    assert {ticket.code for ticket in filed} == {f"PA-{YEAR}-000001"}
    assert len({ticket.pin for ticket in filed}) == 1
    assert (await service.file(REPORT, "c:next")).code == f"PA-{YEAR}-000002"
    assert await count(engine, "procrastinate_jobs") == 2


async def test_a_filing_that_fails_leaves_nothing_and_no_gap(
    service: TicketService, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE ticket_events ADD CONSTRAINT broken CHECK (kind <> 'TicketFiled')"))
    with pytest.raises(Exception, match="broken"):
        await service.file(REPORT, "c:m")
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE ticket_events DROP CONSTRAINT broken"))
    assert await count(engine, "tickets") == await count(engine, "procrastinate_jobs") == 0
    assert (await service.file(REPORT, "c:m")).code == f"PA-{YEAR}-000001"


async def test_an_unknown_category_is_refused(service: TicketService) -> None:
    with pytest.raises(ValueError, match="no category"):
        await service.file(replace(REPORT, category="khong_co"), "c:m")


async def test_conduct_of_officials_is_restricted(service: TicketService, engine: AsyncEngine) -> None:
    assert (await service.file(replace(REPORT, category="can_bo"), "c:m")).restricted
    assert await only(engine, select(Ticket.restricted))


async def test_the_worker_routes_a_filed_ticket(
    service: TicketService, engine: AsyncEngine, settings: Settings
) -> None:
    ticket = await service.file(REPORT, "c:m")
    await jobs.run(settings, modules=("bot.tickets.tasks",), wait=False)
    view = await service.status(ticket.code, pin=ticket.pin)
    assert view is not None
    assert (view.status, view.agency) == (Status.FORWARDED, "ha_tang")
    async with sessions(engine)() as session:
        events = (await session.scalars(select(TicketEvent).order_by(TicketEvent.seq))).all()
    assert [(event.seq, event.kind, event.status) for event in events] == [
        (1, "TicketFiled", "received"),
        (2, "TicketSorted", "sorting"),
        (3, "TicketRouted", "forwarded"),
    ]
    assert [event.actor for event in events] == ["citizen", "system", "system"]


async def test_routing_twice_at_once_happens_once(service: TicketService, engine: AsyncEngine) -> None:
    ticket = await service.file(REPORT, "c:m")
    await asyncio.gather(*(service.route(ticket.code) for _ in range(5)))
    assert await count(engine, "ticket_events") == 3
    assert await service.route("PA-2000-000001") is None


async def test_the_contact_moves_from_the_vault_into_the_ticket_encrypted(
    service: TicketService, engine: AsyncEngine, settings: Settings
) -> None:
    row, key = await conversation(engine)
    masked = mask("Lan 0912 345 678, thư lan@vidu.example, còn 0987654321 là số người khác")
    vault = Vault(settings.secret_key)
    async with sessions(engine).begin() as session:
        await vault.store(session, row, None, masked.values)
    contact = Contact(name="Lan", phone="[SĐT_1]", email="[EMAIL_1]")
    ticket = await service.file(replace(REPORT, conversation=key, contact=contact), "c:m")
    stored = bytes(await only(engine, select(Ticket.contact)))
    assert all(part not in stored for part in (b"Lan", b"0912", b"lan@vidu", "SĐT".encode()))
    assert await service.contact(ticket.code) == {"name": "Lan", "phone": "0912 345 678", "email": "lan@vidu.example"}
    assert not ticket.contact_lost
    assert await only(engine, select(MaskedValue.token)) == "[SĐT_2]"
    assert not await only(engine, select(Ticket.anonymous))
    whole = await only(engine, text("SELECT string_agg(t::text, ' ') FROM tickets t"))
    assert "0912" not in whole.replace(stored.hex(), "")


async def test_an_anonymous_ticket_has_no_contact(service: TicketService, engine: AsyncEngine) -> None:
    ticket = await service.file(REPORT, "c:m")
    assert await service.contact(ticket.code) is None
    assert await only(engine, select(Ticket.anonymous))


async def test_a_value_of_another_conversation_is_never_taken(
    service: TicketService, engine: AsyncEngine, settings: Settings
) -> None:
    stranger, _ = await conversation(engine)
    async with sessions(engine).begin() as session:
        await Vault(settings.secret_key).store(session, stranger, None, mask("0912345678").values)
    _, key = await conversation(engine)
    ticket = await service.file(replace(REPORT, conversation=key, contact=Contact(phone="[SĐT_1]")), "c:m")
    assert ticket.contact_lost
    assert await service.contact(ticket.code) is None
    assert await count(engine, "masked_values") == 1


async def test_the_vault_gives_back_what_it_keeps_and_purges(
    service: TicketService, engine: AsyncEngine, settings: Settings
) -> None:
    row, key = await conversation(engine)
    vault, values = Vault(settings.secret_key), mask("0912345678 và a@b.vn và 079201001234").values
    async with sessions(engine).begin() as session:
        await vault.store(session, row, None, values)
        assert await vault.find(session, row, ["[SĐT_1]", "[SĐT_9]"]) == {"[SĐT_1]": "0912345678"}
        assert await vault.purge(session, row, tokens=["[SĐT_1]"]) == 1
        assert await vault.purge_older(session, datetime.now(UTC) - timedelta(days=1)) == 0
    assert await service.forget(key) == 2
    assert await service.forget(key) == await service.forget("no key") == 0


async def test_status_is_for_the_same_citizen_or_the_pin(service: TicketService, engine: AsyncEngine) -> None:
    _, mine = await conversation(engine)
    _, other = await conversation(engine)
    ticket = await service.file(replace(REPORT, conversation=mine), "c:m")
    wrong = f"{(int(ticket.pin) + 1) % 10**6:06d}"
    assert await service.status(ticket.code.lower(), mine) is not None
    assert await service.status(ticket.code, pin=ticket.pin) is not None
    assert await service.status(ticket.code, other) is None
    assert await service.status(ticket.code, other, wrong) is None
    assert await service.status(f"PA-{YEAR}-999999", mine, ticket.pin) is None
    assert await service.status("", None, "") is None


async def test_my_tickets_are_mine_alone_newest_first(service: TicketService, engine: AsyncEngine) -> None:
    _, mine = await conversation(engine)
    _, other = await conversation(engine)
    codes = [(await service.file(replace(REPORT, conversation=mine), f"c:{n}")).code for n in range(3)]
    assert [view.code for view in await service.mine(mine)] == codes[::-1]
    assert await service.mine(other) == await service.mine("no key") == []


async def test_wrong_pins_lock_the_ticket_for_the_right_one_too(service: TicketService, engine: AsyncEngine) -> None:
    _, mine = await conversation(engine)
    ticket = await service.file(replace(REPORT, conversation=mine), "c:m")
    wrong = f"{(int(ticket.pin) + 1) % 10**6:06d}"
    for _ in range(TRIES):
        assert await service.status(ticket.code, pin=wrong) is None
    assert await service.status(ticket.code, pin=ticket.pin) is None
    assert await service.status(ticket.code, mine) is not None
    locked = await only(engine, select(Ticket.pin_locked_until))
    assert timedelta() < locked - datetime.now(UTC) <= LOCK
    async with engine.begin() as connection:
        await connection.execute(update(Ticket).values(pin_locked_until=func.now() - timedelta(seconds=1)))
    assert await service.status(ticket.code, pin=ticket.pin) is not None
    assert await only(engine, select(Ticket.pin_failures)) == 0


async def test_guesses_at_once_are_all_counted(service: TicketService, engine: AsyncEngine) -> None:
    ticket = await service.file(REPORT, "c:m")
    wrong = f"{(int(ticket.pin) + 1) % 10**6:06d}"
    await asyncio.gather(*(service.status(ticket.code, pin=wrong) for _ in range(20)))
    assert await only(engine, select(Ticket.pin_failures)) == TRIES
    assert await service.status(ticket.code, pin=ticket.pin) is None


async def test_the_pin_is_stored_nowhere(service: TicketService, engine: AsyncEngine) -> None:
    ticket = await service.file(REPORT, "c:m")
    for table in ("tickets", "ticket_events", "procrastinate_jobs"):
        assert ticket.pin not in str(await only(engine, text(f"SELECT string_agg(t::text, ' ') FROM {table} t")))
