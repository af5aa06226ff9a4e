"""How long it takes, and which papers."""

from __future__ import annotations

from typing import Any

from bot.knowledge.answers import Here, compose
from bot.knowledge.records import ProcedureRecord
from tests.support.catalogue import TODAY, method, record, stored


def said(found: ProcedureRecord, aspect: str, *, full: bool = False) -> str:
    replies = compose(stored(found), (aspect,), Here(TODAY, "Hải Phòng"), full=full)  # type: ignore[arg-type]
    return "\n".join(reply.text for reply in replies)


def days(channel: str, quantity: int, **fields: Any) -> Any:
    return method(channel, time={"quantity": quantity, "unit": "working_day"}, **fields)


def paper(name: str, **fields: Any) -> dict[str, Any]:
    return {"name": name} | fields


def test_equal_times_of_all_channels_are_one() -> None:
    text = said(record(methods=[days("direct", 3), days("online", 3)]), "duration")
    assert text.startswith("Đăng ký thử: 3 ngày làm việc.\n")


def test_several_rows_of_a_channel_are_all_told() -> None:
    found = record(methods=[days("online", 1), days("online", 3, note="Khi phải xác minh")])
    text = said(found, "duration")
    assert text.startswith("Đăng ký thử: từ 1 ngày làm việc đến 3 ngày làm việc, tùy trường hợp.\n")
    assert "3 ngày làm việc – Khi phải xác minh" in text


def test_a_number_without_a_unit_is_not_given_one_and_the_rule_of_the_steps_is_told() -> None:
    found = record(
        methods=[method("direct", time={"quantity": 1})],
        steps=[{"text": "Cán bộ kiểm tra. Hồ sơ nhận sau 15 giờ thì trả trong ngày làm việc tiếp theo."}],
    )
    text = said(found, "duration")
    assert "nguồn chỉ ghi “1”, không ghi là ngày hay giờ" in text
    assert "Hồ sơ nhận sau 15 giờ thì trả trong ngày làm việc tiếp theo." in text
    assert "1 ngày" not in text.replace("15 giờ", "")


def test_a_rule_in_words_that_all_channels_share_is_said_once_and_first() -> None:
    rule = "Trong ngày; nhận sau 15 giờ thì hôm sau."
    found = record(
        methods=[method("direct", time={"text": rule}), method("online", time={"text": f"{rule} Chờ bạn xác nhận."})]
    )
    text = said(found, "duration")
    assert text.startswith("Đăng ký thử: trong ngày; nhận sau 15 giờ thì hôm sau.\n• Trực tuyến: Chờ bạn xác nhận")
    assert text.count("15 giờ") == 1


def test_no_time_is_said_to_be_missing() -> None:
    assert "không ghi thời hạn" in said(record(), "duration")


def test_a_provinces_time_comes_first() -> None:
    overlay = {
        "province": "Hải Phòng", "field": "time", "time": {"quantity": 1, "unit": "working_day"},
        "valid_from": "2026-01-01",
    }  # fmt: skip
    text = said(record(methods=[days("direct", 3)], overlays=[overlay]), "duration")
    assert text.startswith("Đăng ký thử tại Hải Phòng: 1 ngày làm việc.\nChung của cả nước: 3 ngày làm việc.")


def test_papers_for_everybody_come_before_those_of_a_case_and_notes_are_no_papers() -> None:
    found = record(
        cases=[
            {
                "documents": [
                    paper("Giấy ủy quyền", required=False, only_if="nhờ người khác nộp"),
                    paper("Tờ khai", originals=1, form="TK01.docx"),
                    paper("Hộ chiếu", present="show"),
                    paper("Không phải nộp bản giấy nếu đã có bản điện tử", kind="note"),
                ]
            },
            {"name": "Trẻ bị bỏ rơi", "documents": [paper("Biên bản", copies=2)]},
        ]
    )
    text = said(found, "documents")
    assert text.startswith(
        "Đăng ký thử: cần 2 loại giấy tờ, thêm 1 loại tùy trường hợp, thêm giấy tờ riêng của 1 trường hợp."
    )
    order = [
        "• Tờ khai (1 bản chính; theo mẫu)",
        "• Hộ chiếu",
        "• Giấy ủy quyền (chỉ khi nhờ",
        "• Biên bản (2 bản sao)",
    ]
    assert [text.index(line) for line in order] == sorted(text.index(line) for line in order)
    assert "Không phải nộp bản giấy" not in text
    assert "– Không phải nộp bản giấy" in said(found, "documents", full=True)
    assert "• Không phải nộp bản giấy" not in said(found, "documents", full=True)


