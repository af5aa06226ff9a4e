"""FAQs: questions that no procedure answers, with answers that staff write; live as soon as they are saved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from bot.console import texts, texts_corpus
from bot.console import texts_faqs as say
from bot.console.login import account_of
from bot.console.menu import Group
from bot.console.permissions import Permission
from bot.console.site import Page, form_of, needs, word
from bot.console.teaching import NotTaughtError, Teacher
from bot.knowledge import said
from bot.knowledge.faqs import (
    Faq,
    FaqAnswer,
    FaqDraft,
    FaqIndex,
    Faqs,
    InvalidFaqError,
    StaleFaqError,
    UnknownFaqError,
)
from bot.storage.models import CorpusChange
from bot.storage.outgoing import Json, outgoing_parts
from bot.training.curation.checks import key_of
from bot.training.curation.history import changes

PAGE = 50
SOON = timedelta(days=30)
CHANNELS = ("web", "telegram", "zalo")


class FaqPage(Page):
    """`/console/faqs`."""

    path = "/faqs"
    menu_label = "Câu hỏi thường gặp"
    permission = Permission.CORPUS_READ
    group = Group.LEARNING
    handbook = "cau-hoi-thuong-gap"
    faqs = Faqs()

    @route("", name="faqs")
    @needs(Permission.CORPUS_READ)
    async def index(self, request: Request) -> Response:
        """Those that fit the search, the newest first."""
        params = request.query_params
        asked, state, after = params.get("q", "").strip()[:100], params.get("state", ""), params.get("after", "")
        async with self.site.sessions() as session:
            found = await self.faqs.listed(session, text=asked, retired=state == "retired", limit=5000)
        if state in say.STATES:
            found = [item for item in found if self._state(item) == state]
        total = len(found)
        if after.isdecimal() and len(after) < 12:
            found = [item for item in found if item.id < int(after)]
        return await self.render(
            request,
            "faqs.html",
            title=self.menu_label,
            rows=[(item, self._state(item)) for item in found[:PAGE]],
            total=total,
            after=found[PAGE - 1].id if len(found) > PAGE else None,
            asked=asked,
            state=state if state in say.STATES else "",
            say=say,
        )

    @route("/new", name="faq-new")
    @needs(Permission.CORPUS_EDIT)
    async def new(self, request: Request) -> Response:
        """An empty form."""
        return await self._edit(request, None, FaqDraft((), "", ""))

    @route("/new", methods=["POST"], name="faq-add")
    @needs(Permission.CORPUS_EDIT)
    async def add(self, request: Request) -> Response:
        """Make one, or look at it first."""
        form = await form_of(request)
        draft, problem = self._draft(form)
        if word(form, "do") == "look" or problem:
            return await self._edit(request, None, draft, problem=problem, look=not problem)
        try:
            async with self.site.sessions.begin() as session:
                number = await self.faqs.add(session, draft, by=account_of(request).name)
                self.audited(request, "faq.add", str(number))(session)
        except InvalidFaqError as error:
            return await self._edit(request, None, draft, problem=_told(error))
        return self.back(request, f"/faqs/{number}", say.ADDED)

    @route("/{number:int}", name="faq")
    @needs(Permission.CORPUS_READ)
    async def open(self, request: Request) -> Response:
        """Read and change one."""
        faq = await self._read(request)
        return await self._edit(request, faq, faq.draft, look=True)

    @route("/{number:int}", methods=["POST"], name="faq-save")
    @needs(Permission.CORPUS_EDIT)
    async def save(self, request: Request) -> Response:
        """Save it, or look at it first."""
        faq, form = await self._read(request), await form_of(request)
        draft, problem = self._draft(form)
        if word(form, "do") == "look" or problem:
            return await self._edit(request, faq, draft, problem=problem, look=not problem)
        version = word(form, "version")
        try:
            async with self.site.sessions.begin() as session:
                await self.faqs.save(
                    session, faq.id, int(version) if version.isdecimal() else 0, draft, by=account_of(request).name
                )
                self.audited(request, "faq.edit", str(faq.id))(session)
        except InvalidFaqError as error:
            return await self._edit(request, faq, draft, problem=_told(error))
        except StaleFaqError:
            faq = await self._read(request)
            at = f"{self.site.locality.now(faq.updated_at):%d/%m/%Y %H:%M}"
            return await self._edit(request, faq, draft, problem=say.STALE.format(who=faq.updated_by, at=at))
        return self.back(request, f"/faqs/{faq.id}", say.SAVED)

    @route("/{number:int}/retire", methods=["POST"], name="faq-retire")
    @needs(Permission.CORPUS_EDIT)
    async def retire(self, request: Request) -> Response:
        """End it, or take it up again."""
        faq = await self._read(request)
        try:
            async with self.site.sessions.begin() as session:
                await self.faqs.retire(
                    session, faq.id, faq.version, by=account_of(request).name, retired=not faq.retired
                )
                action = "faq.restore" if faq.retired else "faq.retire"
                self.audited(request, action, str(faq.id))(session)
        except StaleFaqError:
            return self.back(request, f"/faqs/{faq.id}", say.NOT_BACK, good=False)
        return self.back(request, f"/faqs/{faq.id}", say.RESTORED if faq.retired else say.RETIRED)

    @route("/{number:int}/intent", methods=["POST"], name="faq-intent")
    @needs(Permission.CORPUS_EDIT)
    async def train(self, request: Request) -> Response:
        """Teach its ways of asking as a trained intent, so that other words for the same are understood, too."""
        faq, form = await self._read(request), await form_of(request)
        teacher = Teacher(self.site, account_of(request).name)
        name = word(form, "name") or faq.questions[0]
        try:
            async with self.site.sessions.begin() as session:
                intent, added, _ = await teacher.intent_of(session, faq.id, name, faq.questions)
                self.audited(request, "faq.intent", str(faq.id), after={"intent": intent, "added": added})(session)
        except NotTaughtError as error:
            return self.back(request, f"/faqs/{faq.id}", say.NO_INTENT.format(why=error), good=False)
        return self.back(request, f"/faqs/{faq.id}", say.INTENT.format(intent=intent, n=added))

    @route("/{number:int}/back", methods=["POST"], name="faq-back")
    @needs(Permission.CORPUS_EDIT)
    async def go_back(self, request: Request) -> Response:
        """To what it was before a change."""
        faq, form = await self._read(request), await form_of(request)
        wanted = word(form, "change")
        try:
            async with self.site.sessions.begin() as session:
                row = await self._change(session, faq, wanted)
                draft = _draft_of(row.before)
                await self.faqs.save(session, faq.id, faq.version, draft, by=account_of(request).name)
                self.audited(request, "faq.edit", str(faq.id), after={"back_before": row.id})(session)
        except (UnknownFaqError, InvalidFaqError, StaleFaqError):
            return self.back(request, f"/faqs/{faq.id}", say.NOT_BACK, good=False)
        return self.back(request, f"/faqs/{faq.id}", say.BACK)

    async def _change(self, session: AsyncSession, faq: Faq, wanted: str) -> CorpusChange:
        row = await session.get(CorpusChange, int(wanted)) if wanted.isdecimal() and len(wanted) < 10 else None
        if row is None or (row.kind, row.target) != ("faq", str(faq.id)) or "questions" not in row.before:
            raise UnknownFaqError(wanted)
        return row

    async def _read(self, request: Request) -> Faq:
        """The one of the address.

        Raises:
            HTTPException: 404, there is no such one.
        """
        number = request.path_params["number"]
        try:
            async with self.site.sessions() as session:
                return await self.faqs.read(session, min(number, 2**31 - 1))
        except UnknownFaqError as error:
            raise HTTPException(404, texts.NOT_FOUND) from error

    def _draft(self, form: FormData) -> tuple[FaqDraft, str]:
        """What was typed, and what is wrong with its day."""
        until, problem, day = word(form, "valid_until"), "", None
        if until:
            try:
                day = date.fromisoformat(until)
            except ValueError:
                problem = say.DAY
        questions = [line for line in word(form, "questions").splitlines() if line.strip()]
        return FaqDraft(questions, word(form, "answer"), word(form, "source"), day), problem

    def _state(self, faq: Faq) -> str:
        today = self.site.locality.now().date()
        if faq.retired:
            return "retired"
        if faq.valid_until is None or faq.valid_until > today + SOON:
            return "live"
        return "expired" if faq.valid_until < today else "expiring"

    async def _edit(
        self, request: Request, faq: Faq | None, draft: FaqDraft, *, problem: str = "", look: bool = False
    ) -> Response:
        warnings, history = [], []
        async with self.site.sessions() as session:
            if draft.questions:
                warnings = self._collisions(draft, faq, await self.faqs.listed(session, limit=5000))
            if faq is not None:
                history = await changes(session, kind="faq", target=str(faq.id), limit=20)
        return await self.render(
            request,
            "faq.html",
            422 if problem else 200,
            title=f"Câu hỏi thường gặp {faq.id}" if faq else "Thêm câu hỏi thường gặp",
            faq=faq,
            state=self._state(faq) if faq else "",
            draft=draft,
            problem=problem,
            warnings=warnings,
            history=[(row, _differences(row.before, row.after)) for row in history],
            previews=self._previews(draft) if look and draft.answer else [],
            say=say,
            actions=texts_corpus.ACTIONS,
        )

    def _previews(self, draft: FaqDraft) -> list[tuple[str, list[str]]]:
        """What a citizen reads, by channel, message by message."""
        today = self.site.locality.now().date()
        answer = said.faq(FaqAnswer(0, draft.answer.strip(), draft.source.strip(), today, draft.valid_until))
        whole = [reply.text for reply in answer.replies]
        replies: list[Json] = [{"text": told, "buttons": [], "image": None} for told in whole]
        return [(channel, [part["text"] for part in outgoing_parts(channel, replies)] or whole) for channel in CHANNELS]

    def _collisions(self, draft: FaqDraft, own: Faq | None, known: Sequence[Faq]) -> list[str]:
        """Which ways of asking lead elsewhere as well."""
        today = self.site.locality.now().date()
        others = [item for item in known if own is None or item.id != own.id]
        index = FaqIndex(
            (FaqAnswer(item.id, item.answer, item.source, item.updated_at.date(), item.valid_until), item.questions)
            for item in others
        )
        taught = self.site.curation.owners()
        found = []
        for question in draft.questions:
            near = index.match(question, today)
            if near is not None and near.sure:
                found.append(say.NEAR_FAQ.format(question=question, other=near.variant, id=near.faq.id))
            if intent := taught.get(key_of(question)):
                label = texts_corpus.INTENTS.get(intent, intent)
                found.append(say.TAUGHT.format(question=question, intent=label))
        return found


def _draft_of(kept: dict[str, Any]) -> FaqDraft:
    until = kept.get("valid_until")
    return FaqDraft(kept["questions"], kept["answer"], kept["source"], date.fromisoformat(until) if until else None)


def _told(error: InvalidFaqError) -> str:
    return say.INVALID.format(field=say.FIELDS[error.field], code=say.CODES[error.code])


def _differences(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, list[str], list[str]]]:
    """What differs, field by field: what went, what came."""
    found = []
    for field, label in say.FIELDS.items():
        was, now = _lines(before.get(field)), _lines(after.get(field))
        if was != now:
            found.append((label, [line for line in was if line not in now], [line for line in now if line not in was]))
    if after.get("intent"):
        found.append((say.INTENT_NAME, [], [str(after["intent"])]))
    if "retired" in after:
        found.append(("", [], [say.STATES["retired"] if after["retired"] else say.STATES["live"]]))
    return found


def _lines(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else str(value).splitlines()
