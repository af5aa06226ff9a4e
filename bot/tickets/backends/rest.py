"""A province's own JSON API as backend, as the locality file describes it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import quote

import httpx
import structlog

from bot.locality import RestBackend
from bot.locality.rest import UpdateFields
from bot.tickets.backends import auth, reading, signing
from bot.tickets.backends.errors import NotSentError, RefusedError, UnknownError, WebhookError
from bot.tickets.backends.http import Http
from bot.tickets.backends.protocol import OutgoingAddition, OutgoingPhoto, OutgoingReport, Receipt, RemoteUpdate
from bot.tickets.states import Status

log = structlog.get_logger(__name__)

MOST_PAGES = 200


class Rest:
    """One API."""

    def __init__(
        self,
        config: RestBackend,
        secret: str,
        webhook_secret: str = "",
        *,
        zone: tzinfo = UTC,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Take the API's description.

        Args:
            secret: the key, or the secret of the OAuth client.
            webhook_secret: with which what is posted to us is signed.
            zone: of times there that name none.
        """
        self.name = config.name
        self._config = config
        self._webhook_secret = webhook_secret
        self._zone = zone
        proof = auth.made(config.auth, secret, timeout=config.timeout, transport=transport)
        self._http = Http(config.url, timeout=config.timeout, auth=proof, transport=transport)

    def target(self, word: str) -> Status | None:
        """What a status there means here."""
        found = self._config.target(word)
        return Status(found) if found else None

    async def submit(self, report: OutgoingReport) -> Receipt:
        """POST the mapped fields; the id is in the answer."""
        config = self._config.submit
        body: dict[str, Any] = {}
        for path, field in config.fields.items():
            if (value := self._value(report, field)) is not None:
                reading.put(body, path, value)
        for path, constant in config.fixed.items():
            reading.put(body, path, constant)
        headers = {config.idempotency_header: report.key} if config.idempotency_header else {}
        answer = await self._http.post(config.path, body=body, headers=headers)
        try:
            found = reading.identifier(reading.at_path(answer.json(), config.id))
        except ValueError as error:
            raise UnknownError("unreadable") from error
        if found is None:
            raise UnknownError("unreadable")
        return Receipt(remote_id=found)

    async def add(self, addition: OutgoingAddition) -> None:
        """POST the mapped fields of an addition."""
        config = self._config.additions
        if config is None:
            raise RefusedError("no_additions")
        body: dict[str, Any] = {}
        for path, field in config.fields.items():
            if (value := _added(addition, field)) is not None:
                reading.put(body, path, value)
        for path, constant in config.fixed.items():
            reading.put(body, path, constant)
        headers = {config.idempotency_header: addition.key} if config.idempotency_header else {}
        path = config.path.replace("{id}", quote(addition.remote_id, safe=""))
        await self._http.post(path, body=body, headers=headers)

    async def look_up(self, report: OutgoingReport) -> Receipt | None:
        """The ticket whose key is ours; all others in the answer are ignored."""
        config = self._config.look_up
        path = config.path.replace("{key}", quote(report.key, safe=""))
        params = [(name, report.key if field == "key" else report.code) for name, field in config.query.items()]
        answer = await self._http.get(path, params, missing="{key}" in config.path)
        if answer.status == 404:
            return None
        try:
            items = _items(answer.json(), config.items)
        except ValueError as error:
            raise NotSentError("unreadable") from error
        ids = {reading.identifier(reading.at_path(item, config.id)) for item in items
               if reading.at_path(item, config.key) == report.key} - {None}  # fmt: skip
        if len(ids) > 1:
            log.error("backend.duplicate", backend=self.name, ticket=report.code, count=len(ids))
        if not ids and items and all(reading.at_path(item, config.key) is None for item in items):
            # Tickets without the field in which our key should be: the file is wrong, and nothing is proved.
            raise RefusedError("key_not_shown")
        return Receipt(remote_id=min(filter(None, ids))) if ids else None

    async def redeem(self, token: str) -> str | None:  # noqa: ARG002 - there are none here
        """There are no tokens."""
        raise RefusedError("no_tokens")

    async def fetch(self, remote_ids: Sequence[str], since: datetime) -> list[RemoteUpdate]:  # noqa: ARG002
        """What changed, asked on from the last until nothing new comes."""
        config = self._config.updates
        if config is None:
            return []
        found: dict[tuple[str, str], RemoteUpdate] = {}
        for _ in range(MOST_PAGES):
            written = since.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
            answer = await self._http.get(config.path, [(config.since, written)])
            try:
                items = _items(answer.json(), config.items)
            except ValueError as error:
                raise NotSentError("unreadable") from error
            read = [update for item in items if (update := self._update(item, config)) is not None]
            new = [update for update in read if (update.remote_id, update.update_id) not in found]
            found |= {(update.remote_id, update.update_id): update for update in new}
            if not new:
                break
            since = max(since, *(update.at for update in read))
        return sorted(found.values(), key=lambda update: update.at)

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[RemoteUpdate]:
        """The signed updates of a body."""
        config = self._config.webhook
        if config is None:
            raise WebhookError("no_webhook", 404)
        signing.verify(self._webhook_secret, headers, body, now)
        try:
            items = _items(json.loads(body), config.items)
        except (ValueError, RecursionError) as error:
            raise WebhookError("not_json", 400) from error
        updates = [update for item in items if (update := self._update(item, config)) is not None]
        if not updates or len(updates) < len(items):
            raise WebhookError("unreadable", 422)
        return updates

    def _update(self, item: Any, config: UpdateFields) -> RemoteUpdate | None:
        number = reading.identifier(reading.at_path(item, config.ticket))
        status = reading.word(reading.at_path(item, config.status))
        at = reading.moment(reading.at_path(item, config.at), self._zone)
        if number is None or status is None or at is None:
            log.warning("backend.update.unreadable", backend=self.name)
            return None
        text = reading.said(reading.at_path(item, config.text)) if config.text else ""
        update_id = reading.identifier(reading.at_path(item, config.update)) if config.update else None
        key = reading.identifier(reading.at_path(item, config.key)) if config.key else None
        return RemoteUpdate(
            number, update_id or reading.digest(status, at.isoformat(), text), status, at, text, key=key
        )

    def _value(self, report: OutgoingReport, field: str) -> Any:
        if field.startswith("answers."):
            return report.answers.get(field.removeprefix("answers."))
        if field.startswith("contact."):
            return report.contact.get(field.removeprefix("contact."))
        match field:
            case "category":
                return self._config.categories.get(report.category.code, report.category.code)
            case "category_label":
                return report.category.label
            case "created_at":
                return _written(report.created_at)
            case "answers":
                return dict(report.answers)
            case "photos":
                return [_photo(photo) for photo in report.photos if photo.body] or None
            case "photo_links":
                return [photo.url for photo in report.photos if photo.url] or None
        return getattr(report, field)


def _added(addition: OutgoingAddition, field: str) -> Any:
    match field:
        case "id":
            return addition.remote_id
        case "at":
            return _written(addition.at)
        case "photos":
            return [_photo(photo) for photo in addition.photos if photo.body] or None
        case "photo_links":
            return [photo.url for photo in addition.photos if photo.url] or None
    return getattr(addition, field) or None


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _photo(photo: OutgoingPhoto) -> dict[str, str]:
    """A picture in a JSON body."""
    content = base64.b64encode(photo.body or b"").decode()
    return {"name": photo.name, "type": photo.type, "content": content}


def _items(value: Any, path: str | None) -> list[Any]:
    """The list in an answer.

    Raises:
        ValueError: there is none.
    """
    found = reading.at_path(value, path) if path else value
    if isinstance(found, dict) and path is None:
        return [found]
    if not isinstance(found, list):
        raise ValueError("no list")
    return found
