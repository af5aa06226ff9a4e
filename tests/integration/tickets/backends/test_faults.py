"""Against a server that fails in every way, and workers that are killed: one ticket there for each here."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.storage.housekeeping import revive_jobs
from bot.tickets.tasks import FOLLOW
from tests.support import faulty_open311, served
from tests.support.backends import OPEN311, Remote, remote_place

TICKETS = 500
FAULTS = 0.3
KILLS = 4
BOUND = 58.0
"""Seconds for a test."""


class Workers:
    """One worker at a time, killed now and then in the middle of its work."""

    def __init__(self, place: Remote) -> None:
        self._place = place
        settings = place.settings
        self._settings = {
            "data_dir": str(settings.data_dir),
            "database_url": settings.database_url.get_secret_value(),
            "secret_key": settings.secret_key.get_secret_value(),
            "locality": str(settings.locality),
            "log_level": "error",
        }
        self._process = served.start(served.work, self._settings)
        self.kills = 0

    async def kill(self) -> None:
        """SIGKILL; the next one takes over what this one had begun."""
        self._process.kill()
        self._process.join(10)
        self.kills += 1
        await self._place.run_sql("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
        await self._place.defer(revive_jobs.name)
        self._process = served.start(served.work, self._settings)

    def stop(self) -> None:
        self._process.kill()
        self._process.join(10)


async def test_one_ticket_there_for_each_here(database_url: str, tmp_path: Path) -> None:
    began, chance = time.monotonic(), random.Random(7)
    async with faulty(database_url, tmp_path) as (place, url):
        codes = await filed(place)
        filing = time.monotonic() - began
        await asyncio.to_thread(served.control, url, rate=FAULTS)
        workers = Workers(place)
        try:
            while (states := await place.states()) != {"accepted": TICKETS}:
                assert time.monotonic() - began < BOUND, f"not all handed over: {states}"
                if workers.kills < KILLS and states.get("accepted", 0) < TICKETS * 0.8 and chance.random() < 0.3:
                    await workers.kill()
                await asyncio.sleep(1)
        finally:
            workers.stop()
        took = time.monotonic() - began
        truth = await asyncio.to_thread(served.control, url)
        there = Counter(_code(item) for item in truth["requests"].values())
        assert sorted(there) == codes, "lost, or somebody else's"
        assert set(there.values()) == {1}, "twice there"
        rows = await place.submissions()
        assert all(_code(truth["requests"][rows[code].remote_id]) == code for code in codes), "another ticket's number"
        print(
            f"\n{TICKETS} tickets, {workers.kills} kills, faults {truth['faults']},"
            f" tries {Counter(row.tries for row in rows.values())}, filed in {filing:.1f} s, all there in {took:.1f} s"
        )
        assert workers.kills
        assert all(truth["faults"].get(name) for name in ("late", "silent", "500_after", "broken", "nonsense", "token"))


async def test_no_update_is_lost_or_out_of_order(database_url: str, tmp_path: Path) -> None:
    began, chance = time.monotonic(), random.Random(8)
    async with faulty(database_url, tmp_path) as (place, url):
        codes = await filed(place)
        forms = [{"service_code": "DEN", "description": code} for code in codes]
        await asyncio.to_thread(served.control, url, adopt=forms)
        await place.run_sql(
            "UPDATE ticket_submissions s SET state = 'accepted', remote_id = t.id::text FROM"
            " (SELECT ticket_id, row_number() OVER (ORDER BY ticket_id) AS id FROM ticket_submissions) t"
            " WHERE t.ticket_id = s.ticket_id"
        )
        truth = await asyncio.to_thread(served.control, url, happen=3, rate=FAULTS)
        wanted = len(truth["updates"])
        workers = Workers(place)
        try:
            while (got := await place.count("ticket_events WHERE kind = 'UpdateReceived'")) < wanted:
                assert time.monotonic() - began < BOUND, f"not all updates taken: {got} of {wanted}"
                if workers.kills < KILLS and chance.random() < 0.2:
                    await workers.kill()
                await place.defer(FOLLOW)
                await asyncio.sleep(1)
        finally:
            workers.stop()
        took = time.monotonic() - began
        await _nothing_lost_or_reordered(place, truth)
        late = await place.count("ticket_events WHERE kind = 'UpdateReceived' AND (data->>'late')::boolean")
        print(f"\n{wanted} updates, {late} of them late, {workers.kills} kills, all taken in {took:.1f} s")
        assert workers.kills
        assert late


@asynccontextmanager
async def faulty(database_url: str, folder: Path) -> AsyncIterator[tuple[Remote, str]]:
    with served.served(faulty_open311.application, 7, 1.0) as url:
        async with remote_place(database_url, folder, OPEN311 | {"url": url}) as place:
            yield place, url


async def filed(place: Remote) -> list[str]:
    codes = await place.file(TICKETS)
    # Where they go here is another test's business, and takes time.
    await place.run_sql("DELETE FROM procrastinate_jobs WHERE task_name = 'tickets.route'")
    return codes


def _code(item: dict[str, Any]) -> str | None:
    """Of the ticket of which a request there is."""
    found = re.search(r"\[motcua:phuong-mau:(PA-\d+-\d+)\]$", item["description"])
    return found[1] if found else None


async def _nothing_lost_or_reordered(place: Remote, truth: dict[str, Any]) -> None:
    rows, statuses, events = await place.submissions(), await place.statuses(), await place.events()
    for code, row in rows.items():
        theirs = [update for update in truth["updates"] if update["service_request_id"] == row.remote_id]
        received = [event for event in events[code] if event.kind == "UpdateReceived"]
        assert sorted(event.data["update_id"] for event in received) == sorted(update["update_id"] for update in theirs)
        applied = [datetime.fromisoformat(event.data["updated_at"]) for event in received if not event.data["late"]]
        assert applied == sorted(applied), "an older one over a newer"
        newest = max(theirs, key=lambda update: str(update["updated_datetime"]))
        assert row.remote_status == newest["status"]
        begun = {
            "open": {"received", "forwarded", "in_progress"},
            "in_progress": {"in_progress"},
            "closed": {"awaiting_citizen"},
        }
        assert statuses[code] in begun[newest["status"]]
        told = {event.text for event in events[code]}
        assert {update["description"] for update in theirs} <= told, "a text was lost"
