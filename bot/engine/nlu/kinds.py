"""What a person wants at all: cues that make an intent likelier or less likely than the classifier thinks.

A cue adds to the logarithm of the odds: 1 is a nudge, 3 decides unless the classifier is certain of something else.
"""

from __future__ import annotations

from bot.engine.nlu.patterns import Phrases, Reading

_THING = (
    "(?:\\S+ ){0,3}(?:hồ bơi|bể bơi|sân bóng|sân cầu lông|phòng gym|gym|công viên|siêu thị|chợ|quán|tiệm|nhà thờ|chùa|"
    "thư viện|nhà sách|rạp|khách sạn|nhà nghỉ|nhà trọ|trường|lớp|mầm non|nhà trẻ|bệnh viện|phòng khám|nhà thuốc|"
    "trạm xăng|cây xăng|cây atm|atm|ngân hàng|bến xe|xe buýt|wifi|bãi giữ xe|chỗ|nơi|khu vui chơi|ai|lớp học|"
    "câu lạc bộ|bán|tổ chức|lễ hội|hội chợ|shipper|grab|taxi)"
)
"""What people look for in a neighbourhood."""
_EVENT = (
    "(?:chợ(?: phiên| quê| đêm)?(?: họp)?|họp chợ|hội chợ|lễ hội|bắn pháo hoa|chiếu phim|ca nhạc|văn nghệ|siêu thị|"
    "thư viện|xe buýt|chuyến xe|hồ bơi|bể bơi|công viên|sân bóng|chùa|nhà thờ)"
)
"""What takes place, or opens."""

