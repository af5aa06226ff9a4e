"""Serve the actions: `python -m actions`, one process, loopback only (rasa-sdk has no authentication)."""

from __future__ import annotations

import logging
import sys
import warnings
from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic

from actions import services
from bot import logging as bot_logging
from bot.settings import Settings, SettingsError, load

LOOPBACK = "127.0.0.1"


def main() -> None:
    """Start the server and stay until stopped."""
    try:
        settings = load()
    except SettingsError as error:
        sys.exit(str(error))
    bot_logging.configure(settings)
    # rasa-sdk 3.21 speaks the same protocol as Rasa 3.6 (tests/contract prove it) and would warn at every call.
    warnings.filterwarnings("ignore", message="Your versions of rasa and", category=UserWarning)
    serve(settings)


def serve(settings: Settings) -> None:
    """Run the server on the settings' port."""
    app = make_app(settings)
    app.run(host=LOOPBACK, port=settings.actions_port, single_process=True, access_log=False, motd=False, verbosity=0)


def make_app(settings: Settings) -> Sanic[Any, Any]:
    """The rasa-sdk application with our actions, whose services live as long as the server."""
    executor = ActionExecutor()
    executor.register_package("actions")
    app = create_app(executor, cors_origins=[])
    app.config.RESPONSE_TIMEOUT = settings.action_timeout + 5

    async def begin(_app: Sanic[Any, Any]) -> None:
        await services.start(settings)

    async def end(_app: Sanic[Any, Any]) -> None:
        await services.stop()

    app.register_listener(begin, "before_server_start")
    app.register_listener(end, "after_server_stop")
    app.register_middleware(_quiet, "response")
    logging.getLogger("rasa_sdk").setLevel(logging.WARNING)
    return app


async def _quiet(_request: Any, response: Any) -> None:
    # rasa-sdk answers an error with the request's body in it: a citizen's words stay out of the engine's log.
    if response is not None and response.status >= 500:
        response.body = b'{"error": "action failed"}'


if __name__ == "__main__":
    main()
