"""The project's own YAML: records in the shape of `ProcedureRecord`, one or a list in a document."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from bot.knowledge.importing.parsed import Parsed
from bot.knowledge.importing.portal import CODE
from bot.knowledge.records import ProcedureRecord
from bot.knowledge.store import Source

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENTS = ("fetched_at", "verified_at", "expires_at")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # chosen at import
    """The safe loader, without numbers with a point: a code such as 1.001193 is no number."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:float"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load_yaml(text: str) -> list[Any]:
    """All records of a YAML file: of its documents, each one record or a list.

    Raises:
        yaml.YAMLError: the text is no YAML.
    """
    found: list[Any] = []
    for document in yaml.load_all(text, Loader=_Loader):  # a safe loader, see above
        if isinstance(document, list):
            found.extend(document)
        elif document is not None:
            found.append(document)
    return found


def read_record(data: Mapping[str, Any], line: int, source: Source | None) -> Parsed:
    """One record as written, or refused with the reason.

    Args:
        source: where the record comes from; none: what the record says itself (an export does), else `yaml`.
    """
    data = dict(data)
    said = data.pop("source", None)
    told = source or (said if said in get_args(Source) else "yaml")
    code = str(data.get("code") or "").strip()
    parsed = Parsed(line, code or None, None, (), told)
    if not CODE.fullmatch(code):
        return parsed.refused("bad_code", f"{code!r} is not a code")
    if not str(data.get("name") or "").strip():
        return parsed.refused("empty_name", "name is empty")
    try:
        record = ProcedureRecord.model_validate({**data, "provenance": _days(data.get("provenance"))})
    except ValidationError as error:
        told_fields = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False))
        return parsed.refused("invalid_record", told_fields[:500])
    return replace(parsed, record=record)


def _days(provenance: Any) -> Any:
    """Days stay days: a validator would read "2026-07-31" in JSON as a midnight."""
    if not isinstance(provenance, Mapping):
        return provenance or {}
    return {
        key: dt.date.fromisoformat(value)
        if key in _MOMENTS and isinstance(value, str) and _DAY.fullmatch(value)
        else value
        for key, value in provenance.items()
    }
