"""The second factor: set, proved, used once, lost, taken away; and logins that are seen and ended."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pyotp
import pytest
from sqlalchemy import text

from bot.console.accounts import Accounts
from bot.console.identity import FREE_FAILURES
from bot.console.second_factor import STEP
from bot.console.shell import COOKIE
from tests.support.console import PASSWORD, Browser, Office, hidden, running_office
from tests.support.databases import Databases


def query(office: Office, statement: str) -> list[tuple[object, ...]]:
    async def work(made) -> list[tuple[object, ...]]:  # type: ignore[no-untyped-def]
        async with made.begin() as session:
            return [tuple(row) for row in await session.execute(text(statement))]

    return office.run(work)


def code(secret: str, ahead: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(time.time()) + ahead * STEP)


def enrol(browser: Browser) -> tuple[str, list[str]]:
    """Sets the second factor as the page says; the key and the recovery codes."""
    page = browser.get("/second-factor").text
    found = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page)
    assert found
    secret = found[1].replace(" ", "")
    shown = browser.post("/second-factor", {"sealed": hidden(page, "sealed"), "code": code(secret, -1)})
    assert shown.status_code == 200
    return secret, re.findall(r'<code class="key">([a-z2-9]{5}-[a-z2-9]{5})</code>', shown.text)


def half_way(office: Office, name: str) -> Browser:
    """A browser that has typed the right password."""
    browser = office.browser()
    assert browser.login(name).status_code == 303
    return browser


def test_the_password_alone_then_opens_nothing(office: Office) -> None:
    office.staff("mot", "admin")
    here = office.browser("mot")
    secret, codes = enrol(here)
    assert len(set(codes)) == 10
    assert here.get("/tickets").status_code == 200
    browser = half_way(office, "mot")
    for path in ("/", "/tickets", "/staff/list", "/password", "/second-factor", "/sessions", "/audit"):
        assert browser.get(path).headers["location"] == "/console/code", path
    assert browser.post("/tickets/bulk", {"code": "x"}).headers["location"] == "/console/code"
    assert browser.post("/second-factor/remove", {"password": PASSWORD}).headers["location"] == "/console/code"
    before = browser.client.cookies[COOKIE]
    assert browser.post("/code", {"code": "000000"}).status_code == 422
    assert browser.post("/code", {"code": code(secret)}).headers["location"] == "/console/"
    assert browser.client.cookies[COOKIE] != before
    assert browser.get("/tickets").status_code == 200
    old = Browser(office.url)
    old.client.cookies.set(COOKIE, before, path="/console")
    assert old.get("/tickets").headers["location"].startswith("/console/login")


def test_setting_it_ends_the_other_logins(office: Office) -> None:
    office.staff("hai", "officer")
    here, there = office.browser("hai"), office.browser("hai")
    enrol(here)
    assert here.get("/tickets").status_code == 200
    assert there.get("/tickets").status_code == 303


def test_a_code_is_good_once_and_only_about_its_time(office: Office) -> None:
    office.staff("ba", "officer")
    secret, _ = enrol(office.browser("ba"))
    used = code(secret)
    assert half_way(office, "ba").post("/code", {"code": used}).status_code == 303
    browser = half_way(office, "ba")
    assert browser.post("/code", {"code": used}).status_code == 422
    for ahead in (-1, -3, 3):
        assert browser.post("/code", {"code": code(secret, ahead)}).status_code == 422
    query(office, "UPDATE staff SET failed = 0 WHERE name = 'ba' RETURNING 1")
    assert browser.post("/code", {"code": f" {code(secret, 1)[:3]} {code(secret, 1)[3:]} "}).status_code == 303


def test_wrong_codes_lock_the_account_and_the_right_password_does_not_start_the_count_anew(office: Office) -> None:
    office.staff("bon", "officer")
    secret, _ = enrol(office.browser("bon"))
    for _ in range(FREE_FAILURES):
        assert half_way(office, "bon").post("/code", {"code": "123456"}).status_code == 422
    assert office.browser().login("bon").status_code == 400
    query(office, "UPDATE staff SET locked_until = now() - interval '1 second' WHERE name = 'bon' RETURNING 1")
    browser = half_way(office, "bon")
    assert browser.post("/code", {"code": "123456"}).status_code == 422  # the sixth: locked again at once
    assert browser.post("/code", {"code": code(secret)}).status_code == 422
    query(office, "UPDATE staff SET locked_until = NULL WHERE name = 'bon' RETURNING 1")
    assert browser.post("/code", {"code": code(secret)}).status_code == 303
    assert query(office, "SELECT failed FROM staff WHERE name = 'bon'") == [(0,)]


def test_each_recovery_code_stands_in_once(office: Office) -> None:
    office.staff("nam", "officer")
    _, codes = enrol(office.browser("nam"))
    assert half_way(office, "nam").post("/code", {"code": codes[0].upper()}).status_code == 303
    assert half_way(office, "nam").post("/code", {"code": codes[0]}).status_code == 422
    assert half_way(office, "nam").post("/code", {"code": codes[1].replace("-", " ")}).status_code == 303
    assert query(office, "SELECT jsonb_array_length(recovery_codes) FROM staff WHERE name = 'nam'") == [(8,)]


def test_neither_key_nor_recovery_codes_stand_in_the_database(office: Office) -> None:
    office.staff("sau", "officer")
    secret, codes = enrol(office.browser("sau"))
    row = str(query(office, "SELECT s::text, encode(totp_secret, 'escape') FROM staff s WHERE name = 'sau'"))
    assert secret not in row
    assert not any(item in row or item.replace("-", "") in row for item in codes)
    written = str(query(office, "SELECT a::text FROM audit_log a WHERE account = 'sau'"))
    assert "second_factor.set" in written
    assert secret not in written


def test_a_key_offered_to_one_account_is_of_no_use_to_another(office: Office) -> None:
    office.staff("bay", "officer")
    office.staff("tam", "officer")
    page = office.browser("bay").get("/second-factor").text
    other, sealed = office.browser("tam"), hidden(page, "sealed")
    assert other.post("/second-factor", {"sealed": sealed, "code": "123456"}).status_code == 303
    assert other.post("/second-factor", {"sealed": "x" * 500, "code": "123456"}).status_code == 303
    assert query(office, "SELECT count(*) FROM staff WHERE name = 'tam' AND totp_secret IS NOT NULL") == [(0,)]


def test_it_is_taken_away_with_the_password_or_by_the_command_line(office: Office) -> None:
    office.staff("chin", "officer")
    browser = office.browser("chin")
    enrol(browser)
    browser.post("/second-factor/remove", {"password": "sai"})
    assert half_way(office, "chin").get("/tickets").headers["location"] == "/console/code"
    browser.post("/second-factor/remove", {"password": PASSWORD})
    assert half_way(office, "chin").get("/tickets").status_code == 200
    enrol(browser)

    async def reset(made) -> None:  # type: ignore[no-untyped-def]
        await Accounts(made).clear_second_factor("chin", by="cli", end_logins=True)

    office.run(reset)
    assert browser.get("/tickets").status_code == 303
    assert half_way(office, "chin").get("/tickets").status_code == 200


def test_one_sees_ones_logins_and_ends_them(office: Office) -> None:
    office.staff("muoi", "officer")
    here, there = office.browser("muoi"), office.browser("muoi")
    there.client.headers["user-agent"] = "Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36"
    there.post("/logout")
    there.login("muoi")
    page = here.get("/sessions").text
    assert "máy này" in page
    assert "Chrome, Windows" in page
    number = re.search(r"/sessions/(\d+)/end", page)
    assert number
    stranger = office.browser(office.staff("nguoi-la", "officer"))
    assert stranger.post(f"/sessions/{number[1]}/end").status_code == 404
    assert stranger.post(f"/sessions/{number[1]}/end", {"all": "1"}).status_code == 403
    assert there.get("/tickets").status_code == 200
    assert here.post(f"/sessions/{number[1]}/end").status_code == 303
    assert there.get("/tickets").status_code == 303
    there.login("muoi")
    assert here.post("/sessions/others/end").status_code == 303
    assert there.get("/tickets").status_code == 303
    assert here.get("/tickets").status_code == 200


def test_an_administrator_sees_everybody_and_ends_a_login(office: Office) -> None:
    office.staff("sep", "admin")
    office.staff("ban", "officer")
    admin, person = office.browser("sep"), office.browser("ban")
    page = admin.get("/sessions/all").text
    row = next(part for part in page.split("<tr>") if ">ban<" in part.replace("\n", "") or "ban" in part[:80])
    number = re.search(r"/sessions/(\d+)/end", row)
    assert number
    assert admin.post(f"/sessions/{number[1]}/end", {"all": "1"}).status_code == 303
    assert person.get("/tickets").status_code == 303
    assert query(office, "SELECT object FROM audit_log WHERE action = 'session.end' AND account = 'sep'") == [("ban",)]


@pytest.fixture(scope="module")
def strict(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    data = tmp_path_factory.mktemp("strict")
    with (
        databases.fresh() as url,
        running_office(url, BOT_DATA_DIR=str(data), BOT_STAFF_SECOND_FACTOR="admins") as made,
    ):
        yield made


def test_where_administrators_must_have_it_they_do_nothing_before(strict: Office) -> None:
    strict.staff("to", "admin")
    strict.staff("nho", "officer")
    assert strict.browser("nho").get("/tickets").status_code == 200
    admin = strict.browser("to")
    assert admin.get("/tickets").headers["location"] == "/console/second-factor"
    assert admin.post("/sessions/others/end").headers["location"] == "/console/second-factor"
    enrol(admin)
    assert admin.get("/tickets").status_code == 200
    refused = admin.post("/second-factor/remove", {"password": PASSWORD}).headers["location"]
    assert "yêu cầu" in admin.client.get(refused).text
