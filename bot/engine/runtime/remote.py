"""Calls of custom actions, hardened and made cheap.

Stock `RemoteAction.run` waits up to 300 s, opens a connection for each call, sends the whole
domain, checks its JSON schema itself before every answer, and raises `Exception`s that Rasa swallows.
`harden` replaces it in place, because Rasa's forms make their `RemoteAction`s themselves.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp  # type: ignore[import-not-found]  # in the engine's environment only
import rasa
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

from bot.engine.runtime.faults import ActionFailed
from bot.engine.runtime.state import decode_events

CONNECTIONS = 32
_KEEP_ALIVE = 30


class ActionServer:
    """The way to the action server: one kept-alive session for the life of the process."""

    def __init__(self, url: str, timeout: float) -> None:
        """Nothing is opened before the first call.

        Args:
            url: where calls are posted.
            timeout: seconds that one action may take, connecting included.
        """
        self._url = url
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None
        self._domain: Domain | None = None
        self._slim_domain: dict[str, Any] = {}

    async def run(self, name: str, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
        """Have an action run.

        Returns:
            `{"events": […], "responses": […]}`, checked.

        Raises:
            ActionExecutionRejection: the action says that it does not want to run.
            ActionFailed: anything else that is not an answer.
        """
        body = {
            "next_action": name,
            "sender_id": tracker.sender_id,
            "tracker": tracker.current_state(EventVerbosity.ALL),
            "domain": self._slim(domain),
            "version": rasa.__version__,
        }
        try:
            status, content = await asyncio.wait_for(self._post(body), self._timeout)
        except TimeoutError as error:
            raise ActionFailed(f"{name} took longer than {self._timeout:g} s") from error
        except (aiohttp.ClientError, OSError) as error:
            raise ActionFailed(f"{name}: {type(error).__name__}") from error
        result = self._read(name, content)
        if status == 400 and isinstance(result, dict) and "action_name" in result:
            raise ActionExecutionRejection(result["action_name"], result.get("error"))
        if status != 200:
            raise ActionFailed(f"{name}: the action server answered {status}")
        if not (isinstance(result, dict) and all(_objects(result.get(part)) for part in ("events", "responses"))):
            raise ActionFailed(f"{name}: not an action's answer")
        return result

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()

    async def _post(self, body: dict[str, Any]) -> tuple[int, bytes]:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=_KEEP_ALIVE),
                timeout=aiohttp.ClientTimeout(total=None),
            )
        async with self._session.post(
            self._url,
            data=json.dumps(body, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json"},
        ) as answer:
            return answer.status, await answer.read()

    def _read(self, name: str, content: bytes) -> Any:
        try:
            return json.loads(content)
        except ValueError as error:
            raise ActionFailed(f"{name}: the answer is not JSON") from error

    def _slim(self, domain: Domain) -> dict[str, Any]:
        """Of the domain, what rasa_sdk reads: slots with their mappings, and the forms."""
        if domain is not self._domain:
            whole = domain.as_dict()
            self._slim_domain = {"slots": whole.get("slots", {}), "forms": whole.get("forms", {})}
            self._domain = domain
        return self._slim_domain


def _objects(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(item, dict) for item in value))


def harden(server: ActionServer) -> None:
    """Send every custom action through `server`, whatever endpoint Rasa would have used."""

    async def run(
        self: Any, output_channel: Any, nlg: Any, tracker: DialogueStateTracker, domain: Domain
    ) -> list[Event]:
        result = await server.run(self.name(), tracker, domain)
        uttered = await self._utter_responses(result.get("responses") or [], output_channel, nlg, tracker)
        try:
            return [*uttered, *decode_events(result.get("events") or [])]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ActionFailed(f"{self.name()}: an event that is none") from error

    RemoteAction.run = run
