"""Generated noise: seeded, and mostly undone by normalising."""

from random import Random

import pytest

from bot.text import fold, normalise
from bot.text.noise import KINDS, noisy_copies

SENTENCE = "Cho tôi hỏi đăng ký tạm trú ở phường hết bao nhiêu tiền, được không?"


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_makes_the_same_noise(kind: str) -> None:
    assert KINDS[kind](SENTENCE, Random(7)) == KINDS[kind](SENTENCE, Random(7))


@pytest.mark.parametrize("kind", ["no_diacritics", "half", "telex"])
def test_what_it_hides_is_found_again(kind: str) -> None:
    noisy = KINDS[kind](SENTENCE, Random(7))
    assert noisy != SENTENCE
    assert fold(normalise(noisy).text) == fold(normalise(SENTENCE).text)


def test_the_first_copy_has_no_diacritics_and_none_repeats_the_sentence() -> None:
    copies = noisy_copies(SENTENCE, Random(1), 3)
    assert copies[0].isascii()
    assert SENTENCE not in copies
    assert len(copies) == len(set(copies)) == 3
