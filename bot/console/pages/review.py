"""The queue of questions that were not answered well, and one group of them: what there is to see.

What is done with a group is in `bot.console.pages.review_work`.
"""

from __future__ import annotations

import functools
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette_admin.routing import route

from bot.console import texts
from bot.console import texts_review as said
from bot.console.login import account_of
from bot.console.menu import Group
from bot.console.permissions import TABLE, Permission
from bot.console.reasons import reason
from bot.console.review_filters import ANY, ReviewQuery, channel_names
from bot.console.site import Page, needs, row_asked
from bot.knowledge.answers.texts import ASPECT_TITLES
from bot.privacy import readable
from bot.review import queue
from bot.review.answering import PLACEHOLDERS, deliveries
from bot.review.errors import InvalidError, UnknownGroupError
from bot.review.examples import INTENTS
from bot.review.procedures import Procedures

MOST_COUNT = 1_000
NUMBER = "{number:int}"
LARGEST = 2**62


class ReviewBase(Page):
    """What the pages of the review share."""

    path = "/review"
    group = Group.LEARNING
    handbook = "cau-chua-tra-loi"
    permission = Permission.REVIEW_READ
    procedures = Procedures()

    def asked(self, request: Request) -> ReviewQuery:
        """The filter in the address."""
        return ReviewQuery.read(request.query_params)

    def wanted(self, request: Request, asked: ReviewQuery) -> queue.QueueFilter:
        """The filter as the service wants it."""
        return asked.filter(account_of(request).name, ZoneInfo(self.site.locality.timezone))

    def number(self, request: Request) -> int:
        """The group of the address.

        Raises:
            HTTPException: 404, it cannot be one.
        """
        number = int(request.path_params["number"])
        if number > LARGEST:
            raise HTTPException(404, texts.NOT_FOUND)
        return number

    def day(self, at: datetime) -> str:
        """A day for people."""
        return f"{self.site.locality.now(at):%d/%m/%Y}"

    async def colleagues(self) -> list[Any]:
        """Who may be given a group."""
        roles = {role for role, row in TABLE.items() if Permission.REVIEW_DECIDE in row}
        return [item for item in await self.site.accounts.names(None) if roles & set(item.roles)]

    async def show(
        self,
        request: Request,
        number: int,
        status: int = 200,
        *,
        problem: str = "",
        typed: dict[str, Any] | None = None,
    ) -> Response:
        """The page of a group.

        Args:
            problem: why what was wanted was not done; `typed` keeps what was written.
        """
        asked, older = self.asked(request), row_asked(request)
        try:
            async with self.site.sessions() as session:
                view = await queue.group(session, number, older)
                previous, following = await queue.neighbours(session, self.wanted(request, asked), view.row.place)
                similar = await queue.similar(session, view)
                told = await deliveries(session, number)
        except UnknownGroupError as error:
            raise HTTPException(404, texts.NOT_FOUND) from error
        if view.row.state == "merged" and view.row.merged_into:
            return self.back(request, f"/review/{view.row.merged_into}?{asked.text}", said.DONE["merged"])
        return await self.render(
            request,
            "review_group.html",
            status,
            title=f"Nhóm {number}",
            found=view,
            row=view.row,
            asked=asked,
            previous=previous,
            following=following,
            similar=similar,
            told=told,
            reason=reason,
            first=older is None,
            aspects=ASPECT_TITLES,
            intents=intents(),
            colleagues=await self.colleagues(),
            placeholders=PLACEHOLDERS,
            problem=problem,
            typed=typed or {},
            me=account_of(request).name,
            **_shared(),
        )


class ReviewList(ReviewBase):
    """`/console/review`."""

    menu_label = "Câu chưa trả lời"

    @route("", name="review")
    @needs(Permission.REVIEW_READ)
    async def index(self, request: Request) -> Response:
        """A page of the queue."""
        asked = self.asked(request)
        wanted = self.wanted(request, asked)
        try:
            async with self.site.sessions() as session:
                page = await queue.listed(session, wanted, request.query_params.get("after") or None)
                count = await queue.counted(session, wanted, MOST_COUNT)
        except InvalidError:  # a place in the list that there is not
            return self.back(request, f"/review?{asked.text}")
        return await self.render(
            request,
            "review.html",
            title=self.menu_label,
            rows=page.rows,
            after=page.after,
            first="after" not in request.query_params,
            count=count,
            most=MOST_COUNT,
            asked=asked,
            channels=channel_names(),
            colleagues=await self.colleagues(),
            any_state=ANY,
            aspects=ASPECT_TITLES,
            **_shared(),
        )

    @route("/find", name="review-find")
    @needs(Permission.REVIEW_READ)
    async def find(self, request: Request) -> Response:
        """Procedures by code or words, for the field in which one is chosen."""
        words = request.query_params.get("q", "")[:120]
        async with self.site.sessions() as session:
            found = await self.procedures.find(session, words)
        return JSONResponse([{"code": code, "name": name} for code, name in found])


class ReviewGroup(ReviewBase):
    """`/console/review/{number}`."""

    add_to_menu = False

    @route(f"/{NUMBER}", name="review-group")
    @needs(Permission.REVIEW_READ)
    async def group(self, request: Request) -> Response:
        """One group."""
        return await self.show(request, self.number(request))


@functools.cache
def intents() -> tuple[tuple[str, str], ...]:
    """The intents that there are, with their names for people."""
    codes = [path.stem for path in sorted(INTENTS.glob("*.yml"))]
    named = [(code, said.INTENTS.get(code, code)) for code in codes]
    return tuple(sorted(named, key=lambda item: item[1]))


def _shared() -> dict[str, Any]:
    """What both templates show."""
    return {
        "said": said,
        "readable": readable,
        "help_keys": said.HELP,
        "intent_names": dict(intents()),
    }
