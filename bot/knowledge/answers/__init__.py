"""Answers composed from catalogue records, by aspect: short first, with source, date and code."""

from bot.knowledge.answers.compose import Button, Reply, compose, source_line
from bot.knowledge.answers.context import Here
from bot.knowledge.answers.preview import preview

__all__ = ["Button", "Here", "Reply", "compose", "preview", "source_line"]
