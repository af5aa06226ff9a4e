"""Entering a report for somebody who calls, comes to the counter or writes a letter."""

from __future__ import annotations

import asyncio
import re
import secrets
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from bot.console import texts
from bot.console.login import account_of
from bot.console.menu import Group
from bot.console.permissions import Permission
from bot.console.shell import BASE
from bot.console.site import Page, form_of, needs, word, words
from bot.locality import Category
from bot.privacy import mask, readable
from bot.tickets.contacts import LONGEST_NAME, Contact
from bot.tickets.errors import TicketError, UnknownTicketError
from bot.tickets.people import Citizen
from bot.tickets.records import NewReport
from bot.tickets.slip import slip

LONGEST = 2000
_KEY = re.compile(r"[0-9a-f]{32}")
_PHONE = re.compile(r"\+?[0-9][0-9 .\-]{7,18}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,}")


class FilingPage(Page):
    """`/console/new`."""

    path = "/new"
    group = Group.REPORTS
    handbook = "nhap-phan-anh"
    menu_label = "Nhập phản ánh"
    permission = Permission.TICKETS_FILE

    @route("", name="new")
    @needs(Permission.TICKETS_FILE)
    async def index(self, request: Request) -> Response:
        """The form; first the category, whose questions follow."""
        return await self._show(request, self._category(request.query_params.get("category", "")))

    @route("/file", methods=["POST"], name="new-file")
    @needs(Permission.TICKETS_FILE)
    async def file(self, request: Request) -> Response:
        """File it; code and PIN are shown once, for the caller."""
        form, account = await form_of(request), account_of(request)
        category = self._category(word(form, "category"))
        key = word(form, "key")
        if category is None or word(form, "channel") not in texts.CALLERS or not _KEY.fullmatch(key):
            raise HTTPException(422, texts.ERRORS["invalid"])
        problems = self._problems(form, category)
        if problems:
            return await self._show(request, category, form=form, problems=problems, status=422)
        contact = Contact()
        for name in ("name", "phone", "email"):
            if value := word(form, name):
                contact[name] = value
        ward = self.site.locality.ward(word(form, "ward"))
        report = NewReport(
            conversation="",
            channel=word(form, "channel"),
            category=category.code,
            description=_masked(word(form, "description")),
            place=_masked(word(form, "place")),
            contact=contact or Contact(anonymous=True),
            ward=ward.code if ward else None,
            answers=_answers(form, category),
            source="staff",
        )
        filing = self.witnessed(
            request, "ticket.file", category=category.code, channel=report.channel, contact=sorted(contact)
        )
        try:
            # The form's own key: sent twice, it is one ticket.
            filed = await filing.file(report, f"staff:{account.name}:{key}", account.actor)
        except TicketError as error:
            return await self._show(
                request, category, form=form, problems={"": texts.ERRORS.get(error.code, "")}, status=422
            )
        return await self.render(request, "filed.html", title=filed.code, filed=filed, category=category)

    @route("/slip", methods=["POST"], name="new-slip")
    @needs(Permission.TICKETS_FILE)
    async def paper(self, request: Request) -> Response:
        """The slip to print for the caller: for whoever has code and PIN from the page before."""
        form = await form_of(request)
        code, pin = word(form, "code"), word(form, "pin")
        try:
            found = await self.site.tickets.detail(code, Citizen(pin=pin))
        except UnknownTicketError as error:
            raise HTTPException(404, texts.NOT_FOUND) from error
        url = self.site.settings.public_url or str(request.base_url).removesuffix(f"{BASE}/").rstrip("/")
        body = await asyncio.to_thread(slip, found, pin, self.site.locality, url)
        return Response(
            body,
            media_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="phieu-{found.row.code}.pdf"'},
        )

    async def _show(
        self,
        request: Request,
        category: Category | None,
        *,
        form: FormData | None = None,
        problems: dict[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        locality = self.site.locality
        return await self.render(
            request,
            "new.html",
            status,
            title=self.menu_label,
            category=category,
            categories=locality.categories,
            channels={code: texts.CHANNELS[code] for code in texts.CALLERS},
            wards=locality.areas,
            key=word(form, "key") if form else secrets.token_hex(16),
            typed={name: words(form, name) for name in form} if form else {},
            problems=problems or {},
            longest=LONGEST,
        )

    def _category(self, code: str) -> Category | None:
        return self.site.locality.category(code)

    def _problems(self, form: FormData, category: Category) -> dict[str, str]:
        found: dict[str, str] = {}
        for name in ("description", "place"):
            value = word(form, name)
            if not value:
                found[name] = "Phải điền mục này."
            elif len(value) > LONGEST:
                found[name] = f"Tối đa {LONGEST} ký tự."
        if (value := word(form, "phone")) and not _PHONE.fullmatch(value):
            found["phone"] = "Số điện thoại không đúng."
        if (value := word(form, "email")) and not _EMAIL.fullmatch(value):
            found["email"] = "E-mail không đúng."
        if len(word(form, "name")) > LONGEST_NAME:
            found["name"] = f"Tối đa {LONGEST_NAME} ký tự."
        for question in category.questions:
            given = [value for value in words(form, f"answer_{question.code}") if value.strip()]
            if question.required and not given:
                found[f"answer_{question.code}"] = "Phải trả lời câu này."
        return found


def _answers(form: FormData, category: Category) -> dict[str, Any]:
    """By the question's code: masked text, or option codes."""
    answers: dict[str, Any] = {}
    for question in category.questions:
        given = [value.strip() for value in words(form, f"answer_{question.code}") if value.strip()]
        if question.options:
            known = {option.code for option in question.options}
            chosen = [value for value in given if value in known]
            if chosen:
                answers[question.code] = chosen if question.kind == "choices" else chosen[0]
        elif given:
            answers[question.code] = _masked(given[0][:LONGEST])
    return answers


def _masked(text: str) -> str:
    return readable(mask(text).text)
