"""How starlette-admin looks and speaks here: our templates before its own, Vietnamese, no web font, no bare script.

Its templates hold scripts and styles inline. They get the page's nonce when a template is read, that is, before
anything that a person wrote is put into it: what people write can never get one.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2.ext import Extension
from starlette.requests import Request
from starlette_admin.theme import DefaultTheme, TablerSettings

from bot.console import vietnamese
from bot.console.handbook import Handbook
from bot.console.menu import sections
from bot.console.shell import BASE
from bot.locality import LocalitySource, current

HERE = Path(__file__).parent
_INLINE = re.compile(r"<(script|style)(?=[\s>])")
_NONCE = r'<\1 nonce="{{ request.state.nonce }}"'


class Nonces(Extension):
    """Gives every script and style of a template the page's nonce."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        """A template's source, before it is read."""
        return _INLINE.sub(_NONCE, source)


class Theme(DefaultTheme):
    """Tabler in the colours of the chat page."""

    def __init__(self) -> None:
        super().__init__(TablerSettings(base="stone", primary="red", radius=1))

    def html_attrs(self, request: Request) -> dict[str, str]:
        """Of the `<html>` element."""
        return super().html_attrs(request)


def prepare() -> None:
    """Before the admin is made: it must know the language."""
    vietnamese.install()


def dress(environment: Any, source: LocalitySource, **values: Any) -> None:
    """Give the template environment nonces, local time, and values for our own pages."""

    def when(moment: datetime | None) -> str:
        return f"{current(source).now(moment):%d/%m/%Y %H:%M}" if moment else ""

    environment.add_extension(Nonces)
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters["when"] = when
    environment.globals.update(values, version=_version(), base=BASE, sections=sections, has_chapter=Handbook().has)


def _version() -> str:
    """Changes with our own files, so that browsers keep them no longer than that."""
    made = hashlib.sha256()
    for path in sorted((HERE / "static").iterdir()):
        made.update(path.read_bytes())
    return made.hexdigest()[:12]
