"""What a report is about: the words that name a category, for sentences unlike any in the corpus.

The gains move reports among themselves only; whether a message is a report at all is not decided here ("xin chặt cây
cần giấy gì" names a tree and is a question).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from bot.engine.nlu.patterns import Phrases, Reading

_REPORT = "report_"

_TOPICS: tuple[tuple[str, float, Phrases], ...] = (
    (
        "rac_thai",
        2.0,
        Phrases(
            """rác
            xà bần
            phế thải
            bãi rác
            thùng rác
            xe (?:gom|ép|chở|lấy) rác
            xác (?:chuột|chó|mèo|gà|heo|lợn|động vật)
            vệ sinh môi trường
            ve chai
            thu gom
            bô rác"""
        ),
    ),
    (
        "giao_thong",
        2.0,
        Phrases(
            """ổ (?:gà|voi|trâu)
            (?:nắp|miệng) (?:cống|hố ga|hố)(?: \\S+){0,4} (?:mất|vỡ|bể|gãy|hỏng|hư|kêu|sụp|bung|hở|lún|trồi|bật)
            (?:mất|vỡ|bể|gãy|sụp|không có|bị mất) nắp (?:cống|hố ga)
            (?:mặt đường|lòng đường|con đường|đoạn đường|đường (?:làng|hẻm|bê tông|nhựa|liên xã|liên thôn|đất|xá|đi|vô|vào|này|trước nhà)|tuyến đường|lề đường|ngõ|hẻm)(?: \\S+){0,6} (?:hư|hỏng|nứt|lún|sụt|sụp|vỡ|bong|lồi lõm|xuống cấp|sạt|gồ ghề|lầy|sình|trơn|bể|nát|hố|thủng|ổ gà|ổ voi|xấu)
            đường (?:hư|hỏng|nứt|lún|sụt|bể|xấu|trơn|xuống cấp|lầy|sình|nát|bong|lồi|sạt)
            đèn (?:tín hiệu|giao thông|xanh|đỏ|vàng|đếm ngược)
            biển (?:báo|chỉ đường|cấm|hạn chế|tốc độ|tên đường)
            vạch (?:kẻ|sơn|qua đường|đi bộ)
            gờ giảm tốc
            gương cầu
            (?:kẹt|ùn|tắc) (?:xe|tắc|đường)
            dải phân cách
            cầu (?:gãy|sập|hư|xuống cấp|treo|khỉ|tạm|dân sinh|ván|vượt|yếu)
            (?:chân|mố|lan can|mặt|gầm|đầu|đường dẫn) cầu
            xe (?:quá tải|ben|container|khách|tải nặng|hổ vồ)
            tai nạn (?:hoài|liên tục|suốt)
            trám(?: lại)?
            tái lập mặt đường
            cọc tiêu
            ta ?luy"""
        ),
    ),
    (
        "chieu_sang",
        2.5,
        Phrases(
            """đèn (?:đường|hẻm|ngõ|cao áp|chiếu sáng|công cộng|công viên|led|phố|ngách|chợ|cầu|khu phố|năng lượng)
            chiếu sáng
            (?:bóng|trụ|cột|cây) đèn
            bóng (?:cao áp|led)
            (?:tối (?:om|thui|mịt|đen|hù|quá|tăm)|không có đèn|thiếu ánh sáng|mù mịt không đèn)
            lắp(?: thêm)? đèn"""
        ),
    ),
    (
        "cap_thoat_nuoc",
        2.0,
        Phrases(
            """(?:mất|cúp|cắt|yếu|thiếu) nước
            nước (?:máy|sạch|sinh hoạt|giếng|thủy cục)
            (?:ống|đường ống|đồng hồ|van|bể|trụ|trạm|họng) nước
            (?:bể|vỡ|xì|rò rỉ|rỉ) (?:ống|nước)
            cống(?: \\S+){0,5} (?:nghẹt|tắc|tràn|trào|nghẽn|bít|kẹt|ngập|dội)
            (?:tắc|nghẹt|thông|nghẽn|nạo vét) (?:\\S+ )?(?:cống|kênh|mương|rãnh|hố ga)
            ngập (?:nước|úng|lụt|đường|nhà|lênh|tới|cả|hoài|nặng|sâu|lội|sau)
            (?:mưa|triều)(?: \\S+){0,5} ngập
            (?:thoát|tiêu) nước
            nước (?:cống|đọng|tràn|dâng|ngập|không thoát|không rút)
            triều cường
            (?:bồn|bơm) nước"""
        ),
    ),
    (
        "dien",
        2.0,
        Phrases(
            """(?:mất|cúp|cắt|rò|chập|yếu|sụt) (?:điện|áp)
            điện (?:chập|yếu|sinh hoạt|lực|áp|phập|giật|cúp|lưới)
            (?:dây|trụ|cột|trạm|tủ|hộp|bình|cầu dao|công tơ|đồng hồ|hóa đơn|tiền|đường dây) điện
            dây cáp
            cáp (?:viễn thông|quang|treo|mạng)
            trạm (?:biến áp|biến thế)
            (?:biến áp|biến thế|cao thế|trung thế|hạ thế|công tơ)"""
        ),
    ),
    (
        "trat_tu_do_thi",
        1.8,
        Phrases(
            """(?:lấn|chiếm|lấn chiếm|choán|tràn|chiếm dụng) (?:hết |ra |cả )?(?:vỉa hè|lòng đường|lề đường|lối đi|hè phố|hẻm|ngõ|đường)
            vỉa hè
            hàng rong
            chợ (?:cóc|tạm|tự phát)
            (?:đậu|đỗ|dừng) (?:xe|bậy|sai|kín|chắn|bít|trước|giữa|ngay|tràn|choán|lấn|lung tung|trái)
            xe (?:\\S+ )?(?:đậu|đỗ)
            ô tô(?: \\S+){0,3} (?:đậu|đỗ|chắn|chặn)
            bãi (?:giữ|đậu|đỗ) xe
            (?:chó|mèo|bò|trâu|dê|gà|heo)(?: \\S+){0,3} (?:thả|chạy rông|phóng uế|không rọ|không xích|ỉa|chạy ra|hoang)
            (?:thả rông|rọ mõm|phóng uế)
            (?:dán|dựng|treo|phát) (?:\\S+ )?(?:quảng cáo|tờ rơi|băng rôn|biển hiệu|bảng hiệu)
            (?:biển|bảng) (?:quảng cáo|hiệu)
            ăn xin
            (?:mái che|mái hiên|dù bạt|rạp)
            (?:bày|kê|để) (?:\\S+ ){0,3}(?:ra|tràn|kín|lấn|đầy|trên|xuống|giữa) (?:\\S+ )?(?:đường|hè|lề|lối|ngõ|hẻm|công viên)"""
        ),
    ),
    (
        "an_ninh",
        1.8,
        Phrases(
            """(?:trộm|cướp|giật đồ|móc túi)
            (?:đua|nẹt|rú|bốc đầu|lạng lách|đánh võng|độ pô) ?(?:xe|pô|ga)?
            đánh (?:nhau|lộn|bài|bạc|đề)
            (?:đá gà|cờ bạc|số đề|lô đề|xóc đĩa|tài xỉu)
            (?:tụ tập|tụ điểm|băng nhóm|côn đồ|giang hồ|bảo kê|xã hội đen)
            (?:nghiện|hút chích|kim tiêm|bóng cười|shisha|ma túy)
            (?:quậy phá|gây rối|gây gổ|chửi bới|đe dọa|hăm dọa|đòi nợ|siết nợ|tạt sơn)
            (?:an ninh|tuần tra|camera|mất trật tự|trật tự trị an)
            (?:say rượu|say xỉn|biến thái|rình|người lạ|đối tượng|khả nghi)
            pháo (?:lậu|nổ)?
            (?:thanh niên|choai choai|trẻ trâu|nhóm)(?: \\S+){0,4} (?:tụ tập|quậy|đua|đánh|hút|la hét|nẹt)
            cho vay (?:nặng lãi|lãi)
            ném đá"""
        ),
    ),
    (
        "xay_dung",
        2.0,
        Phrases(
            """(?:xây|cất|dựng|làm)(?: \\S+){0,6} (?:không phép|không có phép|không giấy phép|trái phép|sai phép|lấn|lén|chui|vượt tầng|vượt phép)
            (?:không phép|trái phép|sai phép)(?: \\S+){0,3} (?:xây|nhà|công trình|xưởng)
            (?:xây dựng|công trình|nhà xưởng|cơi nới|san lấp|lấp (?:ao|ruộng|mương|hồ|kênh)|đổ đất|phân lô|giàn giáo|đóng cọc|ép cọc|đào móng|đào hầm|cẩu tháp|giấy phép xây)
            (?:nứt|lún|nghiêng) (?:tường|nhà|nền|sàn)
            xây (?:nhà|thêm|lấn|tường|cao|lên|tầng|cổng|hàng rào|sai|vượt)
            (?:chuồng cọp|vượt tầng|tháo dỡ|phá dỡ|đập nhà)
            vật liệu(?: \\S+){0,2} rơi"""
        ),
    ),
    (
        "o_nhiem_tieng_on",
        2.0,
        Phrases(
            """(?:karaoke|loa (?:kẹo|thùng|kéo|ầm)|hát hò|nhạc sống|tiếng ồn|ồn ào|ồn quá|ầm ĩ|inh ỏi|xập xình|om sòm|nhức (?:đầu|óc)|điếc (?:tai|cả))
            (?:mở|bật|vặn) (?:\\S+ )?(?:nhạc|loa|âm thanh|ampli)
            hát(?: \\S+){0,5} (?:đêm|khuya|sáng|ngày|loa|om|hoài|suốt)
            không (?:\\S+ )?ngủ (?:được|nổi)
            (?:ô nhiễm|xả thải|nước thải|khí thải|chất thải|hóa chất|mùi hôi|hôi thối|hôi thúi|nồng nặc|bốc mùi|khét|khói|bụi)
            (?:trại|chuồng|lò|xưởng|nhà máy|cơ sở)(?: \\S+){0,6} (?:mùi|hôi|khói|bụi|ồn|xả|thối|thúi|khét)
            (?:chăn nuôi|nuôi (?:heo|lợn|gà|bò|vịt|yến))(?: \\S+){0,5} (?:hôi|mùi|thối|thúi|ồn|kêu)
            (?:sông|suối|kênh|mương|hồ|rạch)(?: \\S+){0,3} (?:đen|hôi|bẩn|cá chết|bọt)
            (?:đốt|xịt|phun)(?: \\S+){0,2} (?:rơm|đồng|nhựa|than|vàng mã|thuốc|sơn)
            (?:máy|xưởng)(?: \\S+){0,4} (?:kêu|ồn|chạy (?:cả|suốt)|rung)"""
        ),
    ),
    (
        "cay_xanh",
        2.4,
        Phrases(
            """(?:cây|cành|nhánh|tán|gốc|rễ|bụi)(?: \\S+){0,5} (?:đổ|ngã|nghiêng|gãy|mục|khô|rụng|rơi|chết|sâu|um tùm|che|vướng|bật|chắn|ngả|trốc|đè|mối|chặt|đốn|cưa|tỉa)
            (?:cắt|tỉa|chặt|đốn|cưa|trồng|mé|phát|bứng)(?: \\S+){0,3} (?:cây|cành|nhánh|tán|cỏ|tre|hàng rào cây)
            cây (?:xanh|cổ thụ|bàng|phượng|đa|me|dừa|xà cừ|sao|dầu|bồ đề|keo|sưa|bằng lăng|sấu|thông|gòn)
            (?:thảm|bãi|bồn) (?:cỏ|hoa)
            cỏ (?:mọc|dại|cao|um)
            sâu róm
            (?:bụi|lũy|cây) tre
            nhánh cây"""
        ),
    ),
    (
        "an_toan_thuc_pham",
        2.4,
        Phrases(
            """(?:ngộ độc|tiêu chảy|đau bụng|ói mửa)
            (?:thực phẩm|thức ăn|đồ ăn|món ăn|an toàn vệ sinh|vệ sinh an toàn|thịt|bún|bánh|rau|giò|chả|nem|sữa|trái cây|hải sản|cá|nước đá|nước mía|trà sữa|cơm|phở|cháo|xôi|ốc|kem|kẹo|mắm|măng|rượu|tương ớt)(?: \\S+){0,6} (?:ôi|thiu|thối|thúi|ươn|mốc|bẩn|dơ|hết hạn|quá hạn|hàn the|hóa chất|giòi|dòi|gián|ruồi|giả|bơm|tẩm|phẩm màu|mất vệ sinh|không vệ sinh|kém vệ sinh|bệnh|lạ|chết|không rõ nguồn gốc|kém chất lượng)
            (?:bán|ăn|uống|mua)(?: \\S+){0,5} (?:ôi|thiu|thối|thúi|ươn|mốc|hết hạn|quá hạn|giòi|dòi|gián|ruồi|giả|bẩn|hàn the)
            (?:quán|xe|tiệm|căng tin|căn tin|bếp ăn|bếp|nhà hàng|lò|cơ sở|hàng)(?: \\S+){0,6} (?:mất vệ sinh|không vệ sinh|kém vệ sinh|dơ bẩn|ruồi|gián|chuột|giòi|ôi|thiu|phẩm màu)
            (?:hàn the|phẩm màu|ure|giết mổ|lò mổ|không kiểm dịch|không rõ nguồn gốc|dầu ăn)"""
        ),
    ),
    (
        "can_bo",
        2.2,
        Phrases(
            """(?:cán bộ|nhân viên|công chức|công an|anh công an|cảnh sát|chị|anh|cô|bà|ông|người)(?: \\S+){0,8} (?:thái độ|hách dịch|hạch sách|cộc lốc|cọc cằn|cộc cằn|cáu|gắt|quát|nạt|mắng|trịch thượng|khó chịu|nhũng nhiễu|gây khó|làm khó|vòi vĩnh|thờ ơ|vô trách nhiệm|tắc trách|đùn đẩy|nói trống không|lớn tiếng|chậm trễ)
            thái độ
            (?:bắt|bảo|đòi|yêu cầu)(?: \\S+){0,3} (?:đi lại|chạy|bổ sung|về|thêm giấy|làm lại|photo lại)(?: \\S+){0,4} (?:lần|lượt|hoài|giấy|miết|nhiều|không có trong)
            (?:hách dịch|hạch sách|gây phiền hà|phiền hà|gây khó dễ|cửa quyền|nhũng nhiễu)
            (?:quầy|cửa) (?:số )?\\S+(?: \\S+){0,6} (?:không ai|không có người|bỏ đi|vắng|đi ăn|để dân|dân đợi)
            để dân (?:đợi|chờ)
            (?:cán bộ|nhân viên|công chức|trưởng thôn|trưởng ấp|tổ trưởng)"""
        ),
    ),
    (
        "khac",
        1.5,
        Phrases(
            """nhà (?:văn hóa|vệ sinh)(?: \\S+){0,4} (?:khóa|hỏng|hư|bẩn|đóng)
            (?:sóng|mạng|internet|wifi|4g)(?: \\S+){0,3} (?:yếu|chập chờn|mất|kém|không có)
            (?:trường|lớp|học phí|quỹ phụ huynh|giáo viên|nhà trẻ)
            (?:ghế đá|máy tập|sân chơi|cầu trượt|xích đu|khu vui chơi|bể bơi|hồ bơi|sân bóng|thư viện|tượng đài|di tích|loa phường|loa phát thanh|thang máy|chung cư|nghĩa trang|trạm y tế|xe buýt|trạm xe|cây xăng|bưu điện)
            (?:muỗi|dịch bệnh|sốt xuất huyết|phun thuốc)
            (?:danh sách|bình xét) hộ (?:nghèo|cận nghèo)
            (?:tiền|quà) (?:hỗ trợ|cứu trợ)
            biển tên đường
            số nhà"""
        ),
    ),
)


def shifts(reading: Reading, scores: Mapping[str, float]) -> dict[str, float]:
    """How the scores of the report categories move; their sum of chances stays what it was."""
    reports = [intent for intent in scores if intent.startswith(_REPORT)]
    gains: dict[str, float] = {}
    for topic, gain, words in _TOPICS:
        intent = _REPORT + topic
        if intent in scores and words.search(reading.line, reading.bare):
            gains[intent] = gain
    if not gains:
        return {}
    before = sum(math.exp(scores[intent]) for intent in reports)
    after = sum(math.exp(scores[intent] + gains.get(intent, 0.0)) for intent in reports)
    level = math.log(before) - math.log(after)
    return {intent: gains.get(intent, 0.0) + level for intent in reports}
