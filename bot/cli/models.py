"""`bot train` and `bot models …`: the same runs, bank and publications as the console's."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Awaitable, Callable, Iterator

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot import settings
from bot.cli.failure import CommandError
from bot.console.audit import entry
from bot.console.pages.models import KINDS, PUBLICATIONS
from bot.runtime import instance, model, secret_files
from bot.settings import Settings
from bot.storage import migrations
from bot.storage.database import connect_async, sessions
from bot.storage.embedded import ensure_running
from bot.storage.embedded.place import make_data_dir
from bot.storage.models import Publication
from bot.training import checkout, figures, lowly
from bot.training.bank import Bank
from bot.training.publishing import Asking, Publisher, PublishError
from bot.training.runs import Runs
from bot.training.tasks import trainers_environment

BY = "dòng lệnh"
OWN_PATIENCE = 60.0
"""Seconds for the worker of a running system to carry out a publication, before we do it ourselves."""
UNJUDGED = "bot train khi hệ thống không chạy: không có ai trả lời thử để đánh giá"

Made = async_sessionmaker[AsyncSession]


def train(*, force: bool, notes: str, publish: bool) -> int:
    """Train where the published model is not of the data as they are, or in any case; then publish what came of it."""
    with workplace() as config:
        current = model.current(config)
        if current and not force and not model.data_changed(config):
            print(f"Mô hình hiện tại vẫn đúng với dữ liệu: {current.name}. Thêm --force để huấn luyện lại.")
            return 0
        return with_database(config, lambda made: _train(config, made, notes, publish))


def listed() -> int:
    """The models of the bank, one a line, the newest first."""

    async def work(config: Settings, made: Made) -> int:
        for item in await Bank(made, config).listed(most=100):
            mark = "*" if item.live else "<" if item.before else "-" if item.model.pruned_at else " "
            judged = "chưa đánh giá"
            if item.evaluation:
                short = len(item.failed) + bool(item.rejected)
                judged = "đạt mọi ngưỡng" if not short else f"{short} ngưỡng chưa đạt"
                for name, both in item.evaluation.sets.items():
                    value = figures.value(both["candidate"], "kind")
                    judged += f"; {name} {value:.1f} %" if value is not None else ""
            print(f"{mark} {item.model.id:>4}  {item.model.created_at:%d/%m/%Y %H:%M}  {item.model.author}  {judged}")
            if item.model.notes:
                print(f"        {item.model.notes}")
        print("* đang dùng   < trước đó   - tệp đã dọn")
        return 0

    with workplace() as config:
        return with_database(config, lambda made: work(config, made))


def publish(number: int, *, reason: str) -> int:
    """Put a model in use."""

    async def ask(publisher: Publisher) -> int:
        return await publisher.publish(number, Asking(BY, reason or None), _audited("model.publish", number, reason))

    return _change(ask)


def rollback() -> int:
    """Back to the model before."""

    async def ask(publisher: Publisher) -> int:
        return await publisher.rollback(Asking(BY), _audited("model.rollback"))

    return _change(ask)


async def _train(config: Settings, made: Made, notes: str, publish: bool) -> int:
    runs, bank = Runs(made), Bank(made, config)
    number = await runs.ask(BY, notes, source="cli")
    command = [sys.executable, "-m", "bot.training.trainer", str(number)]
    async with lowly.running(command, trainers_environment(config), checkout.ROOT) as process:
        assert process.stdout is not None  # noqa: S101  it was started with a pipe
        async for line in process.stdout:
            print(line.decode("utf-8", "replace").rstrip(), flush=True)
        code = await process.wait()
    run = await runs.one(number)
    if run is None or run.state != "ready" or run.model_id is None:
        await runs.end(number, "failed", f"Tiến trình huấn luyện dừng ({lowly.how(code)}).")
        raise CommandError(run.error if run and run.error else f"Huấn luyện dừng ({lowly.how(code)}).")
    shelved = await bank.one(run.model_id)
    if not publish:
        print(f"Mô hình số {run.model_id} ở trong kho. Đưa vào dùng: bot models publish {run.model_id}")
        return 0
    reason = None if shelved.evaluation else UNJUDGED

    async def ask(publisher: Publisher) -> int:
        assert run is not None  # noqa: S101  seen above
        return await publisher.publish(run.model_id or 0, Asking(BY, reason), _audited("model.publish", run.model_id))

    return await _carried_out(Publisher(made, config), ask)


def _change(ask: Callable[[Publisher], Awaitable[int]]) -> int:
    with workplace() as config:
        return with_database(config, lambda made: _carried_out(Publisher(made, config), ask))


async def _carried_out(publisher: Publisher, ask: Callable[[Publisher], Awaitable[int]]) -> int:
    """Ask for a publication and see it through: by the running system, else by ourselves."""
    began = time.monotonic()
    try:
        number = await ask(publisher)
    except PublishError as error:
        hint = "\nDù vậy vẫn đưa vào dùng: thêm --reason 'lý do'." if error.code == "gates" else ""
        raise CommandError(f"{error}{hint}") from error
    patience = OWN_PATIENCE if len(publisher.engines) else 0.0
    found = await publisher.one(number)
    while found and found.state == "changing" and time.monotonic() - began < patience:
        await asyncio.sleep(0.2)
        found = await publisher.one(number)
    if found and found.state == "changing":
        await publisher.carry_out(number)
        found = await publisher.one(number)
    assert found is not None, "it was made"  # noqa: S101  publications are never deleted
    return _told(found, time.monotonic() - began)


def _told(found: Publication, seconds: float) -> int:
    if found.state == "failed":
        raise CommandError(found.error or "Không chuyển được.")
    done = f"{KINDS[found.kind]}: mô hình số {found.model_id}, {PUBLICATIONS[found.state]}"
    print(f"{done[0].upper()}{done[1:]}, sau {seconds:.1f} giây.")
    return 0


def _audited(action: str, target: int | None = None, reason: str = "") -> Callable[[AsyncSession], None]:
    def write(session: AsyncSession) -> None:
        after = {"reason": reason} if reason else {}
        session.add(entry("cli", action, None if target is None else str(target), after=after))

    return write


@contextlib.contextmanager
def workplace() -> Iterator[Settings]:
    """The settings with database, secrets, and where engine and actions are, if the system runs."""
    config = settings.load()
    make_data_dir(config)
    running = instance.running(config)
    with ensure_running(config) as urls:
        migrations.upgrade(urls.owner)
        found = {"database_url": SecretStr(urls.owner)}
        where: dict[str, str] = {}
        if running and running.state == "ready":
            where = {"engine_urls": ",".join(running.engine_urls), "actions_url": running.actions_url}
        yield secret_files.resolve(config, make=False).model_copy(update=found | where)


def with_database(config: Settings, work: Callable[[Made], Awaitable[int]]) -> int:
    """Do something with the database."""

    async def doing() -> int:
        database = connect_async(config.database_url.get_secret_value(), pool_size=3)
        try:
            return await work(sessions(database))
        finally:
            await database.dispose()

    return asyncio.run(doing())
