"""What about a procedure is asked, by cue."""

import pytest

from bot.engine.nlu.aspects import asked, cues
from bot.engine.nlu.patterns import read


def _asked(text: str) -> tuple[str | None, tuple[str, ...]]:
    main, named, _ = asked(cues(read(text)))
    return main, named


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("đăng ký khuyến mại cần giấy tờ gì", "documents"),
        ("xin dấu giáp lai hết bao nhiêu tiền", "fee"),
        ("làm lại bằng mất mấy ngày", "duration"),
        ("xin phép tổ chức hội chợ ở cơ quan nào", "place"),
        ("đăng ký nuôi ong thì làm thế nào", "steps"),
        ("nộp qua cổng dịch vụ công được không", "online"),
        ("cho xin mẫu tờ khai nuôi trồng", "form"),
        ("học sinh lớp 9 có được đăng ký không", "eligibility"),
        ("việc này theo thông tư nào", "legal_basis"),
        ("làm xong được cấp giấy gì", "result"),
        ("giấy đó có giá trị mấy tháng", "result"),
        ("gia hạn thế nào", "steps"),
        ("lam lai bang mat may ngay", "duration"),
        ("muốn mở tiệm giặt ủi", None),
        ("theo quy định thì mấy ngày phải có", "duration"),
        ("ngừng hoạt động mấy năm nay, giải thể ra sao", "steps"),
        ("không nhớ cất sổ đâu, bắt đầu từ đâu", "steps"),
        ("ở bao lâu mới bắt buộc phải khai báo", "eligibility"),
        ("xã có chứng chữ ký người dịch không", "eligibility"),
        ("nộp ở phường được không", "place"),
        ("khai báo tạm trú với ai", "place"),
        ("con 12 tuổi có được lập tài khoản định danh điện tử không", "eligibility"),
        ("ra xã chứng văn bản cần gì", "documents"),
        ("để trễ mấy tháng rồi có sao không", "eligibility"),
    ],
)
def test_one_aspect(text: str, aspect: str | None) -> None:
    assert _asked(text)[0] == aspect


@pytest.mark.parametrize(
    ("text", "aspects"),
    [
        ("hết bao nhiêu tiền và bao lâu có", ("fee", "duration")),
        ("cần giấy tờ gì, nộp ở đâu", ("documents", "place")),
        ("tách hộ thì làm sao, nộp ở đâu", ("steps", "place")),
        ("có cần mang bản gốc không, phí bao nhiêu", ("documents", "fee")),
    ],
)
def test_several_aspects_in_order_of_mention(text: str, aspects: tuple[str, ...]) -> None:
    main, named = _asked(text)
    assert named == aspects
    assert main == aspects[-1]
