"""Runs a stand-in: as a process, or in a thread of a test."""

from __future__ import annotations

import argparse
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

Act = Callable[..., Any]


class DroppingProtocol(HttpToolsProtocol):
    """HTTP that lets an application break the connection off, as networks do."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["standin.drop"] = self.transport.abort


def control_route(acts: dict[str, Act]) -> Route:
    """`POST /control/<act>` with the act's arguments as JSON; what it returns, as JSON.

    A mistake of the test (an unknown act, a button that is not there) is answered 422 with its text.
    """

    async def control(request: Request) -> Response:
        act = acts.get(request.path_params["act"])
        if act is None:
            return JSONResponse({"error": f"unknown act; there are {sorted(acts)}"}, 422)
        body = await request.body()
        try:
            found = act(**(await request.json() if body else {}))
            if isinstance(found, Awaitable):
                found = await found
        except (LookupError, ValueError, TypeError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 422)
        return JSONResponse(found)

    return Route("/control/{act}", control, methods=["POST"])


def configured(app: Starlette, port: int) -> uvicorn.Server:
    """A server on loopback, not started yet."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        http=DroppingProtocol,
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=0,
        backlog=4096,
    )
    return uvicorn.Server(config)


@contextmanager
def running(app: Starlette, port: int = 0) -> Iterator[str]:
    """Serve in a thread; the base address."""
    server = configured(app, port)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not server.started:
        if not thread.is_alive() or time.monotonic() > end:
            raise RuntimeError("the stand-in does not start")
        time.sleep(0.005)
    # Stopping, uvicorn complains of each long poll that it cuts off.
    quiet = logging.getLogger("uvicorn.error")
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        quiet.addFilter(_not_cut_off)
        server.should_exit = True
        thread.join(10)
        quiet.removeFilter(_not_cut_off)


def _not_cut_off(record: logging.LogRecord) -> bool:
    return "graceful shutdown exceeded" not in record.getMessage() and "CancelledError" not in str(record.exc_text)


def arguments(description: str | None, port: int) -> argparse.ArgumentParser:
    """What every stand-in takes on its command line."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=port, help=f"on 127.0.0.1 (default {port})")
    parser.add_argument(
        "--speed", type=float, default=1.0, help="how much faster redelivery goes (default 1: as it is)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of everything that happens by chance")
    return parser
