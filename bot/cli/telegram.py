"""`bot telegram …`: where Telegram delivers, and its menu of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.channels.telegram.client import TelegramClient
    from bot.settings import Settings

app = typer.Typer(help="Bot Telegram: webhook, bảng lệnh.", no_args_is_help=True, rich_markup_mode=None)

OFFICIAL = "https://api.telegram.org"
RUNBOOK = "docs/runbooks/telegram.md"


@app.callback()
def group() -> None:
    """Bot Telegram: webhook, bảng lệnh."""


@app.command("set-webhook", short_help="Bảo Telegram gửi tin tới địa chỉ của hệ thống.")
def set_webhook(
    url: Annotated[
        str | None,
        typer.Option("--url", metavar="URL", help="Địa chỉ https; mặc định: BOT_PUBLIC_URL/webhooks/telegram."),
    ] = None,
) -> None:
    """Bảo Telegram gửi tin tới hệ thống thay vì chờ hỏi định kỳ, và đặt bảng lệnh tiếng Việt.

    Cần BOT_TELEGRAM_TOKEN, BOT_TELEGRAM_SECRET và địa chỉ https mà Internet vào được. Tin đang chờ không mất.
    """
    from bot.channels.telegram.webhook import PATH

    config = _settings()
    secret = config.telegram_secret.get_secret_value()
    target = url or (f"{config.public_url.rstrip('/')}{PATH}" if config.public_url else "")
    _check(target, secret, config.telegram_api_base)

    async def work(client: TelegramClient) -> None:
        await client.set_webhook(target, secret)
        await client.offer_commands()

    _run(config, work)
    print(f"Telegram sẽ gửi tin tới {target}. Kiểm tra: bot check")


@app.command("delete-webhook", short_help="Trở lại hỏi định kỳ.")
def delete_webhook() -> None:
    """Bỏ webhook: hệ thống đang chạy tự hỏi Telegram trong vòng một phút. Tin đang chờ không mất."""

    async def work(client: TelegramClient) -> None:
        await client.delete_webhook()

    _run(_settings(), work)
    print("Đã bỏ webhook: hệ thống sẽ hỏi Telegram định kỳ.")


def _settings() -> Settings:
    from bot import settings
    from bot.cli.failure import CommandError

    config = settings.load()
    if not config.telegram_token.get_secret_value():
        raise CommandError(f"Đặt BOT_TELEGRAM_TOKEN trước ({RUNBOOK}).")
    return config


def _check(target: str, secret: str, base: str) -> None:
    """What setWebhook takes: https://core.telegram.org/bots/api#setwebhook. One's own Bot API server takes http too."""
    import re

    from bot.cli.failure import CommandError

    if not secret:
        raise CommandError(f"Đặt BOT_TELEGRAM_SECRET trước, ví dụ bằng: openssl rand -hex 32 ({RUNBOOK}).")
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
        raise CommandError("BOT_TELEGRAM_SECRET phải có 16 đến 256 ký tự trong A-Z a-z 0-9 _ -.")
    if not target.startswith("https://") and (not target or base == OFFICIAL):
        raise CommandError("Telegram chỉ gửi tới địa chỉ https: đặt BOT_PUBLIC_URL hoặc --url.")


def _run(config: Settings, work: Callable[[TelegramClient], Awaitable[None]]) -> None:
    import asyncio

    from telegram.error import InvalidToken, TelegramError

    from bot.channels.telegram.service import client_of
    from bot.cli.failure import CommandError

    async def all_of_it() -> None:
        client = client_of(config)
        try:
            await work(client)
        finally:
            await client.close()

    try:
        asyncio.run(all_of_it())
    except InvalidToken as error:
        raise CommandError(f"Telegram không nhận token: lấy lại từ @BotFather ({RUNBOOK}).") from error
    except TelegramError as error:
        raise CommandError(f"Telegram từ chối hoặc không gọi được: {error.message}") from error
