"""A province's own JSON API as backend: where things are in it is said by the file, in dotted paths.

A path names keys from the outside in (`data.ticket.id`); a number is a place in a list (`items.0.id`).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from bot.locality.remote import NAME, Address, Contradiction, RemoteBackend, Target, unknown
from bot.locality.rules import Category, Strict

_PATH = re.compile(r"[^\W\d][\w\-]*(?:\.(?:[^\W\d][\w\-]*|\d{1,3}))*")
_PLACE = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/\-]*")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9\-]{0,60}")
_ANSWER = re.compile(r"answers\.([a-z][a-z0-9_]{1,40})")

FIELDS = frozenset(
    {
        "key", "code", "category", "category_label", "agency", "description", "place", "address", "ward", "ward_name",
        "lat", "long", "created_at", "answers", "contact.name", "contact.phone", "contact.email",
        "photos", "photo_links",
    }
)  # fmt: skip
"""What we know of a ticket; besides, `answers.<question>`. `photos` is a list of `{name, type, content}`, the content
in base64; `photo_links` a list of addresses that end after `link_days` days."""


def _path(value: str) -> str:
    if not _PATH.fullmatch(value):
        raise ValueError("đường dẫn phải có dạng du_lieu.ma (a path is written data.id)")
    return value


def _place(value: str) -> str:
    if not _PLACE.fullmatch(value.replace("{key}", "").replace("{id}", "")) or ".." in value or "//" in value:
        raise ValueError("phải bắt đầu bằng '/', không có '?' (must begin with '/', without '?')")
    return value


def _field(value: str) -> str:
    if value not in FIELDS and not _ANSWER.fullmatch(value):
        raise ValueError(f"không có trường {value!r}; có: {', '.join(sorted(FIELDS))}, answers.<mã> (unknown field)")
    return value


def _header(value: str) -> str:
    if not _HEADER.fullmatch(value) or value.lower() in ("host", "content-length", "content-type", "transfer-encoding"):
        raise ValueError("không phải tên tiêu đề HTTP dùng được (not a header that may be set)")
    return value


Path = Annotated[str, AfterValidator(_path)]
UrlPath = Annotated[str, AfterValidator(_place)]
OurField = Annotated[str, AfterValidator(_field)]
AddedField = Literal["id", "key", "code", "text", "at", "photos", "photo_links"]
"""What we know of an addition: `id` of the ticket there, `key` of the addition."""
Header = Annotated[str, AfterValidator(_header)]


class NoAuth(Strict):
    """Anybody may call it (a private network)."""

    kind: Literal["none"] = "none"


class KeyAuth(Strict):
    """The secret in a header."""

    kind: Literal["key"]
    header: Header = "Authorization"
    prefix: str = ""
    """Before the secret, such as `Bearer `."""

    @field_validator("prefix")
    @classmethod
    def _apart(cls, value: str) -> str:
        return f"{value} " if value else ""  # spaces at the end are lost when the file is read


class OAuth2(Strict):
    """A token for client id and secret (RFC 6749, section 4.4)."""

    kind: Literal["oauth2"]
    token_url: Address
    client_id: str
    scope: str | None = None
    in_body: bool = False
    """Whether id and secret go into the form instead of the header."""


Auth = Annotated[NoAuth | KeyAuth | OAuth2, Field(discriminator="kind")]


class Submit(Strict):
    """How a ticket is handed over: a POST of JSON."""

    path: UrlPath
    id: Path
    """Where the answer has the ticket's id there."""
    fields: dict[Path, OurField] = Field(min_length=1)
    """Their path: our field."""
    fixed: dict[Path, str | int | float | bool] = Field(default_factory=dict)
    idempotency_header: Header | None = "Idempotency-Key"

    @model_validator(mode="after")
    def _apart(self) -> Submit:
        paths = sorted([*self.fields, *self.fixed])
        for first, second in itertools.combinations(paths, 2):
            if first == second or second.startswith(f"{first}."):
                raise ValueError(f"{first!r} và {second!r} chồng lên nhau (one lies in the other)")
        if "key" not in self.fields.values():
            raise ValueError("'fields' phải gửi 'key' để tìm lại được (fields must send 'key', to find it again)")
        return self


