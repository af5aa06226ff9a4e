"""The table of papers: cases, documents, forms, and the notes between them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.importing.documents import read_documents
from bot.knowledge.records import Document, DocumentCase
from tests.support.portal_page import case


def the(column: str) -> tuple[DocumentCase, ...]:
    return read_documents(column).cases


def names(column: str, kind: str = "document") -> list[str]:
    return [item.name for found in the(column) for item in found.documents if item.kind == kind]


def test_names_numbers_and_forms_are_told_apart() -> None:
    column = case(
        "--",
        ("- Đơn đăng ký nuôi ong theo mẫu;Mau so 01.docx", "1 bản chính"),
        ("Bản vẽ vườn ong", "0 bản chính,2 bản sao"),
    )
    assert the(column) == (
        DocumentCase(
            documents=(
                Document(name="Đơn đăng ký nuôi ong theo mẫu;", originals=1, copies=0, form="Mau so 01.docx"),
                Document(name="Bản vẽ vườn ong", originals=0, copies=2),
            )
        ),
    )


def test_lines_with_0_originals_and_0_copies_are_notes() -> None:
    column = case(
        "--",
        ("Đơn đăng ký", "1 bản chính"),
        ("* Lưu ý: nộp qua mạng thì không cần đơn giấy.", "0 bản chính"),
        ("Trường hợp đã có dữ liệu thì không phải nộp.", "0 bản chính"),
        ("Số lượng hồ sơ: 01 bộ", "0 bản chính"),
    )
    assert names(column) == ["Đơn đăng ký"]
    assert len(names(column, "note")) == 3


def test_a_sentence_about_the_papers_is_a_note_though_it_is_counted() -> None:
    column = case(
        "--",
        ("Đơn đăng ký", "1 bản chính"),
        ("Số lượng hồ sơ: 01 (một) bộ.", "1 bản chính"),
        ("Trường hợp nộp hồ sơ trực tuyến thì tải bản điện tử các giấy tờ nêu trên.", "1 bản chính"),
        ("Trường hợp đã có trên hệ thống thì không cần nộp các bản sao.", "1 bản chính"),
        ("Trường hợp nộp qua người khác thì nộp giấy ủy quyền", "1 bản chính"),
    )
    assert names(column) == ["Đơn đăng ký", "Trường hợp nộp qua người khác thì nộp giấy ủy quyền"]
    assert len(names(column, "note")) == 3


def test_a_paper_that_tells_its_own_number_is_a_document_though_counted_0() -> None:
    column = case("--", ("Đơn đăng ký", "1 bản chính"), ("Hóa đơn mua tổ: 02 bản chính", "0 bản chính"))
    (_, paper) = the(column)[0].documents
    assert (paper.kind, paper.originals, paper.copies) == ("document", None, None)


def test_where_nothing_is_counted_the_papers_are_a_guess() -> None:
    found = read_documents(case("--", ("Đơn đăng ký", "0 bản chính"), ("Lưu ý: đến sớm", "0 bản chính")))
    assert [item.kind for item in found.cases[0].documents] == ["document", "note"]
    assert [issue.reason for issue in found.issues] == ["documents_without_count"]


def test_papers_are_grouped_by_case_the_general_case_first() -> None:
    column = case("* Khi ủy quyền:", ("Giấy ủy quyền", "1 bản chính")) + case("--", ("Đơn đăng ký", "1 bản chính"))
    assert [(found.name, found.documents[0].name) for found in the(column)] == [
        (None, "Đơn đăng ký"),
        ("Khi ủy quyền", "Giấy ủy quyền"),
    ]


def test_papers_to_show_are_not_to_hand_in() -> None:
    column = (
        case("* Giấy tờ phải nộp:", ("Đơn đăng ký", "1 bản chính"))
        + case("* Giấy tờ phải xuất trình:", ("Thẻ căn cước", "1 bản chính"))
        + case("Nộp hoặc xuất trình", ("Sổ nuôi ong", "1 bản chính"))
    )
    assert [item.present for found in the(column) for item in found.documents] == ["submit", "show", "submit"]


def test_all_lines_under_a_heading_of_notes_are_notes() -> None:
    column = case("--", ("Đơn", "1 bản chính")) + case("* Lưu ý:", ("Tờ khai ghi rõ ràng", "0 bản chính"))
    assert names(column, "note") == ["Tờ khai ghi rõ ràng"]


def test_digits_that_end_a_name_are_not_the_number() -> None:
    column = case(
        "--", ("Đơn theo Mẫu số 18", "1 bản chính,1 bản sao"), ("Luật Nuôi ong năm 2024", "0 bản chính,1 bản sao")
    )
    assert [(item.name, item.originals) for item in the(column)[0].documents] == [
        ("Đơn theo Mẫu số 18", 1),
        ("Luật Nuôi ong năm 2024", 0),
    ]


def test_a_number_in_a_name_ends_no_row() -> None:
    column = case(
        "--",
        ("Bản kê: 01 bản chính và ảnh tổ", "1 bản chính"),
        ("01 bản chính danh sách tổ", "1 bản chính"),
        ("Hóa đơn: 01 bản chính", "1 bản chính"),
    )
    assert names(column) == ["Bản kê: 01 bản chính và ảnh tổ", "01 bản chính danh sách tổ", "Hóa đơn: 01 bản chính"]


def test_numbered_papers_are_put_in_order() -> None:
    column = case("--", ("c) Ảnh tổ", "1 bản chính"), ("a) Đơn", "1 bản chính"), ("b) Bản vẽ", "1 bản chính"))
    assert names(column) == ["a) Đơn", "b) Bản vẽ", "c) Ảnh tổ"]
    shuffled = case("--", ("2. Ảnh", "1 bản chính"), ("Đơn", "1 bản chính"), ("1. Bản vẽ", "1 bản chính"))
    assert names(shuffled) == ["2. Ảnh", "Đơn", "1. Bản vẽ"]


def test_what_follows_the_last_row_is_kept_as_a_note() -> None:
    assert names(case("--", ("Đơn", "1 bản chính")) + "Nộp qua mạng thì kê khai trên trang.", "note") == [
        "Nộp qua mạng thì kê khai trên trang."
    ]


def test_a_column_without_a_table_is_told() -> None:
    assert read_documents("--").unparsed is None
    assert read_documents("Xem ở trên.").unparsed == "Xem ở trên."


words = st.sampled_from(["Đơn", "Tờ khai", "Bản vẽ", "Ảnh", "Giấy khám", "Sổ", "Hợp đồng"])
tails = st.sampled_from(["nuôi ong", "về vườn", "của chủ tổ (nếu có)", "theo quy định;", "đã ký tên."])
forms = st.sampled_from(["", "Mẫu số 01.docx", "Phụ lục II.doc", "Mau don (1).pdf"])
paper = st.tuples(words, tails, forms, st.integers(1, 9), st.integers(0, 9))


@given(st.lists(st.tuples(st.sampled_from(["--", "Khi chuyển tổ", "b) Khi gia hạn:"]), st.lists(paper, min_size=1))))
def test_what_is_flattened_is_read_back(table: list[tuple[str, list[tuple[str, str, str, int, int]]]]) -> None:
    flat = "".join(
        case(title, *((f"{w} {t}{f}", f"{o} bản chính" + (f",{c} bản sao" if c else "")) for w, t, f, o, c in rows))
        for title, rows in table
    )
    found = [(item.name, item.form or "", item.originals, item.copies) for some in the(flat) for item in some.documents]
    ordered = sorted(table, key=lambda pair: pair[0] != "--")
    assert found == [(f"{w} {t}", f, o, c) for _, rows in ordered for w, t, f, o, c in rows]