# (what it raises, by how much, the words). A name that ends in "*" raises every intent that begins so.
_CUES: tuple[tuple[str, float, Phrases], ...] = (
    (
        # A topic and nothing else: something is asked about it, whatever its few words look like to the classifier.
        "ask_overview",
        6.0,
        Phrases(
            """^(?:(?:ad|em|anh|chị|cô|chú|bạn|ơi|dạ|ạ|xin|cho|hỏi|tui|tôi|mình|tư vấn|cần|muốn|vụ|về|chuyện|thủ tục|làm|giấy tờ|giấy|thẻ|giúp|với) )*(?:sổ đỏ|sổ hồng|bìa đỏ|nhà đất|đất|đất đai|xe|xe máy|ô tô|oto|cà vẹt|biển số|bằng lái|bằng lái xe|giấy phép lái xe|căn cước|căn cước công dân|chứng minh nhân dân|hộ chiếu|passport|visa|hộ khẩu|cư trú|tạm trú|thường trú|tạm vắng|lưu trú|khai sinh|khai tử|kết hôn|ly hôn|độc thân|con nuôi|giám hộ|hộ tịch|quốc tịch|lý lịch tư pháp|chứng thực|công chứng|sao y|ủy quyền|thừa kế|di chúc|bảo hiểm|bảo hiểm y tế|bảo hiểm xã hội|thai sản|lương hưu|tử tuất|hộ nghèo|cận nghèo|thuế|mã số thuế|hộ kinh doanh|kinh doanh|giấy phép kinh doanh|giấy phép xây dựng|xây dựng|xây nhà|hoàn công|tách thửa|tách hộ|sang tên|thế chấp|đăng kiểm|vneid|định danh|định danh điện tử|trích lục|cải chính|nhà ở xã hội|tranh chấp đất|quy hoạch)(?: (?:ạ|ad|với|nhé|nha|đi|vậy|hả|thì sao|sao|ơi|em|anh|chị|cô|bạn|giúp))*(?: [?])?$"""
        ),
    ),
    (
        "handoff",
        4.0,
        Phrases(
            """(?:talk|speak|chat)(?: \\S+){0,2} (?:to|with)(?: \\S+){0,2} (?:person|human|staff|officer|agent|someone|somebody)
            (?:real|actual|live) (?:person|human|agent)
            (?:hỏi|gặp|muốn|cần) (?:gặp |hỏi )?người (?:ta )?(?:cho|hướng dẫn|thật|giúp|trực tiếp|chỉ)
            muốn (?:hỏi|gặp) người(?: [?])?$
            kêu người ra
            có ai (?:trực|ở đó|trả lời)(?: \\S+)? không
            (?:máy|bot|robot)(?: \\S+){0,5} (?:không hiểu|tầm bậy|ngu|lung tung)(?: \\S+){0,8} (?:gặp|kêu|gọi|người)"""
        ),
    ),
    (
        "dossier_status",
        4.0,
        Phrases(
            """(?:bao nhiêu|mấy) ngày nữa(?: \\S+){0,4} (?:kết quả|xong|lấy|có)(?: \\S+){0,3} (?:hồ sơ|của (?:tôi|tui|em|mình))
            (?:bao giờ|khi nào|chừng nào|khi mô)(?: \\S+){0,3} (?:có|trả|lấy) (?:được )?(?:kết quả|hồ sơ)(?: \\S+){0,2} (?:hồ sơ )?(?:của )?(?:tôi|tui|em|mình)
            (?:nộp|làm)(?: \\S+){0,8} (?:lâu rồi|mấy tuần rồi|mấy tháng rồi|cả tháng|\\S+ tháng rồi|\\S+ tuần rồi)(?: \\S+){0,8} (?:chưa|đâu|không thấy)"""
        ),
    ),
    (
        # What there is and when, here: no record tells, and nothing is amiss that somebody could mend.
        "out_of_scope",
        7.0,
        Phrases(
            """^(?:(?:ad|em|bạn|cho|hỏi|tui|tôi|mình|ơi|xin|dạ|cô|chú|à|này) )*(?:(?:phường|xã|bản|xóm|ấp|thôn|khu|làng|quận|huyện)(?: (?:mình|này|ta|tôi|tui|em|mk|nhà|phố))*|ở đây|gần đây|quanh đây|gần nhà|khu vực này|vùng này|đây) (?:có|còn) «thing»(?: \\S+){0,8} (?:không|chưa|hông|nào|đâu|hả|hok)(?: \\S+){0,3}(?: [?])?$
            (?:có|còn)(?: \\S+){0,3} (?:chỗ|nơi|quán|tiệm|cửa hàng|ai|phòng gym|bãi)(?: nào)?(?: \\S+){0,3} (?:bán|sửa|dạy|cho thuê|nhận trẻ|may|rửa xe|cắt tóc|đổ xăng|ăn|chơi|nhậu)(?: \\S+){0,6} (?:không|nào|hông|ngon|rẻ|hả)(?: \\S+){0,2}(?: [?])?$
            (?:mấy giờ|khi nào|bao giờ|chừng nào|khi mô|ngày nào|hôm nào|bữa nào|lúc nào)(?: \\S+){0,5} «event»(?: \\S+){0,4}(?: [?])?$
            «event»(?: \\S+){0,4} (?:mấy giờ|khi nào|bao giờ|chừng nào|ngày nào|hôm nào|lúc nào|lúc mấy giờ)(?: (?!cũng)\\S+){0,2}(?: [?])?$
            (?:tối nay|hôm nay|bữa nay|mai|ngày mai|cuối tuần|tết này|lễ này)(?: \\S+){0,5} có (?:bắn pháo hoa|chiếu phim|hội chợ|ca nhạc|văn nghệ|lễ hội|họp chợ|chợ phiên)(?: \\S+){0,4}(?: [?])?$
            (?:nhà văn hóa|sân bóng|hội trường|công viên|thư viện)(?: \\S+){0,2} có (?:cho thuê|cho mượn|lớp|dạy|mở)(?: \\S+){0,6} (?:không|chưa|hông)(?: \\S+)?(?: [?])?$
            (?:mật khẩu|pass|password) wifi
            wifi(?: \\S+){0,5} (?:là gì|gì)$""".replace("«thing»", _THING).replace("«event»", _EVENT)
        ),
    ),
    (
        # One of what was offered: the answers know which; the words alone say nothing of what is wanted.
        "ask_overview",
        9.0,
        Phrases(
            """^(?:(?:chọn|lấy|muốn|hỏi|xem|tôi chọn|mình chọn|em chọn) )?(?:cái|số|mục|thủ tục|lựa chọn|phương án|ý|câu)(?: (?:số|thứ))? (?:\\d|một|hai|ba|đầu|đầu tiên|thứ nhất|thứ hai|thứ ba|cuối|cuối cùng|giữa|trên|dưới|nhất|nhì)(?: (?:tiên|nhé|nha|ạ|đi|đó|ấy|kia|á))*$
            ^(?:chọn |thứ )(?:\\d|một|nhất|hai|nhì|ba)(?: (?:nhé|nha|ạ|đi))*$"""
        ),
    ),
    (
        "complaint_decision",
        3.0,
        Phrases(
            """khiếu nại (?:quyết định|việc|về việc|hành vi|kết luận|biên bản|đền bù|lần|giá|mức|chủ tịch|ủy ban|công an|cách giải quyết)
            đơn khiếu nại
            không (?:đồng ý|chấp nhận|phục)(?: \\S+){0,3} quyết định
            (?:muốn|cần|xin|được) khiếu nại
            thời (?:hạn|hiệu) khiếu nại"""
        ),
    ),
    (
        "handoff",
        3.5,
        Phrases(
            """(?:gặp|nói chuyện với|trao đổi với|chat với|nói với|kết nối với|chuyển (?:máy )?(?:cho|qua|sang)|nối máy (?:cho|với)|liên hệ với|gọi) (?:\\S+ ){0,3}(?:người thật|cán bộ|nhân viên|tư vấn viên|tổng đài viên|con người|người tư vấn|người phụ trách|chuyên viên|lãnh đạo|chủ tịch|cô nào|anh nào|chị nào|ai đó|người trực|cán bộ trực|người hỗ trợ|người ta)
            (?:cho|muốn|cần|đòi|xin)(?: \\S+){0,2} (?:gặp|nói chuyện với|nói với) (?:người|cô|anh|chị|ông|bà|cán bộ|nhân viên)
            người thật
            (?:cán bộ|nhân viên|ai đó|phường|xã) gọi lại
            gọi lại cho (?:tôi|tui|em|mình)"""
        ),
    ),
    (
        "hours",
        4.0,
        Phrases(
            """^(?:\\S+ ){0,3}(?:giờ|lịch) (?:làm việc|hành chính|tiếp dân|tiếp công dân|mở cửa|đóng cửa|nghỉ lễ|nghỉ tết|nghỉ trưa)(?: \\S+){0,4} (?:thế nào|như thế nào|ra sao|sao|gì|nào|mấy giờ)(?: \\S+)?$"""
        ),
    ),
    (
        "bot_challenge",
        3.0,
        Phrases(
            """(?:người|bot|robot|máy|ai|chatbot|người thật)(?: \\S+){0,2} hay (?:là )?(?:\\S+ )?(?:máy|người|bot|robot|chatbot)
            (?:bạn|em|ad|mày|cô|anh|chị) (?:là|có phải|phải) (?:\\S+ ){0,2}(?:bot|robot|máy|chatbot|trí tuệ nhân tạo|người thật)
            (?:nói chuyện|chat|trả lời)(?: \\S+){0,3} (?:bot|robot|chatbot)(?: \\S+)? (?:à|hả|không|ư|phải không)"""
        ),
    ),
    (
        "ticket_status",
        4.0,
        Phrases(
            """(?:kiến nghị|phản ánh|góp ý|ý kiến)(?: \\S+){0,8} (?:đã gửi|gửi (?:hôm|ngày|tuần|tháng|từ))
            (?:báo|gửi|phản ánh)(?: \\S+){0,14} (?:check|kiểm tra|xem|coi) (?:giúp|giùm|dùm|hộ)
            (?:hôm trước|hôm bữa|bữa trước|hôm qua|tuần trước|tháng trước)(?: \\S+){0,3} (?:báo|gửi)(?: \\S+){0,18} (?:kết quả|tới đâu|đến đâu|ra sao rồi|thế nào rồi|xử lý (?:chưa|đến|tới))"""
        ),
    ),
    (
        "dossier_status",
        4.0,
        Phrases(
            """hồ sơ (?:\\S+ ){0,3}(?:đang|nằm|kẹt) (?:ở )?(?:đâu|khâu nào|bước nào)
            (?:báo|hiện|ghi|để)(?: \\S+){0,3} (?:chờ bổ sung|đang xử lý|trả lại|chờ xử lý|chờ tiếp nhận|đã tiếp nhận|tạm dừng)(?: \\S+)* (?:là sao|nghĩa là|sao vậy|là gì|tới khi nào|hoài)
            (?:hôm trước|hôm qua|hôm bữa|bữa trước|tuần trước|tuần rồi|tháng trước|hôm rồi|ngày rồi)(?: \\S+){0,12} (?:đã|được)(?: \\S+){0,6} chưa"""
        ),
    ),
    (
        "ticket_status",
        2.5,
        Phrases(
            """(?:tra|tra cứu|kiểm tra|xem|theo dõi|check|coi)(?: \\S+){0,4} (?:phản ánh|kiến nghị|ý kiến|phiếu)
            (?:phản ánh|kiến nghị|ý kiến|góp ý|tin báo)(?: \\S+){0,8} (?:tới đâu|đến đâu|sao rồi|thế nào rồi|xong chưa|xử lý chưa|giải quyết chưa|chưa thấy|chưa ai|chưa có|có tin|trả lời chưa|hồi âm|ra sao rồi|chuyển ai)
            (?:hôm trước|hôm bữa|bữa trước|hôm qua|tuần trước|tháng trước|hôm kia)(?: \\S+){0,2} (?:có )?(?:báo|phản ánh|kiến nghị|gửi)(?: \\S+){0,10} (?:chưa|đâu|rồi|gì)
            (?:báo|phản ánh|kiến nghị)(?: \\S+){0,8} (?:sao chưa|mà chưa|sao không thấy|chưa thấy|mà không thấy) (?:\\S+ ){0,3}(?:trả lời|tới|xuống|giải quyết|hồi|xử lý|phản hồi|ai)"""
        ),
    ),
    (
        "dossier_status",
        2.5,
        Phrases(
            """(?:hồ sơ|giấy tờ)(?: \\S+){0,12} (?:tới đâu|đến đâu|xong chưa|có chưa|duyệt chưa|ký chưa|sao rồi|thế nào rồi|có kết quả chưa|ra chưa|được chưa ạ|nhận chưa|khâu nào|xử lý chưa)
            giấy hẹn
            biên nhận
            (?:tra|tra cứu|kiểm tra|check|xem)(?: \\S+){0,4} (?:hồ sơ|hs|mã hồ sơ|biên nhận|tiến độ)
            (?:quá|trễ|tới|đến|đúng) (?:ngày )?hẹn
            (?:nộp|làm|gửi)(?: \\S+){0,10} (?:xong chưa|có chưa|có kết quả chưa|chưa thấy|chưa có kết quả|đã ký chưa|duyệt chưa|chưa có giấy|sao chưa)"""
        ),
    ),
    (
        "privacy",
        3.0,
        Phrases(
            """(?:xóa|hủy|gỡ|rút|quên)(?: \\S+){0,5} (?:dữ liệu|thông tin|lịch sử|cuộc trò chuyện|tin nhắn|số điện thoại|tài khoản|đồng ý)(?: \\S+){0,4} (?:tôi|tui|em|mình|cá nhân|chat|này|đã gửi|vừa gửi|đi|khỏi|giúp|giùm)
            (?:dữ liệu|thông tin)(?: cá nhân)?(?: của)? (?:tôi|tui|em|mình|cá nhân)(?: \\S+){0,4} (?:an toàn|lộ|bảo mật|ai xem|làm gì|công khai|dùng|lưu)
            (?:không|chưa) (?:đồng ý|cho|muốn)(?: \\S+){0,4} lưu
            (?:lộ|giữ kín|giấu) (?:thông tin|danh tính|tên)
            rút (?:lại )?(?:sự )?đồng ý"""
        ),
    ),
    (
        "report",
        2.5,
        Phrases(
            """^(?:\\S+ ){0,3}(?:phản ánh|kiến nghị|phản ảnh|góp ý)(?: (?:này|với|một việc|việc này|ạ|kiến nghị|giúp|cái này))*$
            ^(?:\\S+ ){0,2}(?:gửi|làm|tạo|lập) (?:\\S+ )?(?:phản ánh|kiến nghị|phản ảnh)$"""
        ),
    ),
    (
        "report_*",
        1.6,
        Phrases(
            """(?:tôi|em|tui|mình|bà con|dân|xin|cần|muốn)(?: \\S+){0,2} (?:phản ánh|phản ảnh|kiến nghị)
            (?:không|chưa|chẳng|đâu có)(?: thấy)? (?:ai|xe)(?: \\S+){0,2} (?:dọn|sửa|xử lý|thay|gom|hốt|thu|quét|lấy|đến|xuống|giải quyết|cắt|đốn|nạo|khắc phục|kiểm tra|nhắc|dẹp|quản)
            (?:nhờ|đề nghị|mong|yêu cầu)(?: \\S+)? (?:phường|xã|ủy ban|chính quyền|cơ quan|công an)(?: \\S+)? (?:xuống|xử lý|kiểm tra|can thiệp|sửa|dẹp|nhắc|coi|cho người|lập biên bản|giải quyết|vào cuộc)
            phường (?:coi|xuống|xử lý) (?:giùm|dùm|giúp)"""
        ),
    ),
    (
        "ask_*",
        5.0,
        Phrases(
            """(?:ý|ý của) (?:tôi|mình|em|tui|con|anh|chị|cô|chú|bác) (?:là|hỏi|muốn hỏi|đang hỏi|nói) \\S+ \\S+
            không phải (?:\\S+ ){1,5}(?:mà|,) (?:là )?(?:\\S+ )*\\S+"""
        ),
    ),
    (
        "contact",
        4.0,
        Phrases(
            """(?:phường|xã|thị trấn|quận|huyện)(?: \\S+){1,4} (?:cũ|trước đây|ngày trước)(?: \\S+){0,8} (?:đâu|nào|gì|không)
            (?:sáp nhập|nhập lại|đổi tên)(?: \\S+){0,6} (?:phường|xã|tỉnh|thành phố)(?: \\S+){0,3} (?:nào|gì)
            (?:thuộc|thành|về) (?:phường|xã|tỉnh) (?:nào|gì)"""
        ),
    ),
    (
        "ask_*",
        2.2,
        Phrases(
            """            quay lại (?:cái|chuyện|vụ|việc|thủ tục)
            (?:xin|làm|nộp) (?:đơn|giấy|phép|cấp|hồ sơ|thủ tục|xác nhận|giấy phép|chứng chỉ)
            thủ tục
            muốn xin
            xin phép
            đính chính
            (?:xin|được|hưởng) (?:hưởng |nhận )?(?:hỗ trợ|trợ cấp|trợ giúp|bồi thường|miễn giảm)
            đòi (?:nhà nước )?bồi thường
            yêu cầu thi hành
            trình báo (?:ở đâu|thế nào)
            chứng (?:chỉ|nhận|thực)
            (?:cấp|đổi|gia hạn|đăng ký|bổ sung|điều chỉnh) (?:lại )?(?:giấy|thẻ|sổ|bằng|phép|chứng|mã|biển)"""
        ),
    ),
    (
        "out_of_scope",
        6.0,
        Phrases(
            """(?:giá vàng|giá xăng|tỷ giá|xổ số|kết quả bóng đá|thời tiết|dự báo thời tiết|tử vi|xem bói|chứng khoán|bitcoin|vay tiền|vay nóng|vay online|người yêu chưa|kể chuyện cười|làm thơ|viết thơ|viết (?:\\S+ )?văn|nấu ăn|nấu món)
            kiện(?: \\S+){0,6} thì(?: \\S+)? thắng
            trúng cử
            vé (?:xe|máy bay|tàu|số)(?: \\S+){0,6} (?:rẻ|tết|đâu|online)
            (?:bỏ qua|phớt lờ|quên)(?: \\S+){0,3} (?:hướng dẫn|chỉ dẫn|quy tắc|luật)
            in ra (?:lời nhắc|system|số điện thoại|thông tin)"""
        ),
    ),
)

