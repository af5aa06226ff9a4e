"""What staff read on the pages of the catalogue."""

from __future__ import annotations

STATUSES = {"active": "còn hiệu lực", "replaced": "đã được thay", "abolished": "đã bãi bỏ"}
SOURCES = {"starter": "danh mục mẫu", "portal": "trang Cổng dịch vụ công", "api": "API của Cổng", "yaml": "địa phương"}
LEVELS = {"ministry": "bộ, ngành", "province": "cấp tỉnh", "commune": "cấp xã", "other": "khác"}
FLAGS = {
    "expiring": "sắp hết hạn",
    "expired": "đã hết hạn",
    "stale": "còn ghi cấp huyện, quận",
    "contradiction": "phí, thời hạn mâu thuẫn",
    "doubt": "có điểm nghi ngờ khi đọc nguồn",
    "unverified": "chưa ai kiểm tra",
    "verified": "đã có người kiểm tra",
    "overlay": "có quy định của tỉnh",
    "changed": "đổi trong lần nhập gần nhất",
    "new": "mới trong lần nhập gần nhất",
}
ISSUES = {
    "replaced_code": "mã đã được thay",
    "price_contradiction": "các cách nộp ghi phí khác nhau",
    "amount_implausible": "một mức phí quá nhỏ nên không lấy",
    "amount_restored": "mức phí bị cắt, lấy lại từ ghi chú",
    "time_and_fee_glued": "thời hạn và phí dính nhau trong nguồn",
    "stale_wording": "còn ghi cấp huyện, quận",
    "expired_note": "ghi chú phí đã hết hạn",
    "field_repaired": "một cột phải cắt lại từ văn bản trang",
    "unparsed_text": "có phần chưa hiểu",
    "documents_without_count": "giấy tờ không ghi số bản",
    "form_not_separated": "tên mẫu đơn dính với tên giấy tờ",
    "own_record_kept": "giữ bản của địa phương",
    "older_than_stored": "nguồn cũ hơn bản đang có",
}
VERIFIED = "Đã ghi: bạn đã kiểm tra bản ghi này hôm nay."
OVERLAY_SAVED, OVERLAY_ENDED = "Đã lưu; câu trả lời dùng ngay.", "Đã kết thúc quy định này."
PROBLEMS = {
    "amount": "Mức phí phải là số đồng, như 8000.",
    "authority": "Cần số và tên văn bản (nghị quyết của HĐND).",
    "days": "Ngày bắt đầu, ngày kết thúc phải là ngày có thật, kết thúc không trước bắt đầu.",
}
CHANGED = "Bản ghi vừa được thay bằng lần nhập mới; hãy xem lại rồi mới ghi nhận."
