"""Patterns that match with and without diacritics, and the line they match on."""

import pytest

from bot.engine.nlu.patterns import Phrases, read


@pytest.mark.parametrize(
    ("line", "found"),
    [("nhà tôi cháy", True), ("nha toi chay", True), ("tôi chạy xe", False), ("máy cháyy", False)],
)
def test_a_marked_word_matches_itself_and_its_bare_form_only(line: str, found: bool) -> None:
    assert (Phrases("cháy").search(line) is not None) is found


def test_exact_words_and_gaps() -> None:
    phrases = Phrases(
        """tự =vẫn
        rơi … sông"""
    )
    assert phrases.search("toi muon tu van") is None
    assert phrases.search("có người rơi xuống dưới sông")
    assert phrases.search("rơi một hai ba bốn năm sông") is None


def test_the_line_is_normal_and_keeps_punctuation_as_commas() -> None:
    reading = read("Lm gks, hết bn tiền?")
    assert reading.line == "làm giấy khai sinh , hết bao nhiêu tiền ?"
    assert reading.typed == "lm gks , hết bn tiền ,"


def test_a_span_leads_back_to_what_was_typed() -> None:
    reading = read("lm GKS hết bn tiền")
    match = Phrases("bao nhiêu tiền").search(reading.line)
    assert match is not None
    start, end = reading.raw_span(*match.span())
    assert reading.message.raw[start:end] == "bn tiền"


@pytest.mark.parametrize(("text", "bare"), [("đăng ký kết hôn", False), ("dang ky ket hon", True), ("xin chào", False)])
def test_a_text_without_diacritics_is_known_as_such(text: str, bare: bool) -> None:
    assert read(text).bare is bare
