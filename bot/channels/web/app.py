"""The web application, joined from the settings."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol, cast

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from bot.channels.channel import active
from bot.channels.entry import Entry
from bot.channels.web.api import ChatApi
from bot.channels.web.assets import Assets
from bot.channels.web.edge import Edge
from bot.channels.web.errors import ApiError, on_api_error, on_fault, on_gone, on_http_error
from bot.channels.web.events import EventsApi
from bot.channels.web.feedback import FeedbackApi
from bot.channels.web.page import ChatPage
from bot.channels.web.probes import Probes
from bot.conversations.answers import Answers
from bot.conversations.capability import Capabilities
from bot.conversations.context import engine_client, keep_running, open_context
from bot.conversations.later import Feed
from bot.locality import LiveLocality
from bot.settings import Settings

CONNECTIONS = 8

PARTS: tuple[str, ...] = (
    "bot.channels.web.photos",
    "bot.channels.web.tickets",
    "bot.open311.mount",
    "bot.console.part",
    "bot.tickets.backends.mount",
)
"""Modules with a `routes(settings, locality)`: an asynchronous context manager that gives routes for this process.
They stand beside or above the channels: they are named here, not imported."""


class _Part(Protocol):
    def routes(self, settings: Settings, locality: LiveLocality) -> AbstractAsyncContextManager[list[BaseRoute]]: ...


class Web:
    """One web process: the application, and what must be told when it is to stop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._live = LiveLocality(settings.locality)
        self._locality = self._live.current
        self._answers: Answers | None = None
        self._feed: Feed | None = None
        # Neither the schema nor the interactive documents: those load their scripts from elsewhere.
        self.api = FastAPI(
            lifespan=self._lifespan,
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
            exception_handlers={
                ApiError: on_api_error,
                HTTPException: on_http_error,
                ClientDisconnect: on_gone,
                Exception: on_fault,
            },
        )
        self.app: ASGIApp = Edge(self.api, proxied=bool(settings.trusted_proxies))

    def stop(self) -> None:
        """Requests that wait are told to ask again."""
        if self._answers is not None:
            self._answers.close()
        if self._feed is not None:
            self._feed.close()

    @contextlib.asynccontextmanager
    async def _lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        settings = self._settings
        async with (
            open_context(settings, connections=CONNECTIONS) as context,
            contextlib.AsyncExitStack() as parts,
        ):
            engine = engine_client(settings)
            answers = self._answers = Answers(context.pool, context.database_url)
            chat = ChatApi(
                context.inbox,
                answers,
                Capabilities(settings.secret_key),
                reply_wait=settings.reply_wait,
                limited=settings.rate_limit == "on",
            )
            feed = self._feed = Feed(context.pool, context.database_url)
            events = EventsApi(feed, Capabilities(settings.secret_key), limited=settings.rate_limit == "on")
            thumbs = FeedbackApi(context.pool, Capabilities(settings.secret_key), limited=settings.rate_limit == "on")
            probes = Probes(context.pool, engine, answers)
            assets = Assets()
            page = ChatPage(self._locality, settings, assets)
            self.api.router.routes += [
                Route("/api/chat", chat.chat, methods=["POST"]),
                Route("/api/chat/feedback", thumbs.give, methods=["POST"]),
                Route("/api/chat/history", chat.history, methods=["GET"]),
                Route("/api/chat/events", events.events, methods=["GET"]),
                Route("/", page.serve, methods=["GET"]),
                Route("/static/{name}", assets.serve, methods=["GET"]),
                Route("/health/live", probes.live, methods=["GET"]),
                Route("/health/ready", probes.ready, methods=["GET"]),
                Route("/metrics", probes.metrics, methods=["GET"]),
            ]
            entry = Entry.of(context)
            for channel in active(settings):
                if channel.routes is not None:
                    self.api.router.routes += channel.routes(context, entry)
            for name in PARTS:
                part = cast(_Part, importlib.import_module(name))
                self.api.router.routes += await parts.enter_async_context(part.routes(settings, self._live))
            helpers = [
                asyncio.create_task(keep_running(name, service))
                for name, service in (("answers", answers.run), ("feed", feed.run))
            ]
            try:
                yield
            finally:
                for helper in helpers:
                    helper.cancel()
                await asyncio.gather(*helpers, return_exceptions=True)
                engine.close()
