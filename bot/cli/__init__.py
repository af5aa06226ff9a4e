"""The command line, `bot …`. Commands import what they need when they run: help is instant."""

from bot.cli.application import app, main

__all__ = ["app", "main"]
