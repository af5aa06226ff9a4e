"""What a message becomes, and what must never be touched in it."""

import doctest
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.text
from bot.text import fold, normalise, syllables
from bot.text.folding import JOIN
from bot.text.keystrokes import decode_telex
from bot.text.syllable import canonical, is_syllable

SENTENCES = [
    "Cho tôi hỏi đăng ký kết hôn với người nước ngoài ở đâu?",
    "ad ơi lm gks cho bé cần gt j v ạ",
    "lamf giaays khai sinh cho con maats bao nhieeu tieenf",
    "den duong hem 120 hu ca tuan nay khong ai sua",
    "1.004873 lệ phí bao nhiêu, sđt 0912 345 678",
    "đk tt ntn, nộp onl đc k",
]


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("hoà khoẻ thuỷ qúy kí lí", "hòa khỏe thủy quý ký lý"),
        ("lm gks cần j", "làm giấy khai sinh cần gì"),
        ("đkkh ntn ạ", "đăng ký kết hôn như thế nào ạ"),
        ("đk kết hôn ở xã đk ko", "đăng ký kết hôn ở xã được không"),
        ("làm ở xã đc hem", "làm ở xã được không"),
        ("hết bn tiền z", "hết bao nhiêu tiền vậy"),
        ("lamf caanj cuwowcs", "làm căn cước"),
        ("tooi muoons ddoori bawngf lais", "tôi muốn đổi bằng lái"),
        ("la2m ca8n cu7o7c1", "làm căn cước"),
        ("đi mô hè, mần chi rứa", "đi đâu hè, làm gì vậy"),
        ("nộp chỗ mô rứa", "nộp chỗ nào vậy"),
        ("khai sanh cho nhỏ hết nhiêu", "khai sinh cho nhỏ hết bao nhiêu"),
        ("bao nhiêu ngàyyy vậy", "bao nhiêu ngày vậy"),
        ("căn cuớc gắn chíp", "căn cước gắn chíp"),
        ("VN hs xong r", "việt nam hồ sơ xong rồi"),
    ],
)
def test_typed_forms_meet_in_one(typed: str, normal: str) -> None:
    assert normalise(typed).text == normal


