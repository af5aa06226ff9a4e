"""The kinds of events of a ticket: what people call them, who sees them, and what the citizen is sent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind.

    Attributes:
        label: in the timeline, in Vietnamese.
        public: whether the citizen sees it.
        notice: the name of the text that the citizen is sent (`bot.tickets.texts`); none: nothing is sent.
    """

    label: str
    public: bool = True
    notice: str | None = None


KINDS: dict[str, Kind] = {
    "TicketFiled": Kind("Đã gửi phản ánh"),
    "TicketSorted": Kind("Đang phân loại", public=False),
    "TicketRouted": Kind("Đã chuyển xử lý", notice="notice_routed"),
    "TicketForwarded": Kind("Chuyển đơn vị khác", notice="notice_routed"),
    "TicketSentBack": Kind("Trả lại để phân loại", public=False),
    "TicketStarted": Kind("Bắt đầu xử lý", notice="notice_started"),
    "TicketAnswered": Kind("Trả lời chính thức", notice="notice_answered"),
    "QuestionAsked": Kind("Hỏi thêm người dân", notice="notice_question"),
    "CitizenReplied": Kind("Người dân trả lời"),
    "TicketResolved": Kind("Đã xử lý xong"),
    "ConfirmationAsked": Kind("Chờ người dân xác nhận", notice="notice_done"),
    "TicketConfirmed": Kind("Người dân xác nhận đã xong", notice="notice_confirmed"),
    "TicketNotSolved": Kind("Người dân báo chưa xong", notice="notice_not_solved"),
    "TicketClosed": Kind("Đã đóng", notice="notice_closed"),
    "TicketRated": Kind("Người dân đánh giá"),
    "TicketReopened": Kind("Mở lại", notice="notice_reopened"),
    "TicketRefused": Kind("Không tiếp nhận", notice="notice_refused"),
    "TicketEscalated": Kind("Chuyển cấp trên", notice="notice_escalated"),
    "RemoteUpdated": Kind("Cập nhật từ nơi xử lý", notice="notice_answered"),
    "ReviewFailed": Kind("Kiểm tra lại: chưa đạt", public=False),
    "TicketAssigned": Kind("Giao cán bộ", public=False),
    "NoteAdded": Kind("Ghi chú nội bộ", public=False),
    "TicketFollowed": Kind("Theo dõi từ kênh khác", public=False),
    "TicketJoined": Kind("Thêm người cùng phản ánh", public=False),
    "PhotoAdded": Kind("Thêm ảnh", public=False),
    "DueSoon": Kind("Sắp đến hạn", public=False),
    "DeadlinePassed": Kind("Quá hạn", public=False),
    "EscalationRaised": Kind("Báo lãnh đạo vì quá hạn", public=False),
    "CitizenSilent": Kind("Người dân chưa trả lời, tính tiếp thời hạn", public=False),
    "ContactRead": Kind("Xem liên hệ", public=False),
    "CategoryChanged": Kind("Đổi lĩnh vực", public=False),
    "TicketSubmitted": Kind("Hệ thống xử lý đã nhận", public=False),
    "UpdateReceived": Kind("Nhận cập nhật từ hệ thống khác", public=False),
}
