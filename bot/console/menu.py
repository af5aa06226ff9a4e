"""The console's menu: pages in groups, and which of them a role sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from starlette.requests import Request

from bot.console.shell import BASE


class Group(StrEnum):
    """Where a page stands in the menu, in this order; the value is what staff read."""

    REPORTS = "Phản ánh"
    TALKS = "Trò chuyện"
    LEARNING = "Học"
    RECORDS = "Danh mục"
    FIGURES = "Số liệu"
    ADMINISTRATION = "Quản trị"
    ALONE = ""
    """Not in a group: a link of its own at the end."""


class Item(Protocol):
    """What the menu needs of a page or of a table."""

    group: Group
    menu_label: Any

    def shown(self, request: Request) -> bool:
        """Whether it stands in the menu of whoever asks."""
        ...


@dataclass
class Link:
    """A page in the menu."""

    label: str
    address: str
    here: bool
    """The page that is open, or one below it."""


@dataclass
class Section:
    """A group with the links that somebody sees, or a single link that has no group."""

    title: str
    links: list[Link] = field(default_factory=list)

    @property
    def here(self) -> bool:
        """One of its pages is open."""
        return any(link.here for link in self.links)


def address(item: Any) -> str:
    """Where a page or a table is."""
    return f"{BASE}{item.path}" if hasattr(item, "path") else f"{BASE}/{item.key}/list"


def sections(items: Iterable[Item], request: Request) -> list[Section]:
    """The menu of whoever asks, in the order of the groups; a group of which nothing is seen is left out."""
    groups = {group: Section(group.value) for group in Group if group is not Group.ALONE}
    alone = []
    for item in items:
        if not item.shown(request):
            continue
        there, path = address(item), request.url.path
        below = f"{there.removesuffix('/list')}/"
        link = Link(str(item.menu_label), there, path == there or path.startswith(below))
        if item.group is Group.ALONE:
            alone.append(Section("", [link]))
        else:
            groups[item.group].links.append(link)
    return [section for section in groups.values() if section.links] + alone
