"""`bot staff …`: accounts of the console."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

from bot import settings
from bot.cli.failure import CommandError
from bot.console import passwords, texts
from bot.console.accounts import Accounts
from bot.console.identity import NAME, AccountError, InvalidAccountError, TakenError, UnknownAccountError
from bot.locality import Locality, load
from bot.storage import migrations
from bot.storage.database import connect_async, sessions
from bot.storage.embedded import ensure_running
from bot.tickets.people import STAFF

BY = "cli"


def add(name: str, *, roles: list[str], agency: str | None, full_name: str | None, ask: bool) -> int:
    """Make an account; the password is asked for, or made and shown once."""
    password = _asked(name) if ask else passwords.generate()

    async def work(accounts: Accounts, locality: Locality) -> None:
        agencies = [item.code for item in locality.agencies]
        try:
            # Whoever typed the password here may not be who will use it: both change it at the first login.
            await accounts.add(name, roles, agency, password, by=BY, agencies=agencies, full_name=full_name)
        except InvalidAccountError as error:
            raise CommandError(
                {
                    "name": f"Tên {name!r} không dùng được: chữ thường không dấu, số, . _ - (mẫu {NAME.pattern}).",
                    "roles": f"Vai trò là một hay nhiều trong: {', '.join(sorted(STAFF))}.",
                    "agency": f"Không có cơ quan {agency!r} trong tệp địa phương; có: {', '.join(agencies)}.",
                }[error.field]
            ) from error

    _run(work)
    print(f"Đã tạo tài khoản {name} ({', '.join(roles)}{f', {agency}' if agency else ''}).")
    _show(password, asked=ask)
    return 0


def show() -> int:
    """All accounts, one a line."""

    async def work(accounts: Accounts, _locality: Locality) -> None:
        found = await accounts.listed()
        if not found:
            print("Chưa có tài khoản nào. Tạo: bot staff add TÊN --role admin")
        for item in found:
            state = "khoá" if item.disabled else "chưa đổi mật khẩu đầu" if item.must_change_password else "đang dùng"
            last = f"{item.last_login_at:%Y-%m-%d %H:%M}" if item.last_login_at else "chưa đăng nhập"
            roles = ", ".join(texts.ROLES.get(role, role) for role in item.roles)
            print(f"{item.name:<24} {item.agency or 'mọi cơ quan':<24} {state:<22} {last:<17} {roles}")

    _run(work)
    return 0


def disable(name: str, *, enable: bool) -> int:
    """End an account at once, or open it again."""

    async def work(accounts: Accounts, _locality: Locality) -> None:
        await accounts.disable(name, by=BY, disabled=not enable)

    _run(work)
    print(f"Đã {'mở lại' if enable else 'khoá'} tài khoản {name}. Mọi phiên đăng nhập của tài khoản đã kết thúc.")
    return 0


def reset(name: str, *, ask: bool) -> int:
    """Give a new password."""
    password = _asked(name) if ask else passwords.generate()

    async def work(accounts: Accounts, _locality: Locality) -> None:
        await accounts.reset(name, password, by=BY)

    _run(work)
    print(f"Đã đặt lại mật khẩu của {name}; mọi phiên đăng nhập cũ đã kết thúc.")
    _show(password, asked=ask)
    return 0


def reset_second_factor(name: str) -> int:
    """Take the second factor away."""

    async def work(accounts: Accounts, _locality: Locality) -> None:
        await accounts.clear_second_factor(name, by=BY, end_logins=True)

    _run(work)
    print(f"Đã tắt xác thực hai lớp của {name}; mọi phiên đăng nhập cũ đã kết thúc.")
    return 0


def _run(work: Callable[[Accounts, Locality], Awaitable[None]]) -> None:
    config = settings.load()
    locality = load(config.locality)

    @contextlib.asynccontextmanager
    async def opened(url: str) -> AsyncIterator[Accounts]:
        engine = connect_async(url, pool_size=1)
        try:
            yield Accounts(sessions(engine))
        finally:
            await engine.dispose()

    async def doing(url: str) -> None:
        async with opened(url) as accounts:
            await work(accounts, locality)

    with ensure_running(config) as urls:
        migrations.upgrade(urls.owner)
        try:
            asyncio.run(doing(urls.owner))
        except TakenError as error:
            raise CommandError(f"Đã có tài khoản {error}.") from error
        except UnknownAccountError as error:
            raise CommandError(f"Không có tài khoản {error}. Xem: bot staff list") from error
        except AccountError as error:
            raise CommandError(str(error)) from error


def _asked(name: str) -> str:
    """A password from the terminal, or one line from a pipe."""
    terminal = sys.stdin.isatty()
    password = getpass.getpass("Mật khẩu: ") if terminal else sys.stdin.readline().rstrip("\n")
    if terminal and password != getpass.getpass("Nhập lại: "):
        raise CommandError(texts.PASSWORD["repeat"])
    try:
        passwords.check_strength(password, name)
    except passwords.WeakPasswordError as error:
        raise CommandError(texts.PASSWORD[error.code]) from error
    return password


def _show(password: str, *, asked: bool) -> None:
    if not asked:
        print(f"Mật khẩu (chỉ hiện một lần): {password}")
    print("Lần đăng nhập đầu sẽ phải đổi mật khẩu.")
