"""`scripts/bootstrap` in a small checkout of its own, with a stand-in for uv that writes down what it is asked."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bot.runtime.project import ROOT

UV = """#!/bin/sh
echo "$@" >> {log}
case "$*" in
    "pip install --help") echo "--build-constraints" ;;
    venv*) for last; do :; done; mkdir -p "$last/bin"; ln -sf {python} "$last/bin/python" ;;
    *"{fails}"*) exit 1 ;;
esac
"""
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-engine.txt")


class Checkout:
    """The files that bootstrap looks at."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "uv.log"
        (folder / "scripts").mkdir(parents=True)
        (folder / "requirements").mkdir()
        for name in ("bootstrap", "bootstrap.py"):
            shutil.copy(ROOT / "scripts" / name, folder / "scripts")
        for name in (*LOCKS, "pyproject.toml", "requirements/engine-build-constraints.txt", "requirements/tools.txt"):
            (folder / name).write_text(name)

    def give_uv(self, *, fails: str = "no such call") -> None:
        """Put the stand-in where ours would be."""
        uv = self.folder / ".tools" / "bin" / "uv"
        uv.parent.mkdir(parents=True, exist_ok=True)
        python = shutil.which("python3.11", path="/usr/bin:/usr/local/bin") or sys.executable
        uv.write_text(UV.format(log=self.log, python=python, fails=fails))
        uv.chmod(0o755)

    def run(self, *arguments: str, path: str = os.defpath) -> subprocess.CompletedProcess[str]:
        """Run bootstrap."""
        self.log.write_text("")
        return subprocess.run(
            ["/bin/sh", str(self.folder / "scripts" / "bootstrap"), *arguments],
            env={"PATH": path, "HOME": str(self.folder)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def installed(self) -> list[str]:
        """What was installed, in order: the last word of each installation."""
        calls = self.log.read_text().splitlines()
        return [call.split()[-1].rsplit("/", 1)[-1] for call in calls if call.startswith("pip install --quiet")]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = Checkout(tmp_path / "checkout")
    made.give_uv()
    return made


def test_both_environments_are_made_from_hashed_locks(checkout: Checkout) -> None:
    done = checkout.run()
    assert done.returncode == 0, done.stderr
    assert checkout.installed() == ["requirements.txt", "checkout", "requirements-engine.txt"]
    installs = [line for line in checkout.log.read_text().splitlines() if " -r " in line]
    assert all("--require-hashes" in line for line in installs)
    assert "--no-deps" in installs[-1]
    assert "--build-constraints" in installs[-1]
    assert "chuẩn bị |" in done.stdout


def test_nothing_is_done_twice(checkout: Checkout) -> None:
    checkout.run("--dev")
    done = checkout.run("--dev")
    assert (done.returncode, done.stdout, checkout.log.read_text()) == (0, "", "")
    checkout.run()
    assert checkout.installed() == []


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("requirements.txt", ["requirements.txt", "checkout"]),
        ("pyproject.toml", ["requirements.txt", "checkout"]),
        ("requirements-engine.txt", ["requirements-engine.txt"]),
        ("requirements/engine-build-constraints.txt", ["requirements-engine.txt"]),
        ("requirements-dev.txt", []),
    ],
)
def test_only_what_changed_is_installed_again(checkout: Checkout, changed: str, again: list[str]) -> None:
    checkout.run()
    (checkout.folder / changed).write_text("khác")
    checkout.run()
    assert checkout.installed() == again


def test_an_installation_that_was_cut_short_is_done_again(checkout: Checkout) -> None:
    checkout.give_uv(fails="-r")
    done = checkout.run()
    assert done.returncode == 1
    assert "LỖI: không cài được các gói" in done.stderr
    assert "Traceback" not in done.stderr
    checkout.give_uv()
    assert checkout.run().returncode == 0
    assert "requirements.txt" in checkout.installed()


def test_a_checkout_that_moved_is_installed_again(checkout: Checkout, tmp_path: Path) -> None:
    checkout.run()
    checkout.folder.rename(tmp_path / "moved")
    moved = Checkout.__new__(Checkout)
    moved.folder, moved.log = tmp_path / "moved", tmp_path / "moved" / "uv.log"
    moved.give_uv()
    assert moved.run().returncode == 0
    assert moved.installed() == ["requirements.txt", "moved", "requirements-engine.txt"]


def shim(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    (folder / name).chmod(stat.S_IRWXU)


def test_shims_that_run_nothing_are_passed_over(checkout: Checkout, tmp_path: Path) -> None:
    broken = "#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n"
    for name in ("python3.11", "python3", "uv"):
        shim(tmp_path / "shims", name, broken)
    done = checkout.run(path=f"{tmp_path / 'shims'}:{os.defpath}")
    assert done.returncode == 0, done.stderr


def test_an_old_uv_is_passed_over(checkout: Checkout, tmp_path: Path) -> None:
    shutil.rmtree(checkout.folder / ".tools")
    shim(tmp_path / "old", "uv", "#!/bin/sh\necho old\n")
    # Without pip and venv there is nothing else: a Python that refuses both stands for Debian's bare one.
    bare = f'#!/bin/sh\ncase "$*" in *venv*|*pip*) exit 1 ;; esac\nexec {sys.executable} "$@"\n'
    for name in ("python3.11", "python3"):
        shim(tmp_path / "old", name, bare)
    text = (checkout.folder / "scripts" / "bootstrap.py").read_text()
    text = text.replace('f"/usr/bin/python{PYTHON}", sys.executable, "python3", "/usr/bin/python3"', '"python3"')
    (checkout.folder / "scripts" / "bootstrap.py").write_text(text)
    done = checkout.run(path=f"{tmp_path / 'old'}:{os.defpath}")
    assert done.returncode == 1
    assert "apt install python3.11-venv" in done.stderr
    assert "docs.astral.sh/uv" in done.stderr
    assert done.stderr.count("LỖI") == 1


def test_no_python_at_all_is_one_clear_line(checkout: Checkout, tmp_path: Path) -> None:
    script = checkout.folder / "scripts" / "bootstrap"
    script.write_text(script.read_text().replace("/usr/bin/python", "/khong/co/python"))
    tools = tmp_path / "only"
    tools.mkdir()
    for name in ("dirname", "sh"):
        (tools / name).symlink_to(shutil.which(name) or name)
    done = checkout.run(path=str(tools))
    assert done.returncode == 1
    assert done.stderr.startswith("LỖI: không thấy Python")
    assert done.stderr.count("\n") == 1