def test_headings_that_the_portal_keeps_as_cases_are_not_cases() -> None:
    found = record(
        cases=[
            {"name": "* Giấy tờ phải nộp:", "documents": [paper("Đơn")]},
            {"name": "* Giấy tờ phải xuất trình:", "documents": [paper("Thẻ")]},
        ]
    )
    text = said(found, "documents")
    assert text.startswith("Đăng ký thử: cần 2 loại giấy tờ.\nNộp:\n• Đơn\nĐưa xem (không phải nộp):\n• Thẻ")


def test_what_the_databases_hold_is_not_asked_for() -> None:
    found = record(cases=[{"documents": [paper("Bản sao thẻ căn cước"), paper("Sổ hộ khẩu")]}])
    assert said(found, "documents").count("không bắt buộc nếu cán bộ tra được") == 2


def test_the_forms_are_named_with_where_to_get_them() -> None:
    found = record(cases=[{"documents": [paper("Tờ khai đăng ký", form="TK01.docx"), paper("Ảnh chân dung")]}])
    text = said(found, "form")
    assert "“Tờ khai đăng ký (TK01.docx)”" in text
    assert "https://dichvucong.gov.vn/" in text
    assert "Ảnh" not in text
    assert "không ghi mẫu đơn riêng" in said(record(), "form")


def test_a_household_book_and_a_copy_of_the_identity_card_are_not_counted_as_needed() -> None:
    papers = [
        paper("Tờ khai"),
        paper("Sổ hộ khẩu"),
        paper("Bản sao có chứng thực giấy chứng minh nhân dân"),
        paper("Thẻ căn cước công dân"),
        paper("Thẻ căn cước", present="show"),
        paper("Ảnh kiểu thẻ căn cước"),
        paper("Bản sao giấy tờ tùy thân, trừ thẻ căn cước"),
    ]
    text = said(record(cases=[{"documents": papers}]), "documents", full=True)
    assert text.startswith("Đăng ký thử: cần 4 loại giấy tờ, thêm 3 loại tùy trường hợp.")
    assert text.count("không bắt buộc nếu cán bộ tra được") == 3
    assert text.index("Tùy trường hợp:") < text.index("• Sổ hộ khẩu")


def test_papers_that_say_if_are_not_counted_as_needed() -> None:
    papers = [
        paper("Tờ khai"),
        paper("Giấy tờ miễn phí (nếu có)"),
        paper("Văn bản ủy quyền"),
        paper("Tờ (nếu nộp giấy)"),
    ]
    assert "cần 1 loại giấy tờ, thêm 3 loại" in said(record(cases=[{"documents": papers}]), "documents")


def test_groups_of_papers_are_not_called_cases() -> None:
    found = record(
        cases=[
            {"name": "1. Đơn đề nghị;", "documents": [paper("Đơn")]},
            {"name": "2. Một trong các tài liệu sau", "documents": [paper("Giấy xác nhận")]},
        ]
    )
    text = said(found, "documents")
    assert text.startswith("Đăng ký thử: giấy tờ gồm 2 nhóm.\nĐơn đề nghị:\n• Đơn\nMột trong các tài liệu sau:\n")
    assert "Trường hợp" not in text


def test_a_form_without_a_file_is_not_said_to_be_on_the_page() -> None:
    text = said(record(cases=[{"documents": [paper("Đơn đề nghị")]}]), "form")
    assert "Nguồn không kèm tệp mẫu" in text
    assert "Tải mẫu" not in text


def test_the_exception_after_15_hours_is_told_with_the_rule_that_it_is_an_exception_to() -> None:
    rule = "nếu tiếp nhận hồ sơ sau 15 giờ thì trả kết quả trong ngày làm việc tiếp theo"
    text = said(record(methods=[method("direct", time={"quantity": 1, "text": rule})]), "duration")
    assert text.startswith(f"Đăng ký thử: trong ngày; {rule}.")


def test_no_papers_are_said_to_be_missing() -> None:
    assert "không ghi danh sách giấy tờ" in said(record(), "documents")
