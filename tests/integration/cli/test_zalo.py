"""`bot zalo login` and what `bot check` says about Zalo, against a platform on loopback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
import pytest

from bot.channels.zalo.checks import describe, judge
from bot.channels.zalo.tokens import TokenState
from bot.cli.failure import CommandError
from bot.cli.zalo import code_of
from bot.runtime import project
from bot.storage import migrations
from tests.support.chat_system import free_port
from tests.support.zalo_platform import APP_ID, APP_SECRET, OA_SECRET, Zalo, zalo_platform

KEY = "một khoá bí mật chỉ để thử"


@pytest.fixture
def platform() -> Iterator[Zalo]:
    with zalo_platform() as made:
        yield made


@pytest.fixture
def environment(empty_database_url: str, platform: Zalo, tmp_path: Path) -> dict[str, str]:
    migrations.upgrade(empty_database_url)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    return clean | {
        "BOT_DATABASE_URL": empty_database_url,
        "BOT_DATA_DIR": str(tmp_path / "var"),
        "BOT_SECRET_KEY": KEY,
        "BOT_PUBLIC_URL": "https://hoi.example.vn",
        "BOT_ZALO_APP_ID": APP_ID,
        "BOT_ZALO_APP_SECRET": APP_SECRET,
        "BOT_ZALO_OA_SECRET": OA_SECRET,
        "BOT_ZALO_API_BASE": platform.url,
        "BOT_ZALO_OAUTH_BASE": platform.url,
    }


def login(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "zalo", "login", *arguments],
        cwd=project.ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def asked(process: subprocess.Popen[str]) -> dict[str, str]:
    """The query of the address that an administrator is to open."""
    assert process.stdout is not None
    for line in process.stdout:
        if "/v4/oa/permission?" in line:
            return {name: values[0] for name, values in parse_qs(urlsplit(line.strip()).query).items()}
    raise AssertionError("no address")


def check(environment: dict[str, str]) -> dict[str, str]:
    """The lines of `bot check` about Zalo, by what they are about."""
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "check"],
        cwd=project.ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert APP_SECRET not in done.stdout + done.stderr
    found = re.findall(r"^(đạt|HỎNG)\s+zalo (cài đặt|mã truy cập|đồng hồ|webhook)\s+(.*)$", done.stdout, re.MULTILINE)
    return {what: f"{good}: {text}" for good, what, text in found}


def test_consent_and_consent_again(environment: dict[str, str], platform: Zalo) -> None:
    assert "bot zalo login" in check(environment)["mã truy cập"]
    for round_ in (1, 2):
        process = login(environment)
        query = asked(process)
        assert query["app_id"] == APP_ID
        assert query["redirect_uri"] == "https://hoi.example.vn/"
        platform.codes["c0de"] = query["code_challenge"]
        back = f"https://hoi.example.vn/?oa_id=388&code=c0de&state={query['state']}\n"
        out, err = process.communicate(back, timeout=60)
        assert process.returncode == 0, err
        assert "Đã có cặp mã mới" in out
        with psycopg.connect(environment["BOT_DATABASE_URL"]) as connection:
            row = connection.execute("SELECT generation, trouble, access_token FROM zalo_tokens").fetchone()
            assert row is not None
            assert row[:2] == (round_, None)
            assert platform.access.encode() not in row[2]
            connection.execute("UPDATE zalo_tokens SET trouble = 'lost', trouble_code = -14014, unknown = 1")
    lines = check(environment)
    assert lines["mã truy cập"].startswith("HỎNG: mất cặp mã")
    assert "-14014" in lines["mã truy cập"]
    assert lines["cài đặt"].startswith("đạt")
    assert lines["đồng hồ"].startswith("đạt: lệch")
    assert lines["webhook"].startswith("HỎNG")


def test_the_callback_can_be_heard_on_this_machine(environment: dict[str, str], platform: Zalo) -> None:
    port = free_port()
    process = login(environment, "--listen", str(port))
    query = asked(process)
    platform.codes["c1"] = query["code_challenge"]
    end = time.monotonic() + 30
    while True:
        try:
            answer = httpx.get(f"{query['redirect_uri']}?code=c1&state={query['state']}", timeout=5)
            break
        except httpx.TransportError:
            assert time.monotonic() < end
            time.sleep(0.1)
    assert "Đã nhận" in answer.text
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "Đã có cặp mã mới" in out


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("https://hoi.example.vn/?code=c0de&state=another\n", "state"),
        ("\n", "Không thấy mã"),
        ("wrong\n", "-14010"),
    ],
)
def test_what_goes_wrong_is_a_line(environment: dict[str, str], platform: Zalo, pasted: str, said: str) -> None:
    process = login(environment)
    asked(process)
    _, err = process.communicate(pasted, timeout=60)
    assert process.returncode == 1
    assert said in err
    assert "Traceback" not in err


def test_a_code_alone_will_do() -> None:
    assert code_of(" c0de_-x \n", "s") == "c0de_-x"
    assert code_of("code=c0de&state=s", "s") == "c0de"
    assert code_of("?code=c0de", "s") == "c0de"
    with pytest.raises(CommandError):
        code_of("https://hoi.example.vn/?error=-14003", "s")


def state(**changed: object) -> TokenState:
    values = {
        "generation": 3,
        "access": b"x",
        "refresh": b"x",
        "usable": True,
        "due": False,
        "under_way": False,
        "waits": 0.0,
        "unknown": 0,
        "trouble": None,
        "code": None,
        "access_left": 36000.0,
        "refresh_left": 80 * 86400.0,
    }
    return TokenState(**{**values, **changed})  # type: ignore[arg-type]  # of the fields' types


def test_tokens_are_described_for_people() -> None:
    good = describe(state(), readable=True, seeded=False)
    assert good.good and "10.0 giờ" in good.text and "80 ngày" in good.text
    assert describe(state(access_left=-5.0), readable=True, seeded=False).good
    for trouble in ("unreachable", "unknown", "refused", "lost", "rejected", "unreadable"):
        assert not describe(state(trouble=trouble), readable=True, seeded=False).good
    ending = describe(state(refresh_left=13 * 86400.0), readable=True, seeded=False)
    assert not ending.good and "13 ngày" in ending.text
    assert not describe(state(), readable=False, seeded=False).good
    assert describe(None, readable=True, seeded=True).good
    assert not describe(None, readable=True, seeded=False).good


def test_the_webhook_is_judged_by_how_it_refuses() -> None:
    refused = {"error": {"code": "bad_signature"}}
    assert judge("u", 401, refused).good
    for status, body in ((401, {}), (401, None), (200, {"status": "setup"}), (200, None), (404, refused), (502, None)):
        assert not judge("u", status, body).good
