"""What `bot check` looks at: the token, and whether Telegram delivers to us."""

from __future__ import annotations

import time

from telegram import WebhookInfo
from telegram.error import InvalidToken, TelegramError

from bot.channels.channel import Finding
from bot.channels.telegram.service import client_of
from bot.channels.telegram.webhook import PATH
from bot.settings import Settings

RECENT = 3600
"""Seconds for which an error of a delivery counts."""
MANY = 100
"""Updates that wait at Telegram; more mean that we do not keep up."""


async def checks(settings: Settings) -> list[Finding]:
    """Ask Telegram."""
    client = client_of(settings)
    try:
        name = await client.username()
        webhook = await client.webhook()
    except InvalidToken:
        return [Finding("Telegram", False, "token không đúng: lấy lại từ @BotFather, đặt BOT_TELEGRAM_TOKEN")]
    except TelegramError as error:
        return [Finding("Telegram", False, f"không hỏi được {settings.telegram_api_base}: {type(error).__name__}")]
    finally:
        await client.close()
    return [Finding("Telegram", True, f"@{name}"), webhook_finding(settings, webhook, time.time())]


def webhook_finding(settings: Settings, webhook: WebhookInfo, now: float) -> Finding:
    """Whether the webhook is as the settings want it."""
    name, url = "Telegram webhook", str(webhook.url or "")
    secret, waiting = settings.telegram_secret.get_secret_value(), webhook.pending_update_count
    if not url:
        hint = "; có BOT_TELEGRAM_SECRET mà chưa chạy bot telegram set-webhook" if secret else ""
        return Finding(name, True, f"không có: nhận tin bằng hỏi định kỳ, {waiting} tin đang chờ{hint}")
    if not secret:
        return Finding(name, False, f"đặt ở {url} mà chưa có BOT_TELEGRAM_SECRET: mọi tin bị từ chối")
    wanted = f"{settings.public_url.rstrip('/')}{PATH}" if settings.public_url else url
    if url != wanted:
        return Finding(name, False, f"đặt ở {url}, khác {wanted}: chạy bot telegram set-webhook")
    failed = webhook.last_error_date
    if failed is not None and now - failed.timestamp() < RECENT:
        return Finding(name, False, f"{url}: lần gửi gần đây hỏng ({webhook.last_error_message}), {waiting} tin chờ")
    if waiting > MANY:
        return Finding(name, False, f"{url}: {waiting} tin đang chờ")
    return Finding(name, True, f"{url}, {waiting} tin đang chờ")
