"""The session of the ticket page: which ticket a browser has proved, and until when.

A cookie that the browser forgets when it is closed: `code|end|mac`, with HMAC-SHA256 under a key of its own. Nothing is
kept for it here; it opens one ticket, holds no PIN, and is good for an hour.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response

from bot.privacy import derive
from bot.tickets.kit import CODE
from bot.tickets.slip import PAGE

COOKIE = "motcua_phan_anh"
SECONDS = 3600
LONGEST = 200


@dataclass(frozen=True)
class TicketSession:
    """A proved ticket.

    Attributes:
        code: of the ticket.
        form: what the forms of the page carry, so that no other site can send them.
    """

    code: str
    form: str


class TicketSessions:
    """Opens, recognises and ends them."""

    def __init__(self, secret_key: SecretStr | str, clock: Callable[[], float] = time.time) -> None:
        self._key = derive(secret_key, "ticket-page")
        self._clock = clock

    def open(self, response: Response, code: str, *, secure: bool) -> None:
        """Give the browser the session of a ticket whose PIN was right."""
        signed = f"{code}|{int(self._clock()) + SECONDS}"
        response.set_cookie(
            COOKIE, f"{signed}|{self._mac(signed)}", path=PAGE, httponly=True, samesite="strict", secure=secure
        )

    def end(self, response: Response) -> None:
        """Take it away."""
        response.delete_cookie(COOKIE, path=PAGE)

    def of(self, request: Request) -> TicketSession | None:
        """The session of a request; none where there is none, it is over, or it is not ours."""
        return self.read(request.cookies.get(COOKIE, ""))

    def read(self, cookie: str) -> TicketSession | None:
        """The same for a cookie's value."""
        signed, _, mac = cookie.rpartition("|")
        if len(cookie) > LONGEST or not cookie.isascii() or not hmac.compare_digest(mac, self._mac(signed)):
            return None
        code, _, end = signed.partition("|")
        if not CODE.fullmatch(code) or not end.isdecimal() or int(end) <= self._clock():
            return None
        return TicketSession(code, self._mac(f"form|{cookie}"))

    def _mac(self, text: str) -> str:
        return hmac.digest(self._key, text.encode(), hashlib.sha256).hex()
