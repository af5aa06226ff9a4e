"""The inverted indexes: who holds what."""

from __future__ import annotations

import numpy as np

from bot.knowledge.search.phrases import words
from bot.knowledge.search.postings import Postings

TEXTS = [("cấp lại căn cước", 0), ("làm lại thẻ căn cước", 0), ("căn nhà cấp bốn", 1), ("thẻ nhà giáo", 2)]


def postings() -> Postings:
    return Postings([words(text) for text, _ in TEXTS], [owner for _, owner in TEXTS], frozenset(), frozenset())


def _owners(made: Postings, feature: str) -> list[int]:
    number = made.number(feature)
    assert number is not None
    sums = np.zeros(3, np.float32)
    made.owners.add(sums, number, 2.0)
    assert set(sums.tolist()) <= {0.0, 2.0}, "each owner once"
    flags = np.zeros(3, np.bool_)
    made.owners.mark(flags, number, True)
    assert np.array_equal(flags, sums > 0)
    return np.flatnonzero(flags).tolist()


def test_an_owner_holds_what_any_of_its_documents_holds_and_stands_once() -> None:
    made = postings()
    assert _owners(made, "can") == [0, 1]
    assert _owners(made, "the") == [0, 2]
    assert _owners(made, "can cuoc") == [0]
    assert _owners(made, "giao") == [2]


def test_words_with_diacritics_are_the_owners_alone() -> None:
    made = postings()
    assert _owners(made, "'cấp") == [0, 1]
    number = made.number("'cấp")
    assert number is not None
    assert list(made.documents.parts(number)) == []


def test_a_pair_of_one_document_alone_is_left_out() -> None:
    made = postings()
    assert made.known("can cuoc")
    assert not made.known("nha giao")


def test_rare_words_weigh_more() -> None:
    made = postings()
    rare, common = made.weight("giao"), made.weight("the")
    assert rare is not None
    assert common is not None
    assert rare > common
