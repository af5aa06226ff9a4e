"""A Telegram Bot API server on this machine: `BOT_TELEGRAM_API_BASE=http://127.0.0.1:8081`.

curl -d '{"chat": 42, "text": "Xin chào"}' http://127.0.0.1:8081/control/write
curl -d '{"chat": 42}' http://127.0.0.1:8081/control/transcript
"""

from __future__ import annotations

from tests.standins.serving import arguments, configured
from tests.standins.telegram import TOKEN, application


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = arguments(__doc__, 8081)
    parser.add_argument("--token", default=TOKEN, help=f"of the bot (default {TOKEN})")
    parser.add_argument("--limits", action="store_true", help="30 messages a second, and one a second in a chat")
    args = parser.parse_args()
    app = application(token=args.token, speed=args.speed, seed=args.seed, limits=args.limits)
    configured(app, args.port).run()


if __name__ == "__main__":
    main()
