"""A whole scraped page as a record, and what an import says about it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot.knowledge.importing.coverage import coverage
from bot.knowledge.importing.parsed import Fetched, Parsed, mark_replaced
from bot.knowledge.importing.portal import read_scraped
from tests.support.portal_page import FOOT, NOTHING, case, legal, page, results

FETCHED = Fetched(dt.date(2026, 7, 31), "given")


def read(**fields: Any) -> Parsed:
    return read_scraped(page(**fields), 7, FETCHED)


def reasons(parsed: Parsed) -> list[str]:
    return [issue.reason for issue in parsed.issues]


def test_a_page_becomes_a_record() -> None:
    parsed = read(legal_basis=legal(("Luật Nuôi ong", "1/2020/QH14")), conditions="Có vườn.\nCó tổ.")
    record = parsed.record
    assert record is not None
    assert (record.code, record.name, record.field) == ("1.000001", "Đăng ký nuôi ong", "Chăn nuôi ong")
    assert record.levels == ("commune",)
    assert record.audience == ("Công dân Việt Nam", "Tổ chức (không bao gồm doanh nghiệp, HTX)")
    assert record.decision.number == "12/QĐ-ABC"
    assert record.agency.receives == "Ủy ban nhân dân cấp xã"
    assert record.agency.decides is None
    assert record.conditions == "Có vườn.\nCó tổ."
    assert record.results == ("Giấy xác nhận",)
    assert [basis.number for basis in record.legal_basis] == ["1/2020/QH14"]
    assert record.provenance.source_url == "https://portal.example/1.000001"
    assert record.provenance.fetched_at == dt.date(2026, 7, 31)
    assert (parsed.line, parsed.source, parsed.issues) == (7, "portal", ())


def test_a_page_that_shows_another_procedure_is_refused() -> None:
    parsed = read(shown_code="2.000002")
    assert parsed.record is None
    assert reasons(parsed) == ["other_procedure"]
    assert "2.000002" in parsed.issues[0].detail


@pytest.mark.parametrize(
    ("fields", "reason"),
    [({"code": "1.0001"}, "bad_code"), ({"code": ""}, "bad_code"), ({"name": " \n"}, "empty_name")],
)
def test_a_page_without_code_or_name_is_refused(fields: dict[str, str], reason: str) -> None:
    assert reasons(read(**fields)) == [reason]


def test_columns_cut_at_the_wrong_place_are_read_again_from_the_page() -> None:
    steps = "Bước 1: Nộp đơn theo mục (Thành phần hồ sơ) ở dưới.\nBước 2: Nhận thẻ."
    raw = page(steps=steps)
    before, _, after = steps.partition("Thành phần hồ sơ")
    raw |= {"trinh_tu_thuc_hien": before, "thanh_phan_ho_so": after}
    parsed = read_scraped(raw, 1, FETCHED)
    assert parsed.record is not None
    assert [step.name for step in parsed.record.steps] == ["Bước 1", "Bước 2"]
    assert parsed.record.cases[0].documents[0].name == "Đơn đăng ký nuôi ong"
    assert reasons(parsed) == ["field_repaired"]
    assert "trinh_tu_thuc_hien" in parsed.issues[0].detail


def test_without_the_pages_text_the_columns_are_taken_as_they_are() -> None:
    raw = page()
    del raw["raw_text"]
    record = read_scraped(raw, 1, FETCHED).record
    assert record is not None
    assert len(record.steps) == 2


def test_a_description_at_the_pages_foot_joins_the_conditions() -> None:
    foot = FOOT.replace("Mô tảKhông có thông tin", "Mô tảThẻ có hạn 10 năm.")
    record = read(conditions="Có vườn.", outcome="ThẻMã: KQ.G15.000031" + foot).record
    assert record is not None
    assert record.conditions == "Có vườn.\nThẻ có hạn 10 năm."


@pytest.mark.parametrize(
    "fields",
    [
        {"agency": "Ủy ban nhân dân cấp huyện"},
        {"steps": "Nộp tại Công an huyện nơi nuôi ong."},
        {"conditions": "Có xác nhận của UBND quận."},
    ],
)
def test_words_of_the_abolished_district_level_are_a_doubt(fields: dict[str, str]) -> None:
    parsed = read(**fields)
    assert parsed.record is not None
    assert reasons(parsed) == ["stale_wording"]


def test_a_discount_that_has_ended_is_a_doubt() -> None:
    ended = read(methods=("Trực tiếp2 Ngày50,000 VNĐ(giảm nửa đến hết ngày 31/12/2025)",))
    running = read(methods=("Trực tiếp2 Ngày50,000 VNĐ(giảm nửa đến hết ngày 31/12/2026)",))
    assert (reasons(ended), reasons(running)) == (["expired_note"], [])


def test_the_same_doubt_is_told_once() -> None:
    row = "Trực tiếp2 Ngày20 VNĐ(20.000 đ/tổ)"
    assert reasons(read(methods=(row, row.replace("Trực tiếp", "Trực tuyến")))) == ["amount_restored"]


def test_a_replaced_code_is_marked() -> None:
    marked = mark_replaced(read(), {"1.000001": "2.000002", "1.000009": None})
    assert marked.record is not None
    assert (marked.record.status, marked.record.replaced_by) == ("replaced", "2.000002")
    assert reasons(marked) == ["replaced_code"]
    gone = mark_replaced(read(code="1.000009"), {"1.000009": None}).record
    assert gone is not None
    assert (gone.status, gone.replaced_by) == ("abolished", None)


def test_all_text_of_a_page_is_in_its_record() -> None:
    raw = page(
        methods=("Trực tuyến1 Ngày làm việcMiễn phí(Không có)Nộp qua mạng.", "Trực tiếp140,000 VNĐ(tổ ong)"),
        documents=case("* Khi ủy quyền:", ("- Giấy ủy quyền", "1 bản chính"))
        + case("--", ("Đơn;Mẫu số 01.docx", "1 bản chính"), ("Lưu ý: đến sớm", "0 bản chính")),
        legal_basis=legal(("Luật Nuôi ong", "Luật số 1/2020/QH14")),
        outcome=results(("Thẻ", "KQ.G15.000031"), ("Sổ", "KQ.G15.000032")),
    )
    record = read_scraped(raw, 1, FETCHED).record
    assert record is not None
    assert [item.left for item in coverage(raw, record) if not item.full] == []


def test_lost_text_is_found() -> None:
    raw = page(conditions="Có vườn rộng.\nCó mười tổ.")
    record = read_scraped(raw, 1, FETCHED).record
    assert record is not None
    poorer = record.model_copy(update={"conditions": "Có vườn rộng.", "steps": record.steps[:1]})
    lacking = {item.column: item.left for item in coverage(raw, poorer) if not item.full}
    assert lacking == {"trinh_tu_thuc_hien": ("Bước2Cánbộtrảkếtquả",), "yeu_cau_dieu_kien": ("Cómườitổ",)}


def test_a_column_that_says_nothing_is_not_measured() -> None:
    raw = page(legal_basis=NOTHING, conditions=NOTHING, agency=NOTHING)
    record = read_scraped(raw, 1, FETCHED).record
    assert record is not None
    measured = {item.column for item in coverage(raw, record)}
    assert measured == {"trinh_tu_thuc_hien", "cach_thuc_thuc_hien", "thanh_phan_ho_so", "ket_qua_xu_ly"}
