"""Open data: nothing small is told, and nobody can compute it back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.figures.opendata import LEAST, published

COUNTS = st.dictionaries(st.tuples(st.sampled_from("abcdef"), st.sampled_from("xyz")), st.integers(0, 60), max_size=12)


@given(counts=COUNTS)
def test_nothing_small_is_told_and_every_band_holds_its_count(counts: dict[tuple[str, ...], int]) -> None:
    told = {key: (low, high) for key, low, high in published(counts)}
    assert told.keys() == {key for key, n in counts.items() if n >= LEAST}
    for key, (low, high) in told.items():
        assert low <= counts[key] <= high
        assert (high - low, low % LEAST) == (LEAST - 1, 0)


@given(counts=COUNTS, others=st.data())
def test_what_is_hidden_might_be_any_small_number(counts: dict[tuple[str, ...], int], others: st.DataObject) -> None:
    hidden = [key for key, n in counts.items() if n < LEAST]
    changed = counts | {key: others.draw(st.integers(0, LEAST - 1)) for key in hidden}
    assert published(changed) == published(counts), "the file is the same whatever the hidden counts are"
