"""What a message means as terms."""

from __future__ import annotations

import pytest

from bot.review.answering import filled
from bot.review.index import CaseIndex
from bot.review.repeats import is_repeat
from bot.review.terms import key_of, terms_of, weighed


@pytest.mark.parametrize(
    ("said", "term"),
    [
        ("làm gks hết nhiêu tiền", "@fee"),
        ("lam giay khai sinh can giay to gi", "@documents"),
        ("bao giờ có lịch tiêm phòng", "@when"),
        ("mất cccd làm lại ở đâu", "!reissue"),
        ("sổ hồng bị rách", "=giay_chung_nhan_quyen_su_dung_dat_quyen_so_huu_tai_san_gan_lien_voi_dat"),
    ],
)
def test_ways_of_asking_and_names_become_one_term(said: str, term: str) -> None:
    assert term in terms_of(said).weights


def test_terms_that_were_kept_weigh_what_they_weighed() -> None:
    terms = terms_of("Mất sổ đỏ thì xin cấp lại ở đâu, hết bao nhiêu tiền", procedure="1.001193", aspects=("fee",))
    assert dict(weighed(terms.weights).weights) == dict(terms.weights)


def test_the_same_topic_asked_for_something_else_is_another_question() -> None:
    documents, fee = terms_of("khai sinh cần giấy tờ gì"), terms_of("khai sinh hết bao nhiêu tiền")
    assert documents.alike(fee) < 0.5 < documents.alike(terms_of("gks can giay to gi"))


def test_the_same_procedure_and_aspect_speak_for_one_another() -> None:
    one, other = "xin giấy cho thằng nhỏ mới đẻ", "trẻ sơ sinh chưa có giấy tờ tuỳ thân"
    bare = terms_of(one).alike(terms_of(other))
    known = terms_of(one, procedure="1.001193").alike(terms_of(other, procedure="1.001193"))
    assert known > bare


@pytest.mark.parametrize("said", ["", "   ", "???", "🙂", "[SĐT_1]", "a" * 2000, "\u0000", "k k k k"])
def test_nothing_breaks_on_what_says_nothing(said: str) -> None:
    terms = terms_of(said)
    index = CaseIndex()
    index.add(1, 1, 1, terms)
    index.nearest(terms)
    key_of(said)


@pytest.mark.parametrize(
    ("said", "before", "same"),
    [
        ("thu tuc tach thua dat the nao", "Thủ tục tách thửa đất thế nào?", True),
        ("tách thửa đất làm sao ạ", "thủ tục tách thửa đất làm sao", True),
        ("khai sinh hết bao nhiêu tiền", "khai sinh cần giấy tờ gì", False),
        ("ok", "ok", False),
        ("cảm ơn", "cảm ơn", False),
    ],
)
def test_a_question_asked_again_is_known(said: str, before: str, same: bool) -> None:
    assert is_repeat(said, before) is same


def test_what_a_citizen_wrote_fills_no_place() -> None:
    said = filled("Bạn hỏi {cau_hoi} ngày {ngay_hoi}.", "lệ phí {ngay_hoi} {cau_hoi}", "01/02/2026")
    assert said == "Bạn hỏi “lệ phí {ngay_hoi} {cau_hoi}” ngày 01/02/2026."
