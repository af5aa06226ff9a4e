"""Each process gets what it needs and no secret more."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.runtime import environment
from bot.runtime.environment import Resolved
from bot.settings import Settings, load
from bot.storage.embedded import Urls

SECRETS = {
    "secret_key": "khoá-của-bot",
    "engine_secret": "giữa-hai-bên",
    "telegram_token": "123:tele",
    "telegram_secret": "webhook",
}


def resolved(**values: object) -> Resolved:
    settings = Settings.model_validate(SECRETS | {"data_dir": "/srv/x"} | values)
    urls = Urls(
        owner="postgresql://owner:pw1@/x", engine="postgresql://engine:pw2@/x", admin="postgresql://root:pw3@/x"
    )
    return Resolved(settings, urls, engine_port=5001, actions_port=5002)


def test_the_engine_knows_only_its_own_database_and_secret() -> None:
    values = environment.engine(resolved(), Path("/models/m.tar.gz"))
    ours = {name: value for name, value in values.items() if name.startswith("BOT_")}
    assert ours["BOT_ENGINE_DATABASE_URL"] == "postgresql://engine:pw2@/x"
    assert ours["BOT_ENGINE_SECRET"] == "giữa-hai-bên"
    assert ours["BOT_ACTIONS_URL"] == "http://127.0.0.1:5002/webhook"
    for secret in ("khoá-của-bot", "123:tele", "pw1", "pw3"):
        assert not any(secret in value for value in ours.values())


def test_a_child_reads_back_what_the_supervisor_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.bot(resolved(retention_days=7, rate_limit="off")).items():
        if name.startswith("BOT_"):
            monkeypatch.setenv(name, value)
    settings = load()
    assert settings.data == Path("/srv/x")
    assert settings.database_url.get_secret_value() == "postgresql://owner:pw1@/x"
    assert settings.engine_urls == "http://127.0.0.1:5001"
    assert settings.actions_port == 5002
    assert settings.retention_days == 7
    assert settings.rate_limit == "off"
    assert settings.secret_key.get_secret_value() == "khoá-của-bot"
    assert settings.telegram_token.get_secret_value() == ""


def test_only_who_talks_to_telegram_gets_its_token() -> None:
    assert environment.bot(resolved(), telegram=True)["BOT_TELEGRAM_TOKEN"] == "123:tele"
    assert "BOT_TELEGRAM_TOKEN" not in environment.bot(resolved())


def test_settings_of_the_person_reach_a_child_only_as_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_SECRET_KEY_FILE", "/etc/motcua/key")
    assert "BOT_SECRET_KEY_FILE" not in environment.bot(resolved())
    assert not any(name.startswith("BOT_") for name in environment.training(resolved().settings))


def test_services_that_run_elsewhere_are_called_there() -> None:
    found = resolved(engine_urls="http://10.0.0.5:5005", actions_url="http://10.0.0.6:5055/")
    assert found.engine_urls == "http://10.0.0.5:5005"
    assert found.actions_url == "http://10.0.0.6:5055/webhook"
