"""Pictures from Telegram: from the configured address of the Bot API and from nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.channels.media import MediaFetcher, MediaGoneError, MediaTooLargeError, MediaUnavailableError
from bot.channels.message import Media
from bot.channels.telegram.client import TelegramClient
from bot.tickets.photos import MOST_BYTES


class TelegramFiles:
    """Fetches by file id: `getFile` gives an address below the configured base, which is then fetched guarded."""

    def __init__(self, client: TelegramClient, base: str) -> None:
        self._client = client
        self._base = base.rstrip("/")
        host = urlsplit(base).hostname or ""
        self._fetcher = MediaFetcher([host], most_bytes=MOST_BYTES, redirects=0, loopback_base=base)

    async def fetch(self, media: Media) -> bytes:
        """The picture.

        Raises:
            MediaError: it cannot be had.
        """
        if (media.size or 0) > MOST_BYTES:
            raise MediaTooLargeError("announced")
        try:
            address = await self._client.file_path(media.reference)
        except BadRequest as error:
            if "too big" in error.message.lower():
                raise MediaTooLargeError("too_big") from error
            raise MediaGoneError("file_id") from error
        except (Forbidden, InvalidToken) as error:
            raise MediaGoneError(type(error).__name__) from error
        except TelegramError as error:
            raise MediaUnavailableError("get_file") from error
        if not address.startswith(f"{self._base}/file/"):
            raise MediaGoneError("address")
        return (await self._fetcher.fetch(address)).body
