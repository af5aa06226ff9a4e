"""The staff handbook inside the console: `/console/handbook` and its chapters."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette_admin.routing import route

from bot.console import texts
from bot.console.handbook import INDEX, Handbook
from bot.console.permissions import Permission
from bot.console.site import Page, Site, needs


class HandbookPage(Page):
    """`/console/handbook`: for everybody who works here."""

    path = "/handbook"
    menu_label = "Sổ tay"
    permission = Permission.ACCOUNT_OWN

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._handbook = Handbook()

    @route("", name="handbook")
    @needs(Permission.ACCOUNT_OWN)
    async def index(self, request: Request) -> Response:
        """The table of contents."""
        return await self._chapter(request, INDEX)

    @route("/{key:str}", name="handbook-chapter")
    @needs(Permission.ACCOUNT_OWN)
    async def chapter(self, request: Request) -> Response:
        """A chapter."""
        return await self._chapter(request, request.path_params["key"])

    @route("/anh/{key:str}", name="handbook-picture")
    @needs(Permission.ACCOUNT_OWN)
    async def picture(self, request: Request) -> Response:
        """A picture of a chapter."""
        found = self._handbook.picture(request.path_params["key"])
        if found is None:
            raise HTTPException(404, texts.NOT_FOUND)
        return FileResponse(found, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})

    async def _chapter(self, request: Request, name: str) -> Response:
        chapter = self._handbook.chapter(name)
        if chapter is None:
            raise HTTPException(404, texts.NOT_FOUND)
        return await self.render(request, "handbook.html", title=chapter.title, chapter=chapter, index=INDEX)
