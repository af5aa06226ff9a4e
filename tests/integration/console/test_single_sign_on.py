"""Single sign-on against a provider of its own: who it proves gets in, what it does not prove does not."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from bot.console.shell import COOKIE
from tests.support import oidc_provider
from tests.support.console import Browser, Office, running_office
from tests.support.databases import Databases
from tests.support.served import control, served


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with served(oidc_provider.application) as url:
        yield url


@pytest.fixture(scope="module")
def office(databases: Databases, provider: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with (
        databases.fresh() as url,
        running_office(
            url,
            BOT_DATA_DIR=str(tmp_path_factory.mktemp("sso")),
            BOT_OIDC_ISSUER=provider,
            BOT_OIDC_CLIENT_ID=oidc_provider.CLIENT,
            BOT_OIDC_CLIENT_SECRET=oidc_provider.SECRET,
            BOT_STAFF_SECOND_FACTOR="all",
            BOT_RATE_LIMIT="off",
        ) as made,
    ):
        yield made


def come(office: Office, browser: Browser | None = None) -> tuple[Browser, str]:
    """To the provider and back; where one lands."""
    browser = browser or office.browser()
    there = browser.get("/sso/start").headers["location"]
    back = httpx.get(there).headers["location"]
    parts = urlsplit(back)
    landed = browser.client.get(f"{parts.path}?{parts.query}")
    return browser, landed.headers["location"]


def person(provider: str, name: str, subject: str, fault: str = "") -> None:
    control(provider, person={"sub": subject, "preferred_username": name}, fault=fault)


def test_who_the_provider_proves_is_logged_in_without_a_further_factor(office: Office, provider: str) -> None:
    assert "/console/sso/start" in office.browser().get("/login").text
    office.staff("lan", "officer")
    person(provider, "lan@phuong.example", "s-1")
    browser, landed = come(office)
    assert landed == "/console/"
    assert browser.get("/tickets").status_code == 200


def test_the_name_counts_once_then_the_subject(office: Office, provider: str) -> None:
    office.staff("minh", "officer")
    person(provider, "minh", "s-2")
    assert come(office)[1] == "/console/"
    person(provider, "minh", "s-3")  # somebody else who has got this name since
    browser, landed = come(office)
    assert landed.startswith("/console/login?sso=")
    assert COOKIE not in browser.client.cookies
    person(provider, "ten-moi", "s-2")  # the same person, renamed
    assert come(office)[1] == "/console/"


def test_who_has_no_account_gets_none(office: Office, provider: str) -> None:
    person(provider, "khong-co", "s-4")
    browser, landed = come(office)
    assert landed == "/console/login?sso=unknown"
    assert "Chưa có tài khoản" in browser.client.get(landed).text
    assert "Chưa có" not in browser.get("/login?sso=<script>").text


@pytest.mark.parametrize("fault", ["signature", "nonce", "audience", "issuer", "expired"])
def test_a_token_that_does_not_hold_opens_nothing(office: Office, provider: str, fault: str) -> None:
    office.staff(f"gia-{fault}", "officer")
    person(provider, f"gia-{fault}", f"f-{fault}", fault)
    browser, landed = come(office)
    assert landed.startswith("/console/login?sso=")
    assert COOKIE not in browser.client.cookies


def test_who_says_no_at_the_provider_comes_back_to_the_login(office: Office, provider: str) -> None:
    control(provider, person={})
    assert come(office)[1].startswith("/console/login?sso=")


def test_an_answer_that_nobody_asked_for_is_refused(office: Office, provider: str) -> None:
    office.staff("nan-nhan", "officer")
    person(provider, "nan-nhan", "s-9")
    attacker = office.browser()
    back = urlsplit(httpx.get(attacker.get("/sso/start").headers["location"]).headers["location"])
    victim = office.browser()
    assert victim.client.get(f"{back.path}?{back.query}").headers["location"].startswith("/console/login?sso=")
    assert COOKIE not in victim.client.cookies
    assert attacker.client.get(f"{back.path}?{back.query}").headers["location"] == "/console/"
    twice = attacker.client.get(f"{back.path}?{back.query}").headers["location"]
    assert twice.startswith("/console/login?sso=")


def test_a_disabled_account_stays_out(office: Office, provider: str) -> None:
    office.staff("nghi", "officer")

    async def disable(made) -> None:  # type: ignore[no-untyped-def]
        from bot.console.accounts import Accounts

        await Accounts(made).disable("nghi", by="cli")

    office.run(disable)
    person(provider, "nghi", "s-7")
    assert come(office)[1].startswith("/console/login?sso=")
