"""Pictures of tickets: checked, made anew, kept outside the web root.

What comes in is never kept as it came. It is opened by its content, not by its name or its announced type; refused
where it is too big or would need too much memory; drawn anew as JPEG of at most 2048 px, so that no metadata (place,
camera, owner) and nothing hidden in it survives; and written with mode 0600 under a random name to
`<data>/photos/<key[:2]>/`. Only code that has checked who asks gives it out again (`Photos.read`).

PhotoError
├── PhotoTooLargeError   too many bytes, or too many pixels (also a decompression bomb)
├── NotAPictureError     not JPEG, PNG or WebP, or broken
└── TooManyPhotosError   the conversation keeps enough pictures that belong to no ticket yet
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import re
import secrets
import uuid
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from bot.settings import Settings
from bot.storage.database import sessions
from bot.storage.models import Conversation, Ticket, TicketPhoto
from bot.tickets.records import Stage

log = structlog.get_logger(__name__)

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
"""A telephone's picture has 12 to 50 million; decoded, each takes three bytes."""
LONGEST_SIDE = 2048
THUMBNAIL = 320
QUALITY, THUMBNAIL_QUALITY = 85, 75
FORMATS = ("JPEG", "PNG", "WEBP")
TYPE = "image/jpeg"
MOST_A_REPORT = 5
MOST_WAITING = 10
"""Pictures of one conversation that belong to no ticket yet."""
KEPT_UNATTACHED = timedelta(hours=24)
AT_ONCE = 2
"""Pictures that one process decodes at a time; each may take 150 MB."""

KEY = re.compile(r"[0-9a-f]{32}")

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class PhotoError(Exception):
    """A picture is not taken; `code` is a stable word, and `bot.tickets.texts` has what people read."""

    code = "photo"


class PhotoTooLargeError(PhotoError):
    """Too many bytes or pixels."""

    code = "photo_too_large"


class NotAPictureError(PhotoError):
    """Not a picture that we read."""

    code = "photo_unreadable"


class TooManyPhotosError(PhotoError):
    """Enough pictures wait for a ticket already."""

    code = "photo_too_many"


@dataclass(frozen=True)
class Picture:
    """A picture made anew: JPEG without metadata.

    Attributes:
        body, thumbnail: JPEG files; the thumbnail's longest side is at most 320 px.
        width, height: of the body, px.
    """

    body: bytes
    thumbnail: bytes
    width: int
    height: int


@dataclass(frozen=True)
class StoredPhoto:
    """A picture that is kept."""

    key: str
    size: int
    width: int
    height: int


_BROKEN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, TypeError, IndexError, KeyError)
"""What Pillow's readers raise on a file that is not what it says."""


def remade(data: bytes) -> Picture:
    """The picture in these bytes, drawn anew.

    Raises:
        PhotoTooLargeError: more than 10 MiB, or more than 50 million pixels.
        NotAPictureError: not JPEG, PNG or WebP by its content, or broken.
    """
    if len(data) > MOST_BYTES:
        raise PhotoTooLargeError(f"{len(data)} bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as found:
                if found.width * found.height > MOST_PIXELS:
                    raise PhotoTooLargeError(f"{found.width}x{found.height}")
                found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded at a size near the wanted one
                image = _flat(ImageOps.exif_transpose(found))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise PhotoTooLargeError("too many pixels") from error
    except PhotoError:
        raise
    except _BROKEN as error:
        raise NotAPictureError(type(error).__name__) from error
    if min(image.size) < 1:
        raise NotAPictureError("empty")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    small = image.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    return Picture(_jpeg(image, QUALITY), _jpeg(small, THUMBNAIL_QUALITY), *image.size)


def _flat(image: Image.Image) -> Image.Image:
    """In plain RGB on white, without anything but its pixels."""
    if image.has_transparency_data:
        image = image.convert("RGBA")
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image, mask=image.getchannel("A"))
        return flat
    flat = image.convert("RGB")
    flat.info.clear()
    return flat


def _jpeg(image: Image.Image, quality: int) -> bytes:
    made = io.BytesIO()
    image.save(made, "JPEG", quality=quality, optimize=True, progressive=True, exif=b"", icc_profile=None)
    return made.getvalue()


