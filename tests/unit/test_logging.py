"""Log lines: one event each, nothing personal."""

from __future__ import annotations

import io
import json
import logging as standard
from collections.abc import Iterator

import pytest
import structlog

from bot import logging
from bot.settings import Settings


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    root = standard.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


def test_an_event_is_one_line_with_its_fields(stream: io.StringIO) -> None:
    logging.configure(Settings(), stream=stream)
    structlog.get_logger().info("turn.done", status="answered", ms=12)
    assert stream.getvalue().strip().endswith("turn.done ms=12 status=answered")


def test_json_is_one_object_a_line(stream: io.StringIO) -> None:
    logging.configure(Settings(log_format="json"), stream=stream)
    structlog.get_logger().info("turn.done", status="đã trả lời")
    standard.getLogger("other").warning("từ thư viện %s", "khác")
    ours, theirs = map(json.loads, stream.getvalue().splitlines())
    assert (ours["event"], ours["status"], ours["level"]) == ("turn.done", "đã trả lời", "info")
    assert (theirs["event"], theirs["level"]) == ("từ thư viện khác", "warning")


@pytest.mark.parametrize("field", ["text", "phone", "token", "contact", "secret"])
def test_what_a_citizen_wrote_and_secrets_are_hidden(stream: io.StringIO, field: str) -> None:
    logging.configure(Settings(), stream=stream)
    structlog.get_logger().warning("something", **{field: "0912345678"})
    assert "0912345678" not in stream.getvalue()


def test_the_level_holds_for_everybody(stream: io.StringIO) -> None:
    logging.configure(Settings(log_level="warning"), stream=stream)
    structlog.get_logger().info("quiet")
    standard.getLogger("other").info("quiet")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("name", ["httpx", "procrastinate.worker", "telegram.ext"])
def test_libraries_that_log_urls_and_arguments_are_quiet(stream: io.StringIO, name: str) -> None:
    logging.configure(Settings(), stream=stream)
    standard.getLogger(name).info("POST https://api.telegram.org/bot123:geheim/sendMessage")
    assert stream.getvalue() == ""


def test_what_a_picture_says_about_its_owner_is_not_logged_at_any_level(stream: io.StringIO) -> None:
    logging.configure(Settings(log_level="debug"), stream=stream)
    standard.getLogger("PIL.TiffImagePlugin").debug("save: Artist (315) - value: %s", "Nguyen Thi Bi Mat")
    assert stream.getvalue() == ""
