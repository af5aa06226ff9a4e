"""What every other system has in common that works on our tickets, in the key `backend` of a locality file.

No secret stands in the file: keys come from BOT_BACKEND_SECRET and BOT_BACKEND_WEBHOOK_SECRET. All times are seconds.
"""

from __future__ import annotations

import ipaddress
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from bot.locality.rules import Category, Strict

Target = Literal["received", "sorting", "forwarded", "in_progress", "done", "refused", "escalated"]
"""What another system's status means here. Closing is the citizen's: `done` asks for their confirmation."""

NAME = r"^[a-z][a-z0-9_\-]{0,40}$"
Contradiction = tuple[tuple[int | str, ...], str]


def _address(value: str) -> str:
    """An address without secrets, and not in the clear unless it is this machine."""
    try:
        split = urlsplit(value)
        host, port = split.hostname or "", split.port
    except ValueError as error:
        raise ValueError("không phải địa chỉ web (not an address)") from error
    if split.scheme not in ("http", "https") or not host or port == 0 or any(map(str.isspace, value)):
        raise ValueError("phải là địa chỉ bắt đầu bằng https:// (must be an address that begins with https://)")
    if split.username or split.password or split.query or split.fragment:
        raise ValueError("không ghi mật khẩu, '?' hay '#' trong địa chỉ (no password, '?' or '#' in an address)")
    if split.scheme == "http" and not _this_machine(host):
        raise ValueError("http:// chỉ dùng cho máy này, hãy dùng https:// (http:// is for this machine only)")
    return value.rstrip("/")


def _this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


Address = Annotated[str, AfterValidator(_address)]


class RemoteBackend(Strict, ABC):
    """Another system that works on the tickets."""

    name: str = Field("remote", pattern=NAME)
    """How it is called in the records of tickets. It stays the same for as long as it is the same system."""
    url: Address
    link_days: int = Field(30, ge=1, le=365)
    """For how long pictures can be fetched that are handed over as addresses."""
    contact: bool = False
    """Whether it gets the name and telephone that a citizen left for being called back."""
    timeout: float = Field(20, gt=0, le=300)
    """How long one call may take."""
    settle: float = Field(120, ge=0, le=86_400)
    """After a call of which no answer came: how long it may still be at work there. Only when this is over does
    "not found" mean that it may be sent again."""
    first_pause: float = Field(5, gt=0, le=3600)
    longest_pause: float = Field(1800, gt=0, le=86_400)
    """Between two tries, doubling from the first to the longest."""
    poll: float = Field(300, gt=0, le=86_400)
    """Between two looks at what has changed there."""
    overlap: float = Field(86_400, ge=0, le=30 * 86_400)
    """How much of the past each look takes in again, for updates that come to light late. Each counts once."""

    @model_validator(mode="after")
    def _settles(self) -> RemoteBackend:
        if self.settle < self.timeout:
            raise ValueError("'settle' phải từ 'timeout' trở lên (settle must not be shorter than timeout)")
        if self.longest_pause < self.first_pause:
            raise ValueError("'longest_pause' phải từ 'first_pause' trở lên (must not be shorter than first_pause)")
        return self

    @property
    @abstractmethod
    def photos(self) -> Literal["none", "content", "links"]:
        """How it gets the citizen's pictures: not at all, in the call itself, or as addresses that end."""

    @property
    @abstractmethod
    def adds(self) -> Literal["none", "photos", "all"]:
        """What it gets of that which a citizen adds after filing: nothing, pictures alone, or words as well."""

    @abstractmethod
    def takes(self, category: Category, *, private: bool = False) -> bool:
        """Whether a report of a category is handed over at all; the others stay in this console."""

    @abstractmethod
    def contradictions(self, categories: Sequence[Category]) -> Iterable[Contradiction]:
        """Where it does not agree with the categories, as (place below `backend`, what is wrong)."""


def unknown(place: tuple[int | str, ...], code: str, where: str) -> Contradiction:
    """A code that is not there."""
    return place, f"không có {code!r} trong '{where}' (unknown code)"
