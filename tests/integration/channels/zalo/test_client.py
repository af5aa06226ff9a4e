"""The client against a real HTTP server that behaves as Zalo does."""

from __future__ import annotations

import io
import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pypdfium2
import pytest
from PIL import Image

from bot.channels.media import MediaRefusedError
from bot.channels.message import Media
from bot.channels.sending import NotSentError, OptedOutError, RefusedError, SendError, UnknownError
from bot.channels.zalo import CHANNEL
from bot.channels.zalo.client import ZaloClient, file_message, image_message, text_message
from bot.channels.zalo.codes import MEANINGS, STAFF, Action
from bot.channels.zalo.http import Http
from bot.channels.zalo.images import MOST, fitted
from bot.channels.zalo.media import fetcher
from bot.channels.zalo.oauth import OAuth
from bot.channels.zalo.pace import Pace
from bot.channels.zalo.platform import ZaloPlatform
from bot.channels.zalo.service import slips
from bot.channels.zalo.tokens import TokenKeeper
from bot.conversations.outbox import Outgoing
from bot.conversations.pool import open_pool
from bot.privacy import Cipher
from bot.settings import Settings
from bot.storage.database import connect_async
from tests.integration.tickets.place import Place
from tests.support.zalo_platform import APP_ID, APP_SECRET, Zalo, zalo_platform

CITIZEN = "2468458835291979220"
BUTTONS = [{"title": "Đăng ký khai sinh", "payload": "pick:1.001193:documents"}]


@pytest.fixture
def platform() -> Iterator[Zalo]:
    with zalo_platform() as made:
        yield made


@pytest.fixture
async def client(database_url: str, platform: Zalo) -> AsyncIterator[ZaloClient]:
    oauth = OAuth(Http(platform.url), APP_ID, APP_SECRET)
    async with open_pool(database_url, size=3) as pool:
        keeper = TokenKeeper(pool, oauth, Cipher("a secret key for tests only", "zalo-tokens"), APP_ID, seed="RT0")
        await keeper.seed()
        made = ZaloClient(Http(platform.url, timeout=2), keeper, Pace())
        yield made
        await made.close()
        await oauth.close()


def picture(side: int) -> bytes:
    """A JPEG that hardly compresses."""
    made = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(made, "JPEG", quality=95)
    return made.getvalue()


def reading(data: bytes | None) -> Any:
    async def read(_image: str) -> bytes | None:
        return data

    return read


async def test_a_text_is_sent_as_the_api_wants_it(client: ZaloClient, platform: Zalo) -> None:
    assert await client.send(CITIZEN, text_message("Xin chào")) == "zm1"
    assert platform.sent == [{"recipient": {"user_id": CITIZEN}, "message": {"text": "Xin chào"}}]
    assert await client.send("anonymous:1ffe:fa8f", text_message("Chào bạn")) == "zm2"
    assert platform.sent[1]["recipient"] == {"anonymous_id": "1ffe", "conversation_id": "fa8f"}
    assert platform.paths == ["/v3.0/oa/message/cs", "/v2.0/oa/message"]


@pytest.mark.parametrize("code", [code for code, found in MEANINGS.items() if found.action is not Action.REFRESH])
async def test_each_code_says_what_to_do(client: ZaloClient, platform: Zalo, code: int) -> None:
    expected: dict[Action, type[SendError]] = {
        Action.RETRY: NotSentError,
        Action.ALERT: NotSentError,
        Action.GIVE_UP: RefusedError,
        Action.OPTED_OUT: OptedOutError,
    }
    found = MEANINGS[code]
    platform.answers = [code]
    with pytest.raises(expected[found.action]) as caught:
        await client.send(CITIZEN, text_message("x"))
    assert str(caught.value) == found.word
    assert type(caught.value) is expected[found.action]
    assert platform.sent == []
    if found.action is not Action.RETRY:
        assert STAFF[found.word]
    # Never retried: a citizen who left, is inactive, or whose window is closed.
    if code in (-213, -227, -230, -232):
        assert not isinstance(caught.value, NotSentError)


