"""Pictures for tests."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image


def picture(width: int = 800, height: int = 600, form: str = "JPEG", mode: str = "RGB", **more: Any) -> bytes:
    """A picture with a gradient, so that it is neither empty nor one colour."""
    image = Image.linear_gradient("L").resize((width, height)).convert(mode)
    made = io.BytesIO()
    image.save(made, form, **more)
    return made.getvalue()


def with_metadata() -> bytes:
    """A JPEG that says where and by whom it was taken, turned on its side, with a comment and something behind."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x013B] = "Nguyen Thi Bi Mat"
    exif[0x010F] = "MAY ANH BI MAT"
    exif.get_ifd(0x8825)[2] = (10.0, 45.0, 45.0)  # GPS latitude
    return picture(400, 200, exif=exif, comment=b"ghi chu bi mat") + b"<script>bi mat</script>"


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few bytes that would need gigabytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )
