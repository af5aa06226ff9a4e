"""How the bot's processes log: events with fields, one line each, and nothing personal.

    log = structlog.get_logger(__name__)
    log.info("turn.done", status="answered", ms=12)

An event is named `<thing>.<what happened>`; what a citizen wrote is never a field.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from bot.settings import Settings

HIDDEN = "…"
# Fields that could carry what a citizen wrote, or a secret. A belt: no code is to log them.
PRIVATE = frozenset(
    {
        *("text", "body", "message", "description", "payload"),
        *("contact", "phone", "email", "name", "place", "address"),
        *("token", "secret", "password", "pin", "url", "database_url", "authorization", "cookie"),
    }
)
# Libraries whose information lines hold request URLs (with tokens in them) or job arguments.
QUIET = (
    *("httpx", "httpcore", "telegram", "PIL", "apscheduler", "procrastinate", "alembic"),
    *("sanic.access", "sanic.root", "sanic.server", "uvicorn.access", "rasa_sdk"),
)


def configure(settings: Settings, *, stream: Any = None) -> None:
    """Set up structlog and the standard library's logging of this process."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso" if settings.log_format == "json" else "%H:%M:%S", utc=False),
        hide_private,
        # A traceback without the values of variables: they may be a citizen's words.
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(settings)],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def hide_private(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the values of fields that must not be logged."""
    for key in event:
        if key in PRIVATE:
            event[key] = HIDDEN
    return event


def _renderer(settings: Settings) -> structlog.types.Processor:
    if settings.log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(
        colors=False, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
    )
