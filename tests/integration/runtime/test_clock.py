"""Asking the time of a real database and of a real server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from bot.runtime.clock import database_skew, https_skew


class Server(BaseHTTPRequestHandler):
    date: ClassVar[str | None] = None

    def do_HEAD(self) -> None:
        self.send_response_only(502)
        if self.date is not None:
            self.send_header("Date", self.date or self.date_time_string())
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def saying(date: str | None) -> Iterator[str]:
    handler = type("Saying", (Server,), {"date": date})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_the_database_on_this_machine_has_our_time(database_url: str) -> None:
    assert abs(database_skew(database_url)) < 1


def test_the_date_header_is_compared_also_of_an_error() -> None:
    with saying("") as url:
        skew = https_skew(url)
        assert skew is not None
        assert abs(skew) < 2
    with saying("Wed, 21 Oct 2015 07:28:00 GMT") as url:
        skew = https_skew(url)
        assert skew is not None
        assert skew > 300_000_000


def test_who_does_not_say_the_time_or_nonsense_is_not_counted() -> None:
    for date in (None, "gestern"):
        with saying(date) as url:
            assert https_skew(url) is None
    assert https_skew("http://127.0.0.1:9") is None
    assert https_skew("http://[") is None
