"""Make the environments from the hashed lock files, only when a lock file changed.

    scripts/bootstrap          the bot's and the engine's environment
    scripts/bootstrap --dev    also what tests and linters need

Standard library only, and any Python from 3.8 on: it runs before anything is installed. The
environments themselves are on Python 3.11, Debian 12's own or one that uv fetches.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = "3.11"
UV_HELP = "cài uv (https://docs.astral.sh/uv/)"
STAMP = ".motcua-stamp"
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


class BootstrapError(Exception):
    """A prerequisite is missing; the text says which and how to get it."""


def main(arguments: list[str] | None = None) -> int:
    """Make what is missing."""
    parser = argparse.ArgumentParser(description="Tạo môi trường cho Một Cửa.")
    parser.add_argument("--dev", action="store_true", help="cả công cụ kiểm thử")
    parser.add_argument("--uv", action="store_true", help="chỉ in đường dẫn của uv")
    options = parser.parse_args(arguments)
    if SYSTEM_CERTIFICATES.exists():
        os.environ.setdefault("UV_SYSTEM_CERTS", "1")  # offices often have a proxy with a certificate of their own
    try:
        with one_at_a_time():
            if options.uv:
                print(find_uv())
                return 0
            bot_environment(dev=options.dev)
            engine_environment()
    except BootstrapError as error:
        print(f"LỖI: {error}", file=sys.stderr)
        return 1
    return 0


def bot_environment(*, dev: bool) -> None:
    """`.venv`: the bot, installed in place so that `.venv/bin/bot` runs this checkout."""
    locks = [ROOT / "requirements.txt", *([ROOT / "requirements-dev.txt"] if dev else [])]
    environment = ROOT / ".venv"
    wanted = [f"{lock.name} {digest([lock])}" for lock in locks] + [project_stamp()]
    have = read_stamp(environment)
    if works(environment) and set(wanted) <= set(have):
        return
    started = time.monotonic()
    say("môi trường của bot (.venv)" + (" và công cụ kiểm thử" if dev else "") + " …")
    make(environment)
    for lock in locks:
        install(environment, "--require-hashes", "-r", str(lock))
    install(environment, "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    kept = [line for line in have if line.startswith("requirements-dev.txt") and not dev]
    write_stamp(environment, wanted + kept)
    say(f"môi trường của bot xong ({time.monotonic() - started:.0f} giây)")


def engine_environment() -> None:
    """`.venv-engine`: Rasa behind its wall. The lock is installed as it is: Rasa declares an older Python."""
    environment = ROOT / ".venv-engine"
    lock, constraints = ROOT / "requirements-engine.txt", ROOT / "requirements/engine-build-constraints.txt"
    wanted = [f"{lock.name} {digest([lock, constraints])}", f"root {ROOT}"]
    if works(environment) and set(wanted) <= set(read_stamp(environment)):
        return
    started = time.monotonic()
    say("môi trường của máy hiểu tiếng Việt (.venv-engine), 2,4 GB trên đĩa …")
    make(environment)
    install(environment, "--no-deps", "--require-hashes", "--build-constraints", str(constraints), "-r", str(lock))
    write_stamp(environment, wanted)
    say(f"môi trường của máy hiểu tiếng Việt xong ({time.monotonic() - started:.0f} giây)")


def project_stamp() -> str:
    """What decides the project's own installation: its metadata, and where the checkout is."""
    return f"project {digest([ROOT / 'pyproject.toml'])} {ROOT}"


def digest(paths: Iterable[Path]) -> str:
    """One checksum over files."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.read_bytes())
    return total.hexdigest()


def works(environment: Path) -> bool:
    """Whether the environment's Python runs and is the wanted one."""
    program = environment / "bin" / "python"
    version = "import sys; print('%d.%d' % sys.version_info[:2])"
    return program.exists() and output([str(program), "-c", version]) == PYTHON


def read_stamp(environment: Path) -> list[str]:
    """What was installed into the environment."""
    with contextlib.suppress(OSError):
        return (environment / STAMP).read_text(encoding="utf-8").splitlines()
    return []


