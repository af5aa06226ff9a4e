"""A digest of the sources that a component is made of.

Rasa's cache key covers the class of a component alone; a changed helper would leave a stale model behind.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

import bot.engine.nlu
import bot.text

SUFFIXES = {".py", ".txt"}


@lru_cache(maxsize=1)
def of_sources() -> str:
    """The digest of every source file and word list of the understanding components and of the text package."""
    digest = hashlib.sha256()
    for package in (bot.engine.nlu, bot.text):
        for folder in package.__path__:
            for source in sorted(Path(folder).rglob("*")):
                if source.suffix not in SUFFIXES:
                    continue
                digest.update(source.name.encode())
                digest.update(source.read_bytes())
    return digest.hexdigest()
