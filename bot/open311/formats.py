"""How values are written: XML as GeoReport v2 has it, and JSON, which is the same without the outer element.

A value is what JSON would be: dicts, lists, texts, numbers, truth values, none. In XML an item of a list is an
element of its own, named by the list: `{"services": [{…}]}` is `<services><service>…`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from starlette.responses import Response

Format = Literal["xml", "json"]
CONTENT_TYPES: dict[Format, str] = {
    "xml": "text/xml; charset=utf-8",
    "json": "application/json; charset=utf-8",
}
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'

ITEMS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "notes": "note",
    "selected": "value",
}
"""List → its items."""

BARE = frozenset({"services", "service_requests", "service_request_updates", "errors"})
"""Outer elements that are a list: in JSON the list stands alone."""

_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""


def respond(
    root: str, value: Any, wanted: Format, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A response in one of the two formats.

    Args:
        root: the outer element.
        value: its content; a list for the roots of `BARE`, else a dict.
    """
    body = DECLARATION + _element(root, value) if wanted == "xml" else json.dumps(value, ensure_ascii=False)
    return Response(body.encode(), status, {"content-type": CONTENT_TYPES[wanted], **(headers or {})})


def _element(name: str, value: Any) -> str:
    content = _content(name, value)
    return f"<{name}>{content}</{name}>" if content else f"<{name}/>"


def _content(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "".join(_element(key, item) for key, item in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(_element(ITEMS[name], item) for item in value)
    return _escaped(str(value))


def _escaped(text: str) -> str:
    text = _NOT_IN_XML.sub("�", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A parser reads a bare carriage return as a line feed.
    return text.replace("\r", "&#13;")
