"""A GeoReport v2 server that does everything wrong that servers do.

It accepts and does not answer, answers 500 before or after it accepted, is slow (and accepts only after the caller
has gone), answers with nonsense, twice, with a token, or breaks off in the middle. It knows no idempotency: what is
sent twice is there twice. Updates come in any order, twice, and some only when asked again.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

PAGE = 100
STATUSES = ("open", "in_progress", "closed")


def application(seed: int = 1, wait: float = 1.0) -> Starlette:
    """The application.

    Args:
        wait: seconds of a slow answer; longer than callers wait.
    """
    server = Faulty(seed, wait)
    return Starlette(
        routes=[
            Route("/requests.json", server.requests, methods=["GET"]),
            Route("/requests.json", server.post, methods=["POST"]),
            Route("/tokens/{token}.json", server.token),
            Route("/servicerequestupdates.json", server.updates, methods=["GET"]),
            Route("/servicerequestupdates.json", server.add, methods=["POST"]),
            Route("/control", server.control, methods=["POST"]),
        ]
    )


class Faulty:
    """The server's memory and its moods."""

    def __init__(self, seed: int, wait: float) -> None:
        self._random = random.Random(seed)
        self._wait = wait
        self._numbers = itertools.count(1)
        self._requests: dict[str, dict[str, Any]] = {}
        self._tokens: dict[str, str] = {}
        self._updates: list[dict[str, Any]] = []
        self._hidden: dict[str, int] = {}
        self.rate = 0.0
        self.down = False
        self.no_media = False
        self.faults: dict[str, int] = {}
        self.added: dict[str, dict[str, Any]] = {}

    async def post(self, request: Request) -> Response:
        """POST requests."""
        given = await request.form()
        files = [await value.read() for _, value in given.multi_items() if isinstance(value, UploadFile)]
        if files and self.no_media:
            return Response("too large", 413)
        form: dict[str, Any] = {name: value for name, value in given.items() if isinstance(value, str)}
        form["media"] = [hashlib.sha256(file).hexdigest() for file in files]
        match self._mood(
            "down", "500_before", "429", "late", "silent", "500_after", "nonsense", "broken", "twice", "token"
        ):
            case "down" | "500_before":
                return Response("oops", 500)
            case "429":
                return Response(status_code=429, headers={"Retry-After": "1"})
            case "late":
                await asyncio.sleep(self._wait)  # the caller has gone by now, and yet
                return JSONResponse([{"service_request_id": self._create(form)}])
            case "silent":
                number = self._create(form)
                await asyncio.sleep(self._wait)
                return JSONResponse([{"service_request_id": number}])
            case "500_after":
                self._create(form)
                return Response("<html>oops", 500)
            case "nonsense":
                self._create(form)
                return Response("<html>Tiếp nhận thành công!</html>")
            case "broken":
                self._create(form)
                return StreamingResponse(iter([b'[{"serv']), headers={"content-length": "100"})
            case "twice":
                answer = {"service_request_id": self._create(form)}
                return JSONResponse([answer, answer])
            case "token":
                token = f"t/{self._random.random()}"
                self._tokens[token] = self._create(form)
                return JSONResponse([{"token": token}])
        return JSONResponse([{"service_request_id": self._create(form), "service_notice": None}])

    async def add(self, request: Request) -> Response:
        """POST servicerequestupdates: each `update_id` once, as mySociety's servers have it."""
        given = await request.form()
        files = [await value.read() for _, value in given.multi_items() if isinstance(value, UploadFile)]
        form: dict[str, Any] = {name: value for name, value in given.items() if isinstance(value, str)}
        form["media"] = [hashlib.sha256(file).hexdigest() for file in files]
        match self._mood("down", "500_before", "silent", "500_after"):
            case "down" | "500_before":
                return Response("oops", 500)
            case "silent":
                self.added.setdefault(form["update_id"], form)
                await asyncio.sleep(self._wait)
            case "500_after":
                self.added.setdefault(form["update_id"], form)
                return Response("oops", 500)
        if form["service_request_id"] not in self._requests:
            return Response("no such request", 404)
        self.added.setdefault(form["update_id"], form)
        return JSONResponse([{"update_id": form["update_id"]}])

    async def token(self, request: Request) -> Response:
        """GET tokens."""
        token = request.path_params["token"]
        if (fault := await self._fault()) or self._random.random() < 0.5:
            return fault or Response(status_code=404)
        return JSONResponse([{"service_request_id": self._tokens[token], "token": token}])

    async def requests(self, request: Request) -> Response:
        """GET requests."""
        if fault := await self._fault():
            return fault
        given = request.query_params
        page = int(given.get("page", 1))
        found = [item for item in self._requests.values() if item["service_code"] == given.get("service_code")]
        found = sorted(found, key=lambda item: str(item["requested_datetime"]), reverse=True)
        part = found[(page - 1) * PAGE : page * PAGE]
        return JSONResponse(part + part[: self._random.choice((0, 1))] if self.rate else part)

    async def updates(self, request: Request) -> Response:
        """GET servicerequestupdates: what was not hidden from the caller so far, in any order, some twice."""
        if fault := await self._fault():
            return fault
        since = datetime.fromisoformat(request.query_params["start_date"])
        shown = []
        for update in self._updates:
            if self._hidden[update["update_id"]] > 0:
                self._hidden[update["update_id"]] -= 1
            elif datetime.fromisoformat(update["updated_datetime"]) >= since:
                shown.append(update)
        shown += self._random.sample(shown, len(shown) // 10)
        self._random.shuffle(shown)
        return JSONResponse(shown)

    async def control(self, request: Request) -> Response:
        """What a test wants, and what there is.

        `rate` of faults, `down`, `no_media`, `adopt` (forms, as if posted), `happen` (so many updates to each,
        at most).
        """
        wanted = await request.json()
        self.rate = wanted.get("rate", self.rate)
        self.down = wanted.get("down", self.down)
        self.no_media = wanted.get("no_media", self.no_media)
        for form in wanted.get("adopt", ()):
            self._create(form)
        if wanted.get("happen"):
            self._happen(wanted["happen"])
        found = {"requests": self._requests, "updates": self._updates, "faults": self.faults, "added": self.added}
        return JSONResponse(found)

    def _happen(self, most: int) -> None:
        now = datetime.now(UTC) - timedelta(minutes=30)
        for number in self._requests:
            for place in range(self._random.randint(1, most)):
                update = {
                    "update_id": f"u{number}-{place}",
                    "service_request_id": number,
                    "status": self._random.choice(STATUSES),
                    "updated_datetime": (now + timedelta(minutes=place)).isoformat(timespec="seconds"),
                    "description": f"Lần {place} của {number}",
                }
                self._updates.append(update)
                self._hidden[update["update_id"]] = self._random.choice((0, 0, 1, 2))

    def _create(self, form: dict[str, Any]) -> str:
        number = str(next(self._numbers))
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._requests[number] = {
            "service_request_id": number,
            "service_code": form["service_code"],
            "description": form["description"],
            "status": "open",
            "requested_datetime": now,
            "updated_datetime": now,
            "form": form,
        }
        return number

    def _mood(self, *moods: str, rate: float | None = None) -> str:
        if self.down:
            return self._count("down")
        if self._random.random() >= (self.rate if rate is None else rate):
            return ""
        return self._count(self._random.choice(moods[1:]))

    async def _fault(self) -> Response | None:
        match self._mood("down", "get_500", "get_slow", rate=self.rate / 3):
            case "down" | "get_500":
                return Response("oops", 502)
            case "get_slow":
                await asyncio.sleep(self._wait)
        return None

    def _count(self, mood: str) -> str:
        self.faults[mood] = self.faults.get(mood, 0) + 1
        return mood
