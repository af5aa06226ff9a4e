"""The catalogue: what the bot knows of each procedure, how well it stands, and what it answers from it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from bot.console import catalogue_filters as filters
from bot.console import export, texts
from bot.console import texts_catalogue as say
from bot.console.login import account_of
from bot.console.menu import Group
from bot.console.permissions import Permission
from bot.console.site import Page, Site, form_of, needs, word
from bot.knowledge.answers.compose import compose
from bot.knowledge.answers.context import Here
from bot.knowledge.facts import CHANNELS, LABELS, differences, facts, overlay_line
from bot.knowledge.importing.stale import district_pieces
from bot.knowledge.records import ASPECTS, Fee, Overlay, ProcedureRecord
from bot.knowledge.rows import overlay_row
from bot.knowledge.store import StoredProcedure, day, read_procedure
from bot.knowledge.writing import end_overlay, verified, write_overlay
from bot.review.procedures import Procedures
from bot.storage.outgoing import Json, outgoing_parts

PAGE = 50
TALKS = ("web", "telegram", "zalo")
VERSIONS = 10

_RUN = text(
    "select source, file, started_at, counts from import_runs where finished_at is not null and source <> 'project'"
    " order by id desc limit 1"
)
_ISSUES = text(
    "select reason, detail from import_issues where code = :code and run_id in"
    " (select max(id) from import_runs where finished_at is not null group by source) order by id limit 50"
)
_VERSIONS = text("select at, source, record from procedure_versions where code = :code order by id desc limit :limit")
_FIELDS = text("select distinct field from procedures where field is not null order by field")
_OVERLAY_IDS = text("select id, province, field, channel, valid_from from procedure_overlays where code = :code")


class CataloguePage(Page):
    """`/console/catalogue`."""

    path = "/catalogue"
    menu_label = "Thủ tục"
    permission = Permission.CATALOGUE_READ
    group = Group.RECORDS
    handbook = "thu-tuc"

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._procedures = Procedures(every=True)

    @route("", name="catalogue")
    @needs(Permission.CATALOGUE_READ)
    async def index(self, request: Request) -> Response:
        """Procedures that fit the filter."""
        asked, where, values = await filters.asked(request, self._procedures, self.site)
        after = request.query_params.get("after", "")[:20]
        async with self.site.sessions() as session:
            total = await session.scalar(filters.count(where, values))
            paged = f"{where} and p.code > :after" if after else where
            more = values | ({"after": after} if after else {})
            rows = list(await session.execute(filters.rows(paged, more, PAGE + 1)))
            run = (await session.execute(_RUN)).first()
            fields = list(await session.scalars(_FIELDS))
        return await self.render(
            request,
            "catalogue.html",
            title=self.menu_label,
            rows=rows[:PAGE],
            total=total,
            after=rows[PAGE - 1].code if len(rows) > PAGE else None,
            asked=asked,
            run=run,
            fields=fields,
            say=say,
            today=self.site.locality.now(),
        )

    @route("/export", name="catalogue-export")
    @needs(Permission.CATALOGUE_READ)
    async def take_out(self, request: Request) -> Response:
        """What the filter finds as a file."""
        form = export.form_asked(request)
        asked, where, values = await filters.asked(request, self._procedures, self.site)
        async with self.site.sessions() as session:
            rows = list(await session.execute(filters.rows(where, values, export.MOST_ROWS)))
        await self.write(request, "catalogue.export", form, after={"rows": len(rows), "query": asked["query"]})
        lines: list[list[export.Cell]] = [
            [
                *(row.code, row.name, row.plain_name, row.field, ", ".join(say.LEVELS.get(x, x) for x in row.levels)),
                *(say.STATUSES[row.status], say.SOURCES[row.source], _day(row.fetched_at), _day(row.expires_at)),
                *(row.verified_by, _day(row.verified_at)),
            ]
            for row in rows
        ]
        name = f"thu-tuc-{self.site.locality.now():%Y%m%d-%H%M}"
        return await export.table(form, _HEAD, lines, "Thủ tục", name)

    @route("/{procedure:str}", name="procedure")
    @needs(Permission.CATALOGUE_READ)
    async def open(self, request: Request) -> Response:
        """One procedure."""
        return await self._show(request)

    @route("/{procedure:str}/preview", name="procedure-preview")
    @needs(Permission.CATALOGUE_READ)
    async def preview(self, request: Request) -> Response:
        """What citizens read, by aspect and channel."""
        asked = await self._read(request)
        stored = await self._newest(asked)
        full = request.query_params.get("full", "") == "1"
        here = Here(self.site.locality.now().date(), self.site.locality.province.name)
        aspect = request.query_params.get("aspect", "")
        chosen = [item for item in ASPECTS if not aspect or item == aspect]
        shown = []
        for item in chosen:
            replies: list[Json] = [
                {
                    "text": reply.text,
                    "image": None,
                    "buttons": [{"title": button.title, "payload": button.payload} for button in reply.buttons],
                }
                for reply in compose(stored, (item,), here, full=full)
            ]
            shown.append((LABELS[item], [(talk, outgoing_parts(talk, replies) or replies) for talk in TALKS]))
        return await self.render(
            request,
            "procedure_preview.html",
            title=f"Bot trả lời về {asked.record.code}",
            asked=asked.record.code,
            stored=stored,
            shown=shown,
            full=full,
            aspect=aspect,
            labels=LABELS,
        )

    @route("/{procedure:str}/verify", methods=["POST"], name="procedure-verify")
    @needs(Permission.CATALOGUE_EDIT)
    async def verify(self, request: Request) -> Response:
        """Write down that somebody has compared the record with its source."""
        stored, by, form = await self._read(request), account_of(request), await form_of(request)
        if word(form, "facts") != stored.sha256:  # an import came between: nobody vouches for what they have not seen
            return self.back(request, f"/catalogue/{stored.record.code}", say.CHANGED, good=False)
        async with self.site.sessions.begin() as session:
            await session.run_sync(
                lambda made: verified(made.connection(), stored.record.code, by.full_name or by.name)
            )
            before = {"by": stored.record.provenance.verified_by}
            self.audited(request, "catalogue.verify", stored.record.code, before=before)(session)
        return self.back(request, f"/catalogue/{stored.record.code}", say.VERIFIED)

    @route("/{procedure:str}/overlay", methods=["POST"], name="procedure-overlay")
    @needs(Permission.CATALOGUE_EDIT)
    async def overlay(self, request: Request) -> Response:
        """Set what the province charges."""
        stored, form = await self._read(request), await form_of(request)
        code, typed = stored.record.code, {name: word(form, name)[:300] for name in _TYPED}
        try:
            made = _overlay(typed, self.site.locality.province.name)
        except ValueError as error:
            return await self._show(request, 422, say.PROBLEMS[str(error)], typed)
        before = [overlay_line(item) for item in stored.record.overlays if _same_place(item, made)]
        async with self.site.sessions.begin() as session:
            await session.run_sync(lambda sync: write_overlay(sync.connection(), code, made))
            after = {"overlay": overlay_line(made), "authority": made.authority, "from": made.valid_from.isoformat()}
            self.audited(request, "catalogue.overlay", code, before={"overlays": before}, after=after)(session)
        return self.back(request, f"/catalogue/{code}", say.OVERLAY_SAVED)

    @route("/{procedure:str}/overlay/end", methods=["POST"], name="procedure-overlay-end")
    @needs(Permission.CATALOGUE_EDIT)
    async def end(self, request: Request) -> Response:
        """The last day of an overlay is yesterday; it stays as what once held."""
        stored, form = await self._read(request), await form_of(request)
        code, number = stored.record.code, word(form, "overlay")
        today = self.site.locality.now().date()
        async with self.site.sessions.begin() as session:
            known = {str(row.id): row for row in await session.execute(_OVERLAY_IDS, {"code": code})}
            if number not in known:
                raise HTTPException(422, texts.NOT_FOUND)
            first = known[number].valid_from
            before = {"overlays": [overlay_line(item) for item in stored.record.overlays if item.valid_from == first]}
            await session.run_sync(lambda sync: end_overlay(sync.connection(), int(number), today))
            self.audited(request, "catalogue.overlay_end", code, before=before, after={"overlay": int(number)})(session)
        return self.back(request, f"/catalogue/{code}", say.OVERLAY_ENDED)

    async def _read(self, request: Request) -> StoredProcedure:
        """The procedure of the address.

        Raises:
            HTTPException: 404, the catalogue has no such one.
        """
        async with self.site.sessions() as session:
            stored = await read_procedure(session, request.path_params["procedure"])
        if stored is None:
            raise HTTPException(404, texts.NOT_FOUND)
        return stored

    async def _newest(self, stored: StoredProcedure) -> StoredProcedure:
        """The procedure that stands in place of a replaced one, whose answer citizens get; codes in a ring end it."""
        seen = {stored.record.code}
        async with self.site.sessions() as session:
            while (code := stored.record.replaced_by) and code not in seen:
                seen.add(code)
                after = await read_procedure(session, code)
                if after is None:
                    break
                stored = after
        return stored

    async def _show(
        self, request: Request, status: int = 200, problem: str = "", typed: dict[str, str] | None = None
    ) -> Response:
        stored = await self._read(request)
        record = stored.record
        async with self.site.sessions() as session:
            issues = list(await session.execute(_ISSUES, {"code": record.code}))
            history = await self._history(session, stored)
            ids = {
                (row.province, row.field, row.channel, row.valid_from): row.id
                for row in await session.execute(_OVERLAY_IDS, {"code": record.code})
            }
        now = self.site.locality.now()
        told = facts(record)
        return await self.render(
            request,
            "procedure.html",
            status,
            title=record.code,
            stored=stored,
            record=record,
            facts=[
                (LABELS[aspect], [district_pieces(line) for line in lines]) for aspect, lines in told.items() if lines
            ],
            missing=[LABELS[aspect] for aspect, lines in told.items() if not lines],
            expired=stored.expired(now.date()),
            verified=_shown(record.provenance.verified_at),
            issues=issues,
            history=history,
            overlays=[
                (ids.get((item.province, item.field, item.channel, item.valid_from)), item, overlay_line(item))
                for item in record.overlays
            ],
            today=now.date(),
            problem=problem,
            typed=typed or dict.fromkeys(_TYPED, ""),
            channels=CHANNELS,
            say=say,
        )

    async def _history(self, session: AsyncSession, stored: StoredProcedure) -> list[Any]:
        """Each change with what went and came by aspect, the newest first."""
        after, found = stored.record, []
        for row in await session.execute(_VERSIONS, {"code": stored.record.code, "limit": VERSIONS}):
            before = ProcedureRecord.model_validate(row.record)
            changed = differences(before, after)
            found.append((row.at, row.source, [(LABELS[aspect], was, now) for aspect, (was, now) in changed.items()]))
            after = before
        return found


_HEAD = (
    *("Mã", "Tên", "Tên thường gọi", "Lĩnh vực", "Cấp", "Hiệu lực", "Nguồn", "Đọc ngày", "Hết hạn", "Kiểm tra"),
    "Ngày kiểm tra",
)
_TYPED = ("kind", "state", "amount", "text", "channel", "authority", "valid_from", "valid_to")


def _overlay(typed: dict[str, str], province: str) -> Overlay:
    """What was typed as an overlay.

    Raises:
        ValueError: with a key of `say.PROBLEMS`.
    """
    free = typed["state"] == "free_stated"
    amount = None
    if not free:
        try:
            amount = Decimal(typed["amount"].replace(".", "").replace(" ", ""))
        except InvalidOperation as error:
            raise ValueError("amount") from error
        if not amount.is_finite() or not 0 < amount < 10**12:
            raise ValueError("amount")
    if len(typed["authority"]) < 5:
        raise ValueError("authority")
    try:
        first = date.fromisoformat(typed["valid_from"])
        last = date.fromisoformat(typed["valid_to"]) if typed["valid_to"] else None
    except ValueError as error:
        raise ValueError("days") from error
    if last is not None and last < first:
        raise ValueError("days")
    return Overlay(
        province=province,
        field="fee",
        fee=Fee(
            status="free_stated" if free else "amount",
            kind="charge" if typed["kind"] == "charge" else "fee",
            amount=amount,
            currency=None if free else "VND",
            text=typed["text"] or None,
        ),
        channel=typed["channel"] if typed["channel"] in CHANNELS else None,
        authority=typed["authority"],
        valid_from=first,
        valid_to=last,
    )


def _same_place(one: Overlay, other: Overlay) -> bool:
    row, same = overlay_row("", one), overlay_row("", other)
    return all(row[name] == same[name] for name in ("province", "field", "channel", "valid_from"))


def _shown(value: datetime | date | None) -> str:
    found = day(value)
    return f"{found:%d/%m/%Y}" if found else ""


def _day(value: datetime | None) -> str:
    return f"{value:%Y-%m-%d}" if value else ""
