"""Database URLs for the two who take them; without SQLAlchemy, for processes that must stay small."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"^postgres(?:ql)?(?:\+\w+)?(?=://)")


def libpq_url(url: str) -> str:
    """The URL as libpq (psycopg itself, procrastinate, LISTEN) takes it."""
    return _SCHEME.sub("postgresql", url)


def sqlalchemy_url(url: str) -> str:
    """The URL with the psycopg 3 driver named: `postgres://…` → `postgresql+psycopg://…`."""
    return _SCHEME.sub("postgresql+psycopg", url)
