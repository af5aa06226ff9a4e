"""The gates that a new model must reach, set by administrators."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from bot.console import texts
from bot.console.login import account_of
from bot.console.menu import Group
from bot.console.permissions import Permission
from bot.console.site import Page, form_of, needs, word
from bot.training import heldout
from bot.training.gatebook import GateBook, GateError
from bot.training.gates import EACH, Rule
from bot.training.gates import NAMES as MEASURES

PROBLEMS = {
    "measure": "Không có chỉ số này; theo kiểu gõ chỉ có sáu chỉ số đầu danh sách.",
    "bound": "Giá trị phải từ 0 đến 100.",
    "double": "Đã có ngưỡng này; bỏ nó trước rồi đặt lại.",
    "many": "Đã có quá nhiều ngưỡng.",
}


class GatesPage(Page):
    """`/console/gates`."""

    path = "/gates"
    group = Group.LEARNING
    handbook = "mo-hinh"
    menu_label = "Ngưỡng mô hình"
    permission = Permission.TRAINING_READ
    add_to_menu = False

    @route("", name="gates")
    @needs(Permission.TRAINING_READ)
    async def index(self, request: Request) -> Response:
        """Those that hold."""
        return await self._show(request)

    @route("", methods=["POST"], name="gate-add")
    @needs(Permission.MODELS_OVERRIDE)
    async def add(self, request: Request) -> Response:
        """Set one."""
        form = await form_of(request)
        names = ("held_out", "style", "measure")
        held_out, style, measure = (word(form, name)[:60] for name in names)
        kind, bound = word(form, "kind"), word(form, "bound").replace(",", ".")
        try:
            value = float(bound)
        except ValueError:
            return await self._show(request, 422, PROBLEMS["bound"])
        rule = Rule(held_out, style, measure, "drop" if kind == "drop" else "floor", value)
        after = {"held_out": held_out, "style": style, "measure": measure, "kind": rule.kind, "value": value}
        try:
            await GateBook(self.site.sessions).add(
                rule, account_of(request).name, self.audited(request, "gate.add", after=after)
            )
        except GateError as error:
            return await self._show(request, 422, PROBLEMS[error.code])
        return self.back(request, "/gates", "Đã đặt ngưỡng. Ngưỡng mới tính từ lần đánh giá sau.")

    @route("/{number:int}/delete", methods=["POST"], name="gate-delete")
    @needs(Permission.MODELS_OVERRIDE)
    async def delete(self, request: Request) -> Response:
        """Take one away."""
        number = request.path_params["number"]
        found = await GateBook(self.site.sessions).remove(number, self.audited(request, "gate.delete", str(number)))
        if found is None:
            raise HTTPException(404, texts.NOT_FOUND)
        return self.back(request, "/gates", "Đã bỏ ngưỡng.")

    async def _show(self, request: Request, status: int = 200, problem: str = "") -> Response:
        book = GateBook(self.site.sessions)
        rows = await book.rows()
        return await self.render(
            request,
            "gates.html",
            status,
            title=self.menu_label,
            problem=problem,
            rows=rows,
            usual=[] if rows else await book.rules(),
            measures=MEASURES,
            each=EACH,
            sets=[held.name for held in (*heldout.staffs(self.site.settings), *heldout.projects())],
        )
