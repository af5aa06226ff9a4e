"""Filters of the catalogue's list: what may be asked, and the statements that find it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from starlette.requests import Request

from bot.console import texts_catalogue as say
from bot.console.site import Site
from bot.review.procedures import Procedures

FOUND = 1000
"""Procedures that words may find."""
FILTERS = ("q", "level", "status", "source", "field", "flag", "days")
SOON = 60
"""Days from which on a record is near its end, where nothing else is asked for."""
_LAST_RUN = "(select max(started_at) from import_runs where finished_at is not null and source <> 'project')"
_ISSUE = (
    "exists (select from import_issues i where i.code = p.code and i.run_id in"
    " (select max(id) from import_runs where finished_at is not null group by source) and {})"
)
_FLAGS = {
    "expiring": "p.expires_at between :now and :now + make_interval(days => :days)",
    "expired": "p.expires_at < :now",
    "stale": _ISSUE.format("i.reason = 'stale_wording'"),
    "contradiction": _ISSUE.format("i.reason = 'price_contradiction'"),
    "doubt": _ISSUE.format("i.severity = 'doubtful'"),
    "unverified": "p.verified_at is null",
    "verified": "p.verified_at is not null",
    "overlay": "exists (select from procedure_overlays o where o.code = p.code)",
    "changed": f"exists (select from procedure_versions v where v.code = p.code and v.at = {_LAST_RUN})",
    "new": f"p.imported_at = {_LAST_RUN} and not exists"
    f" (select from procedure_versions v where v.code = p.code and v.at = {_LAST_RUN})",
}
"""Conditions of the list by name; constants of ours, what people type is bound."""
_COUNT = "select count(*) from procedures p where "
_COLUMNS = (
    "select p.code, p.name, p.plain_name, p.field, p.levels, p.status, p.source, p.fetched_at, p.expires_at,"
    " p.verified_by, p.verified_at from procedures p where "
)


async def asked(request: Request, procedures: Procedures, site: Site) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """The filter: as typed, as a condition, and its bound values."""
    params = request.query_params
    typed: dict[str, Any] = {name: params.get(name, "").replace("\x00", "").strip()[:100] for name in FILTERS}
    conditions = ["true"]
    values: dict[str, Any] = {"now": site.locality.now()}
    if typed["q"]:
        async with site.sessions() as session:
            found = await procedures.find(session, typed["q"], most=FOUND)
        conditions.append("p.code = any(:codes)")
        values["codes"] = [code for code, _ in found]
    if typed["level"] in say.LEVELS:
        conditions.append("p.levels @> to_jsonb(cast(:level as text))")
        values["level"] = typed["level"]
    if typed["status"] in say.STATUSES:
        conditions.append("p.status = :status")
        values["status"] = typed["status"]
    if typed["source"] in say.SOURCES:
        conditions.append("p.source = :source")
        values["source"] = typed["source"]
    if typed["field"]:
        conditions.append("p.field = :field")
        values["field"] = typed["field"]
    if typed["flag"] in _FLAGS:
        conditions.append(_FLAGS[typed["flag"]])
    where = " and ".join(conditions)
    if ":now" not in where:
        del values["now"]
    typed["days"] = typed["days"] if typed["days"].isdecimal() and 0 < int(typed["days"][:4]) <= 3650 else ""
    if ":days" in where:
        values["days"] = int(typed["days"][:4] or SOON)
    typed["query"] = "&".join(f"{name}={quote(typed[name])}" for name in FILTERS if typed[name])
    return typed, where, values


def count(where: str, values: dict[str, Any]) -> Any:
    """How many procedures a condition finds."""
    return _bound(_COUNT + where, values)


def rows(where: str, values: dict[str, Any], most: int) -> Any:
    """The procedures that a condition finds, by code."""
    return _bound(_COLUMNS + where + " order by p.code limit :most", values | {"most": most})


def _bound(statement: str, values: dict[str, Any]) -> Any:
    made = text(statement)
    if "codes" in values:
        made = made.bindparams(bindparam("codes", type_=ARRAY(Text)))
    return made.bindparams(**values)
