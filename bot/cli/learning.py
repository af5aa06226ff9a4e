"""`bot train` and `bot evaluate`."""

from __future__ import annotations

import asyncio

from bot import settings
from bot.runtime import model, training
from bot.runtime.console import Console
from bot.storage.embedded.place import make_data_dir


def train(*, force: bool) -> int:
    """Train where there is no current model, or in any case."""
    config = settings.load()
    make_data_dir(config)
    current = model.current(config)
    if current and not force:
        print(f"Mô hình hiện tại vẫn đúng với dữ liệu: {current.name}. Thêm --force để huấn luyện lại.")
        return 0
    asyncio.run(training.train(config, Console()))
    return 0
