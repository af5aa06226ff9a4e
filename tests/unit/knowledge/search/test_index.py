"""Which procedure a question is about, on a small town's catalogue."""

from __future__ import annotations

import pytest

from bot.knowledge.search import SearchIndex
from tests.support.catalogue import TOWN, record, row


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return SearchIndex([row(found) for found in TOWN])


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("Thủ tục khai sinh cần những giấy tờ gì?", "1.001193"),
        ("thu tuc khai sinh can giay to gi", "1.001193"),
        ("ad ơi lm gks cho bé cần j ạ", "1.001193"),
        ("dang ky khai sih", "1.001193"),
        ("nhập hộ khẩu mất bao lâu", "1.004222"),
        ("cắt khẩu thì làm sao", "1.003197"),
        ("gia hạn tạm trú ở đâu", "1.002755"),
        ("bằng lái cũ muốn đổi", "3.000347"),
        ("làm mất bằng lái", "3.000348"),
        ("mất căn cước xin cấp lại", "1.014064"),
        ("đổi cccd hết bao nhiêu tiền", "1.014063"),
        ("làm căn cước cho con 10 tuổi", "1.014062"),
        ("con tôi 16 tuổi làm căn cước", "1.014061"),
        ("kết hôn với người Pháp", "2.000806"),
        ("đăng ký kết hôn", "1.000894"),
        ("làm giấy cho em bé", "1.001193"),
        ("mở tiệm thì đăng ký gì", "1.001612"),
        ("bán thuốc trừ sâu", "1.004363"),
        ("đốn cây trước nhà", "1.002693"),
        ("nghỉ sinh hưởng chế độ gì", "2.000693"),
    ],
)
def test_finds_the_procedure_as_people_say_it(index: SearchIndex, question: str, code: str) -> None:
    match = index.search(question)
    assert match.kind == "one", match
    assert match.best is not None
    assert match.best.code == code


def test_a_code_in_the_question_wins_outright(index: SearchIndex) -> None:
    match = index.search("khai sinh theo mã 1.000656 thì sao")
    assert (match.kind, match.best and match.best.code) == ("one", "1.000656")


def test_an_unknown_code_is_not_answered_with_something_near(index: SearchIndex) -> None:
    assert index.search("9.999999 khai sinh").kind == "none"


def test_a_replaced_procedure_gives_its_successor(index: SearchIndex) -> None:
    best = index.search("1.011606").best
    assert best is not None
    assert (best.code, best.replaces) == ("1.116214", "1.011606")


def test_a_bare_topic_opens_its_menu(index: SearchIndex) -> None:
    match = index.search("giấy tờ căn cước")
    assert match.kind == "several"
    assert match.question
    assert [candidate.code for candidate in match.candidates] == ["1.014061", "1.014062", "1.014063"]


def test_a_word_that_decides_closes_the_menu(index: SearchIndex) -> None:
    assert index.search("mất căn cước").question is None


def test_an_abbreviation_of_two_meanings_is_asked_back(index: SearchIndex) -> None:
    assert [c.code for c in index.search("đk tt").candidates] == ["1.004194", "1.004222"]


def test_a_menu_offers_only_what_the_catalogue_has() -> None:
    kept = [row(found) for found in TOWN if found.code != "1.014062"]
    assert [c.code for c in SearchIndex(kept).search("căn cước").candidates] == ["1.014061", "1.014063"]


def test_a_known_gap_is_named(index: SearchIndex) -> None:
    match = index.search("xin trợ cấp xã hội cho người già")
    assert match.kind == "none"
    assert match.gap is not None
    assert match.gap.id == "social_allowance"


def test_a_procedure_that_says_the_gaps_words_goes_before_the_gap() -> None:
    more = record("5.000001", "Giải quyết trợ cấp xã hội", levels=("commune",))
    match = SearchIndex([row(found) for found in [*TOWN, more]]).search("giải quyết trợ cấp xã hội")
    assert match.best is not None
    assert match.best.code == "5.000001"


def test_talk_without_a_procedure_is_empty(index: SearchIndex) -> None:
    assert index.search("vậy còn lệ phí bao nhiêu ạ").empty


def test_nonsense_finds_nothing(index: SearchIndex) -> None:
    assert index.search("xyzzy quux blorb").kind == "none"


def test_the_last_word_of_a_correction_counts(index: SearchIndex) -> None:
    for text in ("không phải tạm trú, ý mình là thường trú", "đăng ký thường trú chứ không phải tạm trú"):
        best = index.search(text).best
        assert best is not None
        assert best.code == "1.004222"


def test_titles_that_differ_by_level_alone_are_one_and_the_nearer_office_comes_first(index: SearchIndex) -> None:
    match = index.search("trình báo mất hộ chiếu")
    assert match.kind == "one"
    assert match.best is not None
    assert match.best.code == "1.010386"


def test_import_of_goods_is_not_a_household(index: SearchIndex) -> None:
    best = index.search("nhập khẩu xăng dầu").best
    assert best is not None
    assert best.code == "1.000014"


def test_diacritics_tell_words_apart_where_they_are_typed() -> None:
    rows = [row(record("1.000001", "Làm sổ đỏ lần đầu")), row(record("1.000002", "Kiểm tra số đo công tơ"))]
    best = SearchIndex(rows).search("kiểm tra số đo").best
    assert best is not None
    assert best.code == "1.000002"


def test_a_fact_of_a_follow_up_leads_to_the_sister(index: SearchIndex) -> None:
    assert index.sister("1.014061", index.analyse("con tôi 10 tuổi thì sao")) == "1.014062"
    assert index.sister("1.014061", index.analyse("bị mất thì sao")) == "1.014064"
    assert index.sister("1.001193", index.analyse("chồng tôi là người nước ngoài")) == "2.000528"
    assert index.sister("1.000656", index.analyse("con tôi 10 tuổi")) == "1.000656"


def test_an_empty_catalogue_answers_nothing() -> None:
    assert SearchIndex([]).search("khai sinh").kind == "none"
