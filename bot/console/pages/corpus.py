"""The corpus: what sentences each intent is taught with, what is wrong with them, and who changed what."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette_admin.routing import route

from bot.console import texts
from bot.console import texts_corpus as say
from bot.console.login import account_of
from bot.console.menu import Group
from bot.console.permissions import Permission
from bot.console.shell import BASE
from bot.console.site import Page, Site, form_of, needs, word, words
from bot.review.procedures import Procedures
from bot.text import fold
from bot.training.curation import Curation, CurationError, UnknownTargetError
from bot.training.curation.files import LONGEST
from bot.training.curation.history import changes, last_changes
from bot.training.curation.report import CorpusReport
from bot.training.curation.styles import STYLES, styles

PAGE = 100
MOST_ADDED = 200
FOUND = 200
LOOKED_AT = 20
"""Lines that are compared while somebody types."""
LONGEST_ALIAS = 120


class CorpusBase(Page):
    """What both pages need."""

    permission = Permission.CORPUS_READ
    group = Group.LEARNING
    handbook = "cau-mau"

    @property
    def curation(self) -> Curation:
        """The one writer."""
        return self.site.curation


class CorpusPage(CorpusBase):
    """`/console/corpus`: all intents, search, findings, changes."""

    path = "/corpus"
    menu_label = "Câu mẫu"

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._procedures = Procedures()
        self._report = CorpusReport(site.curation.data, site.curation.held_out)

    @route("", name="corpus")
    @needs(Permission.CORPUS_READ)
    async def index(self, request: Request) -> Response:
        """The intents in numbers, or the sentences that hold some words."""
        asked = request.query_params.get("q", "").strip()[:100]
        summaries = await asyncio.to_thread(self.curation.summaries)
        async with self.site.sessions() as session:
            changed = await last_changes(session, "intent")
        if request.query_params.get("few"):
            summaries = [item for item in summaries if item.few]
        return await self.render(
            request,
            "corpus.html",
            title=self.menu_label,
            asked=asked,
            found=self.curation.search(asked, most=FOUND) if asked else [],
            most=FOUND,
            summaries=summaries,
            few=bool(request.query_params.get("few")),
            total=sum(item.count for item in summaries),
            changed=changed,
            say=say,
            styles=STYLES,
        )

    @route("/find", name="corpus-find")
    @needs(Permission.CORPUS_EDIT)
    async def find(self, request: Request) -> Response:
        """Procedures by code or words, for the field in which one is chosen."""
        async with self.site.sessions() as session:
            found = await self._procedures.find(session, request.query_params.get("q", "")[:120])
        return JSONResponse([{"code": code, "name": name} for code, name in found])

    @route("/checks", name="corpus-checks")
    @needs(Permission.CORPUS_READ)
    async def checks(self, request: Request) -> Response:
        """What is wrong."""
        found = await asyncio.to_thread(self._report.stamp)
        return await self.render(
            request, "corpus_checks.html", title="Soát câu mẫu", found=self._report.now(found), say=say
        )

    @route("/changes", name="corpus-changes")
    @needs(Permission.CORPUS_READ)
    async def history(self, request: Request) -> Response:
        """Who changed what."""
        before = request.query_params.get("before", "")
        kind = request.query_params.get("kind", "")
        kind = kind if kind in say.KINDS else ""
        target, account = (request.query_params.get(name, "").strip()[:80] for name in ("target", "account"))
        async with self.site.sessions() as session:
            rows = await changes(
                session,
                kind=kind,
                target=target,
                account=account,
                after=int(before) if before.isdecimal() and len(before) < 10 else None,
                limit=51,
            )
        return await self.render(
            request,
            "corpus_changes.html",
            title="Thay đổi",
            rows=rows[:50],
            before=rows[49].id if len(rows) > 50 else None,
            kind=kind,
            target=target,
            by_whom=account,
            say=say,
        )

    @route("/changes/{number:int}/revert", methods=["POST"], name="corpus-revert")
    @needs(Permission.CORPUS_EDIT)
    async def revert(self, request: Request) -> Response:
        """Undo one change."""
        number = request.path_params["number"]
        if number >= 2**31:
            raise HTTPException(404, texts.NOT_FOUND)
        try:
            async with self.site.sessions.begin() as session:
                made = await self.curation.revert(session, number, by=account_of(request).name)
                self.audited(request, "corpus.revert", made.target, after={"change": number})(session)
        except UnknownTargetError as error:
            if not error.code:
                raise HTTPException(404, texts.NOT_FOUND) from error
            return self.back(request, "/corpus/changes", say.NOT_DONE.format(why=say.why(error)), good=False)
        except CurationError as error:
            return self.back(request, "/corpus/changes", say.NOT_DONE.format(why=say.why(error)), good=False)
        return self.back(request, "/corpus/changes", say.REVERTED)


class IntentPage(CorpusBase):
    """`/console/corpus/intents/{name}`: the sentences of one intent."""

    path = "/corpus/intents"
    menu_label = "Câu mẫu"
    add_to_menu = False

    @route("/{intent:str}", name="corpus-intent")
    @needs(Permission.CORPUS_READ)
    async def open(self, request: Request) -> Response:
        """Read it."""
        return await self._show(request)

    @route("/{intent:str}/add", methods=["POST"], name="corpus-add")
    @needs(Permission.CORPUS_EDIT)
    async def add(self, request: Request) -> Response:
        """Teach sentences, one a line; those that may not be taught are given back with the reason."""
        intent, form = self._intent(request), await form_of(request)
        lines = [line.strip() for line in word(form, "texts").splitlines() if line.strip()]
        if not lines or len(lines) > MOST_ADDED:
            problem = say.NOTHING if not lines else say.TOO_MANY.format(most=MOST_ADDED)
            return await self._show(request, 422, problem=problem, draft="\n".join(lines))
        async with self.site.sessions.begin() as session:
            added, refused = await self.curation.add_what_fits(session, intent, lines, by=account_of(request).name)
            if added:
                self.audited(request, "corpus.add", intent, after={"sentences": len(added)})(session)
        had = len(lines) - len(added) - len(refused)
        told = say.ADDED.format(n=len(added)) + (say.HAD.format(n=had) if had else "")
        if refused:
            draft = "\n".join(text for text, _ in refused)
            reasons = [(text, say.why(error)) for text, error in refused]
            return await self._show(request, 422, told=told if added else "", refused=reasons, draft=draft)
        return self.back(request, f"/corpus/intents/{intent}", told + (say.TEACH_NEXT if added else ""))

    @route("/{intent:str}/like", methods=["POST"], name="corpus-like")
    @needs(Permission.CORPUS_EDIT)
    async def like(self, request: Request) -> Response:
        """What speaks against sentences that are being typed, one a line: taught elsewhere, nearly so, held out.

        Changes nothing. Sent as a form, because sentences have no place in addresses, which are logged.
        """
        intent, form = self._intent(request), await form_of(request)
        lines = [line.strip() for line in word(form, "texts").splitlines() if line.strip()][:LOOKED_AT]

        def said() -> list[dict[str, Any]]:
            return [{"line": at} | item for at, line in enumerate(lines) for item in self._said(intent, line)]

        return JSONResponse(await asyncio.to_thread(said))

    def _said(self, intent: str, line: str) -> list[dict[str, Any]]:
        """What is told of one line, the worst first."""
        try:
            self.curation.fit(line)
        except CurationError as error:
            return [{"text": line[:LONGEST], "finding": "refused", "told": say.why(error), "address": ""}]
        found = []
        for item in self.curation.alike(line):
            here = item.intent == intent
            finding = ("double" if here else "contradiction") if item.same else "close" if here else "near"
            told = say.LIKE[finding].format(label=say.INTENTS.get(item.intent, item.intent), other=item.text)
            address = f"{BASE}/corpus/intents/{item.intent}?{urlencode({'q': item.text[:100]})}"
            found.append({"text": line, "finding": finding, "told": told, "address": address})
        return sorted(found, key=lambda one: list(say.LIKE).index(one["finding"]))

    @route("/{intent:str}/edit", methods=["POST"], name="corpus-edit")
    @needs(Permission.CORPUS_EDIT)
    async def edit(self, request: Request) -> Response:
        """Change one sentence."""
        intent, form = self._intent(request), await form_of(request)
        old, new = word(form, "old"), word(form, "new")
        if old == new:
            return self.back(request, f"/corpus/intents/{intent}")
        try:
            async with self.site.sessions.begin() as session:
                await self.curation.edit_example(session, intent, old, new, by=account_of(request).name)
                self.audited(request, "corpus.edit", intent, after={"sentences": 1})(session)
        except CurationError as error:
            # What was typed is not lost: it stands in the field for new sentences.
            return await self._show(request, 409, problem=say.NOT_DONE.format(why=say.why(error)), draft=new)
        return self.back(request, f"/corpus/intents/{intent}", say.EDITED)

    @route("/{intent:str}/chosen", methods=["POST"], name="corpus-chosen")
    @needs(Permission.CORPUS_EDIT)
    async def chosen(self, request: Request) -> Response:
        """Move or take out the chosen sentences, all or none."""
        intent, form = self._intent(request), await form_of(request)
        chosen, to = words(form, "sentence"), word(form, "to")
        if not chosen:
            return await self._show(request, 422, problem=say.NOTHING)
        by = account_of(request).name
        try:
            async with self.site.sessions.begin() as session:
                if word(form, "do") == "move":
                    await self.curation.move_examples(session, intent, to, chosen, by=by)
                    told, action = say.MOVED.format(n=len(chosen), to=say.INTENTS.get(to, to)), "corpus.move"
                else:
                    await self.curation.remove_examples(session, intent, chosen, by=by)
                    told, action = say.REMOVED.format(n=len(chosen)), "corpus.remove"
                after = {"sentences": len(chosen)} | ({"to": to} if action == "corpus.move" else {})
                self.audited(request, action, intent, after=after)(session)
        except CurationError as error:
            return await self._show(request, 409, problem=say.NOT_DONE.format(why=say.why(error)))
        return self.back(request, f"/corpus/intents/{intent}", told)

    @route("/{intent:str}/alias", methods=["POST"], name="corpus-alias")
    @needs(Permission.CORPUS_EDIT)
    async def alias(self, request: Request) -> Response:
        """Words marked in a sentence become a name of a procedure."""
        intent, form = self._intent(request), await form_of(request)
        alias, code = word(form, "alias"), word(form, "procedure").split(" ")[0]
        if not 2 <= len(alias) <= LONGEST_ALIAS:
            return await self._show(request, 422, problem=say.NOTHING)
        try:
            async with self.site.sessions.begin() as session:
                await self.curation.set_aliases(session, code, add=[alias], by=account_of(request).name)
                self.audited(request, "corpus.alias", code, after={"names": 1})(session)
        except CurationError as error:
            return await self._show(request, 409, problem=say.NOT_DONE.format(why=say.why(error)))
        return self.back(request, f"/corpus/intents/{intent}", say.ALIAS_ADDED.format(alias=alias, code=code))

    def _intent(self, request: Request) -> str:
        """The intent of the address.

        Raises:
            HTTPException: 404, there is no such one.
        """
        intent: str = request.path_params["intent"]
        if intent not in self.curation.names():
            raise HTTPException(404, texts.NOT_FOUND)
        return intent

    async def _show(self, request: Request, status: int = 200, **more: Any) -> Response:
        intent = self._intent(request)
        asked = request.query_params.get("q", "").strip()[:100]
        style = request.query_params.get("style", "")
        examples = await asyncio.to_thread(self.curation.examples, intent)
        wanted = fold(asked).lower().split()
        shown = [item for item in examples if all(word in fold(item).lower() for word in wanted)]
        if style in STYLES:
            shown = [item for item in shown if style in styles(item)]
        page = request.query_params.get("page", "1")
        number = int(page) if page.isdecimal() and len(page) < 6 else 1
        start = max(0, number - 1) * PAGE
        summaries = await asyncio.to_thread(self.curation.summaries)
        summary = next(item for item in summaries if item.name == intent)
        return await self.render(
            request,
            "corpus_intent.html",
            status,
            title=_heading(say.INTENTS.get(intent, intent)),
            intent=intent,
            summary=summary,
            asked=asked,
            style=style,
            styles=STYLES,
            shown=shown[start : start + PAGE],
            matches=len(shown),
            number=number,
            pages=max(1, -(-len(shown) // PAGE)),
            names=[name for name in self.curation.names() if name != intent],
            say=say,
            **{"problem": "", "told": "", "refused": [], "draft": ""} | more,
        )


def _heading(label: str) -> str:
    return label[:1].upper() + label[1:]
