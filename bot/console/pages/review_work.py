"""What is done with a group of questions. Each action: one form, one transaction with its row of the audit log.

Every form carries the version of the group that its author saw; who was slower than a colleague is told, and what
they had written is still there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from bot.console import texts
from bot.console import texts_review as said
from bot.console.audit import entry
from bot.console.login import account_of, address_of
from bot.console.pages.review import NUMBER, ReviewBase, intents
from bot.console.permissions import Permission
from bot.console.site import form_of, needs, word, words
from bot.console.teaching import NotTaughtError, Teacher
from bot.knowledge.answers.texts import ASPECT_TITLES
from bot.review import queue
from bot.review.answering import Answering
from bot.review.errors import InvalidError, ReviewError, StaleError, UnknownGroupError

log = structlog.get_logger(__name__)

LONGEST_ALIAS, SHORTEST_ALIAS = 120, 2
LONGEST_NAME, SHORTEST_NAME = 80, 3
MOST_CHOSEN = 200

Work = Callable[[Answering], Awaitable[str]]
"""Does something, and says what was done."""


class ReviewWorkPage(ReviewBase):
    """The actions of `/console/review/{number}`."""

    add_to_menu = False

    @route(f"/{NUMBER}/accept", methods=["POST"], name="review-accept")
    @needs(Permission.REVIEW_DECIDE)
    async def accept(self, request: Request) -> Response:
        """One of the suggestions, by its place."""
        form, number = await form_of(request), self.number(request)
        row = await self._row(number)
        place = word(form, "place")
        chosen = int(place) if place in set("123456789") else 0
        if not 0 < chosen <= len(row.suggestions):
            return await self._refuse(request, number, InvalidError("label"), form)
        found = row.suggestions[chosen - 1]
        label = {key: found[key] for key in ("kind", "code", "aspect", "intent", "faq", "name") if found.get(key)}
        return await self._label(request, form, label, score=float(found.get("score") or 0))

    @route(f"/{NUMBER}/label", methods=["POST"], name="review-label")
    @needs(Permission.REVIEW_DECIDE)
    async def label(self, request: Request) -> Response:
        """What a person chose: a procedure, an intent, an alias, out of scope."""
        form, number = await form_of(request), self.number(request)
        await self._row(number)
        try:
            label = await self._chosen(form)
        except InvalidError as error:
            return await self._refuse(request, number, error, form)
        return await self._label(request, form, label)

    @route(f"/{NUMBER}/faq", methods=["POST"], name="review-faq")
    @needs(Permission.REVIEW_DECIDE)
    async def faq(self, request: Request) -> Response:
        """A new FAQ out of the questions of the group."""
        form, number = await form_of(request), self.number(request)
        await self._row(number)
        try:
            answer, source, day = _written(form)
        except InvalidError as error:
            return await self._refuse(request, number, error, form)
        questions = [line for line in word(form, "questions").splitlines() if line.strip()]
        teach = self._teacher(request).new_faq(questions, answer, source, day)
        return await self._do(request, form, self._labelling(form, number, {"kind": "faq"}, teach))

    @route(f"/{NUMBER}/intent", methods=["POST"], name="review-intent")
    @needs(Permission.REVIEW_DECIDE)
    async def intent(self, request: Request) -> Response:
        """A new intent out of the questions of the group, with its answer."""
        form, number = await form_of(request), self.number(request)
        await self._row(number)
        name = " ".join(word(form, "name").split())
        try:
            if not SHORTEST_NAME <= len(name) <= LONGEST_NAME:
                raise InvalidError("intent_name")
            answer, source, day = _written(form)
        except InvalidError as error:
            return await self._refuse(request, number, error, form)
        teach = self._teacher(request).new_intent(name, answer, source, day)
        return await self._do(request, form, self._labelling(form, number, {"kind": "new_intent", "name": name}, teach))

    @route(f"/{NUMBER}/reopen", methods=["POST"], name="review-reopen")
    @needs(Permission.REVIEW_DECIDE)
    async def reopen(self, request: Request) -> Response:
        """Take a decision back."""
        form, number = await form_of(request), self.number(request)

        async def work(desk: Answering) -> str:
            await desk.reopen(number, _version(form))
            return said.DONE["reopen"]

        return await self._do(request, form, work, stay=True)

    @route(f"/{NUMBER}/assign", methods=["POST"], name="review-assign")
    @needs(Permission.REVIEW_DECIDE)
    async def assign(self, request: Request) -> Response:
        """To a colleague, or to nobody."""
        form, number = await form_of(request), self.number(request)
        await self._row(number)
        name = word(form, "account")
        if name and name not in {item.name for item in await self.colleagues()}:
            return await self._refuse(request, number, InvalidError("officer"), form)

        async def work(desk: Answering) -> str:
            await desk.assign(number, _version(form), name or None)
            return said.DONE["assign"]

        return await self._do(request, form, work, stay=True)

    @route(f"/{NUMBER}/comment", methods=["POST"], name="review-comment")
    @needs(Permission.REVIEW_DECIDE)
    async def comment(self, request: Request) -> Response:
        """Say something to colleagues."""
        form, number = await form_of(request), self.number(request)

        async def work(desk: Answering) -> str:
            await desk.comment(number, word(form, "text"))
            return said.DONE["comment"]

        return await self._do(request, form, work, stay=True)

    @route(f"/{NUMBER}/merge", methods=["POST"], name="review-merge")
    @needs(Permission.REVIEW_DECIDE)
    async def merge(self, request: Request) -> Response:
        """Put other groups into this one."""
        form, number = await form_of(request), self.number(request)
        others = _numbers(words(form, "group"))

        async def work(desk: Answering) -> str:
            await desk.merge(number, _version(form), others)
            return said.DONE["merge"]

        return await self._do(request, form, work, stay=True)

    @route(f"/{NUMBER}/split", methods=["POST"], name="review-split")
    @needs(Permission.REVIEW_DECIDE)
    async def split(self, request: Request) -> Response:
        """Take the chosen cases out into a group of their own."""
        form, number = await form_of(request), self.number(request)
        cases = _numbers(words(form, "case"))

        async def work(desk: Answering) -> str:
            await desk.split(number, _version(form), cases)
            return said.DONE["split"]

        return await self._do(request, form, work, stay=True)

    @route(f"/{NUMBER}/answer", methods=["POST"], name="review-answer")
    @needs(Permission.REVIEW_ANSWER)
    async def answer(self, request: Request) -> Response:
        """Tell everyone of the group who waits."""
        form, number = await form_of(request), self.number(request)

        async def work(desk: Answering) -> str:
            sent = await desk.answer(number, _version(form), word(form, "text"), self.day)
            blocked = said.DONE["opted_out"].format(n=sent.opted_out) if sent.opted_out else ""
            return said.DONE["answer"].format(told=sent.told, opted_out=blocked)

        return await self._do(request, form, work, stay=True)

    async def _label(
        self, request: Request, form: FormData, label: dict[str, Any], score: float | None = None
    ) -> Response:
        teach = self._teacher(request).of(label, score)
        return await self._do(request, form, self._labelling(form, self.number(request), label, teach))

    def _labelling(self, form: FormData, number: int, label: dict[str, Any], teach: Any) -> Work:
        async def work(desk: Answering) -> str:
            kept = await desk.label(number, _version(form), label, teach)
            if label["kind"] == "scope":
                return said.DONE["scope"]
            return said.DONE["label"].format(taught=str(kept.get("told", ""))).strip()

        return work

    async def _chosen(self, form: FormData) -> dict[str, Any]:
        kind = word(form, "kind")
        if kind == "scope":
            return {"kind": kind}
        if kind in ("procedure", "alias"):
            code = word(form, "code").split(" ")[0]
            async with self.site.sessions() as session:
                name = await self.procedures.name(session, code)
            if name is None:
                raise InvalidError("procedure")
            if kind == "alias":
                alias = " ".join(word(form, "alias").split())
                if not SHORTEST_ALIAS <= len(alias) <= LONGEST_ALIAS:
                    raise InvalidError("alias")
                return {"kind": kind, "code": code, "name": name, "alias": alias}
            aspect = word(form, "aspect")
            return {"kind": kind, "code": code, "name": name} | ({"aspect": aspect} if aspect in ASPECT_TITLES else {})
        if kind == "intent":
            if word(form, "intent") not in dict(intents()):
                raise InvalidError("intent")
            return {"kind": kind, "intent": word(form, "intent")}
        raise InvalidError("label")

    async def _row(self, number: int) -> queue.GroupRow:
        """The group, before anything else is looked at."""
        try:
            async with self.site.sessions() as session:
                return (await queue.group(session, number)).row
        except UnknownGroupError as error:
            raise HTTPException(404, texts.NOT_FOUND) from error

    def _teacher(self, request: Request) -> Teacher:
        return Teacher(self.site, account_of(request).name)

    def _desk(self, request: Request) -> Answering:
        account, address = account_of(request).name, address_of(request)

        async def witness(
            session: AsyncSession, action: str, group: int, before: dict[str, Any], after: dict[str, Any]
        ) -> None:
            session.add(entry(account, action, f"group:{group}", before=before, after=after, address=address))

        return Answering(self.site.sessions, account, witness)

    async def _do(self, request: Request, form: FormData, work: Work, *, stay: bool = False) -> Response:
        """Make a change and go on: to the next group of the queue, or back to this one.

        Args:
            stay: there is more to do here.
        """
        number, asked = self.number(request), self.asked(request)
        following: int | None = None
        try:
            if not stay:
                async with self.site.sessions() as session:
                    row = (await queue.group(session, number)).row
                    _, following = await queue.neighbours(session, self.wanted(request, asked), row.place)
            done = await work(self._desk(request))
        except UnknownGroupError as error:
            if error.into:
                return self.back(request, f"/review/{error.into}?{asked.text}", said.DONE["merged"], good=False)
            raise HTTPException(404, texts.NOT_FOUND) from error
        except (ReviewError, NotTaughtError) as error:
            return await self._refuse(request, number, error, form)
        log.info("console.review", account=account_of(request).name, group=number)
        if stay:
            return self.back(request, f"/review/{number}?{asked.text}", done)
        if following is None:
            return self.back(request, f"/review?{asked.text}", f"{done} {said.DONE['end']}")
        return self.back(request, f"/review/{following}?{asked.text}", done)

    async def _refuse(
        self, request: Request, number: int, error: ReviewError | NotTaughtError, form: FormData
    ) -> Response:
        """The group as it is now, why not, and what was written."""
        typed = {key: value for key, value in form.items() if isinstance(value, str)}
        typed["form"] = request.url.path.rsplit("/", 1)[-1]
        if isinstance(error, StaleError):
            who = error.account or "người khác"
            at = f"{self.site.locality.now(error.at):%H:%M:%S ngày %d/%m/%Y}" if error.at else ""
            problem = said.ERRORS["stale"].format(who=who, at=at)
            return await self.show(request, number, 409, problem=problem, typed=typed)
        if isinstance(error, NotTaughtError):
            problem = said.ERRORS["teach"].format(what=str(error))
        else:
            problem = said.ERRORS.get(error.code, said.ERRORS["label"])
        return await self.show(request, number, 422, problem=problem, typed=typed)


def _version(form: FormData) -> int:
    typed = word(form, "version")
    return int(typed) if typed.isdigit() and len(typed) < 9 else 0


def _written(form: FormData) -> tuple[str, str, date | None]:
    """An answer, its source, and the day on which it ends.

    Raises:
        InvalidError
    """
    answer, source, until = word(form, "answer"), word(form, "source"), word(form, "until")
    try:
        day = date.fromisoformat(until) if until else None
    except ValueError as error:
        raise InvalidError("faq") from error
    if not answer or not source:
        raise InvalidError("faq")
    return answer, source, day


def _numbers(typed: list[str]) -> list[int]:
    return [int(item) for item in typed if item.isdigit() and len(item) < 18][:MOST_CHOSEN]
