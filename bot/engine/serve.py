"""Serve turns: `python -m bot.engine.serve`. What it reads from the environment: `runtime/settings.py`.

It refuses to start, with one line that says why, when the model, the database or a setting is
missing. It ends with status 2 then, so that a supervisor can tell this from a crash.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from bot.engine.runtime import lean
from bot.engine.runtime.faults import CannotStart
from bot.engine.runtime.settings import EngineSettings, read

if TYPE_CHECKING:
    from sanic import Sanic


def main() -> int:
    """Start, and serve until told to stop."""
    try:
        settings = read(os.environ)
        lean.quiet(settings.log_level)
        lean.leave_out(lean.description_of(settings.model))
        app = compose(settings)
    except CannotStart as error:
        print(f"engine: cannot start: {error}", file=sys.stderr, flush=True)
        return 2
    print(f"engine: {settings.model.name} on http://{settings.host}:{settings.port}", flush=True)
    app.run(host=settings.host, port=settings.port, workers=1, access_log=False, motd=False, debug=False)
    return 0


def compose(settings: EngineSettings) -> Sanic:
    """Join model, store, action server and channel; nothing of Rasa is imported before this is called.

    Raises:
        CannotStart: one of them is not as it must be.
    """
    from rasa.core.channels.channel import register
    from rasa.core.tracker_store import create_tracker_store
    from rasa.core.utils import AvailableEndpoints
    from rasa.shared.utils.common import class_from_module_path
    from rasa.shared.utils.io import read_config_file
    from sanic import Sanic

    from bot.engine.runtime import remote, shelf, tracker_store
    from bot.engine.runtime.channel import MAX_BODY, TurnInput
    from bot.engine.runtime.turn import Engine

    tracker_store.check(settings.database_url)
    endpoints = AvailableEndpoints.read_endpoints(str(settings.project / "endpoints.yml"))
    store = create_tracker_store(endpoints.tracker_store)
    if not isinstance(store, tracker_store.ConversationStore):
        raise CannotStart("endpoints.yml does not name our tracker store (Rasa falls back to memory in silence)")
    credentials = read_config_file(str(settings.project / "credentials.yml"))
    if [class_from_module_path(name) for name in credentials] != [TurnInput]:
        raise CannotStart("credentials.yml must name the channel `turn` and no other")
    channels = [TurnInput.from_credentials(own) for own in credentials.values()]
    if endpoints.action is None or not endpoints.action.url:
        raise CannotStart("endpoints.yml names no action server")
    actions = remote.ActionServer(webhook(endpoints.action.url), settings.action_timeout)
    remote.harden(actions)
    try:
        engine = Engine(settings.model, store)
    except Exception as error:
        raise CannotStart(f"the model {settings.model} cannot be loaded: {type(error).__name__}: {error}") from error

    app = Sanic("mot_cua_engine", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY
    app.config.KEEP_ALIVE_TIMEOUT = 75
    app.config.FALLBACK_ERROR_FORMAT = "json"
    wanted = shelf.Wanted(settings.model.name, settings.sha256)
    app.ctx.shelf = shelf.Shelf(engine, wanted, lambda model, old: old.beside(model), settings.pointer)
    register(channels, app, route="/webhooks/")
    app.add_task(app.ctx.shelf.follow())

    async def close(*_: Any) -> None:
        await actions.close()
        await store.close()

    app.register_listener(close, "after_server_stop")
    return app


def webhook(url: str) -> str:
    """Where an action server takes calls, whether its base was given or the whole address."""
    url = url.rstrip("/")
    return url if url.endswith("/webhook") else url + "/webhook"


if __name__ == "__main__":
    sys.exit(main())
