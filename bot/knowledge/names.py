"""Names of procedures as people are shown them."""

from __future__ import annotations


def bare_name(name: str) -> str:
    """An official title without "Thủ tục", where what follows stands by itself ("Thủ tục hải quan" does not)."""
    name = name.strip()
    lower = name.lower()
    if lower.startswith("thủ tục ") and not lower.startswith("thủ tục hải quan"):
        name = name[len("thủ tục ") :].lstrip()
    return name[:1].upper() + name[1:]
