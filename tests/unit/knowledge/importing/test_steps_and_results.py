"""Steps and results of a page, and the small readings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.importing.results import read_results
from bot.knowledge.importing.steps import read_steps
from bot.knowledge.importing.texts import comma_list, levels, one_line, stated, tidy, unwrap, without_bullet
from bot.knowledge.records import Step
from tests.support.portal_page import FOOT, NOTHING, results


def test_numbered_steps_keep_their_names() -> None:
    column = "- Bước 1: Nộp đơn ở xã.\n- Bước 2. Cán bộ xem đơn:\n+ đủ thì nhận;\n+ thiếu thì trả.\nBước 3 - Nhận thẻ."
    assert read_steps(column) == (
        Step(name="Bước 1", text="Nộp đơn ở xã."),
        Step(name="Bước 2", text="Cán bộ xem đơn:\n+ đủ thì nhận;\n+ thiếu thì trả."),
        Step(name="Bước 3", text="Nhận thẻ."),
    )


def test_a_step_named_in_a_sentence_begins_none() -> None:
    column = "Bước 1: Nộp đơn.\nBước 2: Nếu thiếu thì làm lại Bước 1: nộp đơn khác, xem cả bước 2: ghi đủ."
    assert [step.name for step in read_steps(column)] == ["Bước 1", "Bước 2"]


def test_the_end_of_the_line_before_is_no_mark_of_a_step() -> None:
    column = "a) Bước 1: Nộp đơn qua cong.gov.vn.\nb) Bước 2: Xem theo Điều 6.4.\nc) Bước 3: Nhận thẻ."
    assert [step.name for step in read_steps(column)] == ["a) Bước 1", "b) Bước 2", "c) Bước 3"]
    assert read_steps(column)[0].text == "Nộp đơn qua cong.gov.vn."


def test_steps_without_numbers_are_items_or_paragraphs() -> None:
    assert read_steps("- Nộp đơn.\n+ bản giấy\n- Nhận thẻ.") == (
        Step(text="Nộp đơn.\n+ bản giấy"),
        Step(text="Nhận thẻ."),
    )
    assert read_steps("+ Nộp đơn.\n+ Nhận thẻ.") == (Step(text="Nộp đơn."), Step(text="Nhận thẻ."))
    assert read_steps("Nộp đơn ở xã.\nNhận thẻ ở xã.") == (Step(text="Nộp đơn ở xã."), Step(text="Nhận thẻ ở xã."))


def test_a_short_heading_names_what_stands_under_it() -> None:
    assert read_steps("a) Nộp hồ sơ:\n- Tại xã\n- Qua mạng\nb) Trả kết quả:\n- Tại xã") == (
        Step(name="a) Nộp hồ sơ", text="- Tại xã\n- Qua mạng"),
        Step(name="b) Trả kết quả", text="- Tại xã"),
    )


def test_lines_cut_by_a_page_break_are_joined() -> None:
    assert unwrap("Nộp đơn tại nơi\nnuôi ong.\nNhận thẻ.") == "Nộp đơn tại nơi nuôi ong.\nNhận thẻ."


def test_nothing_to_do() -> None:
    assert read_steps(NOTHING) == ()


def test_results_lose_their_codes_and_the_pages_controls() -> None:
    found = read_results(
        results(("- Thẻ nuôi ong.", "KQ.G15.000031"), ("Giấy báo", "000.00.00.G04-KQ3023"), ("Sổ", "VBTT"))
    )
    assert (found.results, found.description) == (("Thẻ nuôi ong", "Giấy báo", "Sổ"), None)


def test_a_description_in_the_foot_is_kept() -> None:
    foot = FOOT.replace("Mô tảKhông có thông tin", "Mô tảThẻ có hạn 10 năm.")
    assert read_results("Thẻ nuôi ongMã: KQ.G15.000031" + foot).description == "Thẻ có hạn 10 năm."


def test_no_result() -> None:
    assert read_results("...Mã: KQ.G01.000279" + FOOT).results == ()
    assert read_results("").results == ()


@pytest.mark.parametrize(
    "text", ["Không có thông tin", "Không", "Không có", "không.", "", "--", " \n", "Không quy định"]
)
def test_words_that_say_nothing(text: str) -> None:
    assert stated(text) is None


def test_words_that_say_something() -> None:
    assert stated(" Không quá 3 tổ ") == "Không quá 3 tổ"


def test_levels_and_audience() -> None:
    assert levels("Cấp bộ, Cấp xã, Cơ quan khác, Cấp huyện") == ("ministry", "commune", "other")
    assert comma_list("Tổ chức (không bao gồm doanh nghiệp, HTX), Cán bộ, công chức, viên chức, Hợp tác xã") == (
        "Tổ chức (không bao gồm doanh nghiệp, HTX)",
        "Cán bộ, công chức, viên chức",
        "Hợp tác xã",
    )


@given(st.text())
def test_tidying_twice_changes_nothing_and_loses_no_letter(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert one_line(once) == one_line(text)


def test_bullets() -> None:
    assert [without_bullet(text) for text in ("- Đơn", "+Đơn", "* - Đơn", "a) Đơn", "Đơn - đỏ")] == [
        "Đơn",
        "Đơn",
        "Đơn",
        "a) Đơn",
        "Đơn - đỏ",
    ]
