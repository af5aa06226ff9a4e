"""A Zalo Official Account: its API, its OAuth, its webhook deliveries, its media."""

from tests.standins.zalo.platform import App
from tests.standins.zalo.server import application

__all__ = ["App", "application"]
