"""One database URL, two ways to say it."""

from __future__ import annotations

import pytest

from bot.storage.urls import libpq_url, sqlalchemy_url

REST = "://u:p%40ss@h:5/d?host=%2Frun%2Fx"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_every_spelling_becomes_what_the_taker_knows(scheme: str) -> None:
    assert libpq_url(scheme + REST) == "postgresql" + REST
    assert sqlalchemy_url(scheme + REST) == "postgresql+psycopg" + REST
