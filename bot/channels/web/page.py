"""The chat page: rendered once from the locality, served from memory."""

from __future__ import annotations

import gzip
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.api import MAX_TEXT
from bot.channels.web.assets import Assets, digest_of, packed_response
from bot.locality import Locality
from bot.settings import Settings

TEMPLATES = Path(__file__).parent / "templates"


class ChatPage:
    """GET /."""

    def __init__(self, locality: Locality, settings: Settings, assets: Assets) -> None:
        self._body = (
            environment(assets)
            .get_template("chat.html")
            .render(
                locality=locality,
                office=locality.office,
                week=locality.office.hours.week(),
                max_text=MAX_TEXT,
                notice_after=settings.waiting_notice_after,
                retention_days=settings.retention_days,
                zalo_verification=settings.zalo_site_verification,
            )
            .encode()
        )
        self._packed = gzip.compress(self._body, 9, mtime=0)
        self._etag = f'"{digest_of(self._body)}"'

    async def serve(self, request: Request) -> Response:
        """The page; browsers ask each time whether it changed."""
        headers = {"ETag": self._etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if self._etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return packed_response(request, self._body, self._packed, "text/html; charset=utf-8", headers)


def environment(assets: Assets) -> Environment:
    """The templates of the public pages."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(asset=assets.url, tel=telephone)
    made.filters["capitalize_first"] = capitalize_first
    return made


def telephone(number: str) -> str:
    """The `tel:` address of a number as people write it."""
    return "tel:" + "".join(character for character in number if character in "+0123456789")


def capitalize_first(text: str) -> str:
    """With a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]
