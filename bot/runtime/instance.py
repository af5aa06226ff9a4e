"""The one running instance of a data directory: a lock, and a file that says where it listens."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bot.runtime.project import StartError
from bot.settings import Settings


@dataclass
class Instance:
    """What other commands need to know of the running system. Holds no secret."""

    pid: int
    url: str
    state: str = "starting"
    """`starting` or `ready`."""
    engine_urls: list[str] = field(default_factory=list)
    actions_url: str = ""
    children: dict[str, int] = field(default_factory=dict)
    """Process number of each child."""
    started_at: float = field(default_factory=time.time)
    path: Path | None = None

    def save(self) -> None:
        """Write the file, whole or not at all."""
        if self.path is None:
            return
        partial = self.path.with_suffix(".partial")
        partial.write_text(json.dumps({k: v for k, v in asdict(self).items() if k != "path"}), encoding="utf-8")
        partial.replace(self.path)


@contextlib.contextmanager
def claim(settings: Settings, url: str) -> Iterator[Instance]:
    """Be the instance of a data directory until the end of the block.

    Raises:
        StartError: another process is.
    """
    folder = settings.data / "run"
    folder.mkdir(exist_ok=True)
    with os.fdopen(os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600), "rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = _read(folder / "instance.json") or {}
            where = f" (tiến trình {other['pid']}, {other['url']})" if other else ""
            raise StartError(
                f"Đã có một Một Cửa đang chạy trên thư mục dữ liệu {settings.data}{where}."
                " Dừng nó trước, hoặc đặt BOT_DATA_DIR và BOT_PORT khác để chạy song song."
            ) from None
        instance = Instance(pid=os.getpid(), url=url, path=folder / "instance.json")
        instance.save()
        try:
            yield instance
        finally:
            (folder / "instance.json").unlink(missing_ok=True)


def running(settings: Settings) -> Instance | None:
    """The instance that runs on the data directory; None when there is none."""
    folder = settings.data / "run"
    try:
        with (folder / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (FileNotFoundError, PermissionError):
        return None
    except BlockingIOError:
        found = _read(folder / "instance.json")
        return Instance(**found) if found else None
    return None  # the lock was free: whoever wrote the file is gone


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
