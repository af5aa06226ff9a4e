"""Intents that staff made in the console: `nlu_data/intents/own_<name>.yml`.

`domain.yml` and the rules are the project's and name none of them. While training, each is added to a copy of the
domain, with the rule that `action_answer` answers it: by the FAQ of the same intent.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

PREFIX = "own_"


def names(files: Sequence[Path]) -> list[str]:
    """The intents of staff among training files.

    Args:
        files: files, and folders of files.
    """
    inside = (one for path in files for one in (sorted(path.glob("*.yml")) if path.is_dir() else [path]))
    return sorted({path.stem for path in inside if path.stem.startswith(PREFIX)})


def extend(domain: Path, files: Sequence[Path], work: Path) -> tuple[Path, list[Path]]:
    """The domain that knows the intents of staff, and the rules for them; nothing new where there are none.

    Args:
        domain: the project's.
        files: training files, and folders of them.
        work: where the copies are written.
    """
    found = names(files)
    if not found:
        return domain, []
    wider = yaml.safe_load(domain.read_text(encoding="utf-8"))
    wider["intents"] = [*wider["intents"], *found]
    steps: list[object] = [{"or": [{"intent": name} for name in found]} if len(found) > 1 else {"intent": found[0]}]
    rules = {"version": "3.1", "rules": [{"rule": "what staff answer", "steps": [*steps, {"action": "action_answer"}]}]}
    made, ruled = work / "domain.yml", work / "own_rules.yml"
    made.write_text(yaml.safe_dump(wider, allow_unicode=True, sort_keys=False), encoding="utf-8")
    ruled.write_text(yaml.safe_dump(rules, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return made, [ruled]
