"""The words of denunciations and of crimes, and of what only sounds like them."""

from __future__ import annotations

from bot.engine.nlu.patterns import Phrases

_OFFICIAL = (
    "(?:cán bộ|chủ tịch|phó chủ tịch|bí thư|công an|trưởng (?:thôn|ấp|khu phố|phòng|xóm|bản|công an|khu)|địa chính|"
    "kế toán|hiệu trưởng|công chức|viên chức|thanh tra|kiểm lâm|lãnh đạo|quan|tổ trưởng|giám đốc|cảnh sát|thuế vụ|"
    "hải quan|quản lý thị trường|nhân viên (?:một cửa|phường|xã|nhà nước)|cán bộ thuế|tư pháp|hộ tịch|đảng viên|"
    "mấy ổng|mấy ông|thủ quỹ|trưởng ban|phó ban|hội trưởng|trưởng trạm|trưởng đoàn|phó công an|phó phòng|nhân viên tòa|cán bộ xã|"
    "ban chủ nhiệm|kiểm sát viên|ủy ban|ông \\S+ xã|bảo hiểm xã hội|điều tra viên|thẩm phán|chấp hành viên|bác sĩ|ban quản lý|dân quân|cảnh sát giao thông)"
)
DENUNCIATION = Phrases(
    f"""tố cáo
    tố giác (?:tham|cán bộ|hối lộ|ông|bà|lãnh đạo)
    (?:nhận|ăn|đưa|đòi|vòi) hối lộ
    hối lộ
    tham nhũng
    tham ô
    biển thủ
    ăn chặn
    ăn bớt
    bớt xén
    xà xẻo
    cắt xén
    nhận (?:phong bì|tiền lót tay|lót tay)
    lót tay
    bôi trơn
    vòi (?:tiền|vĩnh|phong bì)
    đòi phong bì
    chung chi
    nhũng nhiễu
    bao che(?: \\S+){{0,3}} (?:sai|vi phạm|cho|doanh)
    lạm quyền
    chạy chức
    {_OFFICIAL}(?: \\S+){{0,4}} (?:ăn tiền|nhận tiền|thu tiền riêng|lấy tiền|đòi tiền|vòi tiền|nuốt tiền|thu tiền không|ăn của dân|đút túi|khai khống|kê khống|bảo kê|gợi ý|ăn chia|nhận \\d+|đòi \\d+|chiếm đoạt|lập khống|nhận quà)
    {_OFFICIAL}(?: \\S+){{0,15}} (?:đút túi|bỏ túi|nộp tiền riêng|đóng tiền riêng|rút quỹ|rút ruột|lấy quỹ|chứng từ giả|hóa đơn khống|danh sách khống|danh sách ảo|làm giả|nâng khống|ăn chặn|ăn bớt|chia chác|lại quả|phong bì)
    {_OFFICIAL}(?: \\S+){{0,5}} (?:câu kết|thông đồng|móc ngoặc|lợi dụng chức|dùng chức vụ|ép dân bán|bán đất công|lấy đất công|cấp đất cho người nhà|giữ lại tiền|lấy tiền hỗ trợ|lấy tiền cứu trợ|lấy tiền làm)
    {_OFFICIAL}(?: \\S+){{0,3}} gợi ý(?: \\S+){{0,3}} (?:triệu|chục|tiền|phong bì|trăm)
    (?:muốn|định|tính|xin) tố (?:cán bộ|ông|bà|ổng|bả|chủ tịch|công an|lãnh đạo|trưởng|ra|mà)
    {_OFFICIAL}(?: \\S+){{0,3}} (?:đòi|bắt|ép|kêu|biểu|bảo)(?: \\S+){{0,3}} (?:đưa|nộp|chung|chi|lo)(?: riêng| thêm| cho)?(?: \\S+){{0,2}} (?:triệu|trăm|chục|tiền|phong bì|chai|củ)
    {_OFFICIAL}(?: \\S+){{0,6}} (?:đất công|tiền dân|của công|công quỹ|quỹ (?:xóm|thôn|ấp|bản))(?: \\S+){{0,4}} (?:bán|chia|lấy|xài|bỏ túi)
    cướp (?:tiền|đất) (?:của )?dân
    (?:khai khống|kê khống|lập khống)"""
)
DENUNCIATION_NEAR_MISSES = Phrases(
    """thưởng tết
    không (?:muốn |phải |định )tố cáo
    cán bộ(?: \\S+){0,3} thu tiền rác"""
)

