"""`bot erase` and `bot backup`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import uuid
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bot import settings
from bot.cli.catalogues import database
from bot.cli.failure import CommandError
from bot.privacy import erasure
from bot.runtime import secret_files
from bot.settings import Settings
from bot.storage.database import libpq_url
from bot.storage.embedded import EmbeddedPostgres, ensure_running

_CODE = re.compile(r"PA-\d{4}-\d{6,}", re.IGNORECASE)


def erase(*, conversation: str | None, ticket: str | None, yes: bool) -> int:
    """Delete by the conversation's token or key, or the contact of one ticket."""
    if (conversation is None) == (ticket is None):
        raise CommandError("Cho biết xoá gì: --conversation MÃ hoặc --ticket PA-… (một trong hai).")
    config = secret_files.resolve(settings.load(), make=False)
    key = _key(conversation, config) if conversation else None
    if ticket and not _CODE.fullmatch(ticket):
        raise CommandError(f"{ticket} không phải mã phản ánh (PA-NĂM-SỐ).")
    if not yes:
        _confirm("Xoá vĩnh viễn? Gõ 'xoa' để xác nhận: ")
    with database() as (engine, _):
        if key:
            done = erasure.conversation(engine, key)
            if not done.conversations:
                raise CommandError("Không có cuộc trò chuyện nào với mã này (hoặc đã xoá trước đó).")
            print(f"Đã xoá cuộc trò chuyện: {done.messages} tin nhắn, liên hệ trong {done.contacts} phản ánh.")
            return 0
        found = erasure.ticket_contact(engine, str(ticket).upper())
        if found is None:
            raise CommandError(f"Không có phản ánh {ticket}.")
        print("Đã xoá tên và cách liên hệ." if found.contacts else "Phản ánh này không có liên hệ nào để xoá.")
    return 0


def _key(given: str, config: Settings) -> uuid.UUID:
    from bot.conversations.capability import Capabilities

    try:
        return uuid.UUID(given)
    except ValueError:
        pass
    if not config.secret_key.get_secret_value():
        raise CommandError("Chưa có khoá bí mật (BOT_SECRET_KEY hoặc thư mục dữ liệu của hệ thống đã chạy).")
    key = Capabilities(config.secret_key).verify(given)
    if key is None:
        raise CommandError("Mã cuộc trò chuyện không đúng.")
    return key


def _confirm(question: str) -> None:
    if not sys.stdin.isatty():
        raise CommandError("Thêm --yes để xoá mà không hỏi lại.")
    if input(question).strip().casefold() not in ("xoa", "xoá", "xóa"):
        raise CommandError("Không xoá gì.")


def backup(folder: Path) -> int:
    """Dump the database in pg_dump's own format, with a note on how it is restored."""
    config = settings.load()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"motcua-{time.strftime('%Y%m%d-%H%M%S')}.dump"
    partial = target.with_suffix(".partial")
    with ensure_running(config) as urls:
        program = _program(config, "pg_dump")
        # The password goes by the environment: everybody can read the list of processes.
        parts = conninfo_to_dict(libpq_url(urls.owner))
        environment = {"PATH": os.defpath, "PGPASSWORD": str(parts.pop("password", ""))}
        where = make_conninfo("", **parts)
        command = [program, "--format=custom", "--no-owner", "--no-privileges", f"--dbname={where}"]
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as output:
            done = subprocess.run(  # noqa: S603 - pg_dump
                command, stdout=output, stderr=subprocess.PIPE, env=environment, check=False
            )
    if done.returncode != 0:
        partial.unlink()
        raise CommandError(f"pg_dump thất bại: {done.stderr.decode('utf-8', 'replace').strip()}")
    partial.replace(target)
    note = folder / "KHOI-PHUC.md"
    note.write_text(_NOTE.format(secrets=secret_files.folder(config)), encoding="utf-8")
    print(f"Đã sao lưu vào {target} ({target.stat().st_size / 1e6:.1f} MB). Cách khôi phục: {note}")
    print(f"Khoá bí mật KHÔNG có trong đó: cất riêng {secret_files.folder(config)}.")
    return 0


def _program(config: Settings, name: str) -> str:
    """A client program: the embedded server's own, or the one of the machine for another server."""
    if not config.database_url.get_secret_value():
        return str(EmbeddedPostgres(config).place.programs / name)
    found = shutil.which(name)
    if found is None:
        raise CommandError(f"Không thấy {name} của PostgreSQL trên máy này (apt install postgresql-client).")
    return found


_NOTE = """# Khôi phục bản sao lưu của Một Cửa

1. Dừng hệ thống. Đặt lại khoá bí mật vào thư mục `secrets` của thư mục dữ liệu (hoặc BOT_SECRET_KEY):
   thiếu khoá cũ thì liên hệ của người dân trong phản ánh không giải mã được. Lúc sao lưu, khoá ở {secrets}.
2. Tạo một cơ sở dữ liệu PostgreSQL trống và nạp tệp `.dump` vào:

       pg_restore --no-owner --no-privileges --dbname=<URL> motcua-….dump

3. Chạy hệ thống với BOT_DATABASE_URL=<URL>.
"""