class Photos:
    """The pictures of one installation."""

    def __init__(self, database: AsyncEngine | async_sessionmaker[AsyncSession], settings: Settings) -> None:
        self._sessions = sessions(database) if isinstance(database, AsyncEngine) else database
        self._folder = settings.data / "photos"
        self._retention = timedelta(days=settings.retention_days)
        self._decoding = asyncio.Semaphore(AT_ONCE)

    async def keep(
        self, data: bytes, *, conversation: str | None = None, account: str | None = None, stage: Stage = "before"
    ) -> StoredPhoto:
        """Check a picture and keep it, for a ticket to come.

        Args:
            data: the file as it was sent.
            conversation: `conversations.key` of the citizen who sent it.
            account: of the officer, or the name of the program, that sent it; one of the two is needed, else the
                next clean-up takes the picture away.

        Raises:
            PhotoError: it is not taken.
        """
        owner = await self._owner(conversation)
        async with self._decoding:
            picture = await asyncio.to_thread(remade, data)
        key = secrets.token_hex(16)
        await asyncio.to_thread(self._write, key, picture)
        async with self._sessions.begin() as session:
            session.add(
                TicketPhoto(
                    key=key,
                    conversation_id=owner,
                    account=account,
                    stage=stage,
                    type=TYPE,
                    size=len(picture.body),
                    width=picture.width,
                    height=picture.height,
                    sha256=hashlib.sha256(picture.body).hexdigest(),
                )
            )
        log.info("photo.kept", size=len(picture.body), width=picture.width, height=picture.height, stage=stage)
        return StoredPhoto(key, len(picture.body), picture.width, picture.height)

    async def open_to_all(self, key: str) -> bool:
        """Whether a picture belongs to a ticket that everybody may see."""
        query = select(TicketPhoto.id).join(Ticket, Ticket.id == TicketPhoto.ticket_id)
        query = query.where(TicketPhoto.key == key, Ticket.restricted.is_(False), Ticket.private.is_(False))
        async with self._sessions() as session:
            return await session.scalar(query) is not None

    async def read(self, key: str, *, thumbnail: bool = False) -> bytes | None:
        """The JPEG file of a picture; none where it is gone. Who may see it is the caller's to check."""
        if not KEY.fullmatch(key):
            return None
        try:
            return await asyncio.to_thread(self.path(key, thumbnail=thumbnail).read_bytes)
        except FileNotFoundError:
            return None

    def path(self, key: str, *, thumbnail: bool = False) -> Path:
        """Where the file of a picture lies."""
        return self._folder / key[:2] / f"{key}{'.small' if thumbnail else ''}.jpg"

    async def waiting(self, conversation: str, keys: Sequence[str]) -> tuple[str, ...]:
        """Those of the keys that this conversation sent and that belong to no ticket yet, in the given order."""
        owner = await self._owner(conversation)
        if owner is None or not keys:
            return ()
        query = select(TicketPhoto.key).where(
            TicketPhoto.key.in_(keys), TicketPhoto.conversation_id == owner, TicketPhoto.ticket_id.is_(None)
        )
        async with self._sessions() as session:
            found = set(await session.scalars(query))
        return tuple(dict.fromkeys(key for key in keys if key in found))

    async def forget(self, conversation: str) -> int:
        """Delete what a conversation sent and no ticket has: the report was cancelled, or erasure was asked for.

        Returns:
            How many pictures there were.
        """
        owner = await self._owner(conversation)
        if owner is None:
            return 0
        return await self._delete((TicketPhoto.conversation_id == owner) & TicketPhoto.ticket_id.is_(None))

    async def expire(self, now: datetime | None = None) -> int:
        """Delete pictures that no ticket took within a day, those of tickets that ended longer ago than the
        retention, and files that no row knows (of deleted tickets, or of a process that died between the two).

        Returns:
            How many pictures and stray files went.
        """
        now = now or datetime.now(UTC)
        unattached = TicketPhoto.ticket_id.is_(None) & or_(
            TicketPhoto.created_at < now - KEPT_UNATTACHED,
            TicketPhoto.conversation_id.is_(None) & TicketPhoto.account.is_(None),
        )
        ended = select(Ticket.id).where(Ticket.closed_at < now - self._retention)
        gone = await self._delete(unattached) + await self._delete(TicketPhoto.ticket_id.in_(ended))
        return gone + await self._delete_strays(now)

    async def _owner(self, conversation: str | None) -> int | None:
        """The number of a conversation's row; none where there is no such conversation."""
        try:
            wanted = uuid.UUID(conversation or "")
        except ValueError:
            return None
        async with self._sessions() as session:
            return await session.scalar(select(Conversation.id).where(Conversation.key == wanted))

    async def check_room(self, conversation: str) -> bool:
        """Whether there is such a conversation, before its picture is read at all.

        Raises:
            TooManyPhotosError: it keeps enough pictures that belong to no ticket yet.
        """
        owner = await self._owner(conversation)
        query = select(func.count(TicketPhoto.id)).where(
            TicketPhoto.conversation_id == owner, TicketPhoto.ticket_id.is_(None)
        )
        async with self._sessions() as session:
            if owner is not None and (await session.scalar(query) or 0) >= MOST_WAITING:
                raise TooManyPhotosError
        return owner is not None

    async def _delete(self, which: ColumnElement[bool]) -> int:
        """Rows first: a file without a row is found by the next clean-up, a row without a file would be a lie."""
        async with self._sessions.begin() as session:
            keys = list(await session.scalars(delete(TicketPhoto).where(which).returning(TicketPhoto.key)))
        await asyncio.to_thread(self._unlink, keys)
        return len(keys)

    async def _delete_strays(self, now: datetime) -> int:
        files = await asyncio.to_thread(self._files, now - timedelta(hours=1))
        if not files:
            return 0
        known: set[str] = set()
        async with self._sessions() as session:
            keys = sorted(files)
            for start in range(0, len(keys), 1000):
                query = select(TicketPhoto.key).where(TicketPhoto.key.in_(keys[start : start + 1000]))
                known.update(await session.scalars(query))
        strays = files - known
        await asyncio.to_thread(self._unlink, strays)
        return len(strays)

    def _files(self, before: datetime) -> set[str]:
        """Keys of the files that are older than a moment."""
        found = set()
        for path in self._folder.glob("??/*.jpg"):
            key = path.name.partition(".")[0]
            if KEY.fullmatch(key) and path.stat().st_mtime < before.timestamp():
                found.add(key)
        return found

    def _write(self, key: str, picture: Picture) -> None:
        folder = self.path(key).parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path, body in ((self.path(key, thumbnail=True), picture.thumbnail), (self.path(key), picture.body)):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(body)

    def _unlink(self, keys: Iterable[str]) -> None:
        for key in keys:
            for thumbnail in (False, True):
                self.path(key, thumbnail=thumbnail).unlink(missing_ok=True)
