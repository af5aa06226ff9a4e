"""Legal sorting by plain words: what is no report, and near-misses that are."""

from __future__ import annotations

import pytest

from bot.tickets.legal import sort


@pytest.mark.parametrize(
    ("text", "sorted_as"),
    [
        ("cháy nhà số 5, cứu với", "emergency"),
        ("có người bất tỉnh ngoài đường", "emergency"),
        ("hai nhóm đang chém nhau", "crime"),
        ("bán ma túy trong hẻm 9", "crime"),
        ("tôi tố cáo ông A nhận hối lộ", "denunciation"),
        ("ĐƠN TỐ CÁO", "denunciation"),
        ("khiếu nại quyết định xử phạt số 12", "complaint_decision"),
        ("cán bộ hộ tịch ở quầy 2 quát mắng người dân", "conduct"),
        ("bóng đèn cháy trước số 5", None),
        ("rác cháy âm ỉ bốc khói", None),
        ("đây không phải đơn, tôi không tố cáo ai", None),
        ("cán bộ phường đã xuống dọn rác, cảm ơn", None),
        ("ổ gà gây tai nạn nhiều lần", None),
        ("", None),
    ],
)
def test_plain_words_decide(text: str, sorted_as: str | None) -> None:
    assert sort(text) == sorted_as