@pytest.mark.parametrize(
    "text",
    [
        "đường hẻm bên hông nhà",
        "mô hình khám răng ở chi nhánh",
        "chi phí khám răng",
        "kết hôn",
        "i need a form for my house please",
        "app facebook",
        "sổ hồng",
        "bằng hạng b",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert normalise(text).text == text


def test_an_ambiguous_short_form_keeps_its_readings() -> None:
    tokens = normalise("đk tt cần gì").tokens
    unresolved = next(token for token in tokens if token.text == "tt")
    assert unresolved.readings[:2] == ("tạm trú", "thường trú")


def test_an_expansion_points_at_what_was_typed() -> None:
    message = normalise("lm GKS nha")
    syllable = message.tokens[3]
    assert (syllable.text, message.raw[syllable.start : syllable.end]) == ("sinh", "GKS")


def test_dated_terms_come_as_hints() -> None:
    hints = {hint.term: hint.today for hint in normalise("đổi cmnd rồi cắt khẩu").hints}
    assert hints == {"chứng minh nhân dân": ("căn cước",), "cắt khẩu": ("xóa đăng ký thường trú",)}


CODES = st.one_of(
    st.from_regex(r"[1-3]\.[0-9]{6}", fullmatch=True),
    st.from_regex(r"PA-20[0-9]{2}-[0-9]{6}", fullmatch=True),
    st.from_regex(r"H[0-9]{2}\.[0-9]{2}-[0-9]{6}-[0-9]{4}", fullmatch=True),
    st.from_regex(r"0[35789][0-9]{8}", fullmatch=True),
    st.from_regex(r"0[35789][0-9]{2} [0-9]{3} [0-9]{3}", fullmatch=True),
    st.from_regex(r"[1-9][0-9]{0,2}(\.000){1,2}đ", fullmatch=True),
    st.from_regex(r"[1-9][0-9]?/[1-9][0-2]?/20[0-9]{2}", fullmatch=True),
    st.from_regex(r"[0-9]{1,3}/20[0-9]{2}/NĐ-CP", fullmatch=True),
    st.from_regex(r"\[SĐT_[1-9]\]", fullmatch=True),
    st.sampled_from(["CT07", "A1", "B2", "500k", "8h30", "1tr5", "a@b.vn"]),
)


@given(CODES, st.sampled_from(SENTENCES))
def test_codes_amounts_and_phones_are_untouched(code: str, sentence: str) -> None:
    message = normalise(f"{sentence} {code} nhé")
    assert code in message.text
    assert any(token.text == code and token.kept for token in message.tokens)


_LETTERS = "".join(letter for letter in JOIN.values()) + "bcdđghklmnpqrstvxfjwz ABCĐ.,?!0123456789-/[]_"
_ANYTHING = st.one_of(
    st.text(),
    st.text(alphabet=_LETTERS),
    st.lists(st.sampled_from([*" ".join(SENTENCES).split(), "tt", "h", "k", "mô", "chi", "hem"])).map(" ".join),
)


@given(_ANYTHING)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once


@given(_ANYTHING)
def test_offsets_lie_in_the_raw_text_and_in_order(text: str) -> None:
    last = 0
    for token in normalise(text).tokens:
        assert 0 <= token.start < token.end <= len(text)
        assert token.start >= last or token.end >= last
        assert token.folded == fold(token.text)
        last = token.start


@given(st.sampled_from(SENTENCES))
def test_decomposed_letters_mean_the_same(sentence: str) -> None:
    apart = normalise(unicodedata.normalize("NFD", sentence))
    together = normalise(sentence)
    assert apart.text == together.text
    for left, right in zip(apart.tokens, together.tokens, strict=True):
        assert unicodedata.normalize("NFC", apart.raw[left.start : left.end]) == together.raw[right.start : right.end]


@given(st.text())
def test_folding_is_idempotent_and_leaves_no_vietnamese_letter(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert "đ" not in folded
    assert not any(letter in folded for letter in JOIN.values() if not letter.isascii())


def test_every_syllable_of_plain_vietnamese_is_known() -> None:
    text = "người nước ngoài đăng ký thường trú quyết định giấy chứng nhận giếng khoan khuya nghiêng xoong quốc"
    assert [word for word in text.split() if not is_syllable(word)] == []


def test_no_plain_syllable_is_taken_for_keystrokes() -> None:
    words = [
        "to",
        "tom",
        "cao",
        "can",
        "con",
        "hoi",
        "lam",
        "nhan",
        "xin",
        "cho",
        "phep",
        "nha",
        "dat",
        "thue",
        "khai",
        "sinh",
        "ket",
        "hon",
        "tam",
        "tru",
    ]
    assert [word for word in words if decode_telex(word)] == []


def test_a_canonical_spelling_is_its_own() -> None:
    for word in ("hòa", "thủy", "quý", "giá", "khuỷu", "nguyễn", "được"):
        assert canonical(word) == word


def test_syllables_expand_nothing() -> None:
    assert syllables("Cấp đổi GPLX, mẫu số 01/ĐK") == ("cấp", "đổi", "gplx", "mẫu", "số", "01/đk")


def test_the_module_documentation_is_true() -> None:
    assert doctest.testmod(bot.text).failed == 0


def test_a_message_takes_less_than_the_budget() -> None:
    started = time.perf_counter()
    for _ in range(50):
        for sentence in SENTENCES:
            normalise(sentence)
    assert (time.perf_counter() - started) / (50 * len(SENTENCES)) < 0.001


@pytest.mark.parametrize(
    "text", ["xe taxi đậu lấn lề", "gọi taxi ra sân bay", "trang facebook của phường", "salt lake city"]
)
def test_foreign_words_are_no_slips(text: str) -> None:
    assert normalise(text).text == text
