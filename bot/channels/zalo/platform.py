"""Zalo for the generic sender: what is checked before sending, and how a message of the outbox is shown."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from bot.channels.sending import RefusedError, SendError
from bot.channels.zalo import MOST_BUTTONS, MOST_TITLE
from bot.channels.zalo.client import ZaloClient, contact_request, file_message, image_message, text_message
from bot.channels.zalo.images import fitted
from bot.channels.zalo.windows import check_window
from bot.conversations.outbox import Outgoing
from bot.conversations.turns import Json
from bot.storage.choices import in_words
from bot.tickets.photos import PhotoError

log = structlog.get_logger(__name__)

EXTRAS = 30.0
"""Seconds for what goes with a message; the outbox counts the whole as one."""
Read = Callable[[str], Awaitable[bytes | None]]


class ZaloPlatform:
    """Sends what the outbox holds.

    Args:
        read: gives the bytes of a reply's picture; None where it is gone.
        slip: makes the slip of a ticket, a PDF; None where there is no such ticket.
        logo: address of the picture in the form that asks for a contact.
        buttons: whether choices are real buttons.
        paid: whether messages are sent that Zalo bills.
    """

    def __init__(
        self, client: ZaloClient, read: Read, *, buttons: bool, paid: bool, slip: Read | None = None, logo: str = ""
    ) -> None:
        self._client = client
        self._read = read
        self._buttons = buttons
        self._paid = paid
        self._slip = slip
        self._logo = logo

    async def open(self) -> None:
        """Nothing to do: a token that is missing keeps messages waiting, not the service from running."""

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def check(self, message: Outgoing) -> None:
        """The windows of 48 hours and 7 days."""
        check_window(message.silence, paid=self._paid)

    async def send(self, to: str, body: Json) -> str:
        """Send one message, and what goes with it: that the message itself arrived is not undone by its failure."""
        sent = await self._send(to, body)
        try:
            async with asyncio.timeout(EXTRAS):
                await self._extras(to, body)
        except (SendError, TimeoutError) as error:
            log.warning("zalo.extra.left_out", code=str(error) or "timeout")
        return sent

    async def _extras(self, to: str, body: Json) -> None:
        if body.get("wants") == "contact" and self._logo:
            await self._client.send(to, contact_request(self._logo))
        if (code := body.get("slip")) and self._slip and (made := await self._slip(str(code))):
            token = await self._client.upload_file(made, f"phieu-{code}.pdf")
            await self._client.send(to, file_message(token))

    async def _send(self, to: str, body: Json) -> str:
        text = body.get("text") or ""
        # Where choices are in words, they stand in the text already, and the buttons beside it for the record.
        buttons = _pressable(body.get("buttons") or []) if self._buttons else []
        if image := body.get("image"):
            attachment = await self._attachment(str(image))
            if attachment:
                beside = in_words([body])[0]["text"] if buttons else text
                return await self._client.send(to, image_message(attachment, beside))
            text = text or "Hình ảnh này hiện không gửi được."
        try:
            return await self._client.send(to, text_message(text, buttons))
        except RefusedError as error:
            if not (buttons and str(error) in ("unsupported", "bad_parameter")):
                raise
            # This Official Account takes no buttons: the choices are in words then, for this message.
            log.warning("zalo.buttons.refused", hint="BOT_ZALO_BUTTONS=text")
            return await self._client.send(to, text_message(in_words([body])[0]["text"]))

    async def _attachment(self, image: str) -> str | None:
        """Upload a picture; none where it cannot be shown: the text goes without it."""
        with contextlib.suppress(PhotoError, RefusedError):
            data = await self._read(image)
            if data is not None:
                body, kind = await asyncio.to_thread(fitted, data)
                return await self._client.upload_image(body, kind)
        log.warning("zalo.picture.left_out")
        return None


def _pressable(buttons: list[Json]) -> list[Json]:
    """The buttons, if they are few and short enough to be shown as such."""
    fits = len(buttons) <= MOST_BUTTONS and all(len(button["title"]) <= MOST_TITLE for button in buttons)
    return buttons if fits else []
