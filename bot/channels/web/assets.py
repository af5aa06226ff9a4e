"""The page's own files, read once, compressed once, named by their content so that browsers may keep them."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.errors import ApiError

FOLDER = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


@dataclass(frozen=True)
class Asset:
    """One file."""

    body: bytes
    packed: bytes
    digest: str
    media_type: str


class Assets:
    """The files under `static/`."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = {path.name: _read(path) for path in sorted(folder.iterdir()) if path.suffix in TYPES}

    def url(self, name: str) -> str:
        """The address of a file, which changes with its content."""
        return f"/static/{name}?v={self._files[name].digest}"

    async def serve(self, request: Request) -> Response:
        """GET /static/{name}."""
        file = self._files.get(request.path_params["name"])
        if file is None:
            raise ApiError("not_found")
        named = request.query_params.get("v") == file.digest
        headers = {
            "ETag": f'"{file.digest}"',
            "Cache-Control": "public, max-age=31536000, immutable" if named else "no-cache",
            "Vary": "Accept-Encoding",
        }
        if f'"{file.digest}"' in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return packed_response(request, file.body, file.packed, file.media_type, headers)


def packed_response(request: Request, body: bytes, packed: bytes, media_type: str, headers: dict[str, str]) -> Response:
    """The compressed body where the client takes it."""
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=media_type)
    return Response(body, headers=headers, media_type=media_type)


def digest_of(body: bytes) -> str:
    """A short name for content."""
    return hashlib.sha256(body).hexdigest()[:16]


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body, gzip.compress(body, 9, mtime=0), digest_of(body), TYPES[path.suffix])
