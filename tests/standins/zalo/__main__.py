"""A Zalo Official Account on this machine: `BOT_ZALO_API_BASE` and `BOT_ZALO_OAUTH_BASE` are http://127.0.0.1:8082.

curl -d '{"url": "http://127.0.0.1:8000/webhooks/zalo"}' http://127.0.0.1:8082/control/webhook
curl -d '{"citizen": "42", "text": "Xin chào"}' http://127.0.0.1:8082/control/write
curl -d '{"citizen": "42"}' http://127.0.0.1:8082/control/transcript
"""

from __future__ import annotations

from tests.standins.serving import arguments, configured
from tests.standins.zalo import App, application


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = arguments(__doc__, 8082)
    parser.add_argument("--webhook", default="", help="where events go")
    parser.add_argument("--limit", type=int, default=4000, help="requests a minute (default 4000)")
    parser.add_argument("--buttons", action="store_true", help="take buttons in consultation messages")
    args = parser.parse_args()
    app = App()
    print(f"app id {app.app_id}, app secret {app.app_secret}, OA secret key {app.oa_secret}", flush=True)
    print(f"first refresh token {app.first_refresh_token}", flush=True)
    made = application(
        app, webhook=args.webhook, speed=args.speed, seed=args.seed, limit=args.limit, buttons=args.buttons
    )
    configured(made, args.port).run()


if __name__ == "__main__":
    main()
