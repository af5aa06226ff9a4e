from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.storage.outgoing import outgoing_parts, split_reply, split_text, units


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
    parts = split_reply(reply, 20)
    assert len(parts) > 1
    assert [bool(part["buttons"]) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert [bool(part["image"]) for part in parts] == [True] + [False] * (len(parts) - 1)


def test_web_fetches_its_answers_and_needs_no_outbox() -> None:
    reply = {"text": "xin chào", "buttons": [], "image": None}
    assert outgoing_parts("web", [reply]) == []
    assert outgoing_parts("telegram", [reply, reply]) == [reply, reply]
