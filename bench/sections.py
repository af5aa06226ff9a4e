"""Tables of a benchmark inside a document that people write: each between two marks, the rest left alone."""

from __future__ import annotations

import re
from pathlib import Path


def write_section(path: Path, name: str, text: str) -> None:
    """Put a text between the marks of `name`, at the end of the document when it has none yet."""
    first, last = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    document = path.read_text(encoding="utf-8") if path.exists() else ""
    section = f"{first}\n{text.strip()}\n{last}"
    marked = re.compile(f"{re.escape(first)}.*?{re.escape(last)}", re.DOTALL)
    if marked.search(document):
        document = marked.sub(lambda _: section, document, count=1)
    else:
        document = f"{document.rstrip()}\n\n{section}\n".lstrip()
    path.write_text(document, encoding="utf-8")


def table(title: str, head: list[str], rows: list[list[object]]) -> str:
    """A Markdown table."""
    lines = [f"### {title}", "", "| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
