"""Words of danger, and words that only sound like it."""

import pytest

from bot.engine.nlu.patterns import read
from bot.engine.nlu.safety import crime, denunciation, emergency, signs


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("cháy tầng hầm chung cư", "fire"),
        ("chay nha hang xom roi", "fire"),
        ("có người ngất xỉu ngoài cổng", "medical"),
        ("nó đang cầm dao đuổi tôi", "police"),
        ("thằng bé bị cha nó đánh đập", "child"),
        ("lũ cuốn mất người", "disaster"),
        ("toi muon tu tu", "self_harm"),
        ("kẹt trong thang máy", "disaster"),
        ("dây cao thế đứt rơi xuống ruộng", "disaster"),
        ("nước lút tới cổ rồi", "disaster"),
        ("set danh trung nguoi", "medical"),
        ("thằng nhỏ uống nhầm xăng", "medical"),
        ("tìm giúp, con gái lạc ở chợ", "child"),
        ("giấy tờ không cần nữa, cứu với cháy nhà rồi", "fire"),
    ],
)
def test_danger_is_found(text: str, kind: str) -> None:
    found = emergency(read(text))
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "khói đen xộc ra từ khe cửa, gọi mãi không ai trả lời",
        "nước tràn vô nhà tới giường rồi, không ghe nào vào được",
        "nó chặn cửa, đập cửa ầm ầm, em đang trốn trong phòng",
        "chị em vừa nhắn lời tạm biệt, đứng ở lan can",
    ],
)
def test_roundabout_words_of_danger_give_two_signs(text: str) -> None:
    told = signs(read(text))
    assert told is not None
    assert told[1] >= 2


@pytest.mark.parametrize(
    "text",
    [
        "đăng ký khai tử cho người nằm gục ngoài đồng",
        "tối nào xóm này cũng có người la hét đập cửa",
        "năm ngoái nước tràn vô nhà tới giường",
        "phim có cảnh khói đen xộc ra từ cửa",
        "xin quyet toan tien cuu tro lu",
        "làm hộ chiếu mất bao lâu",
    ],
)
def test_papers_the_past_habits_and_stories_give_no_sign(text: str) -> None:
    told = signs(read(text))
    assert told is None or told[1] < 2


def test_two_phrases_of_danger_are_counted() -> None:
    found = emergency(read("bà ngã cầu thang chảy máu nhiều, bất tỉnh rồi"))
    assert found is not None
    assert found.phrases >= 2


@pytest.mark.parametrize(
    "text",
    [
        "tôi cháy túi rồi",
        "phí phòng cháy chữa cháy bao nhiêu",
        "giấy phép phòng cháy cho quán ăn",
        "sổ đỏ bị cháy xin cấp lại",
        "mẫu đơn biến động đất đai",
        "đèn đường cháy bóng",
        "chờ lâu muốn chết",
        "xe chạy ẩu trước trường",
        "lúc nào cũng ăn chay",
        "khai tử cho người chết đuối",
        "trợ cấp cho người bị tai nạn chảy máu não",
        "năm ngoái nhà tôi bị cháy",
    ],
)
def test_what_only_sounds_like_danger_is_left_alone(text: str) -> None:
    assert emergency(read(text)) is None


@pytest.mark.parametrize("text", ["trưởng thôn ăn chặn tiền cứu trợ", "can bo doi phong bi", "tố cáo ở đâu"])
def test_a_denunciation_is_found(text: str) -> None:
    assert denunciation(read(text)) is not None


@pytest.mark.parametrize("text", ["cán bộ nói năng cộc lốc", "bảo hiểm tự nguyện đóng bao nhiêu tiền"])
def test_a_complaint_about_manners_is_no_denunciation(text: str) -> None:
    assert denunciation(read(text)) is None


def test_a_crime_is_told_from_a_habit_and_from_business() -> None:
    assert crime(read("tôi bị lừa đảo qua mạng")) is not None
    assert crime(read("khu này dạo này hay bị móc túi")) is None
    assert crime(read("giấy phép cơ sở cai nghiện ma túy")) is None
    assert crime(read("trình báo mất hộ chiếu")) is None
