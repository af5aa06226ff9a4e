"""A checkout of its own with a small corpus, so that a real training run through the console takes seconds.

Everything else is as in ours: the programs, the pipeline, the rules, the starter catalogue. The model that its system
starts with is the product's.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from bot.runtime import probe
from bot.runtime.project import ROOT
from bot.training import modelfile
from tests.support import trained
from tests.support.folders import public_folder
from tests.support.system import System

EXAMPLES = 5
"""Sentences kept of each intent."""
COPIED = ("bot", "actions", "nlu_data", "localities")
FILES = ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml", "requirements-engine.txt")
ENVIRONMENTS = (".venv", ".venv-engine", ".tools")


def make(folder: Path) -> Path:
    """A small checkout in a folder."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    for name in ENVIRONMENTS:
        (folder / name).symlink_to((ROOT / name).resolve())
    for path in (folder / "nlu_data" / "intents").glob("*.yml"):
        _shorten(path)
    return folder


def _shorten(path: Path) -> None:
    """Keep the first sentences of each intent of a file."""
    kept, count = [], 0
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip().startswith("- intent"):
            count = 0
        elif line.startswith("    - "):
            count += 1
            if count > EXAMPLES:
                continue
        kept.append(line)
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")


@contextlib.contextmanager
def small_system() -> Iterator[System]:
    """The whole real system out of a small checkout, with the product's model; stopped and removed at the end."""
    with public_folder("motcua-small-") as folder:
        root = make(folder / "checkout")
        made = System(folder / "var", probe.free_port(), root=root)
        made.data_dir.mkdir()
        made.data_dir.chmod(0o711)
        settings = made.settings()
        path = modelfile.new_path(settings)
        shutil.copy(trained.product_model(folder / "scratch"), path)
        # As if it were trained from the small corpus: what is taught in a test is then the only difference.
        modelfile.point(settings, modelfile.made(path, modelfile.checksum(root), modelfile.code_checksum(root)))
        try:
            made.start()
            made.wait_ready()
            yield made
        finally:
            made.end()
