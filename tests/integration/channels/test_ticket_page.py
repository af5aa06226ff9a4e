"""The ticket page over HTTP, on a real database: who gets in, who does not, and what each button does."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pypdfium2
import pytest
import structlog
from PIL import Image
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.responses import Response

from bot.channels.telegram import invitation
from bot.channels.web.edge import Edge
from bot.channels.web.ticket_session import COOKIE, SECONDS, TicketSessions
from bot.channels.web.tickets import routes
from bot.locality import LiveLocality
from bot.settings import Settings
from bot.storage.database import connect_async
from bot.tickets import FiledTicket, Status
from bot.tickets.links import LINK, TicketLinks
from bot.tickets.photos import Photos
from tests.integration.tickets.place import EXAMPLE, OFFICER, SUPERVISOR, Place
from tests.standins.control import telegram_standin
from tests.standins.telegram import TOKEN

SECRET = "a secret key that is long enough"
FORM = re.compile(r'name="form" value="([0-9a-f]{64})"')


class Browser:
    """A browser at the ticket page."""

    def __init__(self, app: Any) -> None:
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://hoi.example", follow_redirects=True
        )

    async def open(self, filed: FiledTicket, pin: str | None = None) -> httpx.Response:
        return await self.http.post("/phan-anh", data={"code": filed.code, "pin": pin or filed.pin})

    async def press(self, what: str, **fields: str) -> httpx.Response:
        page = await self.http.get("/phan-anh")
        return await self.http.post("/phan-anh/viec", data={"form": FORM.findall(page.text)[0], "viec": what} | fields)


@pytest.fixture
async def place(database_url: str, tmp_path: Path) -> AsyncIterator[Place]:
    engine = connect_async(database_url, pool_size=5)
    made = Place.of(engine, database_url)
    made.settings.data_dir = tmp_path
    yield made
    await engine.dispose()


@contextlib.asynccontextmanager
async def serving(place: Place, **settings: Any) -> AsyncIterator[Any]:
    changed = place.settings.model_copy(update={"rate_limit": "off"} | settings)
    async with routes(changed, LiveLocality(EXAMPLE)) as made:
        yield Edge(Starlette(routes=made))


@pytest.fixture
async def app(place: Place) -> AsyncIterator[Any]:
    async with serving(place) as made:
        yield made


@pytest.fixture
async def browser(app: Any) -> AsyncIterator[Browser]:
    made = Browser(app)
    yield made
    await made.http.aclose()


async def test_code_and_pin_show_the_ticket_and_stand_in_no_address(place: Place, browser: Browser) -> None:
    filed = await place.at(Status.IN_PROGRESS)
    await place.service.answer(filed.code, OFFICER, "Đã cử thợ đến xem.")
    await place.service.note(filed.code, OFFICER, "ghi chú nội bộ: nhà này hay kêu")
    shown = await browser.open(filed)
    assert shown.status_code == 200
    assert str(shown.url) == "http://hoi.example/phan-anh"
    for part in (filed.code, "Đang xử lý", "Bóng đèn cháy", "hẻm 17 Trần Phú", "Đã cử thợ đến xem.", "Thời hạn"):
        assert part in shown.text
    words = re.sub(r"<[^>]*>", " ", shown.text).split()
    assert not {OFFICER.account, filed.pin}.intersection(words)
    assert "nhà này hay kêu" not in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    cookie = shown.history[0].headers["set-cookie"].lower()
    assert {"httponly", "samesite=strict", "path=/phan-anh"} <= {part.strip() for part in cookie.split(";")}
    assert filed.pin not in cookie.partition(";")[0].split("|")


async def test_wrong_pin_unknown_code_and_locked_ticket_look_the_same(place: Place, browser: Browser) -> None:
    filed = await place.file()
    wrong = "000000" if filed.pin != "000000" else "111111"
    answers = [await browser.open(filed, wrong) for _ in range(5)]
    locked = await browser.open(filed)
    unknown = await browser.http.post("/phan-anh", data={"code": "PA-2026-999999", "pin": filed.pin})
    pages = {
        answer.text.replace(filed.code, "X").replace("PA-2026-999999", "X") for answer in (*answers, locked, unknown)
    }
    assert len(pages) == 1
    assert {answer.status_code for answer in (*answers, locked, unknown)} == {422}
    assert "Mã phản ánh hoặc mã PIN chưa đúng" in pages.pop()
    assert "set-cookie" not in locked.headers


async def test_who_is_in_is_not_locked_out_by_strangers(place: Place, browser: Browser, app: Any) -> None:
    filed = await place.file()
    await browser.open(filed)
    stranger = Browser(app)
    for _ in range(5):
        await stranger.open(filed, "x")
    assert filed.code in (await browser.http.get("/phan-anh")).text
    assert (await place.ticket(filed.code)).pin_locked_until is not None, "looking does not unlock"


async def test_tries_are_few(place: Place) -> None:
    filed = await place.file()
    async with serving(place, rate_limit="on") as app:
        browser = Browser(app)
        codes = [(await browser.open(filed, "1")).status_code for _ in range(11)]
        assert codes[:10] == [422] * 10
        assert codes[10] == 429
        late = await browser.open(filed)
        assert late.status_code == 429
        assert int(late.headers["retry-after"]) >= 1
        assert "Bạn thử nhanh quá" in late.text


async def test_pin_is_in_no_log_line_that_a_try_causes(place: Place, browser: Browser) -> None:
    filed = await place.file()
    with structlog.testing.capture_logs() as lines:
        await browser.open(filed, "987654")
        await browser.open(filed)
    assert not [line for line in lines if "987654" in str(line) or filed.pin in str(line)]


async def test_citizen_confirms_and_rates(place: Place, browser: Browser) -> None:
    filed = await place.at(Status.AWAITING_CITIZEN)
    await browser.open(filed)
    closed = await browser.press("xong")
    assert "Cảm ơn bạn đã xác nhận." in closed.text
    assert (await place.ticket(filed.code)).status == Status.CLOSED
    rated = await browser.press("danh-gia", sao="4", loi="nhanh")
    assert "Bạn đã đánh giá: Hài lòng." in rated.text
    ticket = await place.ticket(filed.code)
    assert (ticket.rating, ticket.comment) == (4, "nhanh")


async def test_page_speaks_to_its_citizen_and_says_what_comes_next(place: Place, browser: Browser) -> None:
    filed = await place.at(Status.IN_PROGRESS)
    await place.service.move(filed.code, Status.DONE, OFFICER, text="Đã thay bóng đèn.")
    shown = (await browser.open(filed)).text
    assert "Chờ bạn xác nhận" in shown
    assert "người dân" not in shown.lower()
    assert shown.count("Đã thay bóng đèn.") == 1
    asked = next(one.at for one in await place.events(filed.code) if one.kind == "ConfirmationAsked")
    rules = place.service.locality
    until = rules.now(asked + timedelta(days=rules.tickets.silence_days))
    assert f"không trả lời đến hết ngày {until:%d/%m/%Y}, phản ánh sẽ được đóng" in shown


async def test_not_solved_goes_back_to_work_with_what_is_missing(place: Place, browser: Browser) -> None:
    filed = await place.at(Status.AWAITING_CITIZEN)
    await browser.open(filed)
    said = await browser.press("chua-xong", loi="còn một bóng chưa sáng")
    assert "việc chưa xong" in said.text
    assert (await place.ticket(filed.code)).status == Status.IN_PROGRESS
    assert (await place.events(filed.code))[-1].text == "còn một bóng chưa sáng"


async def test_closed_ticket_is_reopened_within_the_period_with_a_reason(place: Place, browser: Browser) -> None:
    filed = await place.at(Status.CLOSED)
    await browser.open(filed)
    empty = await browser.press("mo-lai", loi="  ")
    assert empty.status_code == 422
    assert "Nội dung chưa hợp lệ." in empty.text
    assert "Đã mở lại phản ánh" in (await browser.press("mo-lai", loi="lại cháy rồi")).text
    assert (await place.ticket(filed.code)).status == Status.IN_PROGRESS


async def test_question_is_answered(place: Place, browser: Browser) -> None:
    filed = await place.at(Status.IN_PROGRESS)
    await place.service.ask_citizen(filed.code, SUPERVISOR, "Cột số mấy ạ?")
    asked = await browser.open(filed)
    assert "Cột số mấy ạ?" in asked.text
    assert "Đã chuyển câu trả lời" in (await browser.press("tra-loi", loi="cột số 12")).text
    assert (await place.ticket(filed.code)).paused_at is None


@pytest.mark.parametrize("what", ["danh-gia", "xong", "mo-lai", "khong-co"])
async def test_what_cannot_be_done_now_is_refused_and_changes_nothing(
    place: Place, browser: Browser, what: str
) -> None:
    filed = await place.at(Status.FORWARDED)
    await browser.open(filed)
    before = await place.kinds(filed.code)
    answer = await browser.press(what, sao="9", loi="x")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert await place.kinds(filed.code) == before


async def test_form_of_another_site_does_nothing(place: Place, browser: Browser) -> None:
    filed = await place.at(Status.AWAITING_CITIZEN)
    await browser.open(filed)
    forged = await browser.http.post("/phan-anh/viec", data={"form": "0" * 64, "viec": "xong"})
    assert forged.status_code == 403
    assert (await place.ticket(filed.code)).status == Status.AWAITING_CITIZEN


async def test_leaving_ends_the_session(place: Place, browser: Browser) -> None:
    filed = await place.file()
    await browser.open(filed)
    left = await browser.press("thoat")
    assert "Bạn đã thoát." in left.text
    assert filed.code not in (await browser.http.get("/phan-anh")).text
    assert (await browser.http.get("/phan-anh/phieu.pdf")).status_code == 403


async def test_pictures_are_for_the_session_of_their_ticket_alone(place: Place, browser: Browser, app: Any) -> None:
    raw = io.BytesIO()
    Image.new("RGB", (640, 480), "red").save(raw, "JPEG")
    photos, conversation = Photos(place.engine, place.settings), await place.conversation()
    key = (await photos.keep(raw.getvalue(), conversation=conversation)).key
    filed = await place.file(conversation, photos=(key,))
    shown = await browser.open(filed)
    assert f'src="/phan-anh/anh/{key}?co=nho" alt="Ảnh 1 của phản ánh, trước khi xử lý"' in shown.text
    big, small = [await browser.http.get(f"/phan-anh/anh/{key}{size}") for size in ("", "?co=nho")]
    assert [Image.open(io.BytesIO(one.content)).size for one in (big, small)] == [(640, 480), (320, 240)]
    stranger = Browser(app)
    assert (await stranger.http.get(f"/phan-anh/anh/{key}")).status_code == 404
    await stranger.open(await place.file())
    assert (await stranger.http.get(f"/phan-anh/anh/{key}")).status_code == 404
    assert (await browser.http.get("/phan-anh/anh/" + "0" * 32)).status_code == 404


async def test_slip_is_a_pdf_with_the_pin_for_whoever_proved_it(place: Place, browser: Browser) -> None:
    filed = await place.file()
    await browser.open(filed)
    made = await browser.http.get("/phan-anh/phieu.pdf")
    assert made.headers["content-type"] == "application/pdf"
    assert f"phieu-{filed.code}.pdf" in made.headers["content-disposition"]
    said = pypdfium2.PdfDocument(made.content)[0].get_textpage().get_text_range()
    assert filed.code in said
    assert filed.pin in said
    assert "hoi.example/phan-anh" in said


async def test_restricted_ticket_is_shown_to_its_citizen(place: Place, browser: Browser) -> None:
    restricted = next(one.code for one in place.service.locality.categories if one.restricted)
    filed = await place.file(category=restricted)
    assert filed.code in (await browser.open(filed)).text


def test_sessions_end_and_cannot_be_made() -> None:
    now = 1000.0
    sessions = TicketSessions(SECRET, clock=lambda: now)
    response = Response()
    sessions.open(response, "PA-2026-000001", secure=True)
    header = response.headers["set-cookie"]
    assert "Secure" in header
    value = header.partition(";")[0].removeprefix(f"{COOKIE}=").strip('"')
    found = sessions.read(value)
    assert found is not None
    assert found.code == "PA-2026-000001"
    assert sessions.read(value.replace("000001", "000002")) is None
    assert sessions.read(value.replace(str(1000 + SECONDS), str(9000 + SECONDS))) is None
    assert TicketSessions("another secret key, long enough").read(value) is None
    assert all(sessions.read(bad) is None for bad in ("", "|", "||", "a|b|c", "ắ|1|2", "x" * 500))
    now += SECONDS
    assert sessions.read(value) is None


async def test_the_way_on_to_telegram_carries_the_proof_and_no_pin(place: Place) -> None:
    filed = await place.at(Status.IN_PROGRESS)
    async with serving(place, telegram_username="@phuong_mau_bot") as app:
        browser = Browser(app)
        page = (await browser.open(filed)).text
        await browser.http.aclose()
    found = re.search(r'href="https://t\.me/phuong_mau_bot\?start=([\w-]{1,64})"[^>]*>Theo dõi trên Telegram<', page)
    assert found and (link := LINK.fullmatch(found[1])) and link["code"] == filed.code
    assert TicketLinks(SECRET).matches(filed.code, link["proof"])
    assert filed.pin not in page


async def test_without_a_known_bot_no_way_to_telegram_is_offered(place: Place, browser: Browser) -> None:
    page = (await browser.open(await place.at(Status.IN_PROGRESS))).text
    assert "t.me" not in page and "Theo dõi trên Telegram" not in page


async def test_the_bots_name_is_asked_of_telegram_until_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitation, "FIRST_PAUSE", 0.05)
    with telegram_standin() as platform:
        platform.fail(call="getMe", kind="status", status=502)
        settings = Settings(telegram_token=SecretStr(TOKEN), telegram_api_base=platform.url)
        made = invitation.Invitation(settings)
        assert made.address("PA-2026-000123") is None
        await asyncio.wait_for(made.run(), 20)
    assert (made.address("PA-2026-000123") or "").startswith("https://t.me/")
    assert (made.address("PA-2026-000123") or "").endswith("_bot?start=PA-2026-000123")
