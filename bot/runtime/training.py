"""Training a model in the engine's environment."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from bot.runtime import environment, project
from bot.runtime.child import run_to_end
from bot.runtime.console import Console
from bot.settings import Settings
from bot.training import modelfile


async def train(settings: Settings, console: Console) -> Path:
    """Train a first model from the files as they are and publish it: there is none to compare it with.

    Raises:
        StartError: the engine's environment is missing, or the training failed.
    """
    digest, code = modelfile.checksum(project.ROOT), modelfile.code_checksum(project.ROOT)
    path = modelfile.new_path(settings)
    scratch = settings.data / "cache" / "training"
    shutil.rmtree(scratch, ignore_errors=True)  # what a training that was cut short left
    scratch.mkdir(parents=True)
    started = time.monotonic()
    console.step("Huấn luyện mô hình hiểu câu hỏi (chỉ khi chưa có mô hình dùng được)")
    command = [str(project.engine_python(settings)), "-m", "bot.engine.train", "--out", str(path)]
    await run_to_end("train", command, environment.training(settings) | {"TMPDIR": str(scratch)}, console)
    shutil.rmtree(scratch, ignore_errors=True)
    modelfile.point(settings, modelfile.made(path, digest, code))
    console.step(f"Huấn luyện xong sau {time.monotonic() - started:.0f} giây: {path.name}")
    return path
