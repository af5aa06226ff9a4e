"""Questions whose answers name one procedure each, so that what reached a citizen tells which question it answers."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from tests.support.system import System

ASKED = """làm giấy khai sinh cho con cần giấy tờ gì
đăng ký kết hôn hết bao nhiêu tiền
thủ tục đăng ký khai tử
xin giấy xác nhận tình trạng hôn nhân mất bao lâu
đăng ký thường trú cần giấy tờ gì
đăng ký tạm trú cần giấy tờ gì
khai báo tạm vắng như thế nào
chứng thực chữ ký cần giấy tờ gì
chứng thực bản sao từ bản chính bao nhiêu tiền
đăng ký nhận cha mẹ con cần giấy tờ gì
đăng ký giám hộ cần giấy tờ gì
đăng ký lại khai sinh cần giấy tờ gì
đăng ký lại kết hôn cần giấy tờ gì
cấp bản sao trích lục hộ tịch ở đâu
thay đổi cải chính hộ tịch cần giấy tờ gì
đăng ký hộ kinh doanh cần giấy tờ gì
tạm ngừng kinh doanh hộ kinh doanh cần giấy tờ gì
chấm dứt hoạt động hộ kinh doanh cần giấy tờ gì
xác nhận thông tin về cư trú cần giấy tờ gì
tách hộ cần giấy tờ gì
xóa đăng ký thường trú cần giấy tờ gì
gia hạn tạm trú cần giấy tờ gì
cấp thẻ căn cước cho người từ đủ 14 tuổi cần giấy tờ gì
cấp lại thẻ căn cước bị mất
đăng ký nuôi con nuôi trong nước cần giấy tờ gì
trợ cấp mai táng phí cho người có công cần giấy tờ gì
trợ cấp xã hội hằng tháng cần giấy tờ gì
cấp lại giấy phép lái xe bị mất
đăng ký tạm trú cho người nước ngoài
hòa giải tranh chấp đất đai cần giấy tờ gì
cấp giấy phép xây dựng nhà ở riêng lẻ cần giấy tờ gì
chứng thực hợp đồng giao dịch cần giấy tờ gì""".splitlines()

_CODE = re.compile(r"mã thủ tục ([0-9][0-9.]*[0-9])")


def code_of(text: str) -> str | None:
    """The procedure that an answer is about; none where it is no such answer."""
    found = _CODE.findall(text)
    return str(found[0]) if len(set(found)) == 1 else None


@dataclass(frozen=True)
class Question:
    """What a citizen asks, and the procedure that the answer names."""

    text: str
    code: str


def probe(system: System) -> list[Question]:
    """Those that this system answers in one message about one procedure, each about another."""
    found: dict[str, Question] = {}
    conversation: str | None = None
    for _ in range(2):  # the second time after other questions: context must not change the answer
        for text in random.Random(len(found)).sample(ASKED, len(ASKED)):  # noqa: S311  an order, no secret
            answer = system.say(text, conversation)
            conversation = answer["conversation"]
            replies = answer["replies"]
            code = code_of(replies[0]["text"]) if len(replies) == 1 and len(replies[0]["text"]) < 1900 else None
            known = found.get(text)
            if code and answer["understanding"]["status"] == "answered" and known in (None, Question(text, code)):
                found[text] = Question(text, code)
            else:
                found[text] = Question(text, "")
    by_code = {question.code: question for question in found.values() if question.code}
    if len(by_code) < 10:
        raise RuntimeError(f"only {len(by_code)} questions are answered as the storm needs it")
    return sorted(by_code.values(), key=lambda question: question.text)
