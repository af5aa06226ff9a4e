"""What a citizen would see, for `bot answer CODE ASPECT`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from bot.knowledge.answers.compose import compose
from bot.knowledge.answers.context import Here
from bot.knowledge.records import Aspect
from bot.knowledge.store import StoredProcedure

PreviewChannel = Literal["web", "telegram", "zalo"]
LIMITS: dict[PreviewChannel, int] = {"web": 4096, "telegram": 4096, "zalo": 2000}
"""Characters that one message of a channel takes."""


def newest(stored: StoredProcedure, catalogue: Mapping[str, StoredProcedure]) -> StoredProcedure:
    """The procedure that stands in place of a replaced one, as far as the catalogue has it; codes in a ring end it."""
    seen = {stored.record.code}
    while (code := stored.record.replaced_by) and code in catalogue and code not in seen:
        seen.add(code)
        stored = catalogue[code]
    return stored


def preview(
    stored: StoredProcedure,
    aspect: Aspect,
    channel: PreviewChannel = "web",
    *,
    today: dt.date,
    province: str | None = None,
    full: bool = False,
) -> str:
    """The messages of an answer, with their buttons, a rule between them, and a remark where one is too long."""
    shown = []
    for reply in compose(stored, (aspect,), Here(today, province), full=full):
        lines = [reply.text, *(f"[{button.title}] → {button.payload}" for button in reply.buttons)]
        if len(reply.text) > LIMITS[channel]:
            lines.append(f"!! {len(reply.text)} > {LIMITS[channel]} ({channel})")
        shown.append("\n".join(lines))
    return "\n---\n".join(shown)
