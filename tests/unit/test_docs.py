"""The documents say what the code does."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from typer.main import get_command

ROOT = Path(__file__).resolve().parents[2]


def test_settings_page_is_what_the_settings_say() -> None:
    module = runpy.run_path(str(ROOT / "scripts" / "settings_doc.py"))
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == module["render"]()


@pytest.mark.parametrize("readme", ["README.md", "README.vi.md"])
def test_every_command_is_in_the_readme(readme: str) -> None:
    from bot.cli import app

    text = (ROOT / readme).read_text(encoding="utf-8")
    commands = get_command(app).commands  # type: ignore[attr-defined]
    missing = [name for name in commands if not re.search(rf"bot {name}\b", text)]
    assert not missing


@pytest.mark.parametrize("readme", ["README.md", "README.vi.md"])
def test_links_and_pictures_of_the_readme_exist(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    targets = [t for t in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in t]
    assert targets
    assert not [t for t in targets if not (ROOT / t).exists()]


def test_every_setting_in_the_documents_exists() -> None:
    from bot.settings import PREFIX, Settings

    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for page in [ROOT / "README.md", ROOT / "README.vi.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        named = set(re.findall(r"\bBOT_[A-Z_]+[A-Z]\b", page.read_text(encoding="utf-8")))
        named = {name.removesuffix("_FILE") for name in named}
        assert named <= known, f"{page.name}: {named - known}"
