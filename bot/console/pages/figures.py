"""Figures: how many wrote, what they were answered and how quickly, how satisfied they were, what reports became."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from bot.console import charts, export, texts
from bot.console.menu import Group
from bot.console.permissions import Permission
from bot.console.site import Page, needs
from bot.figures import opendata
from bot.figures.counting import age, count
from bot.figures.queries import Asked, Figure, Figures
from bot.figures.report import report
from bot.tickets.channels import CHANNELS

STALE = timedelta(minutes=5)
COUNTED = {code: name for code, name in CHANNELS.items() if code != "cli"}
"""The channels of citizens; those who try the bot out on the command line are not counted."""
LONGEST = 366
"""Days of a period."""
BARS = 40


class FiguresPage(Page):
    """`/console/figures`."""

    path = "/figures"
    menu_label = "Số liệu"
    permission = Permission.FIGURES_READ
    group = Group.FIGURES
    handbook = "so-lieu"

    @route("", name="figures")
    @needs(Permission.FIGURES_READ)
    async def index(self, request: Request) -> Response:
        """All of them for a period."""
        asked = self._asked(request)
        await self._fresh()
        async with self.site.sessions() as session:
            made = Figures(session, self.site.locality)
            numbers, sections = await made.key_numbers(asked), await made.everything(asked)
        return await self.render(
            request,
            "figures.html",
            title=self.menu_label,
            asked=asked,
            numbers=numbers,
            shown=[(name, [(figure, _chart(figure)) for figure in figures]) for name, figures in sections],
            channels=COUNTED,
            wards=self.site.locality.wards,
            agencies=self.site.locality.agencies,
            query=urlencode(
                {"from": asked.first, "to": asked.last}
                | {"channel": asked.channel, "ward": asked.ward, "agency": asked.agency}
            ),
        )

    @route("/export", name="figures-export")
    @needs(Permission.FIGURES_READ)
    async def take_out(self, request: Request) -> Response:
        """One of them as a file."""
        asked, form = self._asked(request), export.form_asked(request)
        wanted = request.query_params.get("figure", "day")
        await self._fresh()
        async with self.site.sessions() as session:
            figure = await Figures(session, self.site.locality).one(wanted, asked)
        if figure is None:
            raise HTTPException(404, texts.NOT_FOUND)
        await self.write(request, "figures.export", wanted, after={"format": form, "from": str(asked.first)})
        return await export.table(form, figure.head, figure.rows, "Số liệu", f"{wanted}-{asked.first}-{asked.last}")

    @route("/report", name="figures-report")
    @needs(Permission.FIGURES_READ)
    async def printed(self, request: Request) -> Response:
        """All of them as a PDF that can be printed."""
        asked = self._asked(request)
        await self._fresh()
        async with self.site.sessions() as session:
            made = Figures(session, self.site.locality)
            numbers, sections = await made.key_numbers(asked), await made.everything(asked)
        await self.write(request, "figures.export", "report", after={"format": "pdf", "from": str(asked.first)})
        body = await asyncio.to_thread(report, self.site.locality, asked, numbers, sections)
        return export.file(body, "application/pdf", f"bao-cao-{asked.first}-{asked.last}.pdf")

    @route("/open-data", name="figures-open-data")
    @needs(Permission.FIGURES_READ)
    async def open_data(self, request: Request) -> Response:
        """A file that may be given to everybody: months that are over, in bands, without anything small."""
        form = export.form_asked(request)
        await self._fresh()
        today = self.site.locality.now().date()
        async with self.site.sessions() as session:
            found = await opendata.rows(session, self.site.locality, today)
        await self.write(request, "figures.export", "open-data", after={"format": form, "rows": len(found)})
        return await export.table(form, opendata.HEAD, found, "Dữ liệu mở", f"du-lieu-mo-{today:%Y-%m}")

    def _asked(self, request: Request) -> Asked:
        """The period; without one, the month so far."""
        today = self.site.locality.now().date()
        first, last = _date(request.query_params.get("from", "")), _date(request.query_params.get("to", ""))
        last = min(last or today, today + timedelta(days=1))
        first = first or last.replace(day=1)
        if first > last:
            first, last = last, first
        place = self.site.locality
        known = {
            "channel": COUNTED,
            "ward": {ward.code for ward in place.wards},
            "agency": {agency.code for agency in place.agencies},
        }
        chosen = {name: request.query_params.get(name, "") for name in known}
        narrowed = {name: value for name, value in chosen.items() if value in known[name]}
        return Asked(max(first, last - timedelta(days=LONGEST)), last, **narrowed)

    async def _fresh(self) -> None:
        """Have today counted where the last count is old; the job does it every ten minutes anyway."""
        place = self.site.locality
        today = place.now().date()
        async with self.site.sessions() as session:
            old = await age(session, today)
        if old is None or old > STALE:
            await count(self.site.sessions, today, place.timezone)


def _chart(figure: Figure) -> object:
    if figure.chart is None or not figure.rows:
        return ""
    rows = []
    for row in figure.rows[-BARS:]:
        value = row[figure.chart]
        rows.append((str(row[0]), float(value) if isinstance(value, int | float) else 0.0))
    return charts.bars(rows, figure.title)


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
