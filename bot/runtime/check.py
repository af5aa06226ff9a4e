"""`bot check`: whether everything is as it must be, one line each."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import SecretStr

from bot import settings as configuration
from bot.runtime import clock, instance, model, probe, project, secret_files
from bot.settings import Settings, SettingsError
from bot.storage.embedded import EmbeddedError, ensure_running

if TYPE_CHECKING:
    from bot.channels.channel import Finding

OK, FAILED = "đạt", "HỎNG"
OLDEST = 15
"""PostgreSQL; a constraint needs NULLS NOT DISTINCT."""


@dataclass(frozen=True)
class Result:
    """What one check found."""

    name: str
    good: bool
    text: str

    def __str__(self) -> str:
        return f"{OK if self.good else FAILED:<5} {self.name:<16} {self.text}"


def report() -> int:
    """Check everything and print it; 0 when all is well."""
    results = run()
    for result in results:
        print(result)
    bad = sum(not result.good for result in results)
    print(f"\n{bad} mục hỏng." if bad else "\nTất cả đều đạt.")
    return 1 if bad else 0


def run() -> list[Result]:
    """Check everything that can be checked without starting the system."""
    try:
        config = configuration.load()
    except SettingsError as error:
        return [Result("cài đặt", False, str(error).replace("\n", "; "))]
    results = [
        Result("cài đặt", True, f"dữ liệu ở {config.data}"),
        _guard("bí mật", lambda: _secrets(config)),
        _guard("địa phương", lambda: _locality(config)),
        _guard("môi trường Rasa", lambda: str(project.engine_python(config))),
        _guard("endpoints.yml", endpoints),
        _guard("mô hình", lambda: _model(config)),
        _guard("khóa Open311", lambda: _open311(config)),
        _guard("cổng", lambda: _port(config)),
    ]
    return results + _database(config)


class _BadError(Exception):
    """A check failed; the text says what is wrong."""


def _guard(name: str, look: Callable[[], str]) -> Result:
    try:
        return Result(name, True, look())
    except Exception as error:  # a check that breaks is a check that failed, whatever the reason
        return Result(name, False, (str(error).strip() or type(error).__name__).replace("\n", "; "))


def _secrets(config: Settings) -> str:
    for name in secret_files.NAMES:
        path = secret_files.folder(config) / name
        if path.exists() and path.stat().st_mode & 0o077:
            raise _BadError(f"người khác đọc được {path}: chạy chmod 600 {path}")
        if not getattr(config, name).get_secret_value() and not path.exists():
            return "được tạo ở lần chạy đầu"
    return "có"


def _locality(config: Settings) -> str:
    from bot.locality import LocalityError, load
    from bot.tickets.texts import Texts

    path = project.locality(config)
    try:
        found = load(path)
        Texts(found)  # its own wording is checked too
    except LocalityError as error:
        kept = "\nhệ thống đang chạy vẫn dùng bản trước của tệp" if instance.running(config) else ""
        raise _BadError(f"{error}{kept}") from error
    clocks = sum(item.clock is not None for item in found.categories)
    return f"{path} ({found.name}: {len(found.categories)} lĩnh vực, {clocks} có thời hạn; {found.backend.kind})"


def _open311(config: Settings) -> str:
    from bot.open311.keys import ApiKeys

    keys = ApiKeys.parse(config.open311_api_keys)
    return f"{len(keys)} khóa" if len(keys) else "chưa có: hệ thống khác chỉ đọc được"


def endpoints(root: Path = project.ROOT) -> str:
    """The classes that the engine's files name exist: of a misspelt one Rasa only logs a warning.

    Our own modules of the engine cannot be imported here (they need Rasa), so their files are read.

    Raises:
        _BadError: one of them does not.
    """
    found: list[str] = []
    files: dict[str, Callable[[Any], list[str]]] = {
        "endpoints.yml": lambda data: [str(data["tracker_store"]["type"])],
        "credentials.yml": lambda data: [str(name) for name in data],
        "config.yml": lambda data: [
            str(part["name"]) for key in ("pipeline", "policies") for part in data[key] if "." in str(part["name"])
        ],
    }
    for name, paths in files.items():
        for path in paths(yaml.safe_load((root / name).read_text(encoding="utf-8"))):
            module, _, kind = path.rpartition(".")
            source = root / Path(*module.split("."))
            file = next((f for f in (source.with_suffix(".py"), source / "__init__.py") if f.exists()), None)
            if file is None:
                raise _BadError(f"{name} trỏ tới {path}: không có mô-đun {module}")
            if kind not in _names(file):
                raise _BadError(f"{name} trỏ tới {path}: trong {module} không có {kind}")
            found.append(kind)
    return ", ".join(found)


def _names(file: Path) -> set[str]:
    """Classes that a module defines or imports."""
    found: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
    return found


def _model(config: Settings) -> str:
    if config.engine_urls:
        return f"ở máy khác: {config.engine_urls}"
    path = model.current(config)
    if path is None:
        raise _BadError(f"{model.fault(config)}: chạy bot train hoặc bot run")
    return path.name + (" (dữ liệu huấn luyện đã đổi sau mô hình này)" if model.data_changed(config) else "")


def _port(config: Settings) -> str:
    running = instance.running(config)
    if running:
        status = asyncio.run(probe.status(f"{running.url}/health/ready"))
        if status != 200:
            raise _BadError(
                f"hệ thống đang chạy (tiến trình {running.pid}) nhưng {running.url}/health/ready trả {status}"
            )
        return f"hệ thống đang chạy ở {running.url} (tiến trình {running.pid})"
    reason = probe.can_listen(config.host, config.port)
    if reason:
        raise _BadError(f"{config.host}:{config.port} không dùng được: {reason}")
    return f"{config.host}:{config.port} còn trống"


def _database(config: Settings) -> list[Result]:
    if not config.database_url.get_secret_value() and not (config.data / "postgres").exists():
        return [Result("cơ sở dữ liệu", True, "PostgreSQL đi kèm, được tạo ở lần chạy đầu")]
    try:
        with ensure_running(config) as urls:
            return [
                _guard("cơ sở dữ liệu", lambda: _version(urls.owner)),
                _guard("đồng hồ", lambda: _clock(config, urls.owner)),
                _guard("bảng dữ liệu", lambda: _migrations(urls.owner)),
                _guard("danh mục", lambda: _catalogue(urls.owner)),
                *_channels(config, urls.owner),
            ]
    except (EmbeddedError, OSError) as error:
        return [Result("cơ sở dữ liệu", False, str(error).replace("\n", "; "))]


def _channels(config: Settings, url: str) -> list[Result]:
    """What the channels that are on look at: tokens, webhooks, clocks."""
    from bot.channels.channel import active

    resolved = secret_files.resolve(config, make=False).model_copy(update={"database_url": SecretStr(url)})
    found: list[Result] = []
    for channel in active(resolved):
        if channel.checks is None:
            continue
        try:
            lines = asyncio.run(_all(channel.checks(resolved)))
        except Exception as error:  # a check that breaks is a check that failed, whatever the reason
            found.append(Result(channel.name, False, (str(error).strip() or type(error).__name__).replace("\n", "; ")))
        else:
            found += [Result(line.name, line.good, line.text) for line in lines]
    return found


async def _all(lines: Awaitable[list[Finding]]) -> list[Finding]:
    return await lines


def _version(url: str) -> str:
    import psycopg

    from bot.storage.database import libpq_url

    with psycopg.connect(libpq_url(url), connect_timeout=5) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    version = str(row[0]) if row else "?"
    if int(version.split(".")[0]) < OLDEST:
        raise _BadError(f"PostgreSQL {version}: cần từ {OLDEST} trở lên")
    return f"PostgreSQL {version}"


def _clock(config: Settings, url: str) -> str:
    public = config.public_url.rstrip("/")
    asked = clock.https_skew(f"{public}/health/live") if public.startswith("https://") else None
    good, said = clock.describe(clock.database_skew(url), public, asked)
    if not good:
        raise _BadError(said)
    return said


def _migrations(url: str) -> str:
    from bot.storage import migrations

    current, head = migrations.current(url), migrations.head()
    if current != head:
        raise _BadError(f"đang ở {current or 'chưa có bảng'}, cần {head}: chạy bot run để cập nhật")
    return head


def _catalogue(url: str) -> str:
    import psycopg

    from bot.storage.database import libpq_url

    with psycopg.connect(libpq_url(url), connect_timeout=5) as connection:
        row = connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE status = 'active') FROM procedures"
        ).fetchone()
    total, active = row or (0, 0)
    if not total:
        raise _BadError("chưa có thủ tục nào: chạy bot run hoặc bot catalogue import")
    return f"{total} thủ tục, {active} còn hiệu lực"
