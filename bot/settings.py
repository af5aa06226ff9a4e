"""Every setting of the product, read once from the environment.

A setting is the environment variable `BOT_<NAME>`; a secret may also come from the file
that `BOT_<NAME>_FILE` points at. Nothing else in the code reads the environment.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "BOT_"


class SettingsError(Exception):
    """A setting is missing, unreadable or contradicts another; the text says which and what to do."""


class Settings(BaseSettings):
    """The settings, with their defaults. Paths are resolved against the working directory."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=False)

    data_dir: Path = Field(Path("var"), description="Where the data, models, keys and logs live.")
    host: str = Field("127.0.0.1", description="Address on which the web process listens.")
    port: int = Field(8000, ge=1, le=65535, description="Port of the web process.")
    public_url: str = Field(
        "",
        pattern=r"^(https?://[^/\s]+)?$",
        description="Address under which people reach the web process, such as https://hoi.phuong-mau.gov.vn;"
        " with https, staff cookies are sent over TLS only. Empty: as the browser asked.",
    )
    trusted_proxies: str = Field(
        "",
        description="Comma-separated addresses or networks of the proxies before us, such as 127.0.0.1, whose"
        " X-Forwarded-For and X-Forwarded-Proto are believed, so that limits see citizens and not the proxy"
        " (docs/runbooks/nginx.md). Empty: nobody's.",
    )
    database_url: SecretStr = Field(
        SecretStr(""),
        description="PostgreSQL URL; empty: the embedded PostgreSQL in the data directory.",
    )
    engine_database_url: SecretStr = Field(
        SecretStr(""),
        description="URL with which the engine reaches its tracker store (a role that sees only the"
        " schema `engine`); empty: made by the supervisor for the embedded PostgreSQL,"
        " else the same as BOT_DATABASE_URL.",
    )
    engine_urls: str = Field(
        "",
        description="Comma-separated URLs of engines that run elsewhere; empty: the supervisor runs one.",
    )
    engine_secret: SecretStr = Field(
        SecretStr(""), description="Secret between relay and engine; empty: made at first start."
    )
    engine_timeout: float = Field(15.0, gt=0, description="Seconds the relay waits for one turn.")
    engine_python: Path = Field(
        Path(".venv-engine/bin/python"),
        description="Python of the engine's environment; a relative path counts from the checkout.",
    )
    actions_url: str = Field(
        "", description="URL of an action server that runs elsewhere; empty: the supervisor runs one."
    )
    actions_port: int = Field(
        5055, ge=1, le=65535, description="Loopback port of `python -m actions`; the supervisor gives it a free one."
    )
    action_timeout: float = Field(8.0, gt=0, description="Seconds the engine waits for one action.")
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Key from which tokens, PINs and the encryption of personal data are derived;"
        " empty: made at first start and kept in the data directory.",
    )
    train_nightly: str = Field(
        "",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$",
        description="Time of day (`02:30`, in the locality's time zone) at which a training run is queued where the"
        " training data changed; empty: only when somebody asks for one.",
    )
    compare_messages: int = Field(
        200, ge=0, le=5000, description="Newest real messages that a new model and the live one are both asked."
    )
    models_kept: int = Field(
        10,
        ge=2,
        le=1000,
        description="Model files that stay in the bank; the live one and the one before it always do.",
    )
    locality: Path = Field(
        Path("localities/phuong-mau.yml"), description="The locality file (names, hours, hotlines, categories)."
    )
    rate_limit: Literal["on", "off"] = Field(
        "on", description="`off` only for load tests, refused unless BOT_HOST is a loopback address."
    )
    citizen_rate: int = Field(
        60,
        ge=5,
        description="Messages of one citizen that a push channel (Telegram, Zalo) takes a minute, and at once; what is"
        " more is not answered, and the citizen is told so once a minute.",
    )
    workers: int = Field(1, ge=1, le=16, description="Worker processes that the supervisor starts.")
    turn_concurrency: int = Field(16, ge=1, le=256, description="Turns one worker works on at once.")
    turn_lease: float = Field(20.0, gt=0, description="Seconds after which another worker takes over a turn.")
    reply_wait: float = Field(
        25.0, gt=0, description="Seconds `POST /api/chat` waits for the answer before it says 503, try again."
    )
    waiting_notice_after: float = Field(
        6.0, gt=0, description="Seconds after which a citizen is told, once, that the answer is coming."
    )
    retention_days: int = Field(180, ge=1, description="Days after which masked messages and replies are deleted.")
    delivered_days: int = Field(
        90,
        ge=1,
        description="Days after which messages are deleted from the outbox that a push channel has delivered (the"
        " replies stay in the log for BOT_RETENTION_DAYS). A button with a long payload no longer works after that."
        " What platforms send us is never kept as it came.",
    )
    masked_value_hours: int = Field(
        48,
        ge=1,
        description="Hours after which the encrypted value of a masked phone, e-mail or identity number is"
        " deleted (a report keeps the contact it needs with the ticket).",
    )
    live_chat: Literal["on", "off"] = Field(
        "on",
        description="Whether an officer can take over a conversation (docs/chats.md). Within working hours a citizen"
        " who asks for a person is then put into the queue of the console, if any account may take chats; `off`: they"
        " are told whom to call.",
    )
    live_chat_wait: int = Field(
        10,
        ge=1,
        le=240,
        description="Minutes in the queue of live chats after which the citizen is told, once, that it takes longer;"
        " the list shows such a chat in red.",
    )
    live_chat_silence: int = Field(
        10,
        ge=1,
        le=240,
        description="Minutes without an answer or any other sign of life after which an officer loses a live chat, if"
        " the citizen waits for an answer: it goes back into the queue.",
    )
    live_chat_idle: int = Field(
        60, ge=5, le=1440, description="Minutes without a message of either side after which a live chat is closed."
    )
    channels: str = Field(
        "",
        description="Comma-separated modules with further channels (each with a `CHANNEL`, see docs/channels.md),"
        " beside those of `bot/channels`.",
    )
    thumbs: Literal["on", "off"] = Field(
        "on",
        description="Whether answers in messengers carry 👍 and 👎 where the platform has room for them (Telegram);"
        " never below a report or an emergency.",
    )
    telegram_token: SecretStr = Field(SecretStr(""), description="Telegram bot token; empty: no Telegram.")
    telegram_secret: SecretStr = Field(SecretStr(""), description="Secret of the Telegram webhook.")
    telegram_api_base: str = Field(
        "https://api.telegram.org", description="Base of the Telegram Bot API (a stand-in for tests)."
    )
    telegram_username: str = Field(
        "",
        pattern=r"^(@?[A-Za-z][A-Za-z0-9_]{3,31})?$",
        description="The Telegram bot's own name, for links to it from the ticket page; empty: Telegram is asked.",
    )
    zalo_app_id: str = Field("", pattern=r"^[0-9]*$", description="Id of the Zalo app; empty: no Zalo.")
    zalo_app_secret: SecretStr = Field(
        SecretStr(""), description="Secret key of the Zalo app (Khóa bí mật của ứng dụng): tokens are renewed with it."
    )
    zalo_oa_secret: SecretStr = Field(
        SecretStr(""),
        description="OA Secret Key of the app's webhook page, another than the app's: the webhook's signatures are"
        " checked with it. Empty: no webhook. `setup`: the webhook says 200 to everything and stores nothing, for the"
        " minutes in which its address is registered (Zalo shows the key only afterwards).",
    )
    zalo_refresh_token: SecretStr = Field(
        SecretStr(""),
        description="First refresh token of the Official Account, read once; then kept and rotated in the database."
        " Empty: `bot zalo login`.",
    )
    zalo_api_base: str = Field("https://openapi.zalo.me", description="Base of the Zalo OA API (a stand-in for tests).")
    zalo_oauth_base: str = Field(
        "https://oauth.zaloapp.com", description="Base of Zalo's consent and tokens (a stand-in for tests)."
    )
    zalo_buttons: Literal["text", "template"] = Field(
        "text",
        description="How Zalo shows choices: `text` numbers them under the message; `template` sends real buttons,"
        " which the v3 API is not sure to take (try it on your own OA first).",
    )
    zalo_extras: str = Field(
        "",
        pattern=r"^(contact|slip)?(,(contact|slip))?$",
        description="What Zalo is asked for besides texts, comma-separated, each to be tried on your own OA first:"
        " `contact` sends the form in which a citizen gives name and phone by one press, where a report asks for them;"
        " `slip` the printable slip of a filed report as a PDF. Both need BOT_PUBLIC_URL.",
    )
    zalo_paid_messages: Literal["off", "on"] = Field(
        "off",
        description="Whether messages are sent that Zalo bills: those between 48 hours and 7 days after the citizen's"
        " last one. `off`: they are not sent, and stand in the console for staff.",
    )
    zalo_media_hosts: str = Field(
        "zdn.vn,zadn.vn",
        description="Comma-separated domains from which pictures that citizens send on Zalo are fetched, with their"
        " subdomains.",
    )
    zalo_site_verification: str = Field(
        "",
        pattern=r"^[A-Za-z0-9_-]*$",
        description="Code with which Zalo verifies the domain: served as /zalo_verifier<CODE>.html and as a meta tag"
        " of the chat page.",
    )
    open311_api_keys: SecretStr = Field(
        SecretStr(""),
        description="API keys of other systems for POST under /open311, separated by commas or white space:"
        " `name:key:scopes`, scopes joined by `+` of `write` (file requests), `update` (report on their handling)"
        " and `read` (look up by one's own id); `name:sha256=<hex>:scopes` where the key itself is kept elsewhere;"
        " without scopes, or a bare key: all of them. Empty: nobody may write.",
    )
    backend_secret: SecretStr = Field(
        SecretStr(""),
        description="What the locality file's `backend` is called with: the API key, or the OAuth 2 client secret.",
    )
    backend_webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="Secret with which a backend signs what it posts to /webhooks/tickets; empty: nothing is taken.",
    )
    corpus_dir: Path = Field(
        Path("nlu_data"),
        description="Folder whose training sentences and plain names the console changes; a relative path counts from"
        " the checkout. Training reads the checkout's: another folder is for tests.",
    )
    staff_second_factor: Literal["optional", "admins", "all"] = Field(
        "optional",
        description="Whose account must have a second factor (codes of an application on the telephone) before it"
        " may work in the console.",
    )
    oidc_issuer: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="Issuer of the organisation's OpenID Connect provider, such as https://sso.tinh.gov.vn/realms/cb:"
        " staff may log in there (single sign-on). Empty: passwords only.",
    )
    oidc_client_id: str = Field("", description="Client id of this console at the OpenID Connect provider.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="Client secret at the OpenID Connect provider.")
    oidc_account_claim: str = Field(
        "preferred_username",
        description="Claim of the provider that names the account here, at its first login that way; an e-mail address"
        " counts up to the @. Accounts are made by `bot staff add` all the same.",
    )
    postgres_user: str = Field(
        "",
        description="System user for the embedded PostgreSQL when started by root"
        " (PostgreSQL refuses root); empty: the first that exists of motcua, postgres, nobody.",
    )
    postgres_root_dir: Path = Field(
        Path("/var/lib/motcua"),
        description="Where the embedded PostgreSQL of a root start lives when its user cannot enter BOT_DATA_DIR.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level logged.")
    log_format: Literal["text", "json"] = Field("text", description="Readable lines, or one JSON object a line.")

    @model_validator(mode="before")
    @classmethod
    def _secrets_from_files(cls, values: dict[str, Any]) -> dict[str, Any]:
        for name in cls.model_fields:
            path = os.environ.get(f"{PREFIX}{name.upper()}_FILE")
            if path and not values.get(name):
                try:
                    values[name] = Path(path).read_text(encoding="utf-8").strip()
                except OSError as error:
                    raise ValueError(f"{PREFIX}{name.upper()}_FILE: {error}") from error
        return values

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        for part in filter(None, map(str.strip, value.split(","))):
            ipaddress.ip_network(part)
        return value

    @model_validator(mode="after")
    def _rate_limit_only_off_on_loopback(self) -> Settings:
        if self.rate_limit == "off" and not is_loopback(self.host):
            raise ValueError("BOT_RATE_LIMIT=off is allowed only when BOT_HOST is a loopback address")
        return self

    @cached_property
    def data(self) -> Path:
        """The data directory, absolute."""
        return self.data_dir.expanduser().resolve()


def is_loopback(host: str) -> bool:
    """Whether an address names this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def load(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: one line for each setting that does not hold.
    """
    try:
        return Settings(**dict(overrides or {}))
    except ValidationError as error:
        lines = [
            f"{PREFIX}{'_'.join(map(str, item['loc'])).upper()}: {item['msg']}" if item["loc"] else item["msg"]
            for item in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsError("\n".join(lines)) from error
