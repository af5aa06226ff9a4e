"""Aliases: what people call procedures; found at once by the search, without training."""

from __future__ import annotations

from sqlalchemy import text
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from bot.console import texts, texts_corpus
from bot.console import texts_faqs as say
from bot.console.login import account_of
from bot.console.menu import Group
from bot.console.permissions import Permission
from bot.console.site import Page, Site, form_of, needs, word, words
from bot.review.procedures import Procedures
from bot.text import fold
from bot.training.curation import CurationError
from bot.training.curation.history import changes

FOUND = 60
LONGEST = 120
_ALL = text("SELECT code, text, source FROM procedure_aliases ORDER BY code, id")
_NAMED = text("SELECT code, name, status FROM procedures WHERE code = ANY(:codes)")
_OF = text(
    "SELECT a.text, a.source, (SELECT array_agg(DISTINCT b.code) FROM procedure_aliases b"
    " JOIN procedures p ON p.code = b.code AND p.status = 'active'"
    " WHERE lower(b.text) = lower(a.text) AND b.code <> a.code) AS others"
    " FROM procedure_aliases a WHERE a.code = :code ORDER BY a.source, a.id"
)


class AliasPage(Page):
    """`/console/aliases`."""

    path = "/aliases"
    menu_label = "Tên gọi thủ tục"
    permission = Permission.CORPUS_READ
    group = Group.LEARNING
    handbook = "ten-goi"

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._procedures = Procedures()

    @route("", name="aliases")
    @needs(Permission.CORPUS_READ)
    async def index(self, request: Request) -> Response:
        """Procedures by code, by words of their name, or by what people call them."""
        asked = request.query_params.get("q", "").strip()[:100]
        rows: list[tuple[str, str, list[str]]] = []
        async with self.site.sessions() as session:
            if asked:
                wanted = fold(asked).lower().split()
                names: dict[str, list[str]] = {}
                fitting: dict[str, None] = {}
                for code, alias, _ in await session.execute(_ALL):
                    names.setdefault(code, []).append(alias)
                    folded = f" {fold(alias).lower()}"
                    if all(f" {part}" in folded for part in wanted):
                        fitting.setdefault(code)
                by_name = await self._procedures.find(session, asked, most=FOUND)
                codes = list(dict.fromkeys([*(code for code, _ in by_name), *fitting]))[: FOUND + 1]
                named = {code: name for code, name, _ in await session.execute(_NAMED, {"codes": codes})}
                rows = [(code, named[code], names.get(code, [])) for code in codes if code in named]
        return await self.render(
            request, "aliases.html", title=self.menu_label, asked=asked, rows=rows[:FOUND], more=len(rows) > FOUND
        )

    @route("/{procedure:str}", name="alias")
    @needs(Permission.CORPUS_READ)
    async def open(self, request: Request) -> Response:
        """The names of one procedure."""
        return await self._show(request)

    @route("/{procedure:str}", methods=["POST"], name="alias-save")
    @needs(Permission.CORPUS_EDIT)
    async def save(self, request: Request) -> Response:
        """Add names, one a line, and take away the chosen."""
        code, form = request.path_params["procedure"], await form_of(request)
        typed = word(form, "names")
        lines = [" ".join(line.split()) for line in typed.splitlines() if line.strip()]
        gone = words(form, "gone")
        if any(len(line) > LONGEST for line in lines):
            return await self._show(request, 422, texts_corpus.WHY["InvalidExampleError:long"].capitalize(), typed)
        try:
            async with self.site.sessions.begin() as session:
                added = await self.site.curation.set_aliases(
                    session, code, add=lines, remove=gone, by=account_of(request).name
                )
                if added or gone:
                    after = {"added": len(added), "removed": len(gone)}
                    self.audited(request, "corpus.alias", code, after=after)(session)
        except CurationError as error:
            if type(error).__name__ == "UnknownTargetError":
                raise HTTPException(404, texts.NOT_FOUND) from error
            return await self._show(request, 409, texts_corpus.NOT_DONE.format(why=texts_corpus.why(error)), typed)
        return self.back(request, f"/aliases/{code}", say.ALIASES_SAVED if added or gone else say.NO_CHANGE)

    async def _show(self, request: Request, status: int = 200, problem: str = "", draft: str = "") -> Response:
        code = request.path_params["procedure"]
        async with self.site.sessions() as session:
            named = (await session.execute(_NAMED, {"codes": [code]})).first()
            if named is None:
                raise HTTPException(404, texts.NOT_FOUND)
            rows = list(await session.execute(_OF, {"code": code}))
            history = await changes(session, kind="alias", target=code, limit=20)
        ours = set(self.site.curation.aliases(code))
        return await self.render(
            request,
            "alias.html",
            status,
            title=f"Tên gọi của {code}",
            code=code,
            procedure=named.name,
            active=named.status == "active",
            rows=[
                (row.text, say.SOURCES.get(row.source, row.source), row.others or [], row.text in ours) for row in rows
            ],
            history=history,
            problem=problem,
            draft=draft,
            actions=texts_corpus.ACTIONS,
        )
