"""The model bank: what each model is worth, what it changes, putting one in use, and going back."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette_admin.routing import route

from bot.console import charts, texts
from bot.console.login import account_of
from bot.console.menu import Group
from bot.console.permissions import Permission
from bot.console.site import Page, form_of, may, needs, row_asked, word
from bot.storage.models import Publication
from bot.training import figures
from bot.training.bank import PAGE, Bank, Shelved, UnknownModelError
from bot.training.changes import EFFECTS, Changes, Verdict
from bot.training.changes import PAGE as CHANGES
from bot.training.gates import NAMES as MEASURES
from bot.training.publishing import STATES, Asking, Publisher, PublishError, gate_text
from bot.training.runs import Runs, TooManyRunsError

PUBLICATIONS = {
    "changing": "đang chuyển",
    "live": "đang dùng",
    "partial": "đã chuyển, có bộ máy chưa nạp",
    "failed": "không chuyển được, không có gì thay đổi",
    "over": "đã thay",
}
KINDS = {"first": "lần đầu", "publish": "đưa vào dùng", "rollback": "quay lại"}
EFFECT_NAMES = {"worse": "kém đi", "better": "tốt lên", "neither": "đúng sai như cũ", "unknown": "không có đáp án"}
VERDICTS = {"accepted": "chấp nhận", "rejected": "từ chối", "open": "chưa xét"}


class ModelsPage(Page):
    """`/console/models`."""

    path = "/models"
    group = Group.LEARNING
    handbook = "mo-hinh"
    menu_label = "Mô hình"
    permission = Permission.TRAINING_READ

    @property
    def bank(self) -> Bank:
        """The models."""
        return Bank(self.site.sessions, self.site.settings)

    @property
    def publisher(self) -> Publisher:
        """Who puts them in use."""
        return Publisher(self.site.sessions, self.site.settings)

    @route("", name="models")
    @needs(Permission.TRAINING_READ)
    async def index(self, request: Request) -> Response:
        """The bank."""
        return await self._bank(request)

    @route("/rollback", methods=["POST"], name="model-rollback")
    @needs(Permission.MODELS_PUBLISH)
    async def rollback(self, request: Request) -> Response:
        """Back to the model before, at once."""
        account = account_of(request)
        try:
            number = await self.publisher.rollback(Asking(account.name), self.audited(request, "model.rollback"))
        except PublishError as error:
            await self.write(request, "model.rollback", None, after={"error": error.code}, outcome="failed")
            return await self._bank(request, 422, str(error))
        return self.back(request, f"/models/publications/{number}")

    @route("/publications/{number:int}", name="model-publication")
    @needs(Permission.TRAINING_READ)
    async def publication(self, request: Request) -> Response:
        """One change of the live model."""
        found = await self._publication(request)
        return await self.render(
            request,
            "publication.html",
            title="Chuyển mô hình",
            publication=found,
            states=PUBLICATIONS,
            kinds=KINDS,
            engine_states=STATES,
        )

    @route("/publications/{number:int}/state", name="model-publication-state")
    @needs(Permission.TRAINING_READ)
    async def publication_state(self, request: Request) -> Response:
        """Whether it is done, for the page that shows it."""
        found = await self._publication(request)
        return JSONResponse({"label": PUBLICATIONS[found.state], "over": found.state != "changing"})

    @route("/{number:int}", name="model")
    @needs(Permission.TRAINING_READ)
    async def model(self, request: Request) -> Response:
        """One model with its figures."""
        return await self._model(request, await self._shelved(request))

    @route("/{number:int}/publish", methods=["POST"], name="model-publish")
    @needs(Permission.MODELS_PUBLISH)
    async def publish(self, request: Request) -> Response:
        """Put a model in use."""
        shelved = await self._shelved(request)
        number, reason = shelved.model.id, word(await form_of(request), "reason")[:500]
        if reason:
            await self.require(request, Permission.MODELS_OVERRIDE)
        asking = Asking(account_of(request).name, reason or None)
        also = self.audited(request, "model.publish", str(number), after={"reason": reason} if reason else {})
        try:
            publication = await self.publisher.publish(number, asking, also)
        except PublishError as error:
            await self.write(request, "model.publish", str(number), after={"error": error.code}, outcome="failed")
            return await self._model(request, shelved, 422, str(error))
        return self.back(request, f"/models/publications/{publication}")

    @route("/{number:int}/judge", methods=["POST"], name="model-judge")
    @needs(Permission.TRAINING_RUN)
    async def judge(self, request: Request) -> Response:
        """Judge it again, beside what is live now."""
        shelved = await self._shelved(request)
        number = shelved.model.id
        try:
            run = await Runs(self.site.sessions).ask(
                account_of(request).name,
                f"Đánh giá lại mô hình số {number}",
                model=number,
                also=self.audited(request, "training.judge", str(number)),
            )
        except TooManyRunsError:
            return self.back(request, f"/models/{number}", "Đã có nhiều lần huấn luyện đang chờ.", good=False)
        return self.back(request, f"/training/{run}", "Đã xếp vào hàng chờ đánh giá.")

    @route("/{number:int}/compare", name="model-compare")
    @needs(Permission.TRAINING_READ)
    async def compare(self, request: Request) -> Response:
        """Changed answers, side by side."""
        shelved = await self._shelved(request)
        if shelved.evaluation is None:
            return self.back(request, f"/models/{shelved.model.id}", "Mô hình chưa được đánh giá.", good=False)
        query = request.query_params
        effect = query.get("effect", "") if query.get("effect") in EFFECTS else ""
        verdict = query.get("verdict", "") if query.get("verdict") in VERDICTS else ""
        changes = Changes(self.site.sessions)
        shown = await changes.listed(
            shelved.evaluation.id,
            effect=effect,
            verdict=verdict,
            after=row_asked(request, "after") or 0,
        )
        return await self.render(
            request,
            "compare.html",
            title=f"So sánh mô hình số {shelved.model.id}",
            shelved=shelved,
            changes=shown,
            counts=await changes.counts(shelved.evaluation.id),
            effects=EFFECT_NAMES,
            verdicts=VERDICTS,
            effect=effect,
            verdict=verdict,
            after=shown[-1].change.id if len(shown) == CHANGES else None,
            query=f"effect={effect}&verdict={verdict}",
        )

    @route("/{number:int}/verdict", methods=["POST"], name="model-verdict")
    @needs(Permission.TRAINING_RUN)
    async def verdict(self, request: Request) -> Response:
        """Accept or reject a changed answer."""
        number, form = request.path_params["number"], await form_of(request)
        said: dict[str, Verdict | None] = {"accepted": "accepted", "rejected": "rejected", "open": None}
        change, choice = word(form, "change"), word(form, "verdict")
        if not change.isdigit() or len(change) > 17:
            raise HTTPException(404, texts.NOT_FOUND)
        if choice not in said:
            raise HTTPException(422, texts.ERRORS["invalid"])
        also = self.audited(request, "model.verdict", str(number), after={"change": int(change), "verdict": choice})
        found = await Changes(self.site.sessions).decide(
            number, int(change), said[choice], account_of(request).name, also
        )
        if found is None:
            raise HTTPException(404, texts.NOT_FOUND)
        effect, verdict, after = (word(form, name)[:20] for name in ("effect", "verdict_filter", "after"))
        place = f"/models/{number}/compare?effect={effect if effect in EFFECTS else ''}"
        place += f"&verdict={verdict if verdict in VERDICTS else ''}&after={after if after.isdigit() else 0}"
        return self.back(request, f"{place}#c{change}")

    async def _shelved(self, request: Request) -> Shelved:
        try:
            return await self.bank.one(request.path_params["number"])
        except UnknownModelError as error:
            raise HTTPException(404, texts.NOT_FOUND) from error

    async def _publication(self, request: Request) -> Publication:
        found = await self.publisher.one(request.path_params["number"])
        if found is None:
            raise HTTPException(404, texts.NOT_FOUND)
        return found

    async def _bank(self, request: Request, status: int = 200, problem: str = "") -> Response:
        models = await self.bank.listed(row_asked(request))
        return await self.render(
            request,
            "models.html",
            status,
            title=self.menu_label,
            problem=problem,
            models=models,
            before=models[-1].model.id if len(models) == PAGE else None,
            back_to=await self.bank.rollback_target(),
            publications=await self.publisher.listed(10),
            states=PUBLICATIONS,
            kinds=KINDS,
            value=figures.value,
        )

    async def _model(self, request: Request, shelved: Shelved, status: int = 200, problem: str = "") -> Response:
        obstacles: list[str] = []
        impossible = ""
        if may(request, Permission.MODELS_PUBLISH) and not shelved.live:
            try:
                obstacles = await self.publisher.obstacles(shelved.model.id)
            except PublishError as error:
                impossible = str(error)
        evaluation = shelved.evaluation
        return await self.render(
            request,
            "model.html",
            status,
            title=f"Mô hình số {shelved.model.id}",
            problem=problem,
            shelved=shelved,
            evaluation=evaluation,
            obstacles=obstacles,
            impossible=impossible,
            gates=[(gate, gate_text(gate)) for gate in (evaluation.gates if evaluation else [])],
            counts=await Changes(self.site.sessions).counts(evaluation.id) if evaluation else None,
            effects=EFFECT_NAMES,
            measures=MEASURES,
            value=figures.value,
            scores=figures.scores,
            charts=charts,
        )
