from __future__ import annotations

import re
from pathlib import Path

from bot.channels.metrics import REGISTRY

PAGE = Path(__file__).resolve().parents[3] / "docs" / "metrics.md"


def test_every_metric_is_in_the_documents_and_no_other() -> None:
    declared = {metric.name + ("_total" if metric.type == "counter" else "") for metric in REGISTRY.collect()}
    assert set(re.findall(r"^\| `(motcua_\w+)`", PAGE.read_text(encoding="utf-8"), re.MULTILINE)) == declared
