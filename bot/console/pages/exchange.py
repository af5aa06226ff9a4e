"""The corpus as files: taken out, and brought in after a look at what that would change."""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from bot.console import export, sheets, texts
from bot.console.audit import entry
from bot.console.exchange import Exchange, Mode, Plan
from bot.console.login import account_of, address_of
from bot.console.menu import Group
from bot.console.permissions import Permission
from bot.console.site import Page, Site, form_of, needs, word, words

SHOWN = 100
FIELD = 900 * 1024
"""Characters of one field of a form: parsers refuse a larger one (1 MiB in Starlette)."""
CHANGED = "Dữ liệu vừa được người khác thay đổi, nên tệp nay thay đổi khác lúc bạn xem. Hãy xem lại rồi mới nhập."


class ExchangePage(Page):
    """`/console/exchange`."""

    path = "/exchange"
    menu_label = "Nhập, xuất dữ liệu dạy"
    permission = Permission.CORPUS_READ
    group = Group.LEARNING
    handbook = "nhap-xuat"

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._exchange = Exchange(site.sessions, site.curation)

    @route("", name="exchange")
    @needs(Permission.CORPUS_READ)
    async def index(self, request: Request) -> Response:
        """What can be taken out, and the field for a file."""
        return await self._show(request)

    @route("/export", name="exchange-export")
    @needs(Permission.CORPUS_READ)
    async def take_out(self, request: Request) -> Response:
        """A kind as a file."""
        kind, form = request.query_params.get("kind", "intents"), request.query_params.get("format", "xlsx")
        if kind not in sheets.HEADS or form not in sheets.FORMATS or (form == "yml" and kind != "intents"):
            raise HTTPException(404, texts.NOT_FOUND)
        rows = await self._exchange.rows(kind)
        body = await asyncio.to_thread(sheets.write, kind, rows, form)
        await self.write(request, "corpus.export", kind, after={"rows": len(rows), "format": form})
        name = f"{_FILES[kind]}-{self.site.locality.now():%Y%m%d-%H%M}.{form}"
        return export.file(body, sheets.TYPES[form], name)

    @route("/look", methods=["POST"], name="exchange-look")
    @needs(Permission.CORPUS_EDIT)
    async def look(self, request: Request) -> Response:
        """What a file would change."""
        form = await form_of(request)
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.size:
            return await self._show(request, 422, "Hãy chọn một tệp .xlsx, .csv hay .yml.")
        content = await file.read(sheets.MOST_BYTES + 1)
        return await self._planned(request, file.filename or "", content, _mode(word(form, "mode")))

    @route("/apply", methods=["POST"], name="exchange-apply")
    @needs(Permission.CORPUS_EDIT)
    async def apply(self, request: Request) -> Response:
        """Do it; the file comes along once more and is looked at once more."""
        form = await form_of(request)
        name, mode = word(form, "name"), _mode(word(form, "mode"))
        try:
            content = base64.b64decode("".join(words(form, "content")), validate=True)
            plan = await self._plan(name, content, mode)
        except (binascii.Error, sheets.SheetError) as error:
            return await self._show(request, 422, str(error))
        if plan.digest != word(form, "digest"):
            return await self._planned(request, name, content, mode, changed=True)
        by, address = account_of(request).name, address_of(request)

        def audit(session: AsyncSession, kind: str, target: str, came: int, went: int) -> None:
            after = {"kind": kind, "added": came, "removed": went}
            session.add(entry(by, "corpus.import", target, after=after, address=address))

        made = await self._exchange.carry_out(plan, by=by, audit=audit)
        done = f"Đã thêm {made.added}, bỏ {made.removed}, sửa {made.changed}."
        if made.failed:
            return await self._show(request, 409, done=done, failed=made.failed)
        return self.back(request, "/exchange", done)

    async def _plan(self, name: str, content: bytes, mode: Mode) -> Plan:
        kind, lines = await asyncio.to_thread(sheets.read, name, content)
        return await self._exchange.plan(kind, lines, mode)

    async def _planned(
        self, request: Request, name: str, content: bytes, mode: Mode, *, changed: bool = False
    ) -> Response:
        """What the file would change, with the file in the form.

        Args:
            changed: it is not what was looked at before: somebody has changed something meanwhile.
        """
        try:
            plan = await self._plan(name, content, mode)
        except sheets.SheetError as error:
            return await self._show(request, 422, str(error))
        packed = base64.b64encode(content).decode("ascii")
        return await self._show(
            request,
            409 if changed else 200,
            CHANGED if changed else "",
            plan=plan,
            file=name,
            mode=mode,
            content=[packed[start : start + FIELD] for start in range(0, len(packed), FIELD)],
        )

    async def _show(self, request: Request, status: int = 200, problem: str = "", **more: Any) -> Response:
        return await self.render(
            request,
            "exchange.html",
            status,
            title=self.menu_label,
            problem=problem,
            titles=sheets.TITLES,
            shown=SHOWN,
            **{"plan": None, "file": "", "mode": "add", "content": [], "done": "", "failed": []} | more,
        )


_FILES = {"intents": "cau-mau", "aliases": "ten-goi", "faqs": "cau-hoi-thuong-gap"}


def _mode(value: str) -> Mode:
    return "replace" if value == "replace" else "add"