CRIME = Phrases(
    """ma túy
    cần sa
    thuốc lắc
    (?:mua bán|buôn) người
    vượt biên trái phép
    (?:bị|vụ|trò|đối tượng|bọn) lừa(?: đảo)?
    lừa (?:đảo|bán|tiền|mất|hết|chuyển khoản)
    giả danh(?: \\S+){0,3} lừa
    giả danh (?:công an|cán bộ|tòa án|viện kiểm sát|ngân hàng|nhân viên)
    chiếm đoạt (?:tài sản|tiền|tài khoản)
    hiếp dâm
    cưỡng hiếp
    cưỡng dâm
    truy nã
    tống tiền
    tố giác
    trình báo (?:mất|công an|vụ|bị)
    (?:muốn|cần|đi) trình báo
    báo tin tội phạm
    tin báo tội phạm
    tín dụng đen
    mại dâm
    tiền giả
    tàng trữ (?:súng|vũ khí|ma|hàng)
    (?:bị|vừa bị) (?:lấy trộm|ăn trộm|cạy cửa|bẻ khóa|trộm vào|chôm)
    bị (?:ai|kẻ gian|trộm|người ta)(?: \\S+)? (?:lấy|bẻ|phá|cạy|dắt)(?: \\S+){0,3} (?:xe|khóa|tiền|điện thoại|laptop|vàng)
    (?:trộm|kẻ gian|kẻ trộm)(?: \\S+){0,3} (?:vào|vô|cạy|đột nhập|lẻn)(?: \\S+){0,4} (?:bắt|lấy|dắt|khiêng|cuỗm|khoắng|mất|bê)
    tạt (?:sơn|mắm|axit)
    (?:bị|vừa bị) (?:móc túi|cướp|giật|hành hung|đánh gãy|trộm)
    mất trộm (?:xe|vàng|tiền|laptop|máy|hết|đêm)
    ôm tiền bỏ trốn
    (?:vỡ|giật|bể) hụi
    (?:hack|chiếm) (?:facebook|zalo|nick|tài khoản)
    nhà(?: \\S+){0,3} bị trộm
    giấu xác
    đánh bạc
    sòng bạc
    khai thác cát (?:lậu|trái phép)
    buôn lậu
    phá rừng"""
)
CRIME_NEAR_MISSES = Phrases(
    """cai nghiện(?: ma túy)?
    trình báo mất (?:hộ chiếu|thẻ|giấy|căn cước|bằng|sổ|biển)
    (?:xét nghiệm|phòng chống|phòng, chống|tuyên truyền) ma túy
    xác nhận không
    mất trộm (?:vặt|chậu|gà|hoài|miết|suốt)
    hay (?:bị )?mất trộm
    trộm vặt
    cờ bạc"""
)
# Crimes whether or not they are a habit.
GRAVE_CRIME = Phrases(
    """(?:bán|buôn|mua bán|buôn bán|tàng trữ|chứa|sản xuất)(?: \\S+){0,3} (?:ma túy|heroin|hàng đá|thuốc lắc|cần sa|súng|vũ khí)
    (?:mua bán|buôn|buôn bán|lừa bán) (?:người|trẻ em|phụ nữ|qua biên giới)
    (?:bắt|nhốt|bán|buôn|buôn bán|săn)(?: \\S+){0,5} (?:tê tê|hổ|gấu|ngà voi|sừng tê|động vật hoang dã|thú rừng)
    (?:trấn lột|tống tiền|cưỡng đoạt|cưỡng dâm|hiếp dâm)
    (?:hút|khai thác|trộm|bơm)(?: \\S+){0,2} (?:trộm |lậu )?cát (?:lậu|sông|trái phép|biển)
    (?:lừa|lừa đảo)(?: \\S+){0,6} (?:thu tiền|tiền cọc|đặt cọc|chiếm đoạt|mất tiền|biến mất|ôm tiền)
    (?:giật|giựt)(?: \\S+)? (?:dây chuyền|túi xách|điện thoại|giỏ|bông tai)(?: \\S+){0,8} (?:chạy mất|bỏ chạy|chạy thoát|khai báo|trình báo)"""
)
