from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.storage.outgoing import Shape, outgoing_parts, shape_is, split_reply, split_text, units


@given(st.text(max_size=400), st.integers(min_value=8, max_value=60))
def test_every_piece_fits_and_only_blanks_are_lost(text: str, limit: int) -> None:
    pieces = list(split_text(text, limit))
    assert all(0 < units(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_cuts_at_paragraphs_before_lines_before_sentences() -> None:
    assert list(split_text("Đoạn một.\nDòng hai.\n\nĐoạn hai.", 25)) == ["Đoạn một.\nDòng hai.", "Đoạn hai."]
    assert list(split_text("Câu thứ nhất. Câu thứ hai. Câu ba.", 28)) == ["Câu thứ nhất. Câu thứ hai.", "Câu ba."]


def test_emoji_count_twice_as_the_platform_counts_them() -> None:
    assert [units(piece) for piece in split_text("😀" * 10, 8)] == [8, 8, 4]


def test_buttons_come_with_the_last_part_and_the_picture_with_the_first() -> None:
    reply = {
        "text": "a " * 30,
        "buttons": [{"title": "Có", "payload": "form:confirm"}],
        "image": "https://x.example/a.png",
    }
    parts = split_reply(reply, Shape(limit=20, pictures=True, caption=20))
    assert len(parts) > 1
    assert [bool(part["buttons"]) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert [bool(part["image"]) for part in parts] == [True] + [False] * (len(parts) - 1)


def test_web_fetches_its_answers_and_needs_no_outbox() -> None:
    reply = {"text": "xin chào", "buttons": [], "image": None}
    assert outgoing_parts("web", [reply]) == []
    assert outgoing_parts("telegram", [reply, reply]) == [reply, reply]


def test_a_picture_that_does_not_fit_beside_its_text_goes_before_it() -> None:
    reply = {"text": "dài quá", "buttons": [], "image": "https://x.example/a.png"}
    parts = split_reply(reply, Shape(limit=20, pictures=True, caption=3))
    assert [(part["text"], part["image"]) for part in parts] == [("", "https://x.example/a.png"), ("dài quá", None)]


def test_where_no_picture_can_be_shown_its_address_is_written() -> None:
    reply = {"text": "Bản đồ", "buttons": [], "image": "https://x.example/a.png"}
    assert [part["text"] for part in split_reply(reply, Shape())] == ["Bản đồ\nhttps://x.example/a.png"]


def test_choices_are_numbered_where_nothing_can_be_pressed_or_a_title_is_too_long() -> None:
    shape_is("pressing", Shape(buttons=2, title=20))
    few = {"text": "Chọn:", "buttons": [{"title": "Có", "payload": "form:yes"}], "image": None}
    assert outgoing_parts("pressing", [few]) == [few]
    assert "1. Có" in outgoing_parts("unknown", [few])[0]["text"]
    long = {**few, "buttons": [{"title": "Một tên thủ tục rất dài", "payload": "pick:1.000894"}]}
    assert "1. Một tên thủ tục rất dài" in outgoing_parts("pressing", [long])[0]["text"]


def test_what_one_press_can_give_is_asked_for_where_the_platform_has_it() -> None:
    shape_is("asking", Shape(asks=frozenset({"location"})))
    reply = {"text": "Ở đâu?", "buttons": [], "image": None}
    assert outgoing_parts("asking", [reply, reply], "location") == [reply, {**reply, "wants": "location"}]
    assert outgoing_parts("asking", [reply], "contact") == [reply]


def test_the_slip_goes_with_the_last_message_where_the_platform_takes_documents() -> None:
    shape_is("slipping", Shape(slips=True))
    reply = {"text": "Đã ghi nhận.", "buttons": [], "image": None}
    slip = {**reply, "slip": "PA-2026-000001"}
    assert outgoing_parts("slipping", [reply, reply], filed="PA-2026-000001") == [reply, slip]
    assert outgoing_parts("slipping", [reply]) == [reply]
    assert outgoing_parts("unknown", [reply], filed="PA-2026-000001") == [reply]
