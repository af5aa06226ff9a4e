"""The staff handbook (`docs/so-tay`) as pages of the console: chapters in Markdown, rendered to safe HTML.

The files are ours, but they are rendered as if they were not: no HTML in them gets through, a link leads to another
chapter, to a page of the console or to an address that says https, and a picture is one of the handbook's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from bot.console.shell import BASE
from bot.training.checkout import ROOT

FOLDER = ROOT / "docs" / "so-tay"
INDEX = "index"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_CHAPTER = re.compile(r"([a-z0-9][a-z0-9-]{0,60})\.md(#[\w%-]{1,200})?")
_PICTURE = re.compile(r"anh/([a-z0-9][a-z0-9-]{0,60}\.png)")
_CONSOLE = re.compile(r"/console(/[\w-]+)*(\?[\w=&-]*)?")


@dataclass(frozen=True)
class Chapter:
    """A chapter, ready to be shown."""

    name: str
    title: str
    html: str


class Handbook:
    """Chapters and pictures of a folder."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
        self._markdown.add_render_rule("link_open", _link)
        self._markdown.add_render_rule("image", _image)
        self._markdown.add_render_rule("heading_open", _heading)

    def has(self, name: str) -> bool:
        """Whether there is a chapter of that name."""
        return bool(NAME.fullmatch(name)) and (self._folder / f"{name}.md").is_file()

    def chapter(self, name: str) -> Chapter | None:
        """A chapter; None where there is none."""
        if not self.has(name):
            return None
        tokens = self._markdown.parse((self._folder / f"{name}.md").read_text(encoding="utf-8"))
        title = next((t.content for before, t in pairwise(tokens) if before.tag == "h1"), name)
        html = self._markdown.renderer.render(tokens, self._markdown.options, {})
        return Chapter(name, title, html)

    def picture(self, name: str) -> Path | None:
        """The file of a picture; None where there is none."""
        found = self._folder / "anh" / name
        return found if _PICTURE.fullmatch(f"anh/{name}") and found.is_file() else None


def leads(there: str) -> str | None:
    """Where a link of a chapter leads in the console; None for what it must not lead to."""
    chapter = _CHAPTER.fullmatch(there)
    if chapter:
        name = "" if chapter[1] == INDEX else f"/{chapter[1]}"
        return f"{BASE}/handbook{name}{chapter[2] or ''}"
    if there.startswith(("https://", "#")) or _CONSOLE.fullmatch(there):
        return there
    return None


def anchor(heading: str) -> str:
    """The name by which a link finds a heading: as GitHub makes it, so that the files can be read there, too."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading.strip().lower()))


def _link(self: RendererHTML, tokens: Sequence[Token], number: int, options: Any, _env: Any) -> str:
    token = tokens[number]
    there = leads(str(token.attrGet("href") or ""))
    if there is None:
        token.attrs.pop("href", None)
    else:
        token.attrSet("href", there)
        if there.startswith("https://"):
            token.attrSet("rel", "noreferrer noopener")
    return self.renderToken(tokens, number, options, _env)


def _image(self: RendererHTML, tokens: Sequence[Token], number: int, options: Any, env: Any) -> str:
    token = tokens[number]
    words = self.renderInlineAsText(token.children, options, env)
    found = _PICTURE.fullmatch(str(token.attrGet("src") or ""))
    if found is None:
        return ""
    image = Token("image", "img", 0, attrs={"src": f"{BASE}/handbook/anh/{found[1]}", "alt": words, "loading": "lazy"})
    return self.renderToken([image], 0, options, env)


def _heading(self: RendererHTML, tokens: Sequence[Token], number: int, options: Any, env: Any) -> str:
    tokens[number].attrSet("id", anchor(tokens[number + 1].content))
    return self.renderToken(tokens, number, options, env)
