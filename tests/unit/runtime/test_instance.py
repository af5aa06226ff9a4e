"""One instance a data directory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.runtime import instance, secret_files
from bot.runtime.project import StartError
from bot.settings import Settings


def test_a_second_is_refused_and_told_where_the_first_is(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with instance.claim(settings, "http://127.0.0.1:1"):
        found = instance.running(settings)
        assert found is not None
        assert (found.pid, found.url, found.state) == (os.getpid(), "http://127.0.0.1:1", "starting")
        with pytest.raises(StartError, match=r"127\.0\.0\.1:1.*BOT_DATA_DIR"), instance.claim(settings, "http://x"):
            pass
    assert instance.running(settings) is None


def test_what_a_killed_one_left_counts_as_nothing(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with instance.claim(settings, "http://127.0.0.1:1"):
        text = (tmp_path / "run" / "instance.json").read_text()
    (tmp_path / "run" / "instance.json").write_text(text)
    assert instance.running(settings) is None
    with instance.claim(settings, "http://127.0.0.1:2"):
        pass


def test_secrets_are_made_once_and_only_we_can_read_them(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert secret_files.resolve(settings, make=False).secret_key.get_secret_value() == ""
    first = secret_files.resolve(settings, make=True)
    again = secret_files.resolve(settings, make=False)
    for name in secret_files.NAMES:
        assert len(getattr(first, name).get_secret_value()) >= 32
        assert getattr(first, name) == getattr(again, name)
        assert (tmp_path / "secrets" / name).stat().st_mode & 0o777 == 0o600
    assert first.secret_key != first.engine_secret


def test_a_secret_of_the_environment_comes_first(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key="từ môi trường, đủ dài")  # type: ignore[arg-type]  # pydantic makes the secret
    assert secret_files.resolve(settings, make=True).secret_key.get_secret_value() == "từ môi trường, đủ dài"
    assert not (tmp_path / "secrets" / "secret_key").exists()
