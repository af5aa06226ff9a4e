"""What staff read on the pages of the corpus."""

from __future__ import annotations

from bot.console.texts_review import INTENTS as _INTENTS
from bot.training.corpus import Finding
from bot.training.curation.styles import Style

INTENTS: dict[str, str] = _INTENTS | {
    "affirm": "đồng ý",
    "deny": "từ chối",
    "cancel": "huỷ",
    "greet": "chào",
    "goodbye": "tạm biệt",
    "thanks": "cảm ơn",
    "handoff": "muốn gặp cán bộ",
    "report_rac_thai": "phản ánh rác thải",
    "report_giao_thong": "phản ánh giao thông",
    "report_chieu_sang": "phản ánh chiếu sáng",
    "report_cap_thoat_nuoc": "phản ánh cấp thoát nước",
    "report_dien": "phản ánh điện",
    "report_trat_tu_do_thi": "phản ánh trật tự đô thị",
    "report_an_ninh": "phản ánh an ninh",
    "report_xay_dung": "phản ánh xây dựng",
    "report_o_nhiem_tieng_on": "phản ánh ô nhiễm, tiếng ồn",
    "report_cay_xanh": "phản ánh cây xanh",
    "report_an_toan_thuc_pham": "phản ánh an toàn thực phẩm",
    "report_can_bo": "phản ánh thái độ cán bộ",
    "report_khac": "phản ánh khác",
}
STYLES: dict[Style, str] = {
    "clean": "đủ dấu, đúng chính tả",
    "no_diacritics": "không dấu",
    "teencode": "viết kiểu chat",
    "abbreviation": "viết tắt hành chính",
    "telex": "lỗi bộ gõ (Telex, VNI)",
    "typo": "sai chính tả",
    "dialect": "tiếng địa phương",
}
FINDINGS: dict[Finding, tuple[str, str]] = {
    "contradiction": ("Mâu thuẫn", "cùng một câu đứng ở hai ý định, hoặc một tên gọi thuộc hai thủ tục"),
    "leak": ("Lộ câu kiểm tra", "câu trùng hay gần trùng với tập giữ riêng"),
    "few": ("Quá ít câu", "ý định chưa đủ câu mẫu"),
    "near": ("Gần trùng", "hai câu gần như nhau ở hai ý định"),
    "double": ("Lặp", "gần như một câu đứng hai lần trong một ý định"),
}
KINDS = {"intent": "câu mẫu", "alias": "tên gọi", "faq": "câu hỏi thường gặp"}
ACTIONS = {
    "add": "thêm",
    "remove": "bỏ",
    "edit": "sửa",
    "move": "chuyển",
    "import": "nhập từ tệp",
    "revert": "hoàn tác",
    "retire": "ngừng dùng",
    "restore": "dùng lại",
}
WHY = {
    "InvalidExampleError:empty": "câu trống",
    "InvalidExampleError:long": "câu dài quá 300 ký tự",
    "InvalidExampleError:markup": "câu có ký hiệu không dùng được: [ ] { } < >",
    "TakenElsewhereError": "câu này đã thuộc “{label}”",
    "LeakError": "câu này, hay câu gần như nó, nằm trong tập giữ riêng nên không được dùng để dạy",
    "MissingExampleError:double": "ý định này đã có câu như vậy",
    "MissingExampleError": "câu cũ không còn: người khác vừa sửa hoặc bỏ nó",
    "UnknownTargetError:faq": "hoàn tác câu hỏi thường gặp ở trang Câu hỏi thường gặp",
    "UnknownTargetError:done": "thay đổi này đã được hoàn tác",
    "StaleFaqError": "người khác vừa sửa câu hỏi thường gặp này",
    "UnknownFaqError": "câu hỏi thường gặp này không còn",
    "InvalidFaqError:taken": "ý định này vừa có câu hỏi thường gặp khác trả lời",
    "InvalidFaqError:named": "câu hỏi thường gặp này vừa có ý định khác",
    "InvalidFaqError": "câu hỏi thường gặp thiếu hoặc quá dài",
    "UnknownTargetError": "không có ý định hoặc thủ tục này",
}
LIKE = {
    "contradiction": "đã là câu mẫu của “{label}” (mâu thuẫn): một câu không đứng ở hai ý định được",
    "double": "ý định này đã có câu như vậy",
    "near": "gần trùng “{other}” của “{label}”: máy dễ lẫn hai ý định",
    "close": "gần trùng “{other}” của chính ý định này",
}
"""Of a sentence that is being typed."""
TOO_MANY = "Mỗi lần thêm nhiều nhất {most} câu."
NOTHING = "Chưa chọn câu nào."
ADDED = "Đã thêm {n} câu."
HAD = " {n} câu ý định này đã có."
TEACH_NEXT = " Người dân thấy khác đi sau khi huấn luyện và đưa mô hình mới vào dùng."
EDITED, REMOVED, MOVED, REVERTED = "Đã sửa.", "Đã bỏ {n} câu.", "Đã chuyển {n} câu sang “{to}”.", "Đã hoàn tác."
NOT_DONE = "Chưa làm được: {why}."
ALIAS_ADDED = "“{alias}” nay là một tên gọi của thủ tục {code}; bot tìm được ngay."


def why(error: Exception) -> str:
    """Why the writer of the corpus refused, for people."""
    name, code = type(error).__name__, getattr(error, "code", "")
    told = WHY.get(f"{name}:{code}") or WHY[name]
    label = getattr(error, "label", "")
    return told.replace("{label}", INTENTS.get(label, label))
