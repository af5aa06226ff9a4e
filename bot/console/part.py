"""The console as a part of the web process: joined from the settings, mounted at `/console`."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette_admin.contrib.sqla import Admin
from starlette_admin.i18n import I18nConfig, TimezoneConfig

from bot.console import look, sso, texts
from bot.console.accounts import Accounts
from bot.console.audit import Audit
from bot.console.login import Login
from bot.console.logins import Logins
from bot.console.pages.aliases import AliasPage
from bot.console.pages.audit import AuditPage
from bot.console.pages.catalogue import CataloguePage
from bot.console.pages.chat_work import ChatWork
from bot.console.pages.chats import ChatPage, ChatsPage
from bot.console.pages.corpus import CorpusPage, IntentPage
from bot.console.pages.deliveries import DeliveriesPage
from bot.console.pages.exchange import ExchangePage
from bot.console.pages.faqs import FaqPage
from bot.console.pages.figures import FiguresPage
from bot.console.pages.filing import FilingPage
from bot.console.pages.gates import GatesPage
from bot.console.pages.handbook import HandbookPage
from bot.console.pages.models import ModelsPage
from bot.console.pages.own import Home, NoticesPage, PasswordPage
from bot.console.pages.review import ReviewGroup, ReviewList
from bot.console.pages.review_work import ReviewWorkPage
from bot.console.pages.security import CodePage, SecondFactorPage, SessionsPage
from bot.console.pages.ticket import TicketPage
from bot.console.pages.tickets import TicketList
from bot.console.pages.training import TrainingPage
from bot.console.pages.work import TicketWork
from bot.console.second_factor import SecondFactor
from bot.console.shell import BASE, FAULT, Shell
from bot.console.site import Site
from bot.console.tables import tables
from bot.console.vietnamese import LOCALE
from bot.locality import LiveLocality
from bot.privacy import derive
from bot.settings import Settings
from bot.storage.database import connect_async, sessions
from bot.tickets import TicketService
from bot.tickets.photos import Photos
from bot.training import heldout
from bot.training.checkout import ROOT
from bot.training.curation import Curation

log = structlog.get_logger(__name__)

CONNECTIONS = 5
NAME = "console"


@contextlib.asynccontextmanager
async def routes(settings: Settings, locality: LiveLocality) -> AsyncIterator[list[BaseRoute]]:
    """The console's routes, with a database pool that is closed at the end."""
    engine = connect_async(settings.database_url.get_secret_value(), pool_size=CONNECTIONS)
    made = sessions(engine)
    site = Site(
        settings=settings,
        source=locality,
        sessions=made,
        tickets=TicketService(made, settings, locality),
        photos=Photos(made, settings),
        accounts=Accounts(made),
        logins=Logins(made),
        second_factor=SecondFactor(made, settings.secret_key),
        audit=Audit(made),
        curation=Curation(ROOT / settings.corpus_dir, lambda: _held_out(settings)),
    )
    try:
        yield [Route(BASE, _enter, methods=["GET"]), console(site)]
    finally:
        await engine.dispose()


def console(site: Site) -> Mount:
    """The mounted application."""
    # Its lines name whoever tries to log in, as typed; ours say what has to be said.
    logging.getLogger("starlette_admin").setLevel(logging.CRITICAL)
    look.prepare()
    admin = Admin(
        site.sessions,
        title="Một Cửa",
        base_url=BASE,
        route_name=NAME,
        templates_dir=str(look.HERE / "templates"),
        static_dir=str(look.HERE / "static"),
        theme=look.Theme(),
        auth_provider=Login(site.accounts, limited=site.settings.rate_limit == "on"),
        secret_key=derive(site.settings.secret_key, "console-forms").hex(),
        index_view=Home(site),
        i18n_config=I18nConfig(default_locale=LOCALE, language_cookie_name=None, language_header_name=None),
        timezone_config=TimezoneConfig(
            default_timezone=site.locality.timezone, timezone_cookie_name=None, use_user_locale_timezone=False
        ),
    )
    notices, filing, listed, lists = NoticesPage(site), FilingPage(site), TicketList(site), tables(site)
    # What is added last is asked first: the list's own addresses before `/tickets/{code}`.
    audit, deliveries, review = AuditPage(site), DeliveriesPage(site), ReviewList(site)
    training, models = TrainingPage(site), ModelsPage(site)
    corpus, faqs, aliases = CorpusPage(site), FaqPage(site), AliasPage(site)
    exchange, catalogue = ExchangePage(site), CataloguePage(site)
    figures = FiguresPage(site)
    teaching = (figures, catalogue, IntentPage(site), corpus, faqs, aliases, exchange)
    learning = (training, models, GatesPage(site), ReviewWorkPage(site), ReviewGroup(site), review)
    handbook, chats = HandbookPage(site), ChatsPage(site)
    talks = (ChatWork(site), ChatPage(site), chats)
    own = (handbook, PasswordPage(site), CodePage(site), SecondFactorPage(site), SessionsPage(site))
    work = (filing, TicketWork(site), TicketPage(site), listed)
    for view in (notices, *work, *talks, *teaching, *learning, audit, deliveries, *own, *lists):
        admin.add_view(view)
    look.dress(
        admin.templates.env,
        site.source,
        menu=[
            listed,
            filing,
            chats,
            deliveries,
            review,
            faqs,
            aliases,
            corpus,
            exchange,
            training,
            models,
            catalogue,
            figures,
            *lists,
            audit,
            notices,
            handbook,
        ],
        texts=texts,
        sso_label=texts.SSO_LABEL if site.settings.oidc_issuer else "",
    )
    host = Starlette()
    if site.settings.oidc_issuer:
        admin.routes.insert(0, sso.mount(site.settings, site.accounts))
    admin.mount_to(host)
    admin.app.add_exception_handler(Exception, _fault)
    shell = Middleware(
        Shell,
        accounts=site.accounts,
        secure=site.settings.public_url.startswith("https://"),
        policy=site.settings.staff_second_factor,
    )
    return Mount(BASE, app=admin.app, name=NAME, middleware=[shell])


def _held_out(settings: Settings) -> list[Path]:
    """The sets whose sentences nobody may teach."""
    return [found.path for found in (*heldout.projects(), *heldout.staffs(settings))]


async def _enter(_request: Request) -> Response:
    """The address without the slash at its end."""
    return RedirectResponse(f"{BASE}/", 303)


async def _fault(request: Request, error: Exception) -> Response:
    """A fault of ours: the log gets the details, the page does not.

    What is raised before the pages are reached (a form that cannot be read) comes here, too, and is no fault of ours.
    """
    if isinstance(error, HTTPException) and error.status_code < 500:
        return PlainTextResponse(texts.UNREADABLE, error.status_code)
    log.error("console.fault", path=request.url.path, exc_info=error)
    return PlainTextResponse(FAULT, 500)
