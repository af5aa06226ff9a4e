"""Training a model in the engine's environment."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from bot.runtime import environment, model, project
from bot.runtime.child import run_to_end
from bot.runtime.console import Console
from bot.settings import Settings


async def train(settings: Settings, console: Console) -> Path:
    """Train a model from the files as they are and make it the current one.

    Raises:
        StartError: the engine's environment is missing, or the training failed.
    """
    digest = model.checksum()
    path = model.new_path(settings)
    scratch = settings.data / "cache" / "training"
    shutil.rmtree(scratch, ignore_errors=True)  # what a training that was cut short left
    scratch.mkdir(parents=True)
    started = time.monotonic()
    console.step("Huấn luyện mô hình hiểu câu hỏi (chỉ khi chưa có mô hình cho dữ liệu hiện tại)")
    command = [str(project.engine_python(settings)), "-m", "bot.engine.train", "--out", str(path)]
    await run_to_end("train", command, environment.training(settings) | {"TMPDIR": str(scratch)}, console)
    shutil.rmtree(scratch, ignore_errors=True)
    model.record(settings, path, digest)
    console.step(f"Huấn luyện xong sau {time.monotonic() - started:.0f} giây: {path.name}")
    return path
