"""Training: what was trained when and how it goes, and the held-out sets that are never trained on."""

from __future__ import annotations

import asyncio

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette_admin.routing import route

from bot.console import texts
from bot.console.login import account_of
from bot.console.menu import Group
from bot.console.permissions import Permission
from bot.console.site import Page, form_of, needs, row_asked, word
from bot.storage.models import TrainingRun
from bot.training import heldout, modelfile
from bot.training.rows import RowsError
from bot.training.runs import OPEN, PAGE, Runs, TooManyRunsError

STATES = {
    "queued": "đang chờ",
    "training": "đang huấn luyện",
    "evaluating": "đang đánh giá",
    "ready": "xong",
    "failed": "thất bại",
    "cancelled": "đã huỷ",
}
SOURCES = {"staff": "yêu cầu", "nightly": "hằng đêm", "cli": "dòng lệnh"}


class TrainingPage(Page):
    """`/console/training`."""

    path = "/training"
    group = Group.LEARNING
    handbook = "huan-luyen"
    menu_label = "Huấn luyện"
    permission = Permission.TRAINING_READ

    @property
    def runs(self) -> Runs:
        """The service."""
        return Runs(self.site.sessions)

    @route("", name="training")
    @needs(Permission.TRAINING_READ)
    async def index(self, request: Request) -> Response:
        """Runs and held-out sets."""
        return await self._show(request)

    @route("", methods=["POST"], name="training-start")
    @needs(Permission.TRAINING_RUN)
    async def start(self, request: Request) -> Response:
        """Ask for a run."""
        form = await form_of(request)
        notes = word(form, "notes")[:500]
        try:
            number = await self.runs.ask(
                account_of(request).name, notes, also=self.audited(request, "training.run", after={"notes": notes})
            )
        except TooManyRunsError:
            return self.back(request, "/training", "Đã có nhiều lần huấn luyện đang chờ.", good=False)
        return self.back(request, f"/training/{number}", "Đã xếp vào hàng chờ huấn luyện.")

    @route("/held-out", methods=["POST"], name="held-out-save")
    @needs(Permission.TRAINING_RUN)
    async def save(self, request: Request) -> Response:
        """Keep a held-out set."""
        form = await form_of(request)
        file, name = form.get("file"), word(form, "name")
        if not isinstance(file, UploadFile) or not file.size:
            return await self._show(request, 422, "Hãy chọn tệp JSONL.")
        try:
            content = await file.read(heldout.MOST_BYTES + 1)
            rows = await asyncio.to_thread(heldout.save, self.site.settings, name, content)
        except heldout.HeldOutError as error:
            return await self._show(request, 422, str(error))
        await self.write(request, "held_out.save", name, after={"rows": rows})
        return self.back(request, "/training", f"Đã nạp tập {name}: {rows} câu. Không câu nào được dùng để huấn luyện.")

    @route("/held-out/delete", methods=["POST"], name="held-out-delete")
    @needs(Permission.TRAINING_RUN)
    async def delete(self, request: Request) -> Response:
        """Delete a held-out set."""
        name = word(await form_of(request), "name")
        try:
            gone = heldout.remove(self.site.settings, name)
        except heldout.HeldOutError as error:
            return await self._show(request, 422, str(error))
        if gone:
            await self.write(request, "held_out.delete", name)
        return self.back(request, "/training", f"Đã xoá tập {name}." if gone else f"Không có tập {name}.", good=gone)

    @route("/{number:int}", name="training-run")
    @needs(Permission.TRAINING_READ)
    async def run(self, request: Request) -> Response:
        """One run."""
        found = await self._run(request)
        return await self.render(
            request, "run.html", title=f"Huấn luyện số {found.id}", run=found, states=STATES, sources=SOURCES, open=OPEN
        )

    @route("/{number:int}/state", name="training-state")
    @needs(Permission.TRAINING_READ)
    async def state(self, request: Request) -> Response:
        """How far a run is, for the page that shows it."""
        found = await self._run(request)
        return JSONResponse(
            {
                "state": found.state,
                "label": STATES[found.state],
                "progress": found.progress,
                "step": found.step,
                "log": found.log,
                "over": found.state not in OPEN,
            }
        )

    @route("/{number:int}/cancel", methods=["POST"], name="training-cancel")
    @needs(Permission.TRAINING_RUN)
    async def cancel(self, request: Request) -> Response:
        """End a run."""
        found = await self._run(request)
        number = found.id
        done = await self.runs.cancel(
            number, account_of(request).name, also=self.audited(request, "training.cancel", str(number))
        )
        return self.back(
            request, f"/training/{number}", "Đã huỷ; dừng trong vài giây." if done else "Lần này đã xong.", good=done
        )

    async def _run(self, request: Request) -> TrainingRun:
        found = await self.runs.one(request.path_params["number"])
        if found is None:
            raise HTTPException(404, texts.NOT_FOUND)
        return found

    async def _show(self, request: Request, status: int = 200, problem: str = "") -> Response:
        runs = await self.runs.listed(row_asked(request))
        published = modelfile.published(self.site.settings)
        checksum = await asyncio.to_thread(modelfile.checksum)
        return await self.render(
            request,
            "training.html",
            status,
            title=self.menu_label,
            problem=problem,
            runs=runs,
            before=runs[-1].id if len(runs) == PAGE else None,
            states=STATES,
            sources=SOURCES,
            changed=published is None or published.checksum != checksum,
            nightly=self.site.settings.train_nightly,
            held_out=await asyncio.to_thread(self._sets),
        )

    def _sets(self) -> list[tuple[heldout.HeldOut, int | None]]:
        sets = [*heldout.staffs(self.site.settings), *heldout.projects()]
        found: list[tuple[heldout.HeldOut, int | None]] = []
        for held in sets:
            try:
                found.append((held, len(held.rows())))
            except RowsError:
                found.append((held, None))
        return found
