"""Any GeoReport v2 server as backend (http://wiki.open311.org/GeoReport_v2), with mySociety's updates extension."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import structlog

from bot.locality import Open311Backend
from bot.locality.open311 import Service
from bot.tickets.backends import geo_xml, open311_form, reading
from bot.tickets.backends.errors import NotSentError, RefusedError, UnknownError, WebhookError
from bot.tickets.backends.http import Answer, Http, Params
from bot.tickets.backends.protocol import OutgoingAddition, OutgoingReport, Receipt, RemoteUpdate
from bot.tickets.states import Status

log = structlog.get_logger(__name__)

IDS_AT_ONCE = 50
PAGE = 100
MOST_PAGES = 100
UNPAGED = 1000
"""A server that knows no paging may stop here without saying so."""
EARLIER = timedelta(days=1)
"""How far a server's clock may be behind ours, or its day another."""
LONGEST_SPAN = timedelta(days=89)

Form = list[tuple[str, str]]


class Open311:
    """One server."""

    def __init__(
        self, config: Open311Backend, secret: str, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """Take the server's description.

        Args:
            secret: the API key; empty: none is sent.
        """
        self.name = config.name
        self._config = config
        self._secret = secret
        self._http = Http(config.url, timeout=config.timeout, transport=transport)
        self._knows_external_ids = False

    def target(self, word: str) -> Status | None:
        """What a status there means here."""
        found = self._config.target(word)
        return Status(found) if found else None

    async def submit(self, report: OutgoingReport) -> Receipt:
        """POST requests: an id, or a token that becomes one."""
        service = self._config.services.get(report.category.code)
        if service is None:
            raise RefusedError("no_service")
        files = [("media", (photo.name, photo.body, photo.type)) for photo in report.photos if photo.body]
        answer = await self._http.post(
            self._path("requests"), form=open311_form.of(report, service, self._config, self._secret), files=files,
            headers={"Idempotency-Key": report.key},
        )  # fmt: skip
        try:
            items = self._items(answer)
        except ValueError as error:
            raise UnknownError("unreadable") from error
        for item in items:
            if found := reading.identifier(reading.at_path(item, "service_request_id")):
                return Receipt(remote_id=found)
        for item in items:
            if token := reading.identifier(reading.at_path(item, "token")):
                return Receipt(token=token)
        raise UnknownError("unreadable")

    async def add(self, addition: OutgoingAddition) -> None:
        """POST servicerequestupdates; pictures that go as addresses one a time, because an update has one."""
        files = [("media", (photo.name, photo.body, photo.type)) for photo in addition.photos if photo.body]
        links = [photo.url for photo in addition.photos if photo.url]
        for number, link in enumerate(links or [None], 1):
            form = open311_form.added(addition, self._config, self._secret, link=link, number=number)
            headers = {"Idempotency-Key": f"{addition.key}:{number}"}
            await self._http.post(self._path("servicerequestupdates"), form=form, files=files, headers=headers)

    async def look_up(self, report: OutgoingReport) -> Receipt | None:
        """The request with our key: asked for by it, or looked for among those of its service."""
        if self._config.look_up == "external_id":
            return await self._by_external_id(report)
        service = self._config.services.get(report.category.code)
        if service is None:
            raise RefusedError("no_service")
        async for page in self._pages(service, report.sent_at - EARLIER):
            found = {
                (str(item.get("requested_datetime") or ""), number)
                for item in page
                if self._carries(item, report.key)
                and (number := reading.identifier(item.get("service_request_id"))) is not None
            }
            if len(found) > 1:
                log.error("backend.duplicate", backend=self.name, ticket=report.code, count=len(found))
            if found:
                return Receipt(remote_id=min(found)[1])
        return None

    async def redeem(self, token: str) -> str | None:
        """GET tokens/{token}."""
        resource = f"tokens/{quote(token, safe='')}"
        answer = await self._http.get(self._path(resource), self._common(), missing=True)
        if answer.status == 404:
            return None
        for item in self._read(answer):
            if found := reading.identifier(reading.at_path(item, "service_request_id")):
                return found
        return None

    async def fetch(self, remote_ids: Sequence[str], since: datetime) -> list[RemoteUpdate]:
        """The status of each request, what is told about them, or both; the oldest first."""
        found: list[RemoteUpdate] = []
        if self._config.updates in ("requests", "both"):
            for start in range(0, len(remote_ids), IDS_AT_ONCE):
                found += await self._states(remote_ids[start : start + IDS_AT_ONCE])
        if self._config.updates in ("servicerequestupdates", "both"):
            found += await self._told(max(since, datetime.now(UTC) - LONGEST_SPAN))
        return sorted(found, key=lambda update: update.at)

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[RemoteUpdate]:  # noqa: ARG002
        """GeoReport servers do not call us; those that do use /open311/v2/servicerequestupdates."""
        raise WebhookError("no_webhook", 404)

    # Finding again

    def _carries(self, item: Mapping[str, Any], key: str) -> bool:
        mark = self._config.key_in
        if mark.place == "description":
            return f"[{key}]" in reading.said(item.get("description"))
        if mark.place != "attribute":
            return item.get(mark.place) == key
        return key in _strings(item.get("attributes"))

    async def _by_external_id(self, report: OutgoingReport) -> Receipt | None:
        if not self._knows_external_ids:
            # A server that ignores the parameter answers with everybody's requests: then nothing is there to trust.
            if await self._with_external_id(f"{report.key}:{secrets.token_hex(8)}"):
                raise RefusedError("external_id_ignored")
            self._knows_external_ids = True
        items = await self._with_external_id(report.key)
        ids = list(dict.fromkeys(filter(None, (reading.identifier(item.get("service_request_id")) for item in items))))
        if len(ids) > 1:
            log.error("backend.duplicate", backend=self.name, ticket=report.code, count=len(ids))
        return Receipt(remote_id=ids[-1]) if ids else None

    async def _with_external_id(self, key: str) -> list[Mapping[str, Any]]:
        params = [("external_id", key), *self._common(with_key=True)]
        answer = await self._http.get(self._path("requests"), params, missing=True)
        return [] if answer.status == 404 else self._read(answer)

    async def _pages(self, service: Service, since: datetime) -> AsyncIterator[list[Mapping[str, Any]]]:
        """All requests of a service since a moment, page by page.

        Raises:
            NotSentError: the list does not come to an end, so nothing can be said about what is not in it.
        """
        seen: set[str] = set()
        for page in range(1, MOST_PAGES + 1):
            params = [
                ("service_code", service.code),
                ("start_date", _written(max(since, datetime.now(UTC) - LONGEST_SPAN))),
                ("extensions", "true"),
                ("page", str(page)),
                ("page_size", str(PAGE)),
                *self._common(),
            ]
            items = self._read(await self._http.get(self._path("requests"), params))
            ids = {str(item.get("service_request_id")) for item in items}
            yield items
            if not ids - seen or len(items) < PAGE:
                if page <= 2 and len(items) >= UNPAGED:
                    raise NotSentError("look_up_unfinished")
                return
            seen |= ids
        raise NotSentError("look_up_unfinished")

    # What happened

    async def _states(self, remote_ids: Sequence[str]) -> list[RemoteUpdate]:
        params = [("service_request_id", ",".join(remote_ids)), *self._common()]
        try:
            items = self._read(await self._http.get(self._path("requests"), params))
        except RefusedError as error:
            if len(remote_ids) == 1:
                log.warning("backend.request.gone", backend=self.name, error=error.code)
                return []
            # One that is not there (any more) must not hide what happened to the others.
            half = len(remote_ids) // 2
            return await self._states(remote_ids[:half]) + await self._states(remote_ids[half:])
        wanted, found = set(remote_ids), []
        for item in items:
            number = reading.identifier(item.get("service_request_id"))
            status = reading.word(item.get("status"))
            at = reading.moment(item.get("updated_datetime") or item.get("requested_datetime"))
            if number not in wanted or status is None or at is None:
                continue
            text = "" if self._config.updates == "both" else reading.said(item.get("status_notes"))
            update_id = f"state:{status}:{at.isoformat()}"
            found.append(RemoteUpdate(number or "", update_id, status, at, text, standing=True))
        return found

    async def _told(self, since: datetime) -> list[RemoteUpdate]:
        """The updates of a span. A server may cut the list: it is asked on from the last until nothing new comes."""
        found: dict[tuple[str, str], RemoteUpdate] = {}
        for _ in range(MOST_PAGES):
            params = [
                ("start_date", _written(since)),
                ("end_date", _written(datetime.now(UTC) + timedelta(minutes=5))),
                *self._common(),
            ]
            items = self._read(await self._http.get(self._path("servicerequestupdates"), params))
            read = list(filter(None, map(self._update, items)))
            new = [update for update in read if (update.remote_id, update.update_id) not in found]
            found |= {(update.remote_id, update.update_id): update for update in new}
            if not new:
                break
            since = max(since, *(update.at for update in read))
        return list(found.values())

    def _update(self, item: Mapping[str, Any]) -> RemoteUpdate | None:
        number = reading.identifier(item.get("service_request_id"))
        status, at = reading.word(item.get("status")), reading.moment(item.get("updated_datetime"))
        if number is None or status is None or at is None:
            log.warning("backend.update.unreadable", backend=self.name)
            return None
        text = reading.said(item.get("description"))
        update_id = reading.identifier(item.get("update_id")) or reading.digest(status, at.isoformat(), text)
        return RemoteUpdate(number, update_id, status, at, text)

    # What they share

    def _path(self, resource: str) -> str:
        return f"/{resource}.{self._config.format}"

    def _common(self, *, with_key: bool = False) -> Params:
        form: Form = []
        if self._config.jurisdiction:
            form.append(("jurisdiction_id", self._config.jurisdiction))
        if with_key and self._secret:
            form.append(("api_key", self._secret))
        return form

    def _items(self, answer: Answer) -> list[Mapping[str, Any]]:
        value = geo_xml.read(answer.body) if self._config.format == "xml" else answer.json()
        return [item for item in reading.listed(value) if isinstance(item, dict)]

    def _read(self, answer: Answer) -> list[Mapping[str, Any]]:
        try:
            return self._items(answer)
        except ValueError as error:
            raise NotSentError("unreadable") from error


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
