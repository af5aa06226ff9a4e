"""What each child is told: the settings as the supervisor resolved them, and no secret that it does not need."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.runtime import project
from bot.settings import PREFIX, Settings
from bot.storage.embedded import Urls

_CHANNELS = (
    *("telegram_token", "telegram_secret", "zalo_app_secret", "zalo_oa_secret", "zalo_refresh_token"),
    *("open311_api_keys", "backend_secret", "backend_webhook_secret"),
)
_SUPERVISORS_OWN = ("engine_database_url", "postgres_user", "postgres_root_dir")


@dataclass(frozen=True)
class Resolved:
    """The settings with everything filled in that was left open."""

    settings: Settings
    urls: Urls
    engine_port: int
    actions_port: int

    @property
    def engine_urls(self) -> str:
        """Comma-separated, as BOT_ENGINE_URLS."""
        return self.settings.engine_urls or f"http://127.0.0.1:{self.engine_port}"

    @property
    def actions_url(self) -> str:
        """Where the engine calls the actions."""
        base = (self.settings.actions_url or f"http://127.0.0.1:{self.actions_port}").rstrip("/")
        return base if base.endswith("/webhook") else f"{base}/webhook"


def bot(resolved: Resolved, *, telegram: bool = False) -> dict[str, str]:
    """For the processes of the bot's own environment."""
    settings = resolved.settings
    values: dict[str, object] = {name: getattr(settings, name) for name in type(settings).model_fields}
    values |= {
        "data_dir": settings.data,
        "locality": project.locality(settings),
        "database_url": resolved.urls.owner,
        "engine_urls": resolved.engine_urls,
        "actions_url": resolved.actions_url,
        "actions_port": resolved.actions_port,
    }
    for name in (*_SUPERVISORS_OWN, *(() if telegram else _CHANNELS)):
        values.pop(name)
    ours = {f"{PREFIX}{name.upper()}": _text(value) for name, value in values.items() if _text(value)}
    return _outer(settings) | ours


def engine(resolved: Resolved, model: Path) -> dict[str, str]:
    """For the engine: its own database role, and nothing of the citizens' side."""
    return _outer(resolved.settings) | {
        "BOT_ENGINE_MODEL": str(model),
        "BOT_ENGINE_SECRET": resolved.settings.engine_secret.get_secret_value(),
        "BOT_ENGINE_DATABASE_URL": resolved.urls.engine,
        "BOT_ENGINE_HOST": "127.0.0.1",
        "BOT_ENGINE_PORT": str(resolved.engine_port),
        "BOT_ACTIONS_URL": resolved.actions_url,
        "BOT_ACTION_TIMEOUT": str(resolved.settings.action_timeout),
        "BOT_ENGINE_PROJECT": str(project.ROOT),
        "BOT_ENGINE_LOG_LEVEL": "debug" if resolved.settings.log_level == "debug" else "warning",
    }


def training(settings: Settings) -> dict[str, str]:
    """For a training run: no secret at all."""
    return _outer(settings)


def _outer(settings: Settings) -> dict[str, str]:
    """Our own environment without our settings; what a person set for Python, locale or proxy stays."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    if kept.pop("PYTHONDONTWRITEBYTECODE", ""):
        # Without compiled modules every start takes seconds longer. They go where they are in nobody's way.
        kept["PYTHONPYCACHEPREFIX"] = str(settings.data / "cache" / "python")
    return kept | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(project.ROOT)}


def _text(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
