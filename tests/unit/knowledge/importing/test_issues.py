"""The reasons of an import are words that people can look up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.knowledge.importing.issues import DOUBTFUL, REJECTED, doubtful, rejected

PAGE = Path(__file__).parents[4] / "docs" / "catalogue.md"


def test_every_reason_is_in_the_documents_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (refused|doubtful|left out) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {name for name, what in rows if what == "refused"} == set(REJECTED)
    assert {name for name, what in rows if what != "refused"} == set(DOUBTFUL)


def test_a_reason_that_nobody_knows_is_a_fault() -> None:
    with pytest.raises(ValueError, match="moody"):
        doubtful("moody", "")
    with pytest.raises(ValueError, match="moody"):
        rejected("moody", "")
