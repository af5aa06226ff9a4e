"""Every role against every page and action, also by direct address and forged forms: nothing else is possible."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator

import pytest

from bot.console import pages
from bot.console.permissions import TABLE, Permission, allowed
from bot.console.site import Page
from bot.console.tables import ReplyTable, StaffTable, Table
from tests.integration.console.conftest import Town

ROLES = tuple(TABLE)
MODULES = [importlib.import_module(f"{pages.__name__}.{found.name}") for found in pkgutil.iter_modules(pages.__path__)]
"""Every module of pages: a new one is tried without being named here."""
PAGES: list[type[Page]] = [
    found
    for module in MODULES
    for _, found in inspect.getmembers(module, inspect.isclass)
    if issubclass(found, Page) and found.__module__ == module.__name__ and not found.__name__.endswith("Base")
]
UNKNOWN = {"{key:str}": "0" * 32, "{number:int}": "999999", "{intent:str}": "unknown", "{procedure:str}": "9.999999"}
"""What stands in an address for something that there is not: answered by 404."""


def handlers() -> Iterator[tuple[str, str, Permission | None]]:
    """Every method and address of our own pages, with the permission that it names."""
    for page in PAGES:
        for name in dir(page):
            handler = getattr(page, name)
            if not hasattr(handler, "_route_path"):
                continue
            path = (page.path.rstrip("/") + handler._route_path) or "/"
            for method in handler._route_methods:
                yield method, path, getattr(handler, "permission", None)


HANDLERS = sorted(handlers(), key=str)
TABLES: list[type[Table]] = [ReplyTable, StaffTable]


def at(path: str, code: str) -> str:
    path = path.replace("{code:str}", code)
    for name, value in UNKNOWN.items():
        path = path.replace(name, value)
    return path


def plain(page: str, code: str) -> str:
    """A page without what differs by chance."""
    return re.sub(r'(nonce|value)="[^"]*"', "", page).replace(code, "")


def test_there_are_as_many_handlers_as_pages_promise() -> None:
    assert len(HANDLERS) >= 26
    assert len({(method, path) for method, path, _ in HANDLERS}) == len(HANDLERS)


def test_every_handler_names_its_permission() -> None:
    assert [(method, path) for method, path, permission in HANDLERS if permission is None] == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "path", "permission"), HANDLERS, ids=lambda value: str(value))
def test_a_role_reaches_what_its_row_holds_and_nothing_else(
    town: Town, role: str, method: str, path: str, permission: Permission
) -> None:
    code = town.restricted if role == "restricted_reader" else town.own
    browser = town.people[role]
    response = browser.get(at(path, code)) if method == "GET" else browser.post(at(path, code))
    if allowed([role], permission):
        assert response.status_code in (200, 303, 404, 422), response.text
        assert "/console/login" not in response.headers.get("location", "")
        # Sending again tells in words, on the list, that there is nothing to be sent.
        told = path == "/deliveries/{number:int}/again"
        unknown = (any(name in path for name in UNKNOWN) and not told) or path == "/new/slip"
        assert (response.status_code == 404) == unknown
    else:
        assert response.status_code == 403


@pytest.mark.parametrize(("method", "path", "permission"), HANDLERS, ids=lambda value: str(value))
def test_nobody_unknown_reaches_anything(town: Town, method: str, path: str, permission: Permission) -> None:
    browser = town.office.browser()
    response = browser.get(at(path, town.own)) if method == "GET" else browser.post(at(path, town.own))
    assert response.status_code == 303
    assert response.headers["location"].startswith("/console/login")


@pytest.mark.parametrize("role", ["officer", "supervisor"])
@pytest.mark.parametrize(
    ("method", "path", "permission"), [item for item in HANDLERS if "{code" in item[1]], ids=lambda value: str(value)
)
def test_a_restricted_ticket_does_not_exist_for_others(
    town: Town, role: str, method: str, path: str, permission: Permission
) -> None:
    form = {"target": "in_progress", "text": "x", "reason": "x", "solved": "yes", "category": "khac", "agency": "khac"}
    browser, before = town.people[role], len(town.office.detail(town.restricted).events)
    known, unknown = at(path, town.restricted), at(path, "PA-2020-000001")
    if method == "GET":
        responses = [browser.get(known), browser.get(unknown)]
    else:
        responses = [browser.post(known, form), browser.post(unknown, form)]
    assert [response.status_code for response in responses] == [404 if allowed([role], permission) else 403] * 2
    assert plain(responses[0].text, town.restricted) == plain(responses[1].text, "PA-2020-000001")
    assert len(town.office.detail(town.restricted).events) == before


@pytest.mark.parametrize(
    ("method", "path", "permission"), [item for item in HANDLERS if "{code" in item[1]], ids=lambda value: str(value)
)
def test_an_officer_reaches_no_ticket_of_another_agency(
    town: Town, method: str, path: str, permission: Permission
) -> None:
    browser = town.people["officer"]
    form = {"target": "in_progress", "text": "x", "reason": "x", "solved": "yes"}
    response = browser.get(at(path, town.other)) if method == "GET" else browser.post(at(path, town.other), form)
    assert response.status_code == (404 if allowed(["officer"], permission) else 403)
    assert len(town.office.detail(town.other).events) == 3


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("officer", {"own"}),
        ("supervisor", {"own", "other"}),
        ("restricted_reader", {"restricted"}),
        ("admin", {"own", "other", "restricted"}),
    ],
)
def test_the_list_holds_what_a_role_may_see_under_every_filter(town: Town, role: str, sees: set[str]) -> None:
    for query in ("", "status=open", "q=PA", "restricted=1", "restricted=0", "order=updated", "agency=ha_tang"):
        page = town.people[role].get(f"/tickets?{query}").text
        for name in ("own", "other", "restricted"):
            if name not in sees:
                assert getattr(town, name) not in page
    page = town.people[role].get("/tickets").text
    assert all(getattr(town, name) in page for name in sees)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.key)
def test_the_tables_of_starlette_admin_are_closed_to_who_has_no_permission(
    town: Town, role: str, table: type[Table]
) -> None:
    browser, key = town.people[role], table.key
    may = allowed([role], table.permission)
    token = {"X-CSRFToken": browser.token()}
    asked = {
        "list": browser.get(f"/{key}/list"),
        "detail": browser.get(f"/{key}/detail?pk=1"),
        "lookup": browser.get(f"/_api/{key}/relation-lookup?q=a"),
        "row": browser.get(f"/_api/{key}/inline-edit/row?pk=1"),
        "inline": browser.get(f"/_api/{key}/inline-edit?pk=1&field=name"),
        "delete": browser.client.post(f"/console/_api/{key}/row-action?pk=1&name=delete", headers=token),
        "bulk": browser.client.post(f"/console/_api/{key}/action?pks=1&name=delete", headers=token),
        "export": browser.client.post(f"/console/_api/{key}/action?pks=1&name=export", headers=token),
        "import": browser.client.post(f"/console/_api/{key}/import", headers=token),
        "create": browser.get(f"/{key}/create"),
        "edit": browser.post(f"/{key}/edit?pk=4", {"roles": "officer"}),  # of the administrator: refused to themselves
    }
    found = {name: response.status_code for name, response in asked.items()}
    if may:
        assert found["list"] == 200
        assert found["import"] == found["inline"] == 403
        if table is not ReplyTable:
            assert found["create"] == 403
            assert found["delete"] in (400, 403)
            assert found["bulk"] in (400, 403)
    else:
        assert set(found.values()) <= {403, 400}, found
        assert [found[name] for name in ("list", "create", "detail", "lookup", "row")] == [403] * 5


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_shows_what_the_role_may_open(town: Town, role: str) -> None:
    page = town.people[role].get("/password").text
    for path, permission in (
        ("/console/tickets", Permission.TICKETS_READ),
        ("/console/review", Permission.REVIEW_READ),
        ("/console/corpus", Permission.CORPUS_READ),
        ("/console/faqs", Permission.CORPUS_READ),
        ("/console/new", Permission.TICKETS_FILE),
        ("/console/replies/list", Permission.REPLIES_MANAGE),
        ("/console/staff/list", Permission.STAFF_MANAGE),
        ("/console/audit", Permission.AUDIT_READ),
    ):
        assert (f'href="{path}"' in page) == allowed([role], permission), path


def test_refusals_are_in_the_audit_log(town: Town) -> None:
    town.people["officer"].get("/tickets/export?personal=1")
    page = town.people["admin"].get("/audit?outcome=refused").text
    assert "tickets.export_personal" in page


def test_a_first_password_opens_nothing_but_its_change(town: Town) -> None:
    town.office.staff("moi", "admin", must_change=True)
    browser = town.office.browser("moi")
    for method, path, _ in HANDLERS:
        if path == "/password":
            continue
        response = browser.get(at(path, town.own)) if method == "GET" else browser.post(at(path, town.own))
        assert (response.status_code, response.headers["location"]) == (303, "/console/password")
    assert browser.get("/staff/list").headers["location"] == "/console/password"
    assert browser.get("/password").status_code == 200
