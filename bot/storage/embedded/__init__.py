"""The embedded PostgreSQL: the server that a wheel brings, run by us, reached over a unix socket."""

from bot.storage.embedded.errors import EmbeddedError
from bot.storage.embedded.server import EmbeddedPostgres, Urls
from bot.storage.embedded.session import ensure_running, owner_lock

__all__ = ["EmbeddedError", "EmbeddedPostgres", "Urls", "ensure_running", "owner_lock"]
