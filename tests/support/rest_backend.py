"""A small but real system of a province: JSON over HTTP, OAuth 2, its own SQLite database, signed messages to us."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import random
import secrets
import sqlite3
import time
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CLIENT, SECRET, WEBHOOK_SECRET = "mot-cua", "bí mật của client", "bí mật của webhook"
PAGE = 20

_TABLES = """
CREATE TABLE IF NOT EXISTS tickets (id INTEGER PRIMARY KEY, ref TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS changes (
    id INTEGER PRIMARY KEY, ticket INTEGER NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL, note TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS additions (key TEXT PRIMARY KEY, ticket INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, until REAL NOT NULL);
"""


def application(path: str, seed: int = 1, wait: float = 1.0) -> Starlette:
    """The application on a database file."""
    system = System(path, seed, wait)
    return Starlette(
        routes=[
            Route("/oauth/token", system.token, methods=["POST"]),
            Route("/api/tickets", system.tickets, methods=["GET", "POST"]),
            Route("/api/tickets/{id:int}/additions", system.add, methods=["POST"]),
            Route("/api/changes", system.changes),
            Route("/control", system.control, methods=["POST"]),
        ]
    )


class System:
    """Tickets of a province. Idempotency keys are not honoured: what comes twice is there twice."""

    def __init__(self, path: str, seed: int, wait: float) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.executescript(_TABLES)
        self._random = random.Random(seed)
        self._wait = wait
        self.rate = 0.0
        self.issued = 0

    async def token(self, request: Request) -> Response:
        """OAuth 2 client credentials; a token lasts a minute."""
        form = await request.form()
        scheme, _, pair = request.headers.get("authorization", "").partition(" ")
        if scheme != "Basic" or form.get("grant_type") != "client_credentials":
            return JSONResponse({"error": "invalid_request"}, 400)
        given = httpx.QueryParams(f"pair={base64.b64decode(pair).decode()}")["pair"]
        if given != f"{CLIENT}:{SECRET}":
            return JSONResponse({"error": "invalid_client"}, 401)
        token = secrets.token_urlsafe(16)
        self.issued += 1
        self._database.execute("INSERT INTO tokens VALUES (?, ?)", (token, time.time() + 60))
        return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": 60})

    async def tickets(self, request: Request) -> Response:
        """Create one, or find those of a reference."""
        if not self._knows(request):
            return JSONResponse({"error": "unauthorized"}, 401)
        if request.method == "GET":
            rows = self._database.execute(
                "SELECT id, ref, state FROM tickets WHERE ref = ?", (request.query_params["ref"],)
            )
            return JSONResponse({"data": [{"id": row[0], "nguon": {"ma": row[1]}, "state": row[2]} for row in rows]})
        body = await request.json()
        fault = self._random.choice(("before", "late", "silent", "after")) if self._random.random() < self.rate else ""
        if fault == "before":
            return Response(status_code=502)
        if fault == "late":
            await asyncio.sleep(self._wait)
        found = self._database.execute(
            "INSERT INTO tickets (ref, body, state) VALUES (?, ?, 'moi') RETURNING id",
            (body["nguon"]["ma"], json.dumps(body, ensure_ascii=False)),
        ).fetchone()
        if fault == "silent":
            await asyncio.sleep(self._wait)
        if fault == "after":
            return Response(status_code=500)
        return JSONResponse({"data": {"id": found[0]}}, 201)

    async def add(self, request: Request) -> Response:
        """What a citizen adds, once a key."""
        if not self._knows(request):
            return JSONResponse({"error": "unauthorized"}, 401)
        values = (request.headers["idempotency-key"], request.path_params["id"], (await request.body()).decode())
        self._database.execute("INSERT OR IGNORE INTO additions (key, ticket, body) VALUES (?, ?, ?)", values)
        return Response(status_code=204)

    async def changes(self, request: Request) -> Response:
        """What changed since a moment, the oldest first, a page at a time."""
        if not self._knows(request):
            return JSONResponse({"error": "unauthorized"}, 401)
        rows = self._database.execute(
            "SELECT id, ticket, state, at, note FROM changes WHERE at >= ? ORDER BY at, id LIMIT ?",
            (request.query_params["since"], PAGE),
        )
        return JSONResponse({"changes": [_change(row) for row in rows]})

    async def control(self, request: Request) -> Response:
        """What a test wants: `rate`, `revoke`, `change` ([ticket, state, at, note], …)."""
        wanted = await request.json()
        self.rate = wanted.get("rate", self.rate)
        if wanted.get("revoke"):
            self._database.execute("DELETE FROM tokens")
        for change in wanted.get("change", ()):
            self._database.execute("INSERT INTO changes (ticket, state, at, note) VALUES (?, ?, ?, ?)", change)
        rows = self._database.execute("SELECT id, ref, body FROM tickets ORDER BY id").fetchall()
        tickets = [{"id": row[0], "ref": row[1], "body": json.loads(row[2])} for row in rows]
        rows = self._database.execute("SELECT ticket, body FROM additions ORDER BY rowid").fetchall()
        additions = [{"ticket": row[0], "body": json.loads(row[1])} for row in rows]
        return JSONResponse({"tickets": tickets, "additions": additions, "issued": self.issued})

    def _knows(self, request: Request) -> bool:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        found = self._database.execute("SELECT until FROM tokens WHERE token = ?", (token,)).fetchone()
        return bool(found and found[0] > time.time())


def _change(row: Any) -> dict[str, Any]:
    return {"id": row[0], "ticket": {"id": row[1]}, "state": row[2], "at": row[3], "note": row[4]}


def message(
    *changes: dict[str, Any], secret: str = WEBHOOK_SECRET, at: float | None = None
) -> tuple[bytes, dict[str, str]]:
    """What the system posts to us: body and headers."""
    body = json.dumps({"changes": changes}, ensure_ascii=False).encode()
    stamp = str(int(at if at is not None else time.time()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return body, {"X-Timestamp": stamp, "X-Signature": f"sha256={digest}"}
