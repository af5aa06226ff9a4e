"""Settings: from the environment, from files, and refused with the name of the variable."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import SettingsError, is_loopback, load


def test_defaults_stand_alone() -> None:
    settings = load()
    assert (settings.host, settings.port, settings.rate_limit) == ("127.0.0.1", 8000, "on")
    assert settings.data == Path("var").resolve()


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("từ-tệp\n", encoding="utf-8")
    monkeypatch.setenv("BOT_SECRET_KEY_FILE", str(tmp_path / "key"))
    assert load().secret_key.get_secret_value() == "từ-tệp"


def test_a_variable_comes_before_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("từ-tệp", encoding="utf-8")
    monkeypatch.setenv("BOT_SECRET_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("BOT_SECRET_KEY", "từ-biến")
    assert load().secret_key.get_secret_value() == "từ-biến"


@pytest.mark.parametrize(
    ("name", "value"),
    [("BOT_PORT", "abc"), ("BOT_PORT", "70000"), ("BOT_RETENTION_DAYS", "0"), ("BOT_RATE_LIMIT", "maybe")],
)
def test_a_wrong_value_is_refused_with_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        load()


def test_all_wrong_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_PORT", "abc")
    monkeypatch.setenv("BOT_WORKERS", "0")
    with pytest.raises(SettingsError, match=r"(?s)BOT_PORT.*BOT_WORKERS"):
        load()


def test_a_wrong_secret_is_not_repeated_in_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_SECRET_KEY", "geheim")
    monkeypatch.setenv("BOT_PORT", "abc")
    with pytest.raises(SettingsError) as caught:
        load()
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.5", "::", "example.org"])
def test_rate_limits_are_only_lifted_where_nobody_else_can_come(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("BOT_RATE_LIMIT", "off")
    monkeypatch.setenv("BOT_HOST", host)
    with pytest.raises(SettingsError, match="BOT_RATE_LIMIT"):
        load()


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("localhost", True), ("10.0.0.1", False)],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_a_secret_never_shows_itself() -> None:
    assert "geheim" not in repr(load({"secret_key": "geheim", "database_url": "postgresql://u:geheim@h/d"}))


@pytest.mark.parametrize("value", ["", "127.0.0.1", "127.0.0.1, 10.0.0.0/8,2001:db8::/32", " ::1 "])
def test_proxies_are_addresses_or_networks(value: str) -> None:
    assert load({"trusted_proxies": value}).trusted_proxies == value


@pytest.mark.parametrize("value", ["*", "nginx", "10.0.0.0/33", "10.0.0.1/8", "127.0.0.1;10.0.0.1"])
def test_anything_else_is_refused_as_a_proxy(value: str) -> None:
    with pytest.raises(SettingsError, match="BOT_TRUSTED_PROXIES"):
        load({"trusted_proxies": value})
