"""What events become: fixtures written here, the given ones where they are, and whatever hypothesis thinks of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.entry import HELP
from bot.channels.message import Contact, Event, Location, Media, Payload, Text
from bot.channels.zalo.events import parse

SHARED = Path(__file__).resolve().parents[5] / "shared" / "data" / "channel-payloads" / "zalo_oa_webhook"
CITIZEN = "2468458835291979220"


def event(name: str, message: Any = None, **more: Any) -> dict[str, Any]:
    """An event as Zalo sends it."""
    made: dict[str, Any] = {"app_id": "1", "sender": {"id": CITIZEN}, "recipient": {"id": "388"}, "event_name": name}
    if message is not None:
        made["message"] = {"msg_id": "96d3", **message}
    return {**made, "timestamp": "1763812345678", **more}


def attachment(kind: str, **payload: Any) -> dict[str, Any]:
    return {"attachments": [{"type": kind, "payload": payload}]}


def contents(made: dict[str, Any]) -> list[Any]:
    parsed = parse(made)
    assert parsed.outcome == "taken"
    assert all(one.channel == "zalo" for one in parsed.received)
    return [one.content for one in parsed.received]


def test_text_button_and_quote() -> None:
    assert contents(event("user_send_text", {"text": "Tôi hỏi"})) == [Text("Tôi hỏi")]
    assert contents(event("user_send_text", {"text": "Còn cái này?", "quote_msg_id": "1"})) == [Text("Còn cái này?")]
    pressed = event("user_send_text", {"text": "#pick:1.001193:documents"})
    assert contents(pressed) == [Payload("pick:1.001193:documents")]
    # A word with a hash is a text: other buttons of the OA, or a citizen's own.
    assert contents(event("user_send_text", {"text": "#khai_sinh"})) == [Text("#khai_sinh")]
    assert contents(event("user_send_text", {})) == [Text("")]


def test_ids_are_strings_also_above_two_to_the_53() -> None:
    made = json.loads(json.dumps(event("user_send_text", {"text": "x"})).replace(f'"{CITIZEN}"', CITIZEN))
    received = parse(made).received[0]
    assert (received.external_id, received.message_id) == (CITIZEN, "96d3")


def test_pictures_with_their_caption_first() -> None:
    two = {
        "text": "ổ gà",
        "attachments": [{"payload": {"url": f"http://f6.photo.talk.zdn.vn/{n}.jpg"}} for n in (1, 2)],
    }
    parsed = parse(event("user_send_image", two))
    assert [(one.message_id, one.content) for one in parsed.received] == [
        ("96d3", Text("ổ gà")),
        ("96d3/1", Media("photo", "https://f6.photo.talk.zdn.vn/1.jpg")),
        ("96d3/2", Media("photo", "https://f6.photo.talk.zdn.vn/2.jpg")),
    ]
    assert contents(event("user_send_image", {"text": "", **attachment("image", url="https://x.zdn.vn/a")})) == [
        Media("photo", "https://x.zdn.vn/a")
    ]


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("21.0285", "105.8542"), (21.0285, 105.8542), ("21.0285", 105.8542), (" 21.0285 ", 105.8542)],
)
def test_coordinates_are_strings_or_numbers(latitude: Any, longitude: Any) -> None:
    made = attachment("location", coordinates={"latitude": latitude, "longitude": longitude})
    assert contents(event("user_send_location", made)) == [Location(21.0285, 105.8542)]


@pytest.mark.parametrize("latitude", ["", "nan", "inf", "-91", 91, None, True, [], {}, "1e400", "9" * 50, 10**400])
def test_a_place_that_is_none_asks_for_help(latitude: Any) -> None:
    made = attachment("location", coordinates={"latitude": latitude, "longitude": 105})
    assert contents(event("user_send_location", made)) == [Payload(HELP)]


def test_other_media() -> None:
    url = "https://voice.zdn.vn/x.amr"
    assert contents(event("user_send_audio", attachment("audio", url=url))) == [Media("voice", url)]
    assert contents(event("user_send_video", attachment("video", url=url))) == [Media("video", url)]
    assert contents(event("user_send_sticker", attachment("sticker", id="1", url=url))) == [Media("sticker", url)]
    assert contents(event("user_send_gif", attachment("gif", url=url, thumbnail=url))) == [Media("sticker", url)]
    file = attachment("file", url=url, size="20480", name="don\x00.pdf", checksum="d4", type="pdf")
    assert contents(event("user_send_file", file)) == [Media("file", url, 20480, "don .pdf")]
    for bad in ("javascript:x", "ftp://x/y", "", None, 5, "https://x/\n", "https://x/é", "https://" + "x" * 5000):
        assert contents(event("user_send_file", attachment("file", url=bad))) == [Payload(HELP)]


def test_links_and_cards() -> None:
    link = attachment("link", url="https://dichvucong.gov.vn", description="Cổng")
    assert contents(event("user_send_link", {"text": "https://dichvucong.gov.vn", **link})) == [
        Text("https://dichvucong.gov.vn")
    ]
    assert contents(event("user_send_link", link)) == [Text("https://dichvucong.gov.vn")]
    card = attachment("link", description='{"phone":"84912345678","qrCodeUrl":"x"}')
    assert contents(event("user_send_business_card", card)) == [Contact("84912345678", own=False)]
    assert contents(event("user_send_business_card", attachment("link", description="{"))) == [Payload(HELP)]


def test_what_the_citizen_filled_in_is_their_own_contact() -> None:
    info = {"name": "Nguyễn Văn A", "phone": "84912345678", "full_address": {"user_city": "x"}}
    parsed = parse(event("user_submit_info", info=info))
    assert parsed.received[0].content == Contact("84912345678", "Nguyễn Văn A", own=True)
    # It has no message id: the same event again has the same name, another one has not.
    assert parse(event("user_submit_info", info=info)).received == parsed.received
    later = parse(event("user_submit_info", info=info, timestamp="1763812345679"))
    assert later.received[0].message_id != parsed.received[0].message_id


@pytest.mark.parametrize(
    ("name", "kind", "who"),
    [
        ("follow", "came", {"follower": {"id": CITIZEN}}),
        ("unfollow", "left", {"follower": {"id": CITIZEN}}),
        ("user_withdraw", "withdrew", {"sender": {"id": CITIZEN}}),
        ("user_withdraw", "withdrew", {"user_id": CITIZEN}),
        ("user_withdraw", "withdrew", {"user": {"id": int(CITIZEN)}}),
    ],
)
def test_what_happened(name: str, kind: Any, who: dict[str, Any]) -> None:
    parsed = parse({"event_name": name, "timestamp": "1763812345678", **who})
    assert [(one.external_id, one.content) for one in parsed.received] == [(CITIZEN, Event(kind, 1763812345.678))]


def test_anonymous_citizens_are_known_by_their_conversation() -> None:
    made = event("anonymous_send_text", {"text": "Cho hỏi", "conversation_id": "fa8f"}, sender={"id": "1ffe"})
    received = parse(made).received[0]
    assert (received.external_id, received.content) == ("anonymous:1ffe:fa8f", Text("Cho hỏi"))
    assert parse(event("anonymous_send_text", {"text": "x"})).outcome == "unreadable"


@pytest.mark.parametrize("name", ["oa_send_text", "oa_send_image", "user_seen_message", "user_received_message"])
def test_own_echoes_and_receipts_are_nothing(name: str) -> None:
    made = event(name, {"text": "Xin chào", "msg_ids": ["1"]}, sender={"id": "388", "admin_id": "5"})
    assert (parse(made).outcome, parse(made).received) == ("own", ())


@pytest.mark.parametrize("name", ["shop_has_order", "user_send_hologram", "", "USER_SEND_TEXT", "user_send_text "])
def test_events_that_we_do_not_know_are_nothing(name: str) -> None:
    assert (parse(event(name, {"text": "x"})).outcome, parse(event(name)).received) == ("unknown", ())


@pytest.mark.parametrize("bad", [None, [], "x", 5, {}, {"event_name": None}, {"event_name": "user_send_text"}])
def test_what_is_no_event_is_unreadable(bad: Any) -> None:
    assert parse(bad).outcome == "unreadable"


@pytest.mark.parametrize("who", [None, "", "a b", "x" * 97, "đ", True, 1.5, -1, 2**70, [], {"id": "1"}])
def test_without_a_citizen_there_is_no_message(who: Any) -> None:
    assert parse(event("user_send_text", {"text": "x"}, sender={"id": who})).outcome == "unreadable"


@pytest.mark.skipif(not SHARED.exists(), reason="the shared payloads are not here")
def test_every_given_event_is_understood() -> None:
    outcomes = {}
    for path in sorted(SHARED.glob("*.json")):
        parsed = parse(json.loads(path.read_bytes()))
        outcomes[path.stem] = parsed.outcome
        assert bool(parsed.received) == (parsed.outcome == "taken")
    assert len(outcomes) >= 20
    own = {"oa_send_text", "user_seen_message", "user_received_message"}
    ignored = {"user_click_chatnow", "user_reacted_message"}
    assert {name for name, outcome in outcomes.items() if outcome == "own"} == own
    assert {name for name, outcome in outcomes.items() if outcome == "ignored"} == ignored
    assert {outcome for name, outcome in outcomes.items() if name not in own | ignored} == {"taken"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)
NAMES = ["user_send_text", "user_send_image", "user_send_location", "user_send_file", "user_send_business_card"]
NAMES += ["anonymous_send_text", "user_submit_info", "follow", "user_withdraw", "user_send_link"]


@given(
    name=st.sampled_from(NAMES),
    sender=st.sampled_from([{"id": CITIZEN}, {"id": 5}, None]) | json_values,
    message=json_values
    | st.fixed_dictionaries({"msg_id": json_values, "text": json_values, "attachments": json_values}),
    payload=json_values,
    info=json_values,
)
def test_nothing_breaks_whatever_an_event_holds(name: str, sender: Any, message: Any, payload: Any, info: Any) -> None:
    for said in (message, {"text": "x", "attachments": [{"payload": payload}]}, {"attachments": [payload]}):
        parsed = parse({"event_name": name, "sender": sender, "message": said, "info": info, "timestamp": payload})
        assert len(parsed.received) <= 12
