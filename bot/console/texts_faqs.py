"""What staff read on the pages of FAQs and aliases."""

from __future__ import annotations

STATES = {"live": "đang dùng", "expiring": "sắp hết hạn", "expired": "đã hết hạn", "retired": "ngừng dùng"}
FIELDS = {"questions": "Cách hỏi", "answer": "Câu trả lời", "source": "Nguồn", "valid_until": "Có hiệu lực đến"}
CODES = {"missing": "còn trống", "too_long": "quá dài", "too_many": "quá nhiều"}
INVALID = "{field} {code}."
DAY = "Ngày hết hiệu lực phải là ngày có thật."
STALE = (
    "Câu hỏi này vừa được {who} thay đổi lúc {at}. Chưa có gì bị ghi đè: nội dung bạn gõ còn ở dưới đây, nội dung mới ở"
    " phần Lịch sử. Bấm Lưu lần nữa để thay bằng nội dung của bạn."
)
SAVED, ADDED = "Đã lưu; bot trả lời theo nội dung mới ngay.", "Đã thêm; bot trả lời được ngay."
RETIRED, RESTORED, BACK = "Đã ngừng dùng.", "Đã dùng lại.", "Đã trở về nội dung trước."
INTENT = "Ý định “{intent}” có thêm {n} câu mẫu. Thêm câu ở trang Câu mẫu, rồi huấn luyện và đưa mô hình vào dùng."
INTENT_NAME = "Ý định được huấn luyện"
NO_INTENT = "Chưa dạy thành ý định được: {why}."
NOT_BACK = "Thay đổi này không trở lại được."
NEAR_FAQ = "“{question}” gần như câu “{other}” của câu hỏi thường gặp số {id}: bot chỉ trả lời theo một trong hai."
TAUGHT = "“{question}” là câu mẫu của ý định “{intent}”; câu hỏi thường gặp này sẽ được trả lời trước."
SOURCES = {"starter": "danh mục mẫu", "project": "tệp tên gọi", "staff": "cán bộ"}
ALIASES_SAVED = "Đã lưu tên gọi; bot tìm được ngay."
NO_CHANGE = "Không có gì thay đổi."
