"""Commands against a real database, without a running system."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from bot.conversations.capability import Capabilities
from bot.runtime import project
from bot.storage import migrations
from tests.support.databases import Databases

Bot = Callable[..., "subprocess.CompletedProcess[str]"]
KEY = "một khoá bí mật chỉ để thử"
RECORD = """
- code: "9.900001"
  name: Cấp giấy phép thả diều
  levels: [commune]
  provenance: {source_url: "https://example.org/9.900001", fetched_at: 2026-07-01}
  methods:
    - {channel: direct, time: {quantity: 2, unit: working_day}, fees: [{status: free_stated, text: Không thu}]}
"""


@pytest.fixture
def url(empty_database_url: str) -> str:
    migrations.upgrade(empty_database_url)
    return empty_database_url


@pytest.fixture
def bot(url: str, tmp_path: Path) -> Bot:
    """Runs a command with that database."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    clean |= {"BOT_DATABASE_URL": url, "BOT_DATA_DIR": str(tmp_path / "var"), "BOT_SECRET_KEY": KEY}

    def run(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot.cli", *map(str, arguments)],
            cwd=project.ROOT,
            env=clean | more,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_what_is_imported_is_exported_verified_and_previewed(bot: Bot, tmp_path: Path) -> None:
    source, out = tmp_path / "own.yml", tmp_path / "out.yml"
    source.write_text(RECORD, encoding="utf-8")
    first, again = bot("catalogue", "import", source), bot("catalogue", "import", source)
    assert first.returncode == 0, first.stderr
    assert "1 mới" in first.stdout
    assert "1 không đổi" in again.stdout
    assert bot("catalogue", "export", out).returncode == 0
    assert "thả diều" in out.read_text(encoding="utf-8")
    assert json.loads(bot("catalogue", "verify", "--json").stdout)["accepted"] == 1
    shown = bot("answer", "9.900001", "duration")
    assert "2 ngày làm việc" in shown.stdout, shown.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("catalogue", "import", "/khong/co.yml"), "/khong/co.yml"),
        (("catalogue", "verify", "/khong/co.yml"), "/khong/co.yml"),
        (("catalogue", "export", "/tmp/x.docx"), ".yml"),
        (("answer", "1.1", "fee"), "không có thủ tục 1.1"),
        (("answer", "1.1", "gia"), "Không có khía cạnh gia"),
        (("erase", "--conversation", "đoán-mò", "--yes"), "không đúng"),
        (("erase", "--conversation", str(uuid.uuid4()), "--yes"), "Không có cuộc trò chuyện"),
        (("erase", "--ticket", "PA-2026-000009", "--yes"), "Không có phản ánh"),
        (("erase", "--ticket", "abc", "--yes"), "không phải mã"),
        (("erase", "--ticket", "PA-2026-000009"), "--yes"),
    ],
)
def test_a_mistake_is_one_line(bot: Bot, arguments: tuple[str, ...], said: str) -> None:
    done = bot(*arguments)
    assert done.returncode == 1
    assert said.casefold() in done.stderr.casefold()
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_database_that_is_away_is_said_without_its_password(bot: Bot) -> None:
    done = bot("catalogue", "verify", BOT_DATABASE_URL="postgresql://u:geheim@127.0.0.1:1/x")
    assert done.returncode == 1
    assert "cơ sở dữ liệu" in done.stderr
    assert "geheim" not in done.stderr
    assert "Traceback" not in done.stderr


