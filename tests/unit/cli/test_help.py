"""The command line's surface: help in full and in Vietnamese, quick, and no traceback for a mistake."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from typer.main import get_command

from bot.cli import app
from bot.runtime import project


def commands() -> list[list[str]]:
    found: list[list[str]] = [[]]
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]  # the app is a group
        found.append([name])
        found += [[name, inner] for inner in getattr(command, "commands", {})]
    return found


def bot(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments],
        cwd=project.ROOT,
        env=clean | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_explains_itself_in_vietnamese(command: list[str]) -> None:
    done = bot(*command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("Cách dùng: ")
    for english in ("Usage", "Options", "Arguments", "Commands", "Show this message", "required"):
        assert english not in done.stdout


def test_every_option_is_explained() -> None:
    for path in commands():
        command = get_command(app)
        for name in path:
            command = command.commands[name]  # type: ignore[attr-defined]  # the app is a group
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{' '.join(path)}: {parameter.name}"


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys, bot.cli; heavy = {'sqlalchemy', 'pydantic', 'httpx', 'psycopg', 'rich', 'underthesea', 'numpy'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=project.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_is_quick() -> None:
    best = min(_seconds() for _ in range(3))
    assert best < 1.0, "0.2 s on a quiet machine; a busy one gets some room"


def _seconds() -> float:
    started = time.monotonic()
    bot("--help")
    return time.monotonic() - started


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["khong-co"], {}, "Không có lệnh 'khong-co'"),
        (["ask"], {}, "Thiếu tham số 'CÂU'"),
        (["check", "--x"], {}, "Không có tuỳ chọn: --x"),
        (["run"], {"BOT_PORT": "không phải số"}, "BOT_PORT"),
        (["run"], {"BOT_RATE_LIMIT": "off", "BOT_HOST": "0.0.0.0"}, "BOT_RATE_LIMIT"),
        (["run"], {"BOT_SECRET_KEY_FILE": "/khong/co"}, "BOT_SECRET_KEY_FILE"),
        (["run"], {"BOT_DATA_DIR": "/proc/khong-duoc"}, "/proc/khong-duoc"),
        (["evaluate", "/khong/co.jsonl"], {}, "/khong/co.jsonl"),
        (["erase"], {}, "--conversation"),
    ],
)
def test_a_mistake_is_one_clear_line(arguments: list[str], environment: dict[str, str], said: str) -> None:
    done = bot(*arguments, **environment)
    assert done.returncode in (1, 2)
    assert said in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