def write_stamp(environment: Path, lines: Iterable[str]) -> None:
    """Write down what was installed, last: an installation that was cut short is done again."""
    (environment / STAMP).write_text("\n".join(lines) + "\n", encoding="utf-8")


def make(environment: Path) -> None:
    """Make the environment when there is none that works.

    Raises:
        BootstrapError: there is no Python 3.11 and none can be fetched.
    """
    if works(environment):
        (environment / STAMP).unlink() if (environment / STAMP).exists() else None
        return
    if environment.exists():
        shutil.rmtree(environment)
    # Debian's own Python first; uv fetches one where the machine is online and has none.
    command = [find_uv(), "venv", "--quiet", "--python", PYTHON, "--python-preference", "system", str(environment)]
    if subprocess.run(command, cwd=str(ROOT)).returncode != 0:
        raise BootstrapError(
            f"không có Python {PYTHON} và không tải được. Trên Debian 12: apt install python3.11 python3.11-venv;"
            " nơi khác: uv python install 3.11 (cần mạng)."
        )


def install(environment: Path, *arguments: str) -> None:
    """Install into an environment with uv.

    Raises:
        BootstrapError: it failed; uv has said why.
    """
    command = [find_uv(), "pip", "install", "--quiet", "--python", str(environment / "bin" / "python"), *arguments]
    if subprocess.run(command, cwd=str(ROOT)).returncode != 0:
        raise BootstrapError(
            "không cài được các gói (dòng của uv ở trên nói vì sao)."
            " Kiểm tra mạng hoặc kho gói (UV_INDEX_URL) rồi chạy lại."
        )


def find_uv() -> str:
    """A uv that works: ours, the PATH's, or one installed into `.tools` from its wheel.

    Raises:
        BootstrapError: there is none and no pip to get it.
    """
    own = ROOT / ".tools" / "bin" / "uv"
    for candidate in (str(own), shutil.which("uv") or ""):
        # Old ones lack what we need, and a pyenv shim may run nothing.
        if candidate and "--build-constraint" in (output([candidate, "pip", "install", "--help"]) or ""):
            return candidate
    say("uv (trình cài gói) …")
    lock = ROOT / "requirements" / "tools.txt"
    for python in pythons():
        tools = ROOT / ".tools"
        shutil.rmtree(str(tools), ignore_errors=True)
        if output([python, "-m", "venv", str(tools)]) is not None:
            pip = [str(tools / "bin" / "python"), "-m", "pip"]
            target: list[str] = []
        elif output([python, "-m", "pip", "--version"]) is not None:
            pip, target = [python, "-m", "pip"], ["--target", str(tools)]
        else:
            continue
        command = [*pip, "install", "--quiet", "--disable-pip-version-check", "--require-hashes", *target]
        command += ["-r", str(lock)]
        if subprocess.run(command, cwd=str(ROOT)).returncode == 0 and own.exists():
            return str(own)
        raise BootstrapError(f"không cài được uv (dòng của pip ở trên nói vì sao): kiểm tra mạng, hoặc {UV_HELP}.")
    shutil.rmtree(str(ROOT / ".tools"), ignore_errors=True)
    raise BootstrapError(f"Python ở đây không có pip lẫn venv: chạy `apt install python3.11-venv`, hoặc {UV_HELP}.")


def pythons() -> Iterator[str]:
    """Pythons that run, the wanted version first."""
    names = [f"python{PYTHON}", f"/usr/bin/python{PYTHON}", sys.executable, "python3", "/usr/bin/python3"]
    for name in dict.fromkeys(names):
        if name and output([name, "-c", "print(1)"]) == "1":
            yield name


def output(command: list[str]) -> str | None:
    """What a program prints; None when it cannot be run or fails."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return None
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None


def say(text: str) -> None:
    """A line of progress."""
    print(f"chuẩn bị | {text}", flush=True)


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two `make` at once take turns."""
    handle = os.open(str(ROOT / "scripts"), os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


if __name__ == "__main__":
    sys.exit(main())
