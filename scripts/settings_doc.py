"""Writes docs/settings.md from the settings themselves: `python scripts/settings_doc.py`; a test compares them."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from bot.settings import PREFIX, Settings

DOC = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
HEAD = """# Settings

Every setting is an environment variable. A secret may also be given in a file: set `<NAME>_FILE` to its path.
This page is written by `scripts/settings_doc.py`; a test fails when it is out of date.

| variable | default | meaning |
|---|---|---|
"""


def render() -> str:
    """The page as it should be."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.default
        secret = isinstance(default, SecretStr)
        shown = "empty (secret)" if secret else f"`{default}`" if str(default) else "empty"
        rows.append(f"| `{PREFIX}{name.upper()}` | {shown} | {field.description} |\n")
    return HEAD + "".join(rows)


if __name__ == "__main__":
    DOC.write_text(render(), encoding="utf-8")
