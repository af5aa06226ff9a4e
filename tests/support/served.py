"""Processes for tests that are started quickly and killed without ceremony: forked from one that has imported all."""

from __future__ import annotations

import contextlib
import multiprocessing
import socket
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from typing import Any

import httpx

from tests.support.chat_system import free_port

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["bot.tickets.tasks", "bot.storage.housekeeping", "uvicorn", "starlette.routing"])


def start(target: Callable[..., None], *args: Any) -> BaseProcess:
    """A process that runs a function of a module."""
    process = _context.Process(target=target, args=args, daemon=True)
    process.start()
    return process


@contextlib.contextmanager
def served(factory: Callable[..., Any], *args: Any) -> Iterator[str]:
    """The base address of an ASGI application, made by `factory(*args)` in a process of its own."""
    port = free_port()
    process = start(_serve, port, factory, *args)
    url = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert process.is_alive(), "the server ended"
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.05)
        yield url
    finally:
        process.kill()
        process.join(10)


def control(url: str, **values: Any) -> Any:
    """Tell a served stand-in something, outside its API."""
    return httpx.post(f"{url}/control", json=values, timeout=30).json()


def _serve(port: int, factory: Callable[..., Any], *args: Any) -> None:
    import uvicorn

    uvicorn.run(
        factory(*args), host="127.0.0.1", port=port, log_level="critical", access_log=False, http="httptools", ws="none"
    )


def work(settings: dict[str, Any]) -> None:
    """A worker process for jobs alone, more eager than a real one."""
    import asyncio

    from bot import logging
    from bot.settings import Settings
    from bot.storage import jobs

    made = Settings(**settings)
    logging.configure(made)
    jobs.POLLING = 0.2
    jobs.CONCURRENCY = 12
    asyncio.run(jobs.run(made))
