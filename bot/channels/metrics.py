"""Every metric that the web process shows at /metrics, declared before use. None holds personal data."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

REQUESTS = Counter(
    "motcua_http_requests", "HTTP requests by route and status code.", ["route", "code"], registry=REGISTRY
)
CONNECTIONS = Gauge("motcua_connections", "Open HTTP connections.", registry=REGISTRY)
CONNECTIONS_CUT = Counter(
    "motcua_connections_cut", "Connections that were ended because of a limit, by which.", ["reason"], registry=REGISTRY
)
ANSWERS = Counter(
    "motcua_chat_answers", "Answers given by POST /api/chat, by the status of the turn.", ["status"], registry=REGISTRY
)
ANSWER_SECONDS = Histogram(
    "motcua_chat_answer_seconds",
    "Seconds from a message's arrival to its answer at POST /api/chat.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25),
    registry=REGISTRY,
)
WAITING = Gauge("motcua_chat_waiting", "Requests that wait for an answer now.", registry=REGISTRY)
STREAMS = Gauge("motcua_chat_streams", "Open pages that are told what comes later.", registry=REGISTRY)
INBOX = Gauge("motcua_inbox_messages", "Messages whose turn was not taken yet, over all channels.", registry=REGISTRY)
INBOX_AGE = Gauge("motcua_inbox_oldest_seconds", "Age of the oldest of them, in seconds.", registry=REGISTRY)
OUTBOX = Gauge(
    "motcua_outbox_messages",
    "Outgoing messages of the last day by channel and state.",
    ["channel", "state"],
    registry=REGISTRY,
)
OUTBOX_AGE = Gauge(
    "motcua_outbox_oldest_seconds",
    "Age of the oldest message that waits for its sender, by channel.",
    ["channel"],
    registry=REGISTRY,
)
TURNS = Gauge(
    "motcua_turns_day", "Turns of the last day by channel and status.", ["channel", "status"], registry=REGISTRY
)
LIVE_CHATS = Gauge("motcua_live_chats", "Live chats that are open now, by state.", ["state"], registry=REGISTRY)
LIVE_CHAT_WAIT = Gauge(
    "motcua_live_chat_oldest_wait_seconds", "Longest time that a citizen waits for an officer now.", registry=REGISTRY
)
LIVE_CHATS_ENDED = Gauge(
    "motcua_live_chats_ended_day", "Live chats that ended within the last day, by how.", ["end"], registry=REGISTRY
)
LIVE_CHAT_RATING = Gauge(
    "motcua_live_chat_rating_day",
    "Mean of the stars (1 to 5) that citizens gave within the last day.",
    registry=REGISTRY,
)
WEBHOOK_SECONDS = Histogram(
    "motcua_webhook_seconds",
    "Seconds from a platform's request to our acknowledgement, by channel.",
    ["channel"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10),
    registry=REGISTRY,
)
WEBHOOKS = Counter(
    "motcua_webhooks",
    "Requests of platforms, by channel and what became of them.",
    ["channel", "outcome"],
    registry=REGISTRY,
)
LIMITED = Counter(
    "motcua_channel_limited", "Messages over a citizen's limit, by channel.", ["channel"], registry=REGISTRY
)
ZALO_TROUBLE = Gauge(
    "motcua_zalo_token_trouble",
    "1 while the tokens of Zalo are in trouble, by its kind.",
    ["trouble"],
    registry=REGISTRY,
)
ZALO_REFRESH_LEFT = Gauge(
    "motcua_zalo_refresh_token_seconds",
    "Seconds until Zalo's refresh token ends, if nobody renews it.",
    registry=REGISTRY,
)
