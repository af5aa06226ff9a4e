"""How a question is made ready: phrases, spelling, the three meanings of "mất"."""

from __future__ import annotations

import pytest

from bot.knowledge.search import SearchIndex, lexicon
from bot.knowledge.search.features import of_question
from bot.knowledge.search.phrases import Phrases, spoken, words
from tests.support.catalogue import TOWN, row


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return SearchIndex([row(found) for found in TOWN])


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("mất căn cước", True),
        ("tôi bị mất hộ chiếu", True),
        ("mat the can cuoc lam lai", True),
        ("làm căn cước mất bao lâu", False),
        ("làm căn cước mất mấy ngày", False),
        ("bố tôi mất hôm qua", False),
        ("bà nội mất rồi", False),
    ],
)
def test_lost_is_neither_takes_nor_died(text: str, lost: bool) -> None:
    assert ("reissue" in of_question(spoken(text), lexicon.default()).actions) == lost


def test_the_longest_phrase_wins_its_place() -> None:
    found = Phrases([("cấp", "new"), ("cấp lại", "again")]).find(words("cấp lại thẻ, cấp mới"))
    assert [hit.value for hit in found] == ["again", "new"]


@pytest.mark.parametrize(
    ("typed", "fits"), [("sổ đỏ", True), ("so do", True), ("số đo", False), ("đất phi nông nghiệp", False)]
)
def test_diacritics_that_are_typed_must_agree(typed: str, fits: bool) -> None:
    phrases = Phrases([("sổ đỏ", 1), ("phí", 2)])
    assert bool(list(phrases.find(words(typed)))) == fits


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("khai sih", "khai sinh"),
        ("khaisinh", "khai sinh"),
        ("thuong tur", "thuong tru"),
        ("can cuoccc", "can cuoc"),
    ],
)
def test_unknown_words_are_corrected_to_the_catalogues(index: SearchIndex, typed: str, corrected: str) -> None:
    assert " ".join(index.analyse(typed).typed.folded) == corrected


@pytest.mark.parametrize("kept", ["bò sữa", "ghẹ", "PA-2026-000123", "0912345678"])
def test_good_words_and_codes_are_left_alone(index: SearchIndex, kept: str) -> None:
    assert not index.analyse(kept).corrected


def test_aspects_and_politeness_are_no_content(index: SearchIndex) -> None:
    for text in (
        "cho mình hỏi cần giấy tờ gì ạ",
        "nộp hồ sơ ở đâu",
        "bao lau thi co ket qua",
        "làm trên vneid được không",
    ):
        assert index.analyse(text).content == (), text
