"""Full names without a title: hidden where a person is plainly meant; streets and places of the same words stay."""

from __future__ import annotations

import pytest

from bot.privacy import without_full_names


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("tôi là Nguyễn Văn An, nhà bị ngập", "tôi là (tên), nhà bị ngập"),
        ("Tôi tên Trần Thị Bích Ngọc ở hẻm 12", "Tôi tên (tên) ở hẻm 12"),
        ("em là Phạm Hùng, xin phản ánh", "em là (tên), xin phản ánh"),
        ("Tên tôi là Đỗ Minh Khang.", "Tên tôi là (tên)."),
        ("tôi là nguyễn văn an ở tổ 5, đèn tắt", "tôi là (tên) ở tổ 5, đèn tắt"),
        ("cháu tên lê thị hoa bị chó cắn", "cháu tên (tên) bị chó cắn"),
        ("Rác không ai gom. Trân trọng, Vũ Thị Lan", "Rác không ai gom. Trân trọng, (tên)"),
        ("Người phản ánh: Hoàng Văn Thái", "Người phản ánh: (tên)"),
        ("cán bộ Lê Thị Thu Hà không nhận hồ sơ", "cán bộ (tên) không nhận hồ sơ"),
        ("hàng xóm Bùi Văn Tám hát karaoke tới khuya", "hàng xóm (tên) hát karaoke tới khuya"),
        ("rác của Ngô Văn Sáu để ngay đầu hẻm", "rác của (tên) để ngay đầu hẻm"),
        ("Đặng Văn Bảy tự ý xây nhà trên vỉa hè", "(tên) tự ý xây nhà trên vỉa hè"),
        ("con trai Phan Thanh Bình chạy xe ẩu", "con trai (tên) chạy xe ẩu"),
        ("tổ trưởng Dương Thị Mỹ Linh biết việc này", "tổ trưởng (tên) biết việc này"),
        ("gia đình Võ Thị Sáu đốt rác trước số 5", "gia đình (tên) đốt rác trước số 5"),
        ("tôi là NGUYỄN THỊ HOA, số 3 đường Nguyễn Văn Linh", "tôi là (tên), số 3 đường Nguyễn Văn Linh"),
    ],
)
def test_a_name_beside_which_a_person_is_meant_is_hidden(text: str, hidden: str) -> None:
    assert without_full_names(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "đường Nguyễn Văn Linh ngập nặng",
        "Nguyễn Văn Linh ngập từ sáng tới giờ",
        "ổ gà ở ngã tư Nguyễn Văn Cừ - Trần Hưng Đạo",
        "số 12 Lê Hồng Phong, đèn tắt",
        "hẻm 5 Nguyễn Thị Minh Khai có rác",
        "kẹt xe do Nguyễn Văn Linh đang sửa",
        "góc Lý Thường Kiệt và Lê Đại Hành",
        "nhà Nguyễn Văn Cừ số 120 bị ngập",
        "đoạn đường của Nguyễn Hữu Thọ bị lún",
        "trường Nguyễn Văn Trỗi thu tiền lạ",
        "bệnh viện Nguyễn Tri Phương quá tải",
        "tôi là người dân ở Phan Đình Phùng",
        "từ Nguyễn Huệ đến Hàm Nghi không có đèn",
        "công an Lê Lợi không trực",
        "tôi là hộ kinh doanh trên Trần Quang Khải",
        "khu phố Hồ Thị Kỷ bán hoa lấn lòng đường",
        "cây đổ trước chợ Hồ Thị Kỷ",
        "mấy anh chị làm ở Cao Lãnh về",
    ],
)
def test_streets_and_places_of_the_same_words_stay(text: str) -> None:
    assert without_full_names(text) == text


def test_a_long_text_is_quick_and_hiding_again_changes_nothing() -> None:
    once = without_full_names("tôi là Nguyễn Văn An, đường Nguyễn Văn Linh. " * 2000)
    assert without_full_names(once) == once
    assert "Văn An" not in once
    assert once.count("Nguyễn Văn Linh") == 2000
