"""Which system works on the tickets: this one (`local`), an Open311 server, or a province's own JSON API.

The key `backend` of a locality file is one of these, told apart by `kind`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class LocalBackend(_Strict):
    """The console of this system is where tickets are worked on."""

    kind: Literal["local"] = "local"
    name: str = "local"


class Open311Backend(_Strict):
    """A GeoReport v2 server."""

    kind: Literal["open311"]
    name: str = "open311"
    url: str
    """Where `services.json` and `requests.json` are, without them."""


class RestBackend(_Strict):
    """A JSON API of another kind."""

    kind: Literal["rest"]
    name: str = "rest"
    url: str


Backend = Annotated[LocalBackend | Open311Backend | RestBackend, Field(discriminator="kind")]
