"""`make demo-channels`: the bot on Telegram and Zalo without an account at either.

Starts both stand-ins, a page to write on as a citizen of both, and the bot with a data directory and ports of its own.
Ctrl-C stops everything.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from tests.standins import telegram, zalo
from tests.standins.serving import running

ROOT = Path(__file__).resolve().parents[3]
PAGE = Path(__file__).with_name("page.html")
TELEGRAM_SECRET = "secret-of-the-demo"
STOPPING = 60.0


def application(bot: str, zalo_app: zalo.App) -> Starlette:
    """Both stand-ins and the page.

    Args:
        bot: base address of the bot's web process.
    """
    page = PAGE.read_text(encoding="utf-8").replace("{{bot}}", bot)

    async def show(_: Request) -> Response:
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    return Starlette(
        routes=[
            Route("/", show),
            Mount("/telegram", telegram.application(limits=True, speed=10)),
            Mount("/zalo", zalo.application(zalo_app, webhook=f"{bot}/webhooks/zalo", speed=10)),
        ]
    )


def settings(url: str, port: int, data_dir: Path, zalo_app: zalo.App) -> dict[str, str]:
    """The environment of the bot."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    return kept | {
        "BOT_DATA_DIR": str(data_dir),
        "BOT_PORT": str(port),
        "BOT_TELEGRAM_TOKEN": telegram.TOKEN,
        "BOT_TELEGRAM_SECRET": TELEGRAM_SECRET,
        "BOT_TELEGRAM_API_BASE": f"{url}/telegram",
        "BOT_ZALO_APP_ID": zalo_app.app_id,
        "BOT_ZALO_APP_SECRET": zalo_app.app_secret,
        "BOT_ZALO_OA_SECRET": zalo_app.oa_secret,
        "BOT_ZALO_REFRESH_TOKEN": zalo_app.first_refresh_token,
        "BOT_ZALO_API_BASE": f"{url}/zalo",
        "BOT_ZALO_OAUTH_BASE": f"{url}/zalo",
    }


def lend_model(data_dir: Path) -> None:
    """The model of `make run`, where there is one: training takes a minute."""
    source, target = ROOT / "var" / "models", data_dir / "models"
    if source.exists() and not target.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        data_dir.chmod(0o711)
        shutil.copytree(source, target, symlinks=True)


def set_webhook(url: str, bot: str) -> None:
    """Let Telegram deliver to the bot's webhook, as `bot telegram set-webhook` does where there is https."""
    values = {"url": f"{bot}/webhooks/telegram", "secret_token": TELEGRAM_SECRET}
    address = f"{url}/telegram/bot{telegram.TOKEN}/setWebhook"
    urllib.request.urlopen(address, urlencode(values).encode(), timeout=10).close()  # noqa: S310  loopback


def serves(bot: str, process: subprocess.Popen[bytes]) -> bool:
    """Wait for the bot; False where it ended."""
    while process.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{bot}/health/ready", timeout=2).close()  # noqa: S310  loopback
            return True
        time.sleep(0.5)
    return False


def main() -> int:
    """Run until Ctrl-C; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.standins.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8020, help="of the page (default 8020)")
    parser.add_argument("--bot-port", type=int, default=8021, help="of the bot (default 8021)")
    parser.add_argument(
        "--data-dir", type=Path, default=ROOT / "var" / "demo-channels", help="of the bot (default var/demo-channels)"
    )
    parser.add_argument("--webhook", action="store_true", help="Telegram by webhook instead of long polling")
    args = parser.parse_args()
    bot, zalo_app, data_dir = f"http://127.0.0.1:{args.bot_port}", zalo.App(), args.data_dir.resolve()
    lend_model(data_dir)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with running(application(bot, zalo_app), args.port) as url:
        environment = settings(url, args.bot_port, data_dir, zalo_app)
        process = subprocess.Popen([sys.executable, "-m", "bot.cli", "run"], cwd=ROOT, env=environment)
        try:
            if serves(bot, process):
                if args.webhook:
                    set_webhook(url, bot)
                print(f"\n  Viết như người dân trên Telegram và Zalo: {url}/\n", flush=True)
            return process.wait()
        except (KeyboardInterrupt, SystemExit):
            return 0
        finally:
            if process.poll() is None:
                process.terminate()
            # Ctrl-C reached the bot too: it is stopping by itself, and is not to be interrupted at that.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOPPING)


if __name__ == "__main__":
    sys.exit(main())
