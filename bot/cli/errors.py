"""Which errors a person is told in a line, and with which words."""

from __future__ import annotations

import sys


def as_line(error: Exception) -> str | None:
    """The line for an expected error; None for one that is a defect of ours and needs its traceback.

    Modules that were never imported cannot have raised, so nothing is imported here.
    """
    expected = (
        ("bot.settings", "SettingsError"),
        ("bot.runtime.project", "StartError"),
        ("bot.storage.embedded.errors", "EmbeddedError"),
        ("bot.cli.failure", "CommandError"),
        ("bot.locality.loader", "LocalityError"),
    )
    for module, name in expected:
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and isinstance(error, kind):
            return str(error)
    if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError) and error.filename:
        reason = {"FileNotFoundError": "Không thấy", "PermissionError": "Không được phép mở"}
        return f"{reason.get(type(error).__name__, 'Không mở được')} {error.filename}"
    operational = getattr(sys.modules.get("psycopg"), "OperationalError", None)
    cause = getattr(error, "orig", error)
    if operational is not None and isinstance(cause, operational):
        return f"Không dùng được cơ sở dữ liệu: {(str(cause).strip() or type(cause).__name__).splitlines()[0]}"
    return None
