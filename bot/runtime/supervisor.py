"""`bot run`: every process of the system, from nothing to ready, watched, and stopped together."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from bot.runtime import environment, instance, model, probe, secret_files, services, training
from bot.runtime.child import Child, Spec, run_to_end
from bot.runtime.console import Console
from bot.runtime.project import StartError
from bot.settings import Settings
from bot.storage.embedded import EmbeddedError, EmbeddedPostgres, Urls, owner_lock, roles
from bot.storage.embedded.place import make_data_dir

READY_TIMEOUT = 180.0
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
        ports = [probe.free_port(), probe.free_port()]
        resolved = environment.Resolved(settings, urls, engine_port=ports[0], actions_port=ports[1])
        self._instance.engine_urls = resolved.engine_urls.split(",")
        self._instance.actions_url = resolved.actions_url
        path = None if settings.engine_urls else model.current(settings)
        trained: asyncio.Task[Path] | None = None
        early = path is not None and services.engine_table_exists(urls)
        if early and path:
            self._launch(services.engine(resolved, path))
        elif path is None and not settings.engine_urls:
            trained = asyncio.create_task(training.train(settings, console))
        try:
            await run_to_end(
                "prepare", [sys.executable, "-m", "bot.runtime.prepare"], environment.bot(resolved), console
            )
            for spec in services.bot(resolved):
                self._launch(spec)
            if trained:
                path = await trained
            if path and not early:
                self._launch(services.engine(resolved, path))
        finally:
            if trained and not trained.done():
                trained.cancel()
                await asyncio.gather(trained, return_exceptions=True)
        waits = [asyncio.create_task(self._wait_ready(child)) for child in self._children]
        try:
            await asyncio.gather(*waits)
        finally:
            for wait in waits:
                wait.cancel()
        self._instance.state = "ready"
        self._instance.save()
        self.ready.set()
        self._banner()

    async def _database(self, settings: Settings) -> Urls:
        given = settings.database_url.get_secret_value()
        if given:
            self._console.step("Cơ sở dữ liệu: máy chủ của BOT_DATABASE_URL")
            return Urls(owner=given, engine=settings.engine_database_url.get_secret_value() or given, admin="")
        server = EmbeddedPostgres(settings)
        self._held.enter_context(owner_lock(server, wait=60))
        if server.stop_leftover():
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

    def _launch(self, spec: Spec) -> None:
        child = Child(spec, self._console, self._changed)
        self._children.append(child)
        child.start()

    async def _wait_ready(self, child: Child) -> None:
        await child.wait_ready(READY_TIMEOUT)
        self._console.step(f"{child.spec.name}: sẵn sàng")

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

    def _banner(self) -> None:
        console = self._console
        console.good(
            f"\nMột Cửa đã sẵn sàng sau {console.seconds:.1f} giây.\n"
            f"  Trang trò chuyện   {self.url}/\n"
            f"  API                {self.url}/api/chat\n"
            f"  Tình trạng         {self.url}/health/ready\n"
            '  Hỏi từ dòng lệnh   .venv/bin/bot ask "làm giấy khai sinh cần gì"\n'
            "  Dừng               Ctrl-C\n"
        )


def run(settings: Settings, *, quiet: bool = False) -> int:
    """Run the system in the foreground; the exit code."""
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    return asyncio.run(Supervisor(settings, Console(quiet=quiet)).run())
