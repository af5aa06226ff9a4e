"""Full names of persons in free text, after a title or beside another sign that a person is meant."""

from __future__ import annotations

from bot.privacy.cued_names import without_cued_names
from bot.privacy.names import without_titled_names


def without_full_names(text: str) -> str:
    """A text in which full names of persons stand no more, as far as rules can tell them; in NFC."""
    return without_cued_names(without_titled_names(text))
