"""A Telegram Bot API server."""

from tests.standins.telegram.server import TOKEN, application

__all__ = ["TOKEN", "application"]
