"""What `bot check` says about Zalo: settings, tokens, clock, webhook."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from bot.channels.channel import Finding
from bot.channels.zalo.tokens import ALARM_BEFORE, TokenState
from bot.channels.zalo.webhook import PATH, SETUP
from bot.settings import Settings

TIMEOUT = 8.0
SKEW = 120.0
"""Seconds by which the clock of this machine may differ from Zalo's."""

_TROUBLE = {
    "unreachable": "không gọi được Zalo lúc gia hạn, sẽ thử lại",
    "unknown": "lần gia hạn gần nhất không rõ kết quả, đang thử lại",
    "refused": "Zalo từ chối gia hạn: kiểm tra BOT_ZALO_APP_SECRET, rồi chạy bot zalo login",
    "lost": "mất cặp mã (lần gia hạn trước bị cắt ngang): chạy bot zalo login để quản trị viên OA cấp quyền lại",
    "rejected": "Zalo không nhận mã vừa cấp: kiểm tra OA còn liên kết với ứng dụng, rồi chạy bot zalo login",
    "unreadable": "không giải mã được (BOT_SECRET_KEY đã đổi): chạy bot zalo login",
}


async def checks(settings: Settings) -> list[Finding]:
    """All of it; each failing line says what to do."""
    return [
        _settings(settings),
        await _tokens(settings),
        await _clock(settings.zalo_oauth_base),
        await _webhook(settings),
    ]


def _settings(settings: Settings) -> Finding:
    app, oa = settings.zalo_app_secret.get_secret_value(), settings.zalo_oa_secret.get_secret_value()
    name = "zalo cài đặt"
    if not app:
        return Finding(name, False, "thiếu BOT_ZALO_APP_SECRET (khoá bí mật của ứng dụng)")
    if not oa:
        return Finding(name, False, "thiếu BOT_ZALO_OA_SECRET (OA Secret Key ở trang Webhook của ứng dụng)")
    if oa == SETUP:
        return Finding(
            name, False, "BOT_ZALO_OA_SECRET=setup: webhook nhận nhưng không lưu gì; điền OA Secret Key thật"
        )
    if oa == app:
        return Finding(name, False, "BOT_ZALO_OA_SECRET trùng BOT_ZALO_APP_SECRET: đó là hai khoá khác nhau")
    if app != app.strip() or oa != oa.strip():
        return Finding(name, False, "khoá có khoảng trắng ở đầu hoặc cuối")
    return Finding(name, True, f"ứng dụng {settings.zalo_app_id}")


async def _tokens(settings: Settings) -> Finding:
    from bot.channels.zalo.service import token_keeper
    from bot.conversations.pool import open_pool

    if not settings.secret_key.get_secret_value():
        return Finding(_TOKENS, False, "chưa có khoá bí mật: chạy bot run một lần")
    async with open_pool(settings.database_url.get_secret_value(), size=1) as pool:
        keeper = token_keeper(settings, pool)
        state = await keeper.state()
        readable = state is None or keeper.readable(state)
    return describe(state, readable=readable, seeded=bool(settings.zalo_refresh_token.get_secret_value()))


_TOKENS = "zalo mã truy cập"


def describe(state: TokenState | None, *, readable: bool, seeded: bool) -> Finding:
    """The state of the tokens, for people."""
    if state is None:
        if seeded:
            return Finding(_TOKENS, True, "BOT_ZALO_REFRESH_TOKEN được dùng khi hệ thống chạy")
        return Finding(_TOKENS, False, "chưa ai cấp quyền: chạy bot zalo login")
    if not readable:
        return Finding(_TOKENS, False, _TROUBLE["unreadable"])
    days, hours = int(state.refresh_left // 86400), state.access_left / 3600
    held = f"mã truy cập còn {hours:.1f} giờ" if hours > 0 else "mã truy cập đã hết hạn"
    if state.trouble:
        code = f" (mã lỗi {state.code})" if state.code else ""
        return Finding(_TOKENS, False, f"{_TROUBLE.get(state.trouble, state.trouble)}{code}; {held}")
    if state.refresh_left < ALARM_BEFORE:
        return Finding(
            _TOKENS, False, f"mã gia hạn chỉ còn {days} ngày: hệ thống có đang chạy không? Nếu có: bot zalo login"
        )
    if state.access is not None and hours <= 0:
        return Finding(_TOKENS, True, f"{held}: được gia hạn khi hệ thống chạy (còn {days} ngày)")
    return Finding(_TOKENS, True, f"{held}; mã gia hạn còn {days} ngày")


async def _clock(base: str) -> Finding:
    name = "zalo đồng hồ"
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            answer = await client.head(base)
        theirs = parsedate_to_datetime(answer.headers["date"]).timestamp()
    except (httpx.HTTPError, KeyError, ValueError, TypeError) as error:
        return Finding(
            name, False, f"không hỏi được {base} ({type(error).__name__}): máy này có ra được Internet không?"
        )
    skew = time.time() - theirs
    if abs(skew) > SKEW:
        return Finding(name, False, f"đồng hồ máy này lệch {skew:+.0f} giây so với Zalo: bật đồng bộ giờ (NTP)")
    return Finding(name, True, f"lệch {skew:+.0f} giây")


async def _webhook(settings: Settings) -> Finding:
    """Whether the address that Zalo calls leads here: an unsigned event must be refused by us, and by nobody else."""
    name, base = "zalo webhook", settings.public_url.rstrip("/")
    if not base.startswith("https://"):
        return Finding(name, False, "đặt BOT_PUBLIC_URL=https://… là địa chỉ mà Zalo gọi tới")
    url = base + PATH
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            answer = await client.post(url, json={})
    except httpx.HTTPError as error:
        return Finding(name, False, f"không gọi được {url} ({type(error).__name__}): kiểm tra tên miền, TLS, nginx")
    return judge(url, answer.status_code, _body(answer))


def judge(url: str, status: int, body: Any) -> Finding:
    """What the answer to an unsigned event says."""
    name = "zalo webhook"
    ours = (
        isinstance(body, dict) and isinstance(body.get("error"), dict) and body["error"].get("code") == "bad_signature"
    )
    if status == 401 and ours:
        return Finding(
            name, True, f"{url} tới được hệ thống và chữ ký được kiểm tra; đăng ký địa chỉ này ở trang Webhook"
        )
    if status == 200 and isinstance(body, dict) and body.get("status") == SETUP:
        return Finding(name, False, f"{url} đang ở chế độ setup: không lưu gì")
    if status == 404:
        return Finding(
            name, False, f"{url} trả 404: hệ thống chưa chạy với BOT_ZALO_OA_SECRET, hoặc nginx chưa chuyển tới"
        )
    return Finding(name, False, f"{url} trả {status}, không phải từ hệ thống này: kiểm tra nginx")


def _body(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
