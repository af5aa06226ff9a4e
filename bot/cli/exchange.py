"""`bot corpus export` and `bot corpus import`: the same files as the console's."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cli.failure import CommandError
from bot.cli.models import Made, with_database, workplace
from bot.console import sheets
from bot.console.audit import entry
from bot.console.exchange import Exchange, Plan
from bot.console.sheets import SheetError
from bot.settings import Settings
from bot.training import heldout
from bot.training.checkout import ROOT
from bot.training.curation import Curation

BY = "cli"
SHOWN = 20


def export(kind: str, file: Path) -> int:
    """Write everything of a kind to a file, whose ending says how."""
    form = file.suffix.removeprefix(".")
    if kind not in sheets.HEADS:
        raise CommandError(f"Không có loại {kind}. Chọn một trong: {', '.join(sheets.HEADS)}.")
    if form not in sheets.FORMATS or (form == "yml" and kind != "intents"):
        raise CommandError("Tên tệp phải kết thúc bằng .xlsx, .csv, hoặc .yml (chỉ cho intents).")

    async def work(made: Made, config: Settings) -> int:
        rows = await Exchange(made, _curation(config)).rows(kind)
        try:
            await asyncio.to_thread(lambda: file.write_bytes(sheets.write(kind, rows, form)))
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        print(f"Đã ghi {len(rows)} dòng vào {file}.")
        return 0

    with workplace() as config:
        return with_database(config, lambda made: work(made, config))


def bring_in(file: Path, *, replace: bool, apply: bool) -> int:
    """Tell what a file would change and, where asked for, do it; 1 where something was not taken."""
    try:
        kind, lines = sheets.read(file.name, file.read_bytes())
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from error
    except SheetError as error:
        raise CommandError(f"{file}: {error}") from error

    async def work(made: Made, config: Settings) -> int:
        exchange = Exchange(made, _curation(config))
        plan = await exchange.plan(kind, lines, "replace" if replace else "add")
        _tell(plan)
        failed: list[tuple[str, str]] = []
        if apply and not plan.empty:
            failed = (await exchange.carry_out(plan, by=BY, audit=_audit)).failed
        for what, reason in failed:
            print(f"Không làm được: {what}: {reason}")
        if not apply and not plan.empty:
            print("Chưa có gì thay đổi. Thêm --apply để nhập.")
        return 1 if plan.refused or failed else 0

    with workplace() as config:
        return with_database(config, lambda made: work(made, config))


def _tell(plan: Plan) -> None:
    for number, text, reason in plan.refused[:SHOWN]:
        print(f"Dòng {number}: {text}: {reason}")
    if len(plan.refused) > SHOWN:
        print(f"… và {len(plan.refused) - SHOWN} dòng nữa")
    if plan.spared:
        print(f"Không bỏ gì ở {', '.join(sorted(plan.spared))}: có dòng không nhận được, nên câu cũ được giữ lại.")
    counts = f"thêm {plan.added}, bỏ {plan.removed}, sửa {plan.changed}"
    print(
        f"{sheets.TITLES[plan.kind]}: {counts}; {plan.same} dòng không đổi; {len(plan.refused)} dòng không nhận được."
    )


def _audit(session: AsyncSession, kind: str, target: str, came: int, went: int) -> None:
    session.add(entry(BY, "corpus.import", target, after={"kind": kind, "added": came, "removed": went}))


def _curation(config: Settings) -> Curation:
    return Curation(
        ROOT / config.corpus_dir, lambda: [held.path for held in (*heldout.projects(), *heldout.staffs(config))]
    )
