"""Messages that hold their place: stored at once, made ready when their turn comes.

| held | becomes |
|---|---|
| a photo | fetched, checked, drawn anew, kept (`bot.tickets.photos`): `photo:<key>`, as the web page sends it |
| a link to a report | followed where its proof is right: `ticket:<code>:show`, which asks for the PIN where it is not |
| the digest of a long payload | the payload of the button that this citizen was sent |
| voice, video, sticker, file, another's contact | a sentence that says what can be read |

What cannot be had is answered with a sentence, too: no turn is lost over it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import structlog

from bot.channels import payloads
from bot.channels.channel import Fetcher, active
from bot.channels.media import MediaError, MediaGoneError, MediaRefusedError, MediaTooLargeError, MediaUnavailableError
from bot.channels.message import Media
from bot.channels.texts import PHOTO, UNREAD, reply
from bot.conversations.context import Context
from bot.conversations.errors import NotReadyError
from bot.conversations.pool import Pool
from bot.conversations.turns import Claim, Turn, no_understanding
from bot.locality import LiveLocality
from bot.tickets import TicketService
from bot.tickets.links import TicketLinks
from bot.tickets.photos import NotAPictureError, PhotoError, Photos, PhotoTooLargeError, TooManyPhotosError
from bot.tickets.pins import Pins

log = structlog.get_logger(__name__)

TRIES = 5
"""Tries of a photo that cannot be fetched now; the pauses of the relay between them add up to about five seconds."""
HELP = "menu:help"


class Holding:
    """Makes held messages of all channels ready."""

    def __init__(
        self,
        fetchers: Mapping[str, Fetcher],
        *,
        pool: Pool,
        photos: Photos,
        tickets: TicketService,
        links: TicketLinks,
        pins: Pins,
    ) -> None:
        self._fetchers = fetchers
        self._pool = pool
        self._photos = photos
        self._tickets = tickets
        self._links = links
        self._pins = pins

    async def prepare(self, claim: Claim) -> str | Turn:
        """The payload with which the message goes on, or the turn that answers it.

        Raises:
            NotReadyError: not yet; to be tried again.
        """
        held = json.loads(claim.body)
        match held.pop("kind"):
            case "photo" if claim.channel in self._fetchers:
                return await self._photo(claim, held)
            case "ticket":
                return await self._linked(claim, held["code"], held["proof"])
            case "pressed":
                return await payloads.longer(self._pool, claim.conversation_id, held["payload"]) or HELP
            case kind:
                return _turn("smalltalk", UNREAD[kind])

    async def _photo(self, claim: Claim, held: dict[str, Any]) -> str | Turn:
        conversation = str(claim.key)
        try:
            await self._photos.check_room(conversation)
            data = await self._fetchers[claim.channel].fetch(Media("photo", **held))
            return f"photo:{(await self._photos.keep(data, conversation=conversation)).key}"
        except MediaUnavailableError as error:
            if claim.tries < TRIES:
                raise NotReadyError(error.code) from error
            return _failed(claim, error.code, "unavailable")
        except MediaTooLargeError as error:
            return _failed(claim, error.code, "too_large")
        except (MediaGoneError, MediaRefusedError) as error:
            return _failed(claim, error.code, "gone")
        except MediaError as error:
            return _failed(claim, error.code, "unreadable")
        except PhotoError as error:
            return _failed(claim, error.code, _REASONS.get(type(error), "unreadable"))

    async def _linked(self, claim: Claim, code: str, proof: str) -> str:
        code = code.upper()
        if proof and self._links.matches(code, proof):
            await self._tickets.status(code, str(claim.key), self._pins.of(code))
        return f"ticket:{code}:show"


_REASONS: dict[type[PhotoError], str] = {
    PhotoTooLargeError: "too_large",
    NotAPictureError: "unreadable",
    TooManyPhotosError: "too_many",
}


def preparer(context: Context) -> Holding:
    """For the worker."""
    settings = context.settings
    fetchers = {one.name: one.fetcher(context) for one in active(settings) if one.fetcher is not None}
    return Holding(
        fetchers,
        pool=context.pool,
        photos=Photos(context.engine, settings),
        tickets=TicketService(context.engine, settings, LiveLocality(settings.locality)),
        links=TicketLinks(settings.secret_key),
        pins=Pins(settings.secret_key),
    )


def _failed(claim: Claim, code: str, reason: str) -> Turn:
    log.warning("photo.not_kept", channel=claim.channel, code=code, row=claim.message)
    return _turn("error", PHOTO[reason])


def _turn(status: str, text: str) -> Turn:
    # A report may be under way, of which the engine knows and we do not: its masked values stay.
    return Turn([reply(text)], no_understanding(status), form_active=True)