async def test_a_code_that_nobody_told_us_is_given_up_with_its_number(client: ZaloClient, platform: Zalo) -> None:
    platform.answers = [-9999]
    with pytest.raises(RefusedError, match="zalo_-9999"):
        await client.send(CITIZEN, text_message("x"))


@pytest.mark.parametrize("code", [-216, -220])
async def test_a_token_that_is_over_is_renewed_once_and_the_message_sent_once(
    client: ZaloClient, platform: Zalo, code: int
) -> None:
    platform.answers = [code]
    assert await client.send(CITIZEN, text_message("x")) == "zm1"
    assert platform.renewals() == ["RT0", "RT1"]
    assert len(platform.sent) == 1


async def test_a_new_token_that_is_refused_too_is_an_alarm_not_a_loop(client: ZaloClient, platform: Zalo) -> None:
    platform.answers = [-216, -216]
    with pytest.raises(NotSentError, match="token_rejected"):
        await client.send(CITIZEN, text_message("x"))
    for _ in range(3):
        with pytest.raises(NotSentError, match="token_rejected"):
            await client.send(CITIZEN, text_message("x"))
    assert platform.renewals() == ["RT0", "RT1"]
    assert len(platform.paths) == 2


async def test_without_consent_messages_wait(database_url: str, platform: Zalo) -> None:
    oauth = OAuth(Http(platform.url), APP_ID, APP_SECRET)
    async with open_pool(database_url, size=2) as pool:
        keeper = TokenKeeper(pool, oauth, Cipher("a secret key for tests only", "zalo-tokens"), APP_ID)
        with pytest.raises(NotSentError, match="token_none") as caught:
            await ZaloClient(Http(platform.url), keeper, Pace()).send(CITIZEN, text_message("x"))
    assert caught.value.pause and caught.value.pause >= 30


async def test_a_token_endpoint_that_fails_once_holds_a_message_up_for_seconds(
    client: ZaloClient, platform: Zalo, database_url: str
) -> None:
    platform.modes, pauses = ["broken"] * 4, []
    for _ in range(4):
        with pytest.raises(NotSentError, match="token_unknown") as caught:
            await client.send(CITIZEN, text_message("x"))
        pauses.append(caught.value.pause or 0)
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("UPDATE zalo_tokens SET not_before = now()")
    assert [round(pause) for pause in pauses] == [3, 6, 12, 24]
    assert await client.send(CITIZEN, text_message("x")) == "zm1"


@pytest.mark.parametrize(
    ("answer", "kind", "word"),
    [
        ("broken", UnknownError, "http_502"),
        ("drop", UnknownError, "broken_off"),
        ("html", UnknownError, "unreadable"),
        ("slow", UnknownError, "timeout"),
        ("busy", NotSentError, "rate_limited"),
    ],
)
async def test_what_may_have_arrived_is_told_from_what_did_not(
    client: ZaloClient, platform: Zalo, answer: str, kind: type[SendError], word: str
) -> None:
    platform.slow = 3
    platform.answers = [answer]
    with pytest.raises(kind, match=word):
        await client.send(CITIZEN, text_message("x"))


async def test_nothing_was_sent_where_nobody_listens(client: ZaloClient, platform: Zalo) -> None:
    await client.send(CITIZEN, text_message("x"))
    lonely = ZaloClient(Http("http://127.0.0.1:9"), client._keeper, Pace())
    with pytest.raises(NotSentError, match="unreachable"):
        await lonely.send(CITIZEN, text_message("x"))
    await lonely.close()


async def test_a_picture_is_uploaded_and_shown_with_its_text(client: ZaloClient, platform: Zalo) -> None:
    made = ZaloPlatform(client, reading(picture(64)), buttons=False, paid=False)
    await made.send(CITIZEN, {"text": "Sơ đồ", "buttons": [], "image": "photo:x"})
    assert platform.paths == ["/v2.0/oa/upload/image", "/v3.0/oa/message/cs"]
    assert b'name="file"; filename="image.jpg"' in platform.uploads[0]
    assert platform.sent[0]["message"] == image_message("up1", "Sơ đồ")