class Additions(Strict):
    """How what a citizen adds after filing is passed on: a POST of JSON."""

    path: UrlPath
    """With `{id}`, the ticket's id there."""
    fields: dict[Path, AddedField] = Field(min_length=1)
    """Their path: our field."""
    fixed: dict[Path, str | int | float | bool] = Field(default_factory=dict)
    idempotency_header: Header | None = "Idempotency-Key"

    @model_validator(mode="after")
    def _enough(self) -> Additions:
        if "{id}" not in self.path and "id" not in self.fields.values():
            raise ValueError("cần '{id}' trong path hoặc trường 'id' (of which ticket? '{id}' in the path, or 'id')")
        if {"photos", "photo_links"} <= set(self.fields.values()):
            raise ValueError("gửi photos hoặc photo_links, không gửi cả hai (send one of the two)")
        return self


class LookUp(Strict):
    """How a ticket is found there by our key."""

    path: UrlPath
    """May contain `{key}`; 404 then means that it is not there."""
    query: dict[str, Literal["key", "code"]] = Field(default_factory=dict)
    items: Path | None = None
    """The list in the answer; none: the answer is the list, or the ticket."""
    key: Path
    """Where a ticket has our key. It is compared: a server that ignores the query does not fool us."""
    id: Path


class UpdateFields(Strict):
    """Where an update has what."""

    ticket: Path
    """The ticket's id there."""
    key: Path | None = None
    """Our key, where it comes along."""
    update: Path | None = None
    """The update's own id, the same when it comes again; none: an update is known by its contents."""
    status: Path
    at: Path
    """When it happened: ISO 8601, or seconds since 1970."""
    text: Path | None = None
    """What the citizen is told."""


class Updates(UpdateFields):
    """How changes are asked for: a GET, the oldest first."""

    path: UrlPath
    since: str
    """The parameter that takes a moment: what changed at it or later."""
    items: Path | None = None


class Webhook(UpdateFields):
    """How changes are told to us: POST /webhooks/tickets, signed."""

    items: Path | None = None
    """A list of updates; none: the body is one."""


class RestBackend(RemoteBackend):
    """A JSON API of another kind."""

    kind: Literal["rest"]
    name: str = Field("rest", pattern=NAME)
    auth: Auth = NoAuth()
    submit: Submit
    look_up: LookUp
    additions: Additions | None = None
    updates: Updates | None = None
    webhook: Webhook | None = None
    statuses: dict[str, Target] = Field(min_length=1)
    """Their word: ours. What is not named changes nothing and is noted for staff."""
    categories: dict[str, str | int] = Field(default_factory=dict)
    """Our code: theirs, for the categories that are handed over; none named: all, under our codes."""
    restricted: bool = False
    """Whether restricted and private reports are handed over as well."""

    @model_validator(mode="after")
    def _heard(self) -> RestBackend:
        if self.updates is None and self.webhook is None:
            raise ValueError("cần 'updates' hoặc 'webhook', nếu không sẽ không biết kết quả (one of the two is wanted)")
        if {"photos", "photo_links"} <= set(self.submit.fields.values()):
            raise ValueError("gửi photos hoặc photo_links, không gửi cả hai (send one of the two)")
        if not self.contact and any(field.startswith("contact.") for field in self.submit.fields.values()):
            raise ValueError("gửi contact.* cần contact: true (sending contact.* wants contact: true)")
        return self

    def target(self, word: str) -> Target | None:
        """What a status there means here; none for a word that the file does not name."""
        return self.statuses.get(word)

    @property
    def photos(self) -> Literal["none", "content", "links"]:
        """As the fields say."""
        ours = set(self.submit.fields.values())
        if self.additions is not None:
            ours |= set(self.additions.fields.values())
        return "content" if "photos" in ours else "links" if "photo_links" in ours else "none"

    @property
    def adds(self) -> Literal["none", "photos", "all"]:
        """As `additions` says."""
        return self._adds(set(self.additions.fields.values()) if self.additions else set())

    @staticmethod
    def _adds(fields: set[str]) -> Literal["none", "photos", "all"]:
        return "all" if "text" in fields else "photos" if fields & {"photos", "photo_links"} else "none"

    def takes(self, category: Category, *, private: bool = False) -> bool:
        """All that is named, or everything; restricted and private reports only where the file says so."""
        if (category.restricted or category.private or private) and not self.restricted:
            return False
        return not self.categories or category.code in self.categories

    def contradictions(self, categories: Sequence[Category]) -> Iterable[Contradiction]:
        """Categories and questions that are not there."""
        for code in self.categories.keys() - {category.code for category in categories}:
            yield unknown(("categories", code), code, "categories")
        questions = {question.code for category in categories for question in category.questions}
        for path, field in self.submit.fields.items():
            if (found := _ANSWER.fullmatch(field)) and found[1] not in questions:
                yield unknown(("submit", "fields", path), found[1], "questions")
