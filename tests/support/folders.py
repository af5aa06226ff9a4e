"""Temporary folders that the unprivileged user of a root start can enter, unlike pytest's own."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def public_folder(prefix: str = "motcua-test-") -> Iterator[Path]:
    """A temporary folder with mode 755, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
