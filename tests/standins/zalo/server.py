"""The OA API, OAuth and media over HTTP, and the control API."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.standins.faults import Fault, Faults, failing
from tests.standins.serving import control_route
from tests.standins.zalo.api import Api, ApiRefusedError, Rate
from tests.standins.zalo.citizens import Citizens, acts
from tests.standins.zalo.deliveries import Deliveries
from tests.standins.zalo.oauth import OAuthRefusedError, Tokens
from tests.standins.zalo.platform import App, Platform


class Server:
    """The routes of one Official Account."""

    def __init__(self, platform: Platform, api: Api, tokens: Tokens, rate: Rate, faults: Faults) -> None:
        self._platform = platform
        self._tokens = tokens
        self._rate = rate
        self._faults = faults
        self.base = ""
        self._calls: dict[str, tuple[str, Callable[[Any], Any]]] = {
            "/v3.0/oa/message/cs": ("send", api.send),
            "/v2.0/oa/message": ("send", api.send_v2),
            "/v3.0/oa/quota/message": ("quota", api.user_quota),
            "/v3.0/oa/user/detail": ("user_detail", api.user_detail),
            "/v2.0/oa/upload/image": ("upload", lambda file: api.upload_image(*file)),
            "/v2.0/oa/upload/file": ("upload", lambda file: api.upload_file(*file)),
        }

    def routes(self) -> list[Route]:
        """All but the control API."""
        return [
            *(
                Route(path, self._api(path, *call), methods=["GET" if "detail" in path else "POST"])
                for path, call in self._calls.items()
            ),
            Route("/v4/oa/access_token", self._token, methods=["POST"]),
            Route("/v4/oa/permission", self._permission, methods=["GET", "POST"]),
            Route("/media/{name}", self._media),
        ]

    def _api(self, path: str, name: str, call: Callable[[Any], Any]) -> Callable[[Request], Awaitable[Response]]:
        async def serve(request: Request) -> Response:
            given = await _given(request)

            async def act() -> Response:
                self._platform.calls.append({"path": path})
                try:
                    if not self._rate.take():
                        raise ApiRefusedError(-32)
                    if code := self._tokens.trouble(request.headers.get("access_token")):
                        raise ApiRefusedError(code)
                    found = {"data": call(given), "error": 0, "message": "Success"}
                except ApiRefusedError as error:
                    found = error.body
                return JSONResponse(found, headers=self._rate.headers())

            return await self._failing(name, request, act)

        return serve

    async def _token(self, request: Request) -> Response:
        async with request.form() as form:
            values = {name: value for name, value in form.items() if isinstance(value, str)}

        async def act() -> Response:
            try:
                return JSONResponse(self._tokens.give(request.headers.get("secret_key"), values))
            except OAuthRefusedError as error:
                return JSONResponse(error.body)

        return await self._failing("token", request, act)

    async def _permission(self, request: Request) -> Response:
        try:
            if request.method == "GET":
                return HTMLResponse(self._tokens.page(request.query_params))
            async with request.form() as form:
                values = {name: value for name, value in form.items() if isinstance(value, str)}
            return RedirectResponse(self._tokens.consent(values), 302)
        except OAuthRefusedError as error:
            return JSONResponse(error.body)

    async def _media(self, request: Request) -> Response:
        body = self._platform.media.get(request.path_params["name"])

        async def act() -> Response:
            return Response(status_code=404) if body is None else Response(body, media_type="image/jpeg")

        return await self._failing("media", request, act)

    async def _failing(self, call: str, request: Request, act: Callable[[], Awaitable[Response]]) -> Response:
        return await failing(
            self._faults.next(call),
            request,
            act,
            gateway=lambda status: HTMLResponse(f"<h1>{status}</h1>", status),
            refuse=lambda error: JSONResponse(ApiRefusedError(**error).body, headers=self._rate.headers()),
        )


def application(
    app: App | None = None,
    *,
    webhook: str = "",
    base: str = "",
    speed: float = 1.0,
    seed: int = 1,
    limit: int = 4000,
    buttons: bool = False,
) -> Starlette:
    """The server of one Official Account.

    Args:
        webhook: where events go; may be said later.
        base: its own address as the bot sees it; none: as it was first asked.
        speed: how much faster redelivery goes.
        limit: API requests a minute.
        buttons: whether consultation messages may have buttons.
    """
    app = app or App()
    platform, faults = Platform(app, seed), Faults(seed)
    tokens, api = Tokens(platform), Api(platform, buttons=buttons)
    deliveries = Deliveries(app, webhook, speed=speed, seed=seed)
    platform.on_event.append(deliveries.happen)
    server = Server(platform, api, tokens, Rate(limit), faults)
    where = [base]

    def fail(call: str = "send", times: int = 1, share: float = 0.0, **how: Any) -> None:
        """Let calls (`send, upload, token, media, quota, user_detail`) fail: the next ones, or a share of all."""
        if share:
            faults.chance(call, share, Fault(**how))
        else:
            faults.queue(call, Fault(**how), times)

    @contextlib.asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        yield
        await deliveries.close()

    control = control_route(
        {
            **acts(platform, Citizens(platform, lambda: where[0]), api, tokens, deliveries),
            "fail": fail,
            "mend": faults.clear,
            "happened": lambda: faults.happened,
        }
    )
    answer = control.endpoint

    async def controlled(request: Request) -> Response:
        where[0] = where[0] or f"http://{request.url.netloc}{request.scope.get('root_path', '')}"
        found: Response = await answer(request)
        return found

    return Starlette(routes=[*server.routes(), Route("/control/{act}", controlled, methods=["POST"])], lifespan=life)


async def _given(request: Request) -> Any:
    """What a call was given: a file, or JSON, or the JSON in the address; None where it cannot be read."""
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        async with request.form() as form:
            file = form.get("file")
            return (file.filename, await file.read()) if isinstance(file, UploadFile) else ("", b"")
    try:
        return json.loads(request.query_params.get("data", "") or await request.body() or b"null")
    except ValueError:
        return None
