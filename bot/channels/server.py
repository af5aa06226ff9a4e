"""The web process: `python -m bot.channels.server`."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import FrameType

import uvicorn

from bot import logging
from bot.channels.web.app import Web
from bot.channels.web.connections import Guard, Limits, guarded, room_for_connections
from bot.channels.web.proxies import is_trusted, trusted_proxies
from bot.conversations.context import require
from bot.locality import LocalityError
from bot.settings import Settings, SettingsError, load


class Server(uvicorn.Server):
    """uvicorn, that lets waiting requests go when it is told to stop."""

    def __init__(self, config: uvicorn.Config, web: Web) -> None:
        super().__init__(config)
        self._web = web

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM or SIGINT."""
        self._web.stop()
        super().handle_exit(sig, frame)


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    logging.configure(settings)
    web = Web(settings)
    limits = Limits(in_all=room_for_connections())
    if settings.rate_limit == "off":
        limits = replace(limits, per_client=limits.in_all)
    config = uvicorn.Config(
        web.app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=guarded(Guard(limits, trusted=is_trusted(settings.trusted_proxies))),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        # Whose address a forwarded header may state is for whoever runs a proxy to say; until then nobody.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies(settings.trusted_proxies)),
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=5,
    )
    Server(config, web).run()


def main() -> None:
    """The process."""
    try:
        settings = require(load(), "database_url", "engine_urls", "engine_secret", "secret_key")
        logging.configure(settings)
        serve(settings)
    except (SettingsError, LocalityError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
