"""Logging in, being locked out, and how a login ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import text

from bot.console.accounts import Accounts
from bot.console.identity import FREE_FAILURES
from bot.console.shell import COOKIE
from bot.runtime import project
from tests.support.console import PASSWORD, Browser, Office, hidden, running_office
from tests.support.databases import Databases


def execute(office: Office, statement: str, **values: object) -> None:
    async def work(made) -> None:  # type: ignore[no-untyped-def]
        async with made.begin() as session:
            await session.execute(text(statement), values)

    office.run(work)


def query(office: Office, statement: str) -> list[tuple[object, ...]]:
    async def work(made) -> list[tuple[object, ...]]:  # type: ignore[no-untyped-def]
        async with made() as session:
            return [tuple(row) for row in await session.execute(text(statement))]

    return office.run(work)


def test_right_password_opens_the_list_and_the_cookie_is_kept_from_scripts_and_other_sites(office: Office) -> None:
    office.staff("tam", "officer")
    response = office.browser().login("tam")
    assert response.headers["location"] == "/console/"
    cookie = next(item for item in response.headers.get_list("set-cookie") if item.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "Path=/console" in cookie
    assert "Secure" not in cookie


def test_the_address_without_a_slash_leads_to_the_login(office: Office) -> None:
    here = httpx.get(f"{office.url}/console", follow_redirects=True)
    assert here.status_code == 200
    assert here.url.path == "/console/login"
    assert "Đăng nhập" in here.text


def test_wrong_name_and_wrong_password_read_the_same(office: Office) -> None:
    office.staff("tu", "officer")
    wrong, unknown = office.browser().login("tu", "sai mật khẩu"), office.browser().login("khong-co", "sai mật khẩu")
    assert wrong.status_code == unknown.status_code == 400
    for page in (wrong, unknown):
        assert "Sai tên đăng nhập hoặc mật khẩu" in page.text


def test_five_wrong_passwords_lock_the_account_for_a_while(office: Office) -> None:
    office.staff("nam", "officer")
    for _ in range(FREE_FAILURES):
        assert office.browser().login("nam", "sai mật khẩu").status_code == 400
    assert office.browser().login("nam").status_code == 400
    execute(office, "UPDATE staff SET locked_until = now() - interval '1 second' WHERE name = 'nam'")
    assert office.browser().login("nam").status_code == 303
    assert query(office, "SELECT failed, locked_until FROM staff WHERE name = 'nam'") == [(0, None)]


def test_what_was_typed_as_an_unknown_name_is_not_kept(office: Office) -> None:
    office.browser().login("mat-khau-go-nham", "x")
    assert query(office, "SELECT count(*) FROM audit_log WHERE audit_log::text LIKE '%mat-khau-go-nham%'") == [(0,)]


def test_logout_ends_the_session_and_not_only_the_cookie(office: Office) -> None:
    office.staff("sau", "officer")
    browser = office.browser("sau")
    stolen = browser.client.cookies[COOKIE]
    assert browser.post("/logout").headers["location"] == "/console/login"
    other = Browser(office.url)
    other.client.cookies.set(COOKIE, stolen, path="/console")
    assert other.get("/tickets").status_code == 303
    assert browser.get("/tickets").status_code == 303


@pytest.mark.parametrize("end", ["disable", "reset"])
def test_disabling_and_a_new_password_end_what_is_open(office: Office, end: str) -> None:
    name = office.staff(f"bay-{end}", "officer")
    browser = office.browser(name)
    assert browser.get("/tickets").status_code == 200

    async def work(made) -> None:  # type: ignore[no-untyped-def]
        accounts = Accounts(made)
        await (accounts.disable(name, by="cli") if end == "disable" else accounts.reset(name, "khác hẳn rồi", by="cli"))

    office.run(work)
    assert browser.get("/tickets").status_code == 303
    assert office.browser().login(name).status_code == 400


def test_roles_changed_by_an_administrator_hold_at_once(office: Office) -> None:
    office.staff("quan-tri", "admin")
    office.staff("tam-thoi", "supervisor")
    number = query(office, "SELECT id FROM staff WHERE name = 'tam-thoi'")[0][0]
    admin, person = office.browser("quan-tri"), office.browser("tam-thoi")
    form = {"roles": "officer", "agency": "", "full_name": "Trần Thị Tám"}
    assert admin.post(f"/staff/edit?pk={number}", form).status_code == 303
    assert person.get("/tickets").status_code == 303  # logged out
    assert person.login("tam-thoi").status_code == 303
    assert person.get("/replies/list").status_code == 403
    before_after = query(
        office, "SELECT before, after FROM audit_log WHERE action = 'staff.edit' ORDER BY id DESC LIMIT 1"
    )
    assert before_after == [({"roles": ["supervisor"]}, {"roles": ["officer"]})]


def test_an_administrator_cannot_lock_themselves_out(office: Office) -> None:
    office.staff("mot-minh", "admin")
    number = query(office, "SELECT id FROM staff WHERE name = 'mot-minh'")[0][0]
    browser = office.browser("mot-minh")
    assert browser.post(f"/staff/edit?pk={number}", {"roles": "officer"}).status_code == 422
    assert browser.post(f"/staff/edit?pk={number}", {"roles": "admin", "disabled": "on"}).status_code == 422
    assert browser.get("/staff/list").status_code == 200


def test_an_idle_and_an_old_session_end(office: Office) -> None:
    office.staff("tam-9", "officer")
    browser = office.browser("tam-9")
    for change in ("seen_at = now() - interval '121 minutes'", "expires_at = now() - interval '1 second'"):
        assert browser.login("tam-9").status_code == 303
        assert browser.get("/tickets").status_code == 200
        execute(office, f"UPDATE staff_sessions SET {change}")
        assert browser.get("/tickets").status_code == 303


def test_the_token_is_not_in_the_database(office: Office) -> None:
    office.staff("muoi", "officer")
    token = office.browser("muoi").client.cookies[COOKIE]
    assert query(office, f"SELECT count(*) FROM staff_sessions s WHERE s::text LIKE '%{token}%'") == [(0,)]


@pytest.mark.parametrize(
    "there", ["https://evil.example/", "//evil.example", "/console//evil.example", "/\\evil.example", "/console/..\\x"]
)
def test_login_sends_nobody_away(office: Office, there: str) -> None:
    office.staff("mot-nua", "officer") if not query(office, "SELECT 1 FROM staff WHERE name='mot-nua'") else None
    browser = office.browser()
    response = browser.client.post(
        "/console/login",
        params={"next": there},
        data={"csrftoken": browser.token(), "username": "mot-nua", "password": PASSWORD},
    )
    assert "evil" not in response.headers["location"]
    assert response.headers["location"].startswith("/console/")


def test_a_password_is_changed_and_other_places_are_logged_out(office: Office) -> None:
    office.staff("hai", "officer", must_change=True)
    here, there = office.browser("hai"), office.browser("hai")
    assert here.get("/tickets").headers["location"] == "/console/password"
    new = "câu mới hoàn toàn khác"
    for old, wanted, again, said in (
        ("sai", new, new, "không đúng"),
        (PASSWORD, "ngắn", "ngắn", "10 ký tự"),
        (PASSWORD, new, new + "x", "không giống"),
        (PASSWORD, PASSWORD, PASSWORD, "khác mật khẩu cũ"),
        (PASSWORD, "chữ hai và nữa", "chữ hai và nữa", "tên đăng nhập"),
    ):
        response = here.post("/password", {"old": old, "new": wanted, "again": again})
        assert response.status_code == 422
        assert said in response.text
    assert here.post("/password", {"old": PASSWORD, "new": new, "again": new}).status_code == 303
    assert here.get("/tickets").status_code == 200
    assert there.get("/tickets").headers["location"].startswith("/console/login")
    assert office.browser().login("hai", new).status_code == 303


def test_forms_without_the_token_of_the_browser_are_refused(office: Office) -> None:
    office.staff("ba", "officer")
    code, browser = office.ticket(), office.browser("ba")
    path, before = f"/console/tickets/{code}/note", len(office.detail(code).events)
    other = office.browser().token()
    for data in ({}, {"csrftoken": ""}, {"csrftoken": "abc"}, {"csrftoken": other}):
        assert browser.client.post(path, data={"text": "giả mạo"} | data).status_code == 403
    assert browser.client.post(path, json={"text": "giả mạo"}).status_code == 403
    for site in ("cross-site", "same-site"):
        sent = browser.client.post(
            path, data={"text": "giả mạo", "csrftoken": browser.token()}, headers={"Sec-Fetch-Site": site}
        )
        assert sent.status_code == 403
    assert len(office.detail(code).events) == before
    page = browser.get(f"/tickets/{code}").text
    assert browser.client.post(path, data={"text": "thật", "csrftoken": hidden(page, "csrftoken")}).status_code == 303


def test_every_form_of_every_page_carries_the_token(office: Office) -> None:
    office.staff("bon", "admin")
    code, browser = office.ticket(), office.browser("bon")
    for path in ("/tickets", f"/tickets/{code}", "/new?category=rac_thai", "/password", "/replies/create", "/login"):
        page = (Browser(office.url) if path == "/login" else browser).get(path).text
        forms = page.lower().split("<form")[1:]
        posts = [form.split("</form>")[0] for form in forms if 'method="post"' in form.split(">")[0]]
        assert posts
        assert all('name="csrftoken"' in form for form in posts)


def test_large_bodies_are_refused_before_they_are_read(office: Office) -> None:
    anonymous = office.browser()
    assert anonymous.post("/login", {"username": "a" * 100_000}).status_code == 413
    sent = httpx.post(
        f"{office.url}/console/login", content=(b"x" * 1000 for _ in range(200)),
        headers={"Content-Type": "application/x-www-form-urlencoded", "Cookie": ""},
    )  # fmt: skip
    assert sent.status_code == 413


def test_pages_name_what_may_be_loaded_and_are_not_kept(office: Office) -> None:
    office.staff("sau-nua", "admin")
    browser = office.browser("sau-nua")
    for path in ("/tickets", "/staff/list", "/audit", "/login"):
        response = browser.get(path)
        policy = response.headers["content-security-policy"]
        assert "unsafe-eval" not in policy
        assert "'unsafe-inline'" not in policy.replace("style-src-attr 'unsafe-inline'", "")
        assert "http" not in policy
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-frame-options"] == "DENY"
        assert "rsms.me" not in response.text


@pytest.fixture(scope="module")
def behind_tls(databases: Databases) -> Iterator[Office]:
    with (
        databases.fresh() as url,
        running_office(url, BOT_PUBLIC_URL="https://hoi.example", BOT_RATE_LIMIT="on") as made,
    ):
        yield made


def test_with_a_public_address_of_https_cookies_need_tls(behind_tls: Office) -> None:
    behind_tls.staff("tls", "officer")
    first = httpx.get(f"{behind_tls.url}/console/login")
    assert all("Secure" in item for item in first.headers.get_list("set-cookie"))
    token = next(item for item in first.headers.get_list("set-cookie")).split("=", 1)[1].split(";")[0]
    sent = httpx.post(
        f"{behind_tls.url}/console/login",
        data={"csrftoken": token, "username": "tls", "password": PASSWORD},
        headers={"Cookie": f"starlette_admin_csrftoken={token}"},
    )
    assert sent.status_code == 303
    assert "Secure" in next(item for item in sent.headers.get_list("set-cookie") if item.startswith(COOKIE))


def test_one_address_may_not_try_without_end(behind_tls: Office) -> None:
    first = httpx.get(f"{behind_tls.url}/console/login")
    token = next(item for item in first.headers.get_list("set-cookie")).split("=", 1)[1].split(";")[0]

    def tried(number: int) -> str:
        return httpx.post(
            f"{behind_tls.url}/console/login",
            data={"csrftoken": token, "username": f"ai-do-{number}", "password": "x"},
            headers={"Cookie": f"starlette_admin_csrftoken={token}"},
        ).text

    assert "quá nhiều lần" in [tried(number) for number in range(24)][-1]


def test_the_audit_log_cannot_be_changed_or_emptied(office: Office) -> None:
    office.browser().login("khong-ai", "x")
    for statement in ("UPDATE audit_log SET account = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log"):
        with pytest.raises(Exception, match="append-only"):
            execute(office, statement)


def test_accounts_are_made_listed_disabled_and_reset_by_command(office: Office) -> None:
    environment = {"BOT_DATABASE_URL": office.system.database_url, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}

    def bot(*arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot.cli", "staff", *arguments],
            cwd=project.ROOT, env=environment, input=said, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    # The tables of this database come from the models; the command brings it to the newest migration first.
    from bot.storage import migrations
    from bot.storage.database import connect_sync

    engine = connect_sync(office.system.database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num varchar(32) PRIMARY KEY)"))
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": migrations.head()})
    engine.dispose()

    made = bot("add", "le.hoa", "--role", "officer", "--role", "supervisor", "--agency", "moi_truong_do_thi")
    assert made.returncode == 0, made.stderr
    password = made.stdout.split("hiện một lần): ")[1].splitlines()[0]
    browser = office.browser()
    assert browser.login("le.hoa", password).status_code == 303
    assert browser.get("/tickets").headers["location"] == "/console/password"
    assert "le.hoa" in bot("list").stdout
    assert password not in bot("list").stdout
    for wrong in (
        ("add", "le.hoa", "--role", "officer"),
        ("add", "Lê Hoa", "--role", "officer"),
        ("add", "b1", "--role", "chief"),
        ("add", "b2", "--role", "officer", "--agency", "khong_co"),
        ("disable", "khong-co"),
        ("reset", "khong-co"),
    ):
        done = bot(*wrong)
        assert done.returncode == 1
        assert done.stderr.startswith("LỖI: ")
    assert bot("disable", "le.hoa").returncode == 0
    assert browser.get("/password").status_code == 303
    assert office.browser().login("le.hoa", password).status_code == 400
    assert bot("disable", "le.hoa", "--enable").returncode == 0
    assert bot("reset", "le.hoa", "--ask-password", said="một câu khác nữa\n").returncode == 0
    assert office.browser().login("le.hoa", "một câu khác nữa").status_code == 303
    assert bot("reset", "le.hoa", "--ask-password", said="ngắn\n").returncode == 1


def test_a_locked_account_stays_locked_for_fifteen_minutes(office: Office) -> None:
    office.staff("khoa", "officer")
    for _ in range(FREE_FAILURES):
        office.browser().login("khoa", "sai")
    until = query(office, "SELECT locked_until FROM staff WHERE name = 'khoa'")[0][0]
    assert isinstance(until, datetime)
    assert timedelta(minutes=14) < until - datetime.now(UTC) <= timedelta(minutes=15)