def test_erase_deletes_the_conversation_and_the_contact_but_keeps_the_ticket(bot: Bot, url: str) -> None:
    key, other = uuid.uuid4(), uuid.uuid4()
    with psycopg.connect(url) as connection:
        for each in (key, other):
            row = connection.execute(
                "insert into conversations (key, channel, external_id) values (%s, 'web', %s) returning id",
                (each, str(each)),
            ).fetchone()
            assert row is not None
            connection.execute(
                "insert into messages (conversation_id, message_id, kind, body) values (%s, 'm', 'text', 'lời')", row
            )
            connection.execute(
                "insert into engine.trackers (sender_id, version, state) values (%s, 1, '[]')", (str(each),)
            )
            connection.execute(
                "insert into tickets (code, idempotency_key, conversation_id, channel, locality, category,"
                " description, place, contact, anonymous, status)"
                " values (%s, %s, %s, 'web', 'x', 'khac', '…', '…', 'x', false, 'r')",
                (f"PA-2026-{'000001' if each == key else '000002'}", str(each), *row),
            )
    done = bot("erase", "--conversation", Capabilities(KEY).issue(key), "--yes")
    assert done.returncode == 0, done.stderr
    assert "1 tin nhắn" in done.stdout
    with psycopg.connect(url) as connection:
        assert connection.execute("select key from conversations").fetchall() == [(other,)]
        assert connection.execute("select count(*) from messages").fetchone() == (1,)
        assert connection.execute("select sender_id from engine.trackers").fetchall() == [(str(other),)]
        assert connection.execute("select code from tickets where contact is null").fetchall() == [("PA-2026-000001",)]
    assert bot("erase", "--ticket", "pa-2026-000002", "--yes").returncode == 0
    with psycopg.connect(url) as connection:
        assert connection.execute("select count(*) from tickets where contact is null").fetchone() == (2,)


def test_a_backup_can_be_restored(bot: Bot, url: str, databases: Databases, tmp_path: Path) -> None:
    source = tmp_path / "own.yml"
    source.write_text(RECORD, encoding="utf-8")
    assert bot("catalogue", "import", source).returncode == 0
    programs = _programs()
    done = bot("backup", tmp_path / "backup", PATH=f"{programs}:{os.environ['PATH']}")
    assert done.returncode == 0, done.stderr
    (dump,) = (tmp_path / "backup").glob("*.dump")
    assert dump.stat().st_mode & 0o777 == 0o600
    with databases.fresh(template="template1") as other:
        restored = subprocess.run(
            [programs / "pg_restore", "--no-owner", "--no-privileges", f"--dbname={other}", dump],
            capture_output=True,
            text=True,
            check=False,
        )
        assert restored.returncode == 0, restored.stderr
        assert migrations.current(other) == migrations.head()
        with psycopg.connect(other) as connection:
            assert connection.execute("select name from procedures").fetchall() == [("Cấp giấy phép thả diều",)]


def _programs() -> Path:
    from bot.storage.embedded.place import _wheel_programs

    return _wheel_programs()


def test_check_names_what_is_missing(bot: Bot) -> None:
    done = bot("check")
    assert done.returncode == 1
    lines = {line.split()[1]: line for line in done.stdout.splitlines() if line.startswith(("đạt", "HỎNG"))}
    assert any(line.startswith("HỎNG") and "mô hình" in line for line in lines.values())
    assert any(line.startswith("HỎNG") and "chưa có thủ tục" in line for line in lines.values())
    assert any(line.startswith("đạt") and "bảng dữ liệu" in line for line in lines.values())


def test_the_corpus_is_taken_out_and_brought_in_after_a_look(bot: Bot, tmp_path: Path) -> None:
    corpus = tmp_path / "nlu_data"
    for part in ("intents", "aliases"):
        shutil.copytree(project.ROOT / "nlu_data" / part, corpus / part)
    here, file = {"BOT_CORPUS_DIR": str(corpus)}, tmp_path / "cau.csv"
    assert "Đã ghi" in bot("corpus", "export", "intents", file, **here).stdout
    told = bot("corpus", "import", file, "--replace", **here)
    assert (told.returncode, "thêm 0, bỏ 0, sửa 0" in told.stdout) == (0, True)
    before = (corpus / "intents" / "hours.yml").read_text(encoding="utf-8")
    file.write_text("Ý định,Câu\nhours,tối thứ năm xã có làm việc không hở\nhours,xin chào\n", encoding="utf-8")
    told = bot("corpus", "import", file, **here)
    assert (told.returncode, "Thêm --apply" in told.stdout, "Dòng 3: xin chào" in told.stdout) == (1, True, True)
    assert (corpus / "intents" / "hours.yml").read_text(encoding="utf-8") == before
    bot("corpus", "import", file, "--apply", **here)
    assert "tối thứ năm" in (corpus / "intents" / "hours.yml").read_text(encoding="utf-8")
    assert "Chọn một trong" in bot("corpus", "export", "khac", file, **here).stderr
