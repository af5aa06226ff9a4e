"""Whether a model can be loaded, tried in a process of its own."""

from __future__ import annotations

import os
from pathlib import Path

from bot.settings import PREFIX, Settings
from bot.training import checkout, lowly


def environment(settings: Settings, scratch: Path | None = None) -> dict[str, str]:
    """For programs of the engine's environment: no setting and no secret of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    if kept.pop("PYTHONDONTWRITEBYTECODE", ""):
        kept["PYTHONPYCACHEPREFIX"] = str(settings.data / "cache" / "python")
    kept |= {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(checkout.ROOT)}
    return kept | ({"TMPDIR": str(scratch)} if scratch else {})


async def cannot_load(settings: Settings, model: Path) -> str | None:
    """Why a model cannot be loaded, for people; None when it can.

    Raises:
        NoEngineError: the engine's environment is missing.
    """
    command = [str(checkout.engine_python(settings)), "-m", "bot.engine.parse", "--model", str(model)]
    async with lowly.running(command, environment(settings), checkout.ROOT, talk=True) as process:
        _, said = await process.communicate("xin chào\n".encode())
        if process.returncode == 0:
            return None
    return f"Mô hình {model.name} không nạp được: {said.decode('utf-8', 'replace').strip()[-300:]}"
