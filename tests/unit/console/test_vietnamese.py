"""What starlette-admin says on the pages that we show is Vietnamese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import starlette_admin

from bot.console.vietnamese import MESSAGES

TEMPLATES = Path(starlette_admin.__file__).parent / "templates"
# Templates of lists, details and forms as `bot.console.tables` uses them; ours take the place of the others.
SHOWN = (
    *("list.html", "detail.html", "create.html", "edit.html", "_list_row.html", "row-actions.html", "actions.html"),
    *("_filter_bar.html", "_filter_builder.html", "_column_header.html", "modals/actions.html", "modals/loading.html"),
)


@pytest.mark.parametrize("name", SHOWN)
def test_every_message_of_a_template_is_translated(name: str) -> None:
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    said = set(re.findall(r'\b_\(\s*"([^"]+)"', source)) | set(re.findall(r"\b_\(\s*'([^']+)'", source))
    assert said - MESSAGES.keys() - {"Columns", "Import"} == set()


def test_a_translation_names_no_value_that_its_message_has_not() -> None:
    for english, vietnamese in MESSAGES.items():
        assert set(re.findall(r"%\(\w+\)[sd]", vietnamese)) <= set(re.findall(r"%\(\w+\)[sd]", english))
