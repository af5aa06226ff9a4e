"""The console as a browser sees it: a real web process, accounts, tickets, and forms sent as a page would."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.console.accounts import Accounts
from bot.conversations.capability import Capabilities
from bot.locality import load
from bot.runtime.project import ROOT
from bot.settings import Settings
from bot.storage.database import connect_async, sessions
from bot.tickets import TicketService
from bot.tickets.people import Actor
from bot.tickets.records import NewReport
from tests.support.chat_system import ChatSystem, running_chat

PASSWORD = "một câu dài dễ nhớ"
T = TypeVar("T")


class Browser:
    """A browser of one person: keeps cookies, sends the form token of the page that it saw."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, follow_redirects=False, timeout=30)

    def get(self, path: str) -> httpx.Response:
        """Open a page."""
        return self.client.get(f"/console{path}")

    def token(self) -> str:
        """The form token of this browser."""
        if "starlette_admin_csrftoken" not in self.client.cookies:
            self.get("/login")
        return self.client.cookies["starlette_admin_csrftoken"]

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """Send a form."""
        return self.client.post(f"/console{path}", data={"csrftoken": self.token()} | (data or {}), **more)

    def login(self, name: str, password: str = PASSWORD) -> httpx.Response:
        """Log in."""
        return self.post("/login", {"username": name, "password": password})


class Office:
    """A running web process with accounts and tickets behind it."""

    def __init__(self, system: ChatSystem) -> None:
        self.system = system
        self.url = system.url
        self.settings = Settings(
            database_url=SecretStr(system.database_url), secret_key=SecretStr("a secret key for tests only")
        )
        self.locality = load(self.settings.locality)

    def run(self, work: Callable[[async_sessionmaker[AsyncSession]], Awaitable[T]]) -> T:
        """Do something with the database."""

        async def doing() -> T:
            engine = connect_async(self.system.database_url, pool_size=2)
            try:
                return await work(sessions(engine))
            finally:
                await engine.dispose()

        # In a thread of its own: the browser of a test may run a loop in this one.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(lambda: asyncio.run(doing())).result()

    def with_tickets(self, work: Callable[[TicketService], Awaitable[T]]) -> T:
        """Do something with the ticket service."""
        return self.run(lambda made: work(TicketService(made, self.settings, self.locality)))

    def staff(self, name: str, *roles: str, agency: str | None = None, must_change: bool = False) -> str:
        """An account."""

        async def make(made: async_sessionmaker[AsyncSession]) -> None:
            await Accounts(made).add(
                name,
                roles,
                agency,
                PASSWORD,
                by="cli",
                agencies={item.code for item in self.locality.agencies},
                must_change=must_change,
            )

        self.run(make)
        return name

    def browser(self, name: str | None = None) -> Browser:
        """A browser, logged in."""
        made = Browser(self.url)
        if name is not None:
            response = made.login(name)
            assert response.status_code == 303, response.text
        return made

    def ticket(self, category: str = "rac_thai", *, routed: bool = True, **values: Any) -> str:
        """A ticket; routed, it lies with the agency of its category."""

        async def make(service: TicketService) -> str:
            report = NewReport(
                **{  # type: ignore[arg-type]
                    "conversation": "",
                    "channel": "web",
                    "category": category,
                    "description": "rác đổ đầy đầu hẻm",
                    "place": "hẻm 12 đường Hoa Mai",
                }
                | values
            )
            filed = await service.file(report, f"test:{category}:{values!r}:{next(_NUMBERS)}")
            if routed:
                await service.route(filed.code)
            return filed.code

        return self.with_tickets(make)

    def citizen(self) -> tuple[str, str]:
        """A citizen who writes on the web: token and key of the conversation."""
        token = self.system.say("xin chào")["conversation"]
        key = Capabilities(self.settings.secret_key).verify(token)
        assert key is not None
        return token, str(key)

    def history(self, token: str) -> list[dict[str, Any]]:
        """What a citizen's page shows."""
        response = httpx.get(f"{self.url}/api/chat/history", headers={"Authorization": f"Bearer {token}"})
        messages: list[dict[str, Any]] = response.json()["messages"]
        return messages

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """What a query finds."""

        async def read(made: async_sessionmaker[AsyncSession]) -> list[Any]:
            async with made() as session:
                return [tuple(row) for row in await session.execute(text(statement), values)]

        return self.run(read)

    def execute(self, statement: str) -> None:
        """Change the database behind the office's back."""

        async def change(made: async_sessionmaker[AsyncSession]) -> None:
            async with made.begin() as session:
                await session.execute(text(statement))

        self.run(change)

    def detail(self, code: str) -> Any:
        """A ticket, as an administrator sees it."""
        return self.with_tickets(lambda service: service.detail(code, Actor.staff("test", "admin")))


def _numbers() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


_NUMBERS = _numbers()


@contextmanager
def running_office(database_url: str, *, workers: int = 0, **settings: str) -> Iterator[Office]:
    """An office for tests; with a worker, citizens are answered by a fake engine."""
    with tempfile.TemporaryDirectory() as folder:
        # What reviewers teach goes into a copy.
        for part in ("intents", "aliases"):
            shutil.copytree(ROOT / "nlu_data" / part, Path(folder) / part)
        with running_chat(database_url, workers=workers, **{"BOT_CORPUS_DIR": folder} | settings) as system:
            yield Office(system)


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found[1]
