"""`bot run`: every process of the system, from nothing to ready, watched, and stopped together."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Iterator

from bot.runtime import environment, instance, model, probe, secret_files, services, training
from bot.runtime.child import Child, Spec, run_to_end
from bot.runtime.console import Console
from bot.runtime.environment import Resolved
from bot.runtime.project import StartError
from bot.settings import Settings
from bot.storage.embedded import EmbeddedError, EmbeddedPostgres, Urls, owner_lock, roles
from bot.storage.embedded.place import make_data_dir

READY_TIMEOUT = 180.0
FIRST_LOGIN = "\n                     chưa có tài khoản; tạo: .venv/bin/bot staff add TÊN --role admin"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """Starts, watches and stops the system of one data directory.

    Args:
        settings: as the person gave them.
        console: where lines go.
    """

    def __init__(self, settings: Settings, console: Console) -> None:
        self._settings = settings
        self._console = console
        self._children: list[Child] = []
        self._postgres: Child | None = None
        self._held = contextlib.ExitStack()
        self._stop = asyncio.Event()
        self.ready = asyncio.Event()

    async def run(self) -> int:
        """Run until a signal or a fatal error; the exit code."""
        try:
            make_data_dir(self._settings)
            with instance.claim(self._settings, self.url) as own, self._held, self._signals():
                self._instance = own
                return await self._run()
        except (StartError, EmbeddedError) as error:
            self._console.error(str(error))
            return 1

    @property
    def url(self) -> str:
        """Where a person on this machine finds the web process."""
        host = self._settings.host
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - compared
        return f"http://{host}:{self._settings.port}"

    def stop(self) -> None:
        """Ask for the end."""
        self._stop.set()

    async def _run(self) -> int:
        reason = probe.can_listen(self._settings.host, self._settings.port)
        if reason:
            raise StartError(
                f"Không mở được cổng {self._settings.port} trên {self._settings.host} ({reason});"
                " đặt BOT_PORT khác hoặc dừng chương trình đang dùng cổng đó."
            )
        start = asyncio.create_task(self._start())
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({start, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if start.done():
                start.result()
                await stopping
        finally:
            for task in (start, stopping):
                task.cancel()
            await asyncio.gather(start, stopping, return_exceptions=True)
            await self._stop_all()
        return 0

    async def _start(self) -> None:
        console = self._console
        console.step(f"Một Cửa khởi động; dữ liệu ở {self._settings.data}")
        settings = secret_files.resolve(self._settings, make=True)
        urls = await self._database(settings)
        engine_port = probe.free_port(frozenset({settings.port}))
        actions_port = probe.free_port(frozenset({settings.port, engine_port}))
        resolved = Resolved(settings, urls, engine_port=engine_port, actions_port=actions_port)
        self._instance.engine_urls = resolved.engine_urls.split(",")
        self._instance.actions_url = resolved.actions_url
        tables = asyncio.Event()
        if await asyncio.to_thread(services.tables_are_current, urls):
            tables.set()
        try:
            async with asyncio.TaskGroup() as parts:  # the first that fails ends the start
                parts.create_task(self._bot(resolved, tables))
                if not settings.engine_urls:
                    parts.create_task(self._engine(resolved, tables))
        except ExceptionGroup as group:
            raise _first(group) from None
        self._instance.state = "ready"
        self._instance.save()
        self.ready.set()
        self._banner(first_login=await asyncio.to_thread(services.has_no_staff, urls))

    async def _bot(self, resolved: Resolved, tables: asyncio.Event) -> None:
        """Tables and starter catalogue, and the processes of the bot's own environment."""
        command = [sys.executable, "-m", "bot.runtime.prepare"]
        prepare = run_to_end("prepare", command, environment.bot(resolved), self._console)
        async with asyncio.TaskGroup() as parts:
            if tables.is_set():
                parts.create_task(prepare)  # only a look at the starter catalogue: nobody waits for it
            else:
                await prepare
                tables.set()
            for spec in services.bot(resolved):
                parts.create_task(self._serve(spec))

    async def _engine(self, resolved: Resolved, tables: asyncio.Event) -> None:
        """The engine, as early as it can: at once where model and tables are there."""
        settings = resolved.settings
        if done := model.recover(settings):
            self._console.step(done)
        if model.current(settings) is None:
            await training.train(settings, self._console)
        elif model.data_changed(settings):
            self._console.step(
                "Dữ liệu huấn luyện mới hơn mô hình đang dùng: huấn luyện ở bảng điều khiển, hoặc bot train"
            )
        await tables.wait()
        await self._serve(services.engine(resolved, model.pointer(settings)))

    async def _serve(self, spec: Spec) -> None:
        child = Child(spec, self._console, self._changed)
        self._children.append(child)
        child.start()
        await child.wait_ready(READY_TIMEOUT)
        self._console.step(f"{spec.name}: sẵn sàng")

    async def _database(self, settings: Settings) -> Urls:
        given = settings.database_url.get_secret_value()
        if given:
            self._console.step("Cơ sở dữ liệu: máy chủ của BOT_DATABASE_URL")
            await asyncio.to_thread(services.require_database, given)
            return Urls(owner=given, engine=settings.engine_database_url.get_secret_value() or given, admin="")
        server = EmbeddedPostgres(settings)
        self._held.enter_context(owner_lock(server, wait=60))
        if await asyncio.to_thread(server.stop_leftover):
            self._console.step("Đã dừng PostgreSQL còn sót của lần chạy trước")
        first = not server.place.cluster.exists()
        self._console.step("PostgreSQL: " + ("tạo cơ sở dữ liệu lần đầu" if first else "khởi động"))
        await asyncio.to_thread(server.prepare)
        self._held.callback(server.remove_sockets)
        self._postgres = Child(services.postgres(server), self._console, self._changed)
        self._postgres.start()
        await self._postgres.wait_ready(60)
        await asyncio.to_thread(roles.ensure, server)
        return server.urls

    def _changed(self, name: str, pid: int | None) -> None:
        if pid is None:
            self._instance.children.pop(name, None)
        else:
            self._instance.children[name] = pid
        with contextlib.suppress(OSError):  # a full disk must not end the system
            self._instance.save()

    async def _stop_all(self) -> None:
        if self._children or self._postgres:
            self._console.step("Đang dừng …")
        # Who takes requests first, then who serves them, the database last.
        front = [child for child in self._children if child.spec.name.startswith(("web", "worker"))]
        back = [child for child in self._children if child not in front]
        for group in (front, back, [self._postgres] if self._postgres else []):
            await asyncio.gather(*(child.stop() for child in group))
        self._console.step("Đã dừng.")

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()

        def asked() -> None:
            if self._stop.is_set():  # the second time: at once
                for child in (*self._children, *([self._postgres] if self._postgres else [])):
                    child.kill()
            self._stop.set()

        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, asked)
        try:
            yield
        finally:
            for number in STOP_SIGNALS:
                loop.remove_signal_handler(number)

    def _banner(self, *, first_login: bool) -> None:
        console = self._console
        console.good(
            f"\nMột Cửa đã sẵn sàng sau {console.seconds:.1f} giây.\n"
            f"  Trang trò chuyện   {self.url}/\n"
            f"  Bảng điều khiển    {self.url}/console"
            f"{FIRST_LOGIN if first_login else ''}\n"
            f"  API                {self.url}/api/chat\n"
            f"  Tình trạng         {self.url}/health/ready\n"
            '  Hỏi từ dòng lệnh   .venv/bin/bot ask "làm giấy khai sinh cần gì"\n'
            "  Dừng               Ctrl-C\n"
        )


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def run(settings: Settings, *, quiet: bool = False) -> int:
    """Run the system in the foreground; the exit code."""
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    return asyncio.run(Supervisor(settings, Console(quiet=quiet)).run())
