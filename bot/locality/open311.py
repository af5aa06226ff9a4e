"""An Open311 server (GeoReport v2) as backend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from bot.locality.remote import NAME, Contradiction, RemoteBackend, Target, unknown
from bot.locality.rules import Category, Strict

STATUSES: dict[str, Target] = {
    "open": "forwarded",
    "closed": "done",
    # mySociety's further words for updates (FixMyStreet, Open311::UpdatesBase).
    "investigating": "in_progress",
    "in_progress": "in_progress",
    "action_scheduled": "in_progress",
    "internal_referral": "in_progress",
    "fixed": "done",
    "no_further_action": "refused",
    "duplicate": "refused",
    "not_councils_responsibility": "refused",
}
"""What the words of the specification mean, unless the file says otherwise."""


class Service(Strict):
    """A service there, for a category here."""

    code: str
    """`service_code`."""
    attributes: dict[str, str] = Field(default_factory=dict)
    """Our question's code: their attribute's code. A question that is not named here is told in the description."""
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    """Our question's code: our option's code: their key."""
    fixed: dict[str, str] = Field(default_factory=dict)
    """Attributes that always have the same value."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"code": value} if isinstance(value, str) else value


class Mark(Strict):
    """Where our number is written into a request, so that it is found there again."""

    place: Literal["external_id", "account_id", "description", "attribute"]
    """`external_id`: a parameter that this project's own server and others know. `description`: in brackets after
    the text, which every server keeps."""
    attribute: str | None = None
    """The code of the attribute."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        if isinstance(value, str):
            place, _, attribute = value.partition(":")
            return {"place": place, "attribute": attribute or None}
        return value

    @model_validator(mode="after")
    def _attribute(self) -> Mark:
        if (self.place == "attribute") != bool(self.attribute):
            raise ValueError("ghi 'attribute:MÃ' (write attribute:CODE; the other places have no code)")
        return self


class Open311Backend(RemoteBackend):
    """A GeoReport v2 server."""

    kind: Literal["open311"]
    """`url` is where `services.json` and `requests.json` are, without them."""
    name: str = Field("open311", pattern=NAME)
    format: Literal["json", "xml"] = "json"
    jurisdiction: str | None = None
    services: dict[str, Service] = Field(default_factory=dict)
    """For each category that is handed over, the service there; what is not named here stays in this console."""
    key_in: Mark = Mark(place="description")
    look_up: Literal["list", "external_id"] = "list"
    """How a request is found again: among the requests of its service, or by the parameter `external_id`."""
    media: Literal["none", "upload", "link"] = "none"
    """The citizen's pictures: `upload` sends them as files `media` in the request itself (an extension that several
    servers know), `link` the address of the first one as `media_url`, for `link_days` days. What such a server does
    with them is its own: most show them to everybody."""
    additions: Literal["none", "photos", "all"] = "none"
    """What a citizen adds after filing, posted to `servicerequestupdates` as mySociety's extension has it: `photos` as
    `media` says, under words of ours; `all` the citizen's words as well, which most servers show to everybody."""
    updates: Literal["requests", "servicerequestupdates", "both"] = "requests"
    """Where changes are read. With `both`, texts come from the updates, and the status from whichever is newer."""
    statuses: dict[str, Target] = Field(default_factory=dict)
    """In place of or besides the usual meanings."""

    @field_validator("statuses")
    @classmethod
    def _small(cls, value: dict[str, Target]) -> dict[str, Target]:
        return {word.lower(): target for word, target in value.items()}

    @model_validator(mode="after")
    def _added(self) -> Open311Backend:
        if self.additions == "photos" and self.media == "none":
            raise ValueError("additions: photos cần media: upload hoặc link (wants media as well)")
        return self

    @model_validator(mode="after")
    def _findable(self) -> Open311Backend:
        if self.look_up == "external_id" and self.key_in.place != "external_id":
            raise ValueError("look_up: external_id cần key_in: external_id (look_up: external_id wants key_in as well)")
        return self

    def target(self, word: str) -> Target | None:
        """What a status there means here; none for a word that nobody knows."""
        return (STATUSES | self.statuses).get(word.strip().lower().replace(" ", "_"))

    @property
    def photos(self) -> Literal["none", "content", "links"]:
        """As `media` says."""
        return {"none": "none", "upload": "content", "link": "links"}[self.media]  # type: ignore[return-value]  # mypy widens the values

    @property
    def adds(self) -> Literal["none", "photos", "all"]:
        """As `additions` says."""
        return self.additions

    def takes(self, category: Category, *, private: bool = False) -> bool:
        """Open311 is public: what is restricted or private stays here."""
        return category.code in self.services and not (category.restricted or category.private or private)

    def contradictions(self, categories: Sequence[Category]) -> Iterable[Contradiction]:
        """Categories, questions and options that are not there; categories that must not leave."""
        known = {category.code: category for category in categories}
        for code, service in self.services.items():
            category = known.get(code)
            if category is None:
                yield unknown(("services", code), code, "categories")
                continue
            if category.restricted or category.private:
                yield (
                    ("services", code),
                    "lĩnh vực hạn chế hoặc không công khai không gửi qua Open311 (restricted or private: stays here)",
                )
            questions = {question.code: question for question in category.questions}
            for name in service.attributes:
                if name not in questions:
                    yield unknown(("services", code, "attributes", name), name, "questions")
            for name, values in service.values.items():
                if name not in questions:
                    yield unknown(("services", code, "values", name), name, "questions")
                    continue
                options = {option.code for option in questions[name].options}
                for option in values.keys() - options:
                    yield unknown(("services", code, "values", name, option), option, "options")