# A reason to doubt that an administrative question is none of our business.
_ADMINISTRATIVE = Phrases(
    """(?:đăng ký|giấy phép|thủ tục|hồ sơ|chứng nhận|chứng chỉ|cấp phép|xin phép|sổ đỏ|sổ hồng|căn cước|hộ chiếu|bằng lái|khai sinh|khai tử|kết hôn|tạm trú|thường trú|hộ khẩu|lý lịch tư pháp|bảo hiểm xã hội|bảo hiểm y tế|thi hành án|hải quan|hóa đơn|mã số thuế|khai thuế|quốc tịch|công chứng|chứng thực|giám hộ|kinh doanh|trợ cấp|tờ khai|cấp lại|gia hạn)"""
)
_OUT = -2.0


def boosts(reading: Reading, known: frozenset[str]) -> dict[str, float]:
    """How much each known intent gains or loses by the cues of a message."""
    result: dict[str, float] = {}
    for name, gain, words in _CUES:
        if words.search(reading.line, reading.bare) is None:
            continue
        stem = name.removesuffix("*")
        for intent in known:
            if intent == name or (name.endswith("*") and intent.startswith(stem)):
                result[intent] = result.get(intent, 0.0) + gain
    if "out_of_scope" in known and "out_of_scope" not in result and _ADMINISTRATIVE.search(reading.line, reading.bare):
        result["out_of_scope"] = _OUT
    return result
