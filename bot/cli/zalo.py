"""`bot zalo login`: an administrator of the Official Account consents, for the first time or again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.settings import Settings

app = typer.Typer(help="Zalo Official Account: cấp quyền gửi tin.", no_args_is_help=True, rich_markup_mode=None)

LISTENING = 600.0
"""Seconds for which the callback is waited for: a code lives ten minutes."""


@app.callback()
def group() -> None:
    """Zalo Official Account: cấp quyền gửi tin."""


@app.command(short_help="Cấp quyền (lại) cho ứng dụng gửi tin thay OA.")
def login(
    callback: Annotated[
        str | None,
        typer.Option(
            "--callback",
            metavar="URL",
            help="Địa chỉ đã khai ở ô Official Account Callback Url; mặc định: BOT_PUBLIC_URL, thêm dấu / ở cuối.",
        ),
    ] = None,
    listen: Annotated[
        int | None,
        typer.Option(
            "--listen",
            metavar="CỔNG",
            help="Tự nhận mã ở http://127.0.0.1:CỔNG/ thay vì dán tay (chỉ khi Zalo nhận địa chỉ đó làm callback).",
        ),
    ] = None,
) -> None:
    """Cấp quyền cho ứng dụng gửi tin thay OA: lần đầu, hoặc khi mất quyền.

    In ra một địa chỉ để quản trị viên OA mở và đồng ý, rồi nhận lại địa chỉ (hay mã) mà Zalo chuyển tới.
    Mã được dùng một lần, trong 10 phút. Hệ thống đang chạy dùng ngay cặp mã mới, không cần khởi động lại.
    """
    raise typer.Exit(_login(callback, listen))


def _login(callback: str | None, listen: int | None) -> int:
    import asyncio
    import secrets

    from bot import settings
    from bot.channels.zalo.oauth import consent_url, new_verifier

    config = _checked(settings.load())
    redirect = f"http://127.0.0.1:{listen}/" if listen else callback or _public(config)
    verifier, state = new_verifier(), secrets.token_urlsafe(16)
    print("Quản trị viên của OA mở địa chỉ này, chọn OA và bấm đồng ý:\n")
    print(f"  {consent_url(config.zalo_oauth_base, config.zalo_app_id, redirect, verifier, state)}\n", flush=True)
    answer = _heard(listen) if listen else _pasted(redirect)
    asyncio.run(_exchange(config, code_of(answer, state), verifier))
    print("Đã có cặp mã mới. Kiểm tra: bot check")
    return 0


def code_of(answer: str, state: str) -> str:
    """The code in what came back: the whole address, its query, or the code alone.

    Raises:
        CommandError: there is none, or the answer belongs to another request.
    """
    from urllib.parse import parse_qs, urlsplit

    from bot.cli.failure import CommandError

    answer = answer.strip()
    if "code=" not in answer:
        if not answer or any(character in answer for character in " ?&=/"):
            raise CommandError("Không thấy mã (code=…) trong đó. Chạy lại bot zalo login.")
        return answer
    query = parse_qs(urlsplit(answer).query or answer.lstrip("?"))
    if query.get("state", [state]) != [state]:
        raise CommandError("Địa chỉ này là của một lần cấp quyền khác (state không khớp). Chạy lại bot zalo login.")
    return query["code"][0]


def _checked(config: Settings) -> Settings:
    from bot.cli.failure import CommandError

    if not config.zalo_app_id or not config.zalo_app_secret.get_secret_value():
        raise CommandError("Đặt BOT_ZALO_APP_ID và BOT_ZALO_APP_SECRET trước (docs/runbooks/zalo.md).")
    return config


def _public(config: Settings) -> str:
    from bot.cli.failure import CommandError

    if not config.public_url:
        raise CommandError("Cho biết --callback URL, hoặc đặt BOT_PUBLIC_URL.")
    return f"{config.public_url.rstrip('/')}/"


def _pasted(redirect: str) -> str:
    print(f"Sau khi đồng ý, trình duyệt chuyển tới {redirect}?code=…")
    try:
        return input("Dán cả địa chỉ đó (hoặc riêng mã) vào đây rồi nhấn Enter: ")
    except EOFError:
        return ""


def _heard(port: int) -> str:
    """The path with which the browser came back to this machine."""
    import time
    from http.server import BaseHTTPRequestHandler, HTTPServer

    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:
            if "code=" in self.path:
                heard.append(self.path)
            body = "Đã nhận. Bạn có thể đóng trang này và quay lại cửa sổ dòng lệnh.".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: the path holds the code."""

    end = time.monotonic() + LISTENING
    with HTTPServer(("127.0.0.1", port), Handler) as server:
        server.timeout = 1.0
        while not heard and time.monotonic() < end:
            server.handle_request()
    return heard[0] if heard else ""


async def _exchange(config: Settings, code: str, verifier: str) -> None:
    from pydantic import SecretStr

    from bot.channels.zalo.oauth import OAuthError, OAuthRefusedError, OAuthUnreachableError
    from bot.channels.zalo.service import oauth, token_keeper
    from bot.cli.failure import CommandError
    from bot.conversations.pool import open_pool
    from bot.runtime import secret_files
    from bot.storage import migrations
    from bot.storage.embedded import ensure_running

    with ensure_running(config) as urls:
        # The database first: a pair that cannot be stored would be lost.
        migrations.upgrade(urls.owner)
        config.data.mkdir(parents=True, exist_ok=True)
        config = secret_files.resolve(config, make=True).model_copy(update={"database_url": SecretStr(urls.owner)})
        async with open_pool(urls.owner, size=1) as pool:
            client = oauth(config)
            try:
                pair = await client.exchange(code, verifier)
            except OAuthUnreachableError as error:
                raise CommandError(f"Không gọi được Zalo ({error.code}). Thử lại.") from error
            except OAuthRefusedError as error:
                raise CommandError(
                    f"Zalo từ chối mã này (mã lỗi {error.number}): mã dùng một lần, trong 10 phút; kiểm tra"
                    " BOT_ZALO_APP_ID, BOT_ZALO_APP_SECRET. Chạy lại bot zalo login."
                ) from error
            except OAuthError as error:
                raise CommandError(f"Không rõ kết quả ({error.code}). Chạy lại bot zalo login.") from error
            finally:
                await client.close()
            await token_keeper(config, pool).replace(pair)
