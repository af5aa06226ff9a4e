"""Model files on disk: which one is published, what it was made from, and whether it is whole.

`models/current.json` in the data directory, the *pointer*, names the published model and the one before it. The engine
reads it at its start and follows it; the supervisor starts with it. A published model stays published when the training
data change, until the next publication; only other software (the engine's components, their configuration, what the
actions are called) makes it unusable.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.settings import Settings
from bot.training import checkout

# Everything that decides what a model understands. The catalogue is data, and serving is not training: left out.
INPUTS = ("config.yml", "domain.yml", "nlu_data", "bot/engine", "bot/text", "requirements-engine.txt")
CODE = ("config.yml", "bot/engine", "bot/text", "requirements-engine.txt")
NOT_INPUTS = ("nlu_data/procedures", "nlu_data/aliases", "bot/engine/runtime", "bot/engine/serve", "bot/engine/trial")
_SECTION = re.compile(r"^(actions|forms|slots):.*?(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
"""Of `domain.yml`, what a model and the actions must agree about. Intents and responses are the model's own."""


@dataclass(frozen=True)
class Entry:
    """A model as the pointer names it."""

    model: str
    """The file's name, in the folder of models."""
    checksum: str
    """Of everything that it was trained from."""
    code: str = ""
    """Of the software among that; empty in a pointer of an older version."""
    sha256: str = ""
    """Of the file."""
    trained_at: float = 0.0


def folder(settings: Settings) -> Path:
    """Where the models are."""
    return settings.data / "models"


def pointer(settings: Settings) -> Path:
    """The file that says which model is published."""
    return folder(settings) / "current.json"


def new_path(settings: Settings) -> Path:
    """Where the next model goes."""
    folder(settings).mkdir(exist_ok=True)
    # The random part: two in one second have two names, also after the first was deleted.
    return folder(settings) / f"model-{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}.tar.gz"


def checksum(root: Path | None = None) -> str:
    """A digest over every file that decides what a model understands.

    Args:
        root: of the checkout; ours when not given.
    """
    return _digest(root or checkout.ROOT, INPUTS)


def code_checksum(root: Path | None = None) -> str:
    """A digest over the software alone: a model of other software may not load, or call actions that are gone."""
    root = root or checkout.ROOT
    sections = _SECTION.finditer((root / "domain.yml").read_text(encoding="utf-8"))
    domain = "".join(sorted(found[0] for found in sections))
    return _digest(root, CODE, domain.encode())


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def published(settings: Settings) -> Entry | None:
    """The published model, whole or not."""
    return _entry(_read(settings))


def previous(settings: Settings) -> Entry | None:
    """The one that was published before it."""
    return _entry((_read(settings) or {}).get("previous"))


def fault(settings: Settings, entry: Entry, root: Path | None = None) -> str | None:
    """Why a model cannot be used, in words; None when it can."""
    path = folder(settings) / entry.model
    if not path.is_file():
        return f"không còn tệp {entry.model}"
    if entry.code and entry.code != code_checksum(root):
        return "được huấn luyện cho phiên bản phần mềm khác"
    if not entry.code and entry.checksum != checksum(root):
        return "cũ hơn dữ liệu huấn luyện"
    if entry.sha256 and digest_of(path) != entry.sha256:
        return f"tệp {entry.model} bị hỏng (không đúng mã kiểm tra lúc huấn luyện)"
    return None


def usable(settings: Settings, root: Path | None = None) -> Path | None:
    """The file of the published model, where it can be used."""
    entry = published(settings)
    return folder(settings) / entry.model if entry and fault(settings, entry, root) is None else None


def recover(settings: Settings, root: Path | None = None) -> str | None:
    """Where the published model cannot be used and the one before it can: publish that again.

    Returns:
        What was done, for people; None: nothing.
    """
    entry, before = published(settings), previous(settings)
    if entry is None or before is None or before.model == entry.model:
        return None
    reason = fault(settings, entry, root)
    if reason is None or fault(settings, before, root) is not None:
        return None
    point(settings, before)
    return f"Mô hình đang dùng {reason}: dùng lại mô hình trước đó, {before.model}"


def point(settings: Settings, entry: Entry) -> None:
    """Publish a model: write the pointer, whole or not at all."""
    before = published(settings)
    if before is not None and before.model == entry.model:
        before = previous(settings)
    target = pointer(settings)
    partial = target.with_suffix(".partial")
    about = asdict(entry) | ({"previous": asdict(before)} if before else {})
    partial.write_text(json.dumps(about), encoding="utf-8")
    partial.replace(target)


def made(path: Path, checksum: str, code: str) -> Entry:
    """The entry of a model that was just trained."""
    return Entry(path.name, checksum, code, digest_of(path), time.time())


def prune(settings: Settings, keep: Iterable[str]) -> list[str]:
    """Delete model files that nobody wants; the published one and the one before it always stay.

    Args:
        keep: names of files that stay.

    Returns:
        The names of those that went.
    """
    kept = {*keep, *(entry.model for entry in (published(settings), previous(settings)) if entry)}
    gone = []
    for path in sorted(folder(settings).glob("model-*.tar.gz")):
        if path.name not in kept:
            path.unlink(missing_ok=True)
            gone.append(path.name)
    return gone


def _read(settings: Settings) -> dict[str, Any] | None:
    try:
        found = json.loads(pointer(settings).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _entry(found: object) -> Entry | None:
    if not isinstance(found, dict) or not isinstance(found.get("model"), str):
        return None
    names = Entry.__dataclass_fields__
    try:
        return Entry(**{name: value for name, value in found.items() if name in names})
    except TypeError:
        return None


def _digest(root: Path, names: Iterable[str], more: bytes = b"") -> str:
    digest = hashlib.sha256(more)
    for path in _inputs(root, names):
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _inputs(root: Path, names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        path = root / name
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        for file in files:
            relative = file.relative_to(root).as_posix()
            if "__pycache__" not in relative and not relative.startswith(NOT_INPUTS):
                yield file
