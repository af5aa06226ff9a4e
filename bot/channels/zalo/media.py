"""Pictures that citizens send on Zalo: fetched from Zalo's own hosts, and from nowhere else."""

from __future__ import annotations

from bot.channels.media import MOST_BYTES, MediaFetcher, MediaTooLargeError
from bot.channels.message import Media
from bot.settings import Settings


class ZaloFetcher:
    """Gets pictures by the address that came with the message."""

    def __init__(self, fetcher: MediaFetcher) -> None:
        self._fetcher = fetcher

    async def fetch(self, media: Media, *, most: int = MOST_BYTES) -> bytes:
        """The file.

        Args:
            most: bytes; a longer one is refused.

        Raises:
            bot.channels.media.MediaError: it cannot be had; which kind tells whether another try may help.
        """
        body = (await self._fetcher.fetch(media.reference)).body
        if len(body) > most:
            raise MediaTooLargeError("sent")
        return body


def fetcher(settings: Settings) -> ZaloFetcher:
    """The fetcher of one process."""
    hosts = [host.strip() for host in settings.zalo_media_hosts.split(",") if host.strip()]
    return ZaloFetcher(MediaFetcher(hosts, loopback_base=settings.zalo_api_base))