@pytest.mark.parametrize("data", [None, b"no picture"])
async def test_a_picture_that_cannot_be_shown_does_not_hold_up_the_text(
    client: ZaloClient, platform: Zalo, data: bytes | None
) -> None:
    made = ZaloPlatform(client, reading(data), buttons=False, paid=False)
    await made.send(CITIZEN, {"text": "Sơ đồ", "buttons": [], "image": "photo:x"})
    assert platform.texts() == ["Sơ đồ"]
    assert platform.uploads == []


async def test_an_upload_that_broke_off_is_tried_again(client: ZaloClient, platform: Zalo) -> None:
    platform.answers = ["slow"]
    platform.slow = 3
    made = ZaloPlatform(client, reading(picture(64)), buttons=False, paid=False)
    with pytest.raises(NotSentError, match="timeout"):
        await made.send(CITIZEN, {"text": "Sơ đồ", "image": "photo:x"})


async def test_a_document_is_uploaded_within_its_limits(client: ZaloClient, platform: Zalo) -> None:
    token = await client.upload_file(b"%PDF-1.7", "phiếu.pdf")
    await client.send(CITIZEN, file_message(token))
    assert platform.sent[0]["message"]["attachment"] == {"type": "file", "payload": {"token": "up1"}}
    with pytest.raises(RefusedError, match="file"):
        await client.upload_file(b"%PDF" + bytes(5_000_001), "lớn.pdf")
    with pytest.raises(RefusedError, match="file"):
        await client.upload_file(b"MZ", "x.exe", "application/x-msdownload")


async def test_pictures_are_fetched_from_zalos_hosts_alone() -> None:
    made = fetcher(Settings(zalo_media_hosts="zdn.vn, zadn.vn"))
    for address in (
        "https://evil.example/1.jpg",
        "https://zdn.vn.evil.example/1.jpg",
        "http://f6.photo.talk.zdn.vn/1.jpg",
        "https://f6.photo.talk.zdn.vn:8443/1.jpg",
        "https://user@f6.photo.talk.zdn.vn/1.jpg",
        "https://127.0.0.1/1.jpg",
    ):
        with pytest.raises(MediaRefusedError):
            await made.fetch(Media("photo", address))


def test_big_pictures_are_drawn_anew_until_they_fit() -> None:
    small = picture(32)
    assert fitted(small) == (small, "image/jpeg")
    big = picture(1500)
    assert len(big) > MOST
    body, kind = fitted(big)
    assert len(body) <= MOST and kind == "image/jpeg"
    with Image.open(io.BytesIO(body)) as image:
        assert min(image.size) >= 640
    webp = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(webp, "WEBP")
    assert fitted(webp.getvalue())[1] == "image/jpeg"


async def test_buttons_where_they_are_wanted_and_words_where_zalo_refuses_them(
    client: ZaloClient, platform: Zalo
) -> None:
    made = ZaloPlatform(client, reading(None), buttons=True, paid=False)
    body = {"text": "Bạn hỏi gì?", "buttons": BUTTONS, "image": None}
    await made.send(CITIZEN, body)
    shown = platform.sent[0]["message"]["attachment"]["payload"]["buttons"]
    assert shown == [{"title": "Đăng ký khai sinh", "type": "oa.query.show", "payload": "#pick:1.001193:documents"}]
    platform.answers = [-233]
    await made.send(CITIZEN, body)
    words = "Bạn hỏi gì?\n\nBạn trả lời bằng số để chọn:\n1. Đăng ký khai sinh"
    assert platform.sent[1]["message"] == {"text": words}
    await ZaloPlatform(client, reading(None), buttons=False, paid=False).send(CITIZEN, body)
    assert platform.sent[2]["message"] == {"text": "Bạn hỏi gì?"}
    # A picture has no buttons beside it: the choices are in words there, too.
    made = ZaloPlatform(client, reading(picture(64)), buttons=True, paid=False)
    await made.send(CITIZEN, {**body, "image": "photo:x"})
    assert platform.sent[3]["message"] == image_message("up1", words)


