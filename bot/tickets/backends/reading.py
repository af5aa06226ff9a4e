"""Values out of another system's answers: nothing there is taken on trust."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, tzinfo
from typing import Any

LONGEST_ID = 200
LONGEST_WORD = 100
_MISSING = object()


def at_path(value: Any, path: str | None, default: Any = None) -> Any:
    """What stands at a dotted path; `default` where nothing does."""
    for part in path.split(".") if path else ():
        if isinstance(value, dict):
            value = value.get(part, _MISSING)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return default
        if value is _MISSING:
            return default
    return value


def put(body: dict[str, Any], path: str, value: Any) -> None:
    """Set what stands at a dotted path."""
    *outer, last = path.split(".")
    for part in outer:
        body = body.setdefault(part, {})
    body[last] = value


def identifier(value: Any) -> str | None:
    """An id, a number or a text there, as text; none for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value).strip()
    return text if text and len(text) <= LONGEST_ID and text.isprintable() else None


def word(value: Any) -> str | None:
    """A status."""
    found = identifier(value)
    return found[:LONGEST_WORD] if found else None


def said(value: Any) -> str:
    """A text for people; empty where there is none."""
    return value.strip() if isinstance(value, str) else ""


def moment(value: Any, zone: tzinfo = UTC) -> datetime | None:
    """A moment in ISO 8601 (without a zone: local) or in seconds since 1970; none for anything else."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        if not isinstance(value, str):
            return None
        found = datetime.fromisoformat(value.strip())
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def digest(*parts: str) -> str:
    """A short name for contents that have none."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def listed(value: Any) -> list[Any]:
    """A list, also where a server wraps it or leaves the brackets out for one."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        inner = [item for item in value.values() if isinstance(item, list)]
        return inner[0] if len(inner) == 1 else [value]
    return []
