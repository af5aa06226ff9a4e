"""The Bot API over HTTP, files, and the control API."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.faults import Fault, Faults, failing
from tests.standins.serving import control_route
from tests.standins.telegram.citizens import acts
from tests.standins.telegram.errors import ApiError
from tests.standins.telegram.methods import Methods, Pace
from tests.standins.telegram.platform import Platform
from tests.standins.telegram.updates import Updates

TOKEN = "123:abc"


def application(
    *, token: str = TOKEN, speed: float = 1.0, seed: int = 1, limits: bool = False, local: bool = True
) -> Starlette:
    """The server of one bot.

    Args:
        speed: how much faster redelivery to a webhook goes.
        limits: refuse who sends faster than Telegram allows.
        local: webhooks may have http addresses, as with `telegram-bot-api --local`.
    """
    platform, faults = Platform(token), Faults(seed)
    updates = Updates(platform, speed=speed, local=local, seed=seed)
    methods = Methods(platform, Pace() if limits else None)

    async def result(method: str, values: dict[str, Any]) -> Response:
        platform.calls.append(method)
        try:
            match method.lower():
                case "getupdates":
                    found: Any = await updates.poll(values)
                case "setwebhook":
                    found = updates.set(values)
                case "deletewebhook":
                    found = updates.delete(values)
                case "getwebhookinfo":
                    found = updates.info(values)
                case _:
                    found = methods.call(method, values)
        except ApiError as error:
            return _refused(error)
        return JSONResponse({"ok": True, "result": found})

    async def api(request: Request) -> Response:
        if request.path_params["token"] != token:
            return _refused(ApiError(401, "Unauthorized"))
        method, values = request.path_params["method"], await _values(request)
        return await failing(
            faults.next(method),
            request,
            lambda: result(method, values),
            gateway=lambda status: JSONResponse(ApiError(status, "Bad Gateway").body(), status),
            refuse=lambda error: _refused(ApiError(**error)),
        )

    async def file(request: Request) -> Response:
        path = request.path_params["path"]
        if request.path_params["token"] != token:
            return _refused(ApiError(401, "Unauthorized"))
        found = next((file for file in platform.files.values() if file.path == path), None)
        if found is None:
            return _refused(ApiError(404, "Not Found"))

        async def whole() -> Response:
            return Response(found.body, media_type="application/octet-stream")

        return await failing(
            faults.next("file"),
            request,
            whole,
            gateway=lambda status: Response(status_code=status),
            refuse=lambda error: _refused(ApiError(**error)),
        )

    @contextlib.asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        yield
        await updates.close()

    def fail(call: str = "sendMessage", times: int = 1, share: float = 0.0, **how: Any) -> None:
        """Let calls fail: the next ones, or a share of all."""
        if share:
            faults.chance(call, share, Fault(**how))
        else:
            faults.queue(call, Fault(**how), times)

    def shown(file_id: str) -> dict[str, str]:
        return {"body": base64.b64encode(platform.files[file_id].body).decode()}

    acts_of_test = {
        **acts(platform, updates),
        "fail": fail,
        "mend": faults.clear,
        "happened": lambda: faults.happened,
        "file": shown,
    }
    return Starlette(
        routes=[
            Route("/bot{token}/{method}", api, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", file),
            control_route(acts_of_test),
        ],
        lifespan=life,
    )


def _refused(error: ApiError) -> Response:
    return JSONResponse(error.body(), error.code)


async def _values(request: Request) -> dict[str, Any]:
    """The parameters of a call: in the address, as a form, in parts, or as JSON."""
    found: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        found |= await request.json()
    elif kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        async with request.form() as form:
            for name, value in form.items():
                found[name] = (value.filename, await value.read()) if isinstance(value, UploadFile) else value
    return found
