"""Pictures as Zalo takes them: JPEG or PNG of at most 1 MB."""

from __future__ import annotations

import io

from PIL import Image

from bot.tickets.photos import remade

MOST = 1_000_000
"""Bytes; of the two readings of «1 MB» the smaller."""
MOST_FILE = 5_000_000
_SIZES = (2048, 1600, 1280, 960, 640, 320)
_QUALITIES = (85, 70, 55)
_STARTS = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


def fitted(data: bytes) -> tuple[bytes, str]:
    """A picture that Zalo takes, drawn anew only where it must be.

    Returns:
        The file and its type.

    Raises:
        PhotoError: it is no picture, or a monstrous one.
    """
    kind = next((kind for start, kind in _STARTS if data.startswith(start)), None)
    if kind and len(data) <= MOST:
        return data, kind
    drawn = remade(data).body
    if len(drawn) <= MOST:
        return drawn, "image/jpeg"
    with Image.open(io.BytesIO(drawn), formats=("JPEG",)) as image:
        for side in _SIZES:
            small = image.copy()
            small.thumbnail((side, side), Image.Resampling.LANCZOS)
            for quality in _QUALITIES:
                made = io.BytesIO()
                small.save(made, "JPEG", quality=quality, optimize=True)
                if made.tell() <= MOST:
                    return made.getvalue(), "image/jpeg"
    raise AssertionError("320 px in quality 55 have never had a megabyte")  # pragma: no cover
