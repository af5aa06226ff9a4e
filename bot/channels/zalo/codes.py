"""What Zalo's error codes mean for a message. They come with HTTP 200; nothing was delivered with any of them.

The codes and their texts are of Zalo's documentation; what to do about each is ours. The words stand in `outbox.error`,
and `STAFF` has what the console says about them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Action(Enum):
    """What to do with the message."""

    RETRY = "retry"
    """It waits and is sent again."""
    REFRESH = "refresh"
    """The access token is renewed once, and the message sent once more."""
    GIVE_UP = "give_up"
    """It will never be delivered."""
    OPTED_OUT = "opted_out"
    """The citizen does not want messages: nothing is sent until they write."""
    ALERT = "alert"
    """Somebody has to put something right at Zalo: people are told, the message waits."""


@dataclass(frozen=True)
class Meaning:
    """What a code means.

    Attributes:
        word: stable, for `outbox.error`.
        pause: seconds until the next try, where there is one.
        alarm: whether it says that something is wrong with us or with the Official Account, not with one message.
    """

    action: Action
    word: str
    pause: float = 60.0
    alarm: bool = False


MEANINGS: dict[int, Meaning] = {
    -32: Meaning(Action.RETRY, "rate_limited"),
    -100: Meaning(Action.RETRY, "attachment_expired", 1.0),
    -200: Meaning(Action.RETRY, "send_failed", 300.0),
    -201: Meaning(Action.GIVE_UP, "bad_parameter"),
    -210: Meaning(Action.GIVE_UP, "too_long", alarm=True),
    -211: Meaning(Action.ALERT, "quota", 1800.0, alarm=True),
    -213: Meaning(Action.OPTED_OUT, "not_following"),
    -216: Meaning(Action.REFRESH, "token"),
    -218: Meaning(Action.GIVE_UP, "quota_citizen"),
    -220: Meaning(Action.REFRESH, "token"),
    -224: Meaning(Action.ALERT, "tier", 1800.0, alarm=True),
    -227: Meaning(Action.GIVE_UP, "inactive"),
    -230: Meaning(Action.GIVE_UP, "window_closed"),
    -232: Meaning(Action.GIVE_UP, "window_closed"),
    -233: Meaning(Action.GIVE_UP, "unsupported", alarm=True),
    -240: Meaning(Action.ALERT, "api_shut_down", 1800.0, alarm=True),
    -242: Meaning(Action.ALERT, "app_proof", 1800.0, alarm=True),
    -244: Meaning(Action.OPTED_OUT, "restricted"),
    -320: Meaning(Action.ALERT, "billing", 1800.0, alarm=True),
    -321: Meaning(Action.ALERT, "billing", 1800.0, alarm=True),
}


def meaning(code: int) -> Meaning:
    """What a code other than 0 means; one that we do not know is given up, because the citizen's next message waits
    behind it, and people are told."""
    return MEANINGS.get(code) or Meaning(Action.GIVE_UP, f"zalo_{code}", alarm=True)


_CALL = "Gọi điện hoặc nhắn theo liên hệ trong phản ánh; nếu không có, đợi người dân nhắn lại cho OA."

STAFF: dict[str, str] = {
    "window_closed": f"Quá 7 ngày người dân không nhắn cho OA nên Zalo không cho gửi. {_CALL}",
    "window_paid": "Quá 48 giờ người dân không nhắn: Zalo tính phí tin này, cài đặt đang không cho gửi tin tính phí"
    f" (BOT_ZALO_PAID_MESSAGES). {_CALL}",
    "inactive": f"Tài khoản Zalo của người dân bị khoá hoặc không hoạt động quá 45 ngày. {_CALL}",
    "quota_citizen": f"Zalo không cho gửi thêm tin cho người này lúc này. {_CALL}",
    "not_following": f"Người dân không quan tâm OA nữa. {_CALL}",
    "restricted": f"Người dân đã chặn loại tin này của OA. {_CALL}",
    "bad_parameter": "Zalo từ chối tin này (tham số sai). Báo bộ phận kỹ thuật.",
    "too_long": "Zalo từ chối tin này vì quá dài. Báo bộ phận kỹ thuật.",
    "unsupported": "Zalo không nhận loại tin này. Báo bộ phận kỹ thuật.",
    "quota": "OA hết hạn mức tin. Nâng gói hoặc đợi kỳ sau, rồi gửi lại.",
    "tier": "Gói dịch vụ của OA không có tính năng này. Nâng gói OA, rồi gửi lại.",
    "billing": "Tài khoản Zalo Cloud chưa liên kết hoặc hết tiền. Nạp tiền hoặc liên kết, rồi gửi lại.",
    "api_shut_down": "Zalo đã tắt API đang dùng. Báo bộ phận kỹ thuật.",
    "app_proof": "Ứng dụng Zalo đang bắt buộc appsecret_proof. Tắt mục này ở trang ứng dụng, rồi gửi lại.",
    "token_lost": "Mất quyền gửi của OA: quản trị viên OA phải cấp quyền lại (bot zalo login), rồi gửi lại.",
    "token_refused": "Zalo từ chối cấp mã truy cập: kiểm tra App ID, khoá ứng dụng, rồi bot zalo login.",
    "token_rejected": "Zalo không nhận mã truy cập vừa cấp: kiểm tra OA còn liên kết ứng dụng, rồi bot zalo login.",
    "token_none": "Chưa ai cấp quyền cho ứng dụng: chạy bot zalo login.",
    "token_unreadable": "Khoá bí mật BOT_SECRET_KEY đã đổi nên không đọc được mã truy cập: chạy bot zalo login.",
}
"""For the console's list of what was not delivered: why, and what else can be done."""
