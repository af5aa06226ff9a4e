"""Reading what a platform posts to a webhook: raw, and no more than it may send."""

from __future__ import annotations

from starlette.requests import Request


async def read_body(request: Request, most: int) -> bytes | None:
    """The raw body; None where it is longer than `most` bytes, refused before it is read where it says so itself."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:12]) > most:
        return None
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            return None
    return bytes(body)