@pytest.mark.parametrize(
    ("hours", "paid", "word"),
    [
        (0, False, None),
        (47.8, False, None),
        (47.9, False, "window_paid"),
        (100, False, "window_paid"),
        (47.9, True, None),
        (167.8, True, None),
        (167.9, True, "window_closed"),
        (167.9, False, "window_closed"),
        (9000, True, "window_closed"),
    ],
)
def test_windows(hours: float, paid: bool, word: str | None) -> None:
    made = ZaloPlatform(None, reading(None), buttons=False, paid=paid)  # type: ignore[arg-type]  # nothing is called
    message = Outgoing(1, 1, CITIZEN, {"text": "x"}, 1, 0.0, hours * 3600)
    if word is None:
        made.check(message)
        return
    with pytest.raises(RefusedError, match=word):
        made.check(message)
    assert STAFF[word]


async def test_the_form_for_a_contact_follows_the_question_and_its_failure_undoes_nothing(
    client: ZaloClient, platform: Zalo
) -> None:
    made = ZaloPlatform(client, reading(None), buttons=False, paid=False, logo="https://hoi.example/static/icon.png")
    question = {"text": "Bạn để lại số điện thoại?", "buttons": [], "image": None, "wants": "contact"}
    assert await made.send(CITIZEN, question) == "zm1"
    asked = platform.sent[1]["message"]["attachment"]["payload"]
    assert asked["template_type"] == "request_user_info"
    assert asked["elements"][0]["image_url"] == "https://hoi.example/static/icon.png"
    for answer in (-233, "broken", "drop"):
        platform.answers = [0, answer]
        assert (await made.send(CITIZEN, question)).startswith("zm")
    assert platform.texts().count(question["text"]) == 4


async def test_the_slip_follows_as_a_document(client: ZaloClient, platform: Zalo) -> None:
    made = ZaloPlatform(client, reading(None), buttons=False, paid=False, slip=reading(b"%PDF-1.7 phieu"))
    await made.send(CITIZEN, {"text": "Mã phản ánh: PA-2026-000001", "slip": "PA-2026-000001"})
    assert platform.paths == ["/v3.0/oa/message/cs", "/v2.0/oa/upload/file", "/v3.0/oa/message/cs"]
    assert b"phieu-PA-2026-000001.pdf" in platform.uploads[0] and b"%PDF-1.7 phieu" in platform.uploads[0]
    assert platform.sent[1]["message"]["attachment"] == {"type": "file", "payload": {"token": "up1"}}
    gone = ZaloPlatform(client, reading(None), buttons=False, paid=False, slip=reading(None))
    await gone.send(CITIZEN, {"text": "x", "slip": "PA-2026-000009"})
    assert platform.texts() == ["Mã phản ánh: PA-2026-000001", "", "x"]


async def test_the_slip_is_of_the_ticket_with_its_pin(database_url: str) -> None:
    engine = connect_async(database_url, pool_size=2)
    place = Place.of(engine, database_url)
    place.settings.public_url = "https://hoi.example"
    filed = await place.file()
    make = slips(place.settings, engine)
    body = await make(filed.code)
    assert await make("PA-2026-999999") is None
    await engine.dispose()
    assert body is not None
    written = pypdfium2.PdfDocument(body)[0].get_textpage().get_text_bounded()
    assert filed.code in written and filed.pin in written


def test_extras_are_asked_for_only_where_they_are_wanted() -> None:
    def shape(**settings: Any) -> Any:
        return CHANNEL.shape(Settings(zalo_app_id="1", **settings))

    assert (shape().asks, shape().slips) == (frozenset(), False)
    wanted = {"zalo_extras": "contact,slip"}
    assert (shape(**wanted).asks, shape(**wanted).slips) == (frozenset(), False), "no public address"
    found = shape(**wanted, public_url="https://hoi.example")
    assert (found.asks, found.slips) == (frozenset({"contact"}), True)
