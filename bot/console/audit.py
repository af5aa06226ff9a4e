"""The audit log: rows are added, and the database lets nobody change them.

What a ticket went through stands in its own events. The audit log adds who did it from where, what was only looked at
(contacts, exports), and what was refused. The row of a change is written in the transaction of the change.
"""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.storage.models import AuditLog

log = structlog.get_logger(__name__)

ACTIONS: dict[str, str] = {
    "login": "đăng nhập",
    "logout": "đăng xuất",
    "page": "mở trang",
    "password.change": "đổi mật khẩu",
    "session.end": "kết thúc phiên đăng nhập",
    "second_factor.set": "bật xác thực hai lớp",
    "second_factor.remove": "tắt xác thực hai lớp",
    "audit.export": "xuất nhật ký",
    "staff.add": "tạo tài khoản",
    "staff.edit": "sửa tài khoản",
    "staff.disable": "khoá tài khoản",
    "staff.enable": "mở lại tài khoản",
    "staff.reset": "đặt lại mật khẩu",
    "reply.create": "thêm câu trả lời mẫu",
    "reply.edit": "sửa câu trả lời mẫu",
    "reply.delete": "xoá câu trả lời mẫu",
    "view.save": "lưu bộ lọc",
    "view.delete": "xoá bộ lọc",
    "ticket.file": "nhập phản ánh thay người dân",
    "ticket.move": "đổi trạng thái",
    "ticket.answer": "trả lời chính thức",
    "ticket.note": "ghi chú nội bộ",
    "ticket.assign": "giao cán bộ",
    "ticket.forward": "chuyển cơ quan",
    "ticket.recategorise": "đổi lĩnh vực",
    "ticket.ask": "hỏi người dân",
    "ticket.replied": "ghi lời đáp của người dân",
    "ticket.confirm": "ghi ý kiến của người dân",
    "ticket.reopen": "mở lại phản ánh",
    "ticket.contact": "xem liên hệ",
    "ticket.photo": "thêm ảnh",
    "ticket.bulk": "thay đổi hàng loạt",
    "ticket.export": "xuất danh sách",
    "chat.read": "đọc cuộc trò chuyện",
    "chat.take": "nhận cuộc trò chuyện",
    "chat.say": "nhắn cho người dân",
    "chat.forward": "chuyển cuộc trò chuyện",
    "chat.hand_back": "trả cuộc trò chuyện cho bot",
    "chat.close": "kết thúc cuộc trò chuyện",
    "delivery.resend": "gửi lại tin",
    "notice.read": "đánh dấu đã xem",
    "training.run": "yêu cầu huấn luyện",
    "training.judge": "yêu cầu đánh giá lại mô hình",
    "training.cancel": "huỷ huấn luyện",
    "held_out.save": "nạp tập giữ riêng",
    "held_out.delete": "xoá tập giữ riêng",
    "model.verdict": "xét câu trả lời thay đổi",
    "model.publish": "đưa mô hình vào dùng",
    "model.rollback": "quay lại mô hình trước",
    "gate.add": "đặt ngưỡng mô hình",
    "gate.delete": "bỏ ngưỡng mô hình",
    "catalogue.export": "xuất danh mục thủ tục",
    "catalogue.verify": "kiểm tra bản ghi thủ tục",
    "catalogue.overlay": "đặt quy định của tỉnh",
    "catalogue.overlay_end": "kết thúc quy định của tỉnh",
    "figures.export": "xuất số liệu",
    "corpus.add": "thêm câu mẫu",
    "corpus.edit": "sửa câu mẫu",
    "corpus.move": "chuyển câu mẫu",
    "corpus.remove": "bỏ câu mẫu",
    "corpus.alias": "thêm tên gọi thủ tục",
    "faq.add": "thêm câu hỏi thường gặp",
    "faq.edit": "sửa câu hỏi thường gặp",
    "faq.retire": "ngừng dùng câu hỏi thường gặp",
    "faq.restore": "dùng lại câu hỏi thường gặp",
    "faq.intent": "dạy câu hỏi thường gặp thành ý định",
    "corpus.export": "xuất dữ liệu dạy",
    "corpus.import": "nhập dữ liệu dạy",
    "corpus.revert": "hoàn tác thay đổi",
    "review.label": "gắn nhãn câu hỏi",
    "review.reopen": "mở lại nhóm câu hỏi",
    "review.assign": "giao nhóm câu hỏi",
    "review.comment": "ghi chú nhóm câu hỏi",
    "review.merge": "gộp nhóm câu hỏi",
    "review.split": "tách nhóm câu hỏi",
    "review.answer": "trả lời người dân của nhóm",
}
"""Every action that is written, with its name for people."""

OUTCOMES = {"done": "xong", "refused": "bị từ chối", "failed": "không thành"}


def entry(
    account: str | None,
    action: str,
    target: str | None = None,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    outcome: str = "done",
    address: str | None = None,
) -> AuditLog:
    """A row, to be added to the session of the change that it tells of.

    Args:
        before, after: codes and numbers; never a citizen's words or contact, never a password.
    """
    if action not in ACTIONS:
        raise ValueError(f"no audited action {action}")
    return AuditLog(
        account=account,
        action=action,
        object=target,
        outcome=outcome,
        before=before or {},
        after=after or {},
        address=address,
    )


class Audit:
    """Writes rows for what has no transaction: an export, a refusal, a change that failed."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def write(self, account: str | None, action: str, target: str | None = None, **more: Any) -> None:
        """Add a row. Arguments as of `entry`."""
        async with self._sessions.begin() as session:
            session.add(entry(account, action, target, **more))
        log.info("console.audit", account=account, action=action, object=target, outcome=more.get("outcome", "done"))
