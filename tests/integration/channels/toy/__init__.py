"""A channel in one folder: `BOT_CHANNELS=tests.integration.channels.toy` is all that the bot is told.

The platform is a server at TOY_URL that takes `POST /send` and gives `GET /file/<name>`.
"""

from __future__ import annotations

import hmac
import json
import os

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.channels.channel import Channel
from bot.channels.entry import Entry
from bot.channels.media import MediaFetcher
from bot.channels.message import Media, Received, Text
from bot.channels.sending import NotSentError, OptedOutError, RefusedError, Sender, UnknownError
from bot.conversations.context import Context, Service
from bot.conversations.outbox import Outgoing
from bot.conversations.turns import Json
from bot.storage.outgoing import Shape

NAME, SECRET = "toy", "toy-secret"


def url() -> str:
    return os.environ["TOY_URL"]


class Toy:
    """The platform's client: texts of at most 300 characters, no buttons."""

    async def open(self) -> None:
        self._client = httpx.AsyncClient(base_url=url(), timeout=5, trust_env=False)

    async def close(self) -> None:
        await self._client.aclose()

    def check(self, message: Outgoing) -> None:
        if message.silence > 3600:
            raise RefusedError("window")

    async def send(self, to: str, body: Json) -> str:
        try:
            answer = await self._client.post("/send", json={"to": to, "text": body["text"]})
        except httpx.ConnectError as error:
            raise NotSentError("unreachable") from error
        except httpx.HTTPError as error:
            raise UnknownError(type(error).__name__) from error
        if answer.status_code == 403:
            raise OptedOutError("blocked")
        return str(answer.json()["id"])


class Files:
    async def fetch(self, media: Media) -> bytes:
        fetcher = MediaFetcher([], loopback_base=url())
        return (await fetcher.fetch(f"{url()}/file/{media.reference}")).body


def services(context: Context) -> dict[str, Service]:
    async def send() -> None:
        await Sender.of(NAME, Toy(), context).run()

    return {"toy.send": send}


def routes(_context: Context, entry: Entry) -> list[BaseRoute]:
    async def receive(request: Request) -> Response:
        body = await request.body()
        if not hmac.compare_digest(request.headers.get("x-toy", "").encode(), SECRET.encode()):
            return Response(status_code=401)
        said = json.loads(body)
        content = Media("photo", said["photo"]) if "photo" in said else Text(said["text"])
        await entry.take(Received(NAME, said["from"], said["id"], content))
        return Response(status_code=200)

    return [Route("/webhooks/toy", receive, methods=["POST"])]


CHANNEL = Channel(
    name=NAME,
    is_on=lambda _settings: True,
    shape=lambda _settings: Shape(limit=300, photos=True),
    services=services,
    routes=routes,
    fetcher=lambda _context: Files(),
)
