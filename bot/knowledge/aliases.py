"""What people call each procedure, as data keyed by code: `nlu_data/aliases/*.yml`.

A file is one map, a line a procedure: `"1.001193": [làm giấy khai sinh, gks cho bé]`. Aliases may come before the
record that they name, so the files hold for the starter catalogue and for any import.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from sqlalchemy import Connection, Engine, text

from bot.knowledge.importing.importer import finish_run, start_run
from bot.knowledge.importing.reading import SourceError
from bot.knowledge.writing import lock_catalogue, raise_revision

SOURCE: Final = "project"
"""Under which these aliases are kept, beside those of the starter records and of the staff."""
LONGEST: Final = 120
_CODE: Final = re.compile(r"\d\.\d{6}")


@dataclass(frozen=True, slots=True)
class AliasSummary:
    """What loading the aliases did."""

    loaded: bool
    """False where the same files were loaded before."""
    procedures: int = 0
    aliases: int = 0
    added: int = 0
    removed: int = 0


def read_aliases(directory: Path) -> dict[str, tuple[str, ...]]:
    """The aliases of every file of a folder, by code.

    Raises:
        SourceError: a file is no YAML, or an entry is none; the text names the file and the code.
    """
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(directory.glob("*.yml")):
        try:
            data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader, in C
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise SourceError(f"{path.name}: {error}") from error
        if not isinstance(data, Mapping):
            raise SourceError(f"{path.name}: must be a map of codes to lists of aliases")
        for code, aliases in data.items():
            found[str(code)] = _checked(path.name, code, aliases, found)
    return found


def load_aliases(engine: Engine, directory: Path) -> AliasSummary:
    """Bring the aliases of a folder into the database; those of ours that are no longer in it go.

    Raises:
        SourceError: a file cannot be read; nothing has changed.
    """
    checksum = _checksum(directory)
    with engine.connect() as connection:
        if connection.execute(_LAST, {"source": SOURCE}).scalar() == checksum:
            return AliasSummary(loaded=False)
    aliases = read_aliases(directory)
    pairs = [(code, alias) for code, texts in aliases.items() for alias in texts]
    given = {"codes": [code for code, _ in pairs], "texts": [alias for _, alias in pairs], "source": SOURCE}
    with engine.begin() as connection:
        lock_catalogue(connection)
        run = start_run(connection, SOURCE, directory, checksum)
        removed = connection.execute(_DROP, given).rowcount
        added = connection.execute(_ADD, given).rowcount
        if added or removed:
            raise_revision(connection)
        counts = {"total": len(pairs), "new": added, "removed": removed}
        finish_run(connection, run, (), counts)
    return AliasSummary(True, len(aliases), len(pairs), added, removed)


def change_aliases(connection: Connection, code: str, *, add: Sequence[str], remove: Sequence[str]) -> None:
    """Bring a change that was made to the files into the database, in the caller's transaction; searches follow.

    The next start compares the files once more and finds nothing to do.
    """
    lock_catalogue(connection)
    gone = {"code": code, "texts": list(remove), "source": SOURCE}
    removed = connection.execute(_DROP_THESE, gone).rowcount
    given = {"codes": [code] * len(add), "texts": list(add), "source": SOURCE}
    if connection.execute(_ADD, given).rowcount or removed:
        raise_revision(connection)


def _checked(file: str, code: Any, aliases: Any, found: Mapping[str, Any]) -> tuple[str, ...]:
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise SourceError(f"{file}: {code!r} is no code of a procedure (quote it)")
    if code in found:
        raise SourceError(f"{file}: {code} stands there twice, or in another file too")
    if not isinstance(aliases, list) or not aliases:
        raise SourceError(f"{file}: {code}: a list of aliases is wanted")
    for alias in aliases:
        if not isinstance(alias, str) or not alias.strip() or len(alias) > LONGEST:
            raise SourceError(f"{file}: {code}: {alias!r} is no alias (a text of at most {LONGEST} characters)")
    if len(set(aliases)) < len(aliases):
        raise SourceError(f"{file}: {code}: an alias stands there twice")
    return tuple(alias.strip() for alias in aliases)


def _checksum(directory: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(directory.glob("*.yml")):
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LAST = text(
    "select sha256 from import_runs where source = :source and finished_at is not null order by id desc limit 1"
)
_DROP = text(
    "delete from procedure_aliases a where a.source = :source and not exists ("
    " select from unnest(cast(:codes as text[]), cast(:texts as text[])) as given (code, alias)"
    " where given.code = a.code and given.alias = a.text)"
)
_ADD = text(
    "insert into procedure_aliases (code, text, source)"
    " select code, alias, :source from unnest(cast(:codes as text[]), cast(:texts as text[])) as given (code, alias)"
    " on conflict (code, text) do nothing"
)
_DROP_THESE = text(
    "delete from procedure_aliases where source = :source and code = :code and text = any(cast(:texts as text[]))"
)
