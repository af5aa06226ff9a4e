"""Signs of danger in plain words, none of which is enough alone: what a body does, what threatens, who is caught.

People in need often say what they see and not what it is called ("gọi mãi không thấy trả lời", "khói đen bốc ra từ cửa
sổ"). Signs of two kinds, or one beside a word that it is happening now, make the classifier's suspicion count
(`decide.Weights.signed_danger`).
"""

from __future__ import annotations

from bot.engine.nlu.patterns import Phrases

BODY = Phrases(
    """nằm (?:im|sấp|lăn|sóng soài|co ro|bất|gục|úp|vật|thẳng cẳng|dưới (?:sàn|đất|nền|gạch|ruộng|mương))
    (?:gọi|lay|kêu|hỏi|đập|gõ)(?: \\S+){0,5} (?:không|chẳng|chưa|chả)(?: \\S+){0,3} (?:dậy|tỉnh|thưa|trả lời|đáp|phản ứng|mở|nhúc nhích|nghe|ú ớ|lên tiếng|hé răng|bắt máy)
    (?:lừ đừ|lờ đờ|=lả (?:đi|người)|=lử|=lịm|=rũ|bủn rủn|mềm oặt|=gục|khuỵu|ngã gục|ngã vật|lơ mơ|thều thào)
    (?:=tím|=tái|trắng bệch|lạnh ngắt|lạnh toát|xanh lè|đen thui|tím ngắt|tái mét|tím tái)
    (?:méo|xệ|lệch)(?: \\S+){0,2} (?:miệng|mồm|mặt|bên)
    (?:tay|chân|nửa người|một bên|nửa bên)(?: \\S+){0,4} (?:nhấc không|không nhấc|giơ không|không giơ|không cử động|tê|liệt|cứng đờ|buông|rớt hết|rơi|co rút|yếu)
    (?:thở|hô hấp)(?: \\S+){0,2} (?:rít|khò khè|dốc|gấp|hổn hển|không|khó|ra hơi|yếu|ngáp)
    (?:không|hết|ngừng|nghẹt)(?: \\S+)? (?:thở|mạch|tim)
    (?:tim|mạch|ngực)(?: \\S+){0,3} (?:không|ngừng|đau|thắt|nặng|bóp|tức)
    (?:máu|huyết)(?: \\S+){0,4} (?:chảy|ra|nhiều|ướt|phun|tuôn|rỉ|không cầm|lênh láng|đầy)
    (?:chảy|ra|rỉ|đầy|ướt|hộc|thổ|băng)(?: \\S+)? (?:máu|huyết)
    (?:nôn|ói|ọc)(?: \\S+){0,3} (?:liên tục|suốt|ra|vọt|mửa|hoài|máu)
    (?:co giật|giật đùng đùng|run bần bật|run cầm cập|sùi bọt|trợn|ú ớ|tê lưỡi|mất ý thức|vã mồ hôi)
    (?:đau|tức)(?: \\S+){0,3} (?:quằn quại|dữ dội|dồn dập|từng cơn|vật vã|không chịu nổi)
    (?:sưng|phồng|rộp|lột|tuột)(?: \\S+){0,3} (?:môi|mặt|lưỡi|da|mắt|vù)
    (?:nuốt|uống|bốc|ăn|tu|hít)(?: \\S+){0,3} (?:nhầm|nguyên|hết|cả|nhằm)(?: \\S+){0,3}
    (?:nguyên|cả|hết)(?: \\S+)? (?:lọ|vỉ|chai|hộp|nắm) (?:thuốc|dầu)
    (?:bị )?(?:cắn|đốt|chích|húc|mổ|cán|cuốn|kẹp|đâm|chém|giật|bỏng|phỏng|dập nát|đứt lìa)(?: \\S+){0,6} (?:tay|chân|mặt|bụng|ngón|người|đùi|cổ|đầu|tím|sưng)
    (?:=nghẹn|=sặc|=hóc|mắc cổ|mắc họng|không ra hơi)
    (?:bầu|mang thai|có thai|bà đẻ|sản phụ)(?: \\S+){0,8} (?:đau|máu|huyết|ngã|té|ối|xỉu|co)"""
)
HAZARD = Phrases(
    """khói(?: \\S+){0,4} (?:bốc|bay|cuồn cuộn|nghi ngút|mù mịt|xộc|tuôn|đùn|trùm|đen|dày đặc)
    (?:lửa|tàn lửa)(?: \\S+){0,4} (?:bốc|bay|lan|trùm|xịt|ngọn|cao|tóe|bén|đỏ)
    (?:mùi|hơi) (?:khét|gas|ga|trứng thối)
    khét (?:lẹt|nghẹt)
    (?:=cháy|=nổ|phụt khói|xì khói|bốc khói|phát nổ|tóe lửa|xẹt lửa|=chập)
    (?:=kẹt|mắc kẹt|bị lấp|bị vùi|bị đè|đè lên|chôn|sụp xuống)
    (?:lao|rớt|rơi|té|ngã|lộn|bay|văng|trượt|hụt|lọt|tụt|đâm)(?: \\S+){0,3} (?:xuống|vô|vào|khỏi)(?: \\S+){0,2} (?:ruộng|mương|sông|vực|hồ|ao|giếng|kênh|biển|hố|suối|nước|đất|nền|gầm|nhà|quán|cống|đèo)
    (?:nước|lũ|sông|triều)(?: \\S+){0,4} (?:tới|lên|vô|ngập|dâng|tràn)(?: \\S+){0,3} (?:cổ|ngực|bụng|nóc|mái|cửa sổ|trần|nhà|gác|giường)
    (?:đất|đồi|núi|đá|bùn|taluy|bờ sông|vách)(?: \\S+){0,5} (?:trôi|trượt|sạt|tuột|lở|ập|nứt|đổ|sụt)
    (?:tường|mái|trần|nhà|cột|cây|giàn giáo|ban công|vách|cổng|sàn)(?: \\S+){0,4} (?:sập|đổ|rụng|sụp|gãy|ụp|nghiêng)
    (?:dây điện|điện|cầu dao|ổ cắm)(?: \\S+){0,5} (?:dính|giật|tóe|đứt|rơi|xẹt|hút|rớt)
    (?:dính|đứt|hút)(?: \\S+){0,3} (?:điện|dây)
    (?:chìm|lật|úp|đắm)(?: \\S+){0,2} (?:ghe|thuyền|đò|tàu|xuồng|xe)
    (?:ghe|thuyền|đò|tàu|xuồng|xe|xe khách)(?: \\S+){0,5} (?:chìm|lật|úp|đắm|đụng|lao|húc|cháy|tông)
    (?:bơi|tắm|lặn|lội|mò)(?: \\S+){0,6} (?:không thấy|chưa thấy|mất|hụp|chìm|không lên|chưa lên|kéo ra)
    (?:chưa|không) thấy (?:\\S+ )?(?:ngoi|nổi|lên|ra|về|đâu)
    (?:bình ga|bình gas|ống gas|ống ga|bình oxy)(?: \\S+){0,4} (?:xì|kêu|phì|bục|hở|nổ|bị)"""
)
CAUGHT = Phrases(
    """(?:chưa|không)(?: ai)? (?:kịp |chịu |dám |thể )?(?:chạy|ra|thoát|xuống|buông|nhả|rút)(?: \\S+)? (?:ra|được|kịp|khỏi|lên)
    (?:còn|có)(?: \\S+){0,4} (?:bên trong|trong đó|ở trong|trong nhà|dưới đó|bên dưới|ở dưới|trên đó|ở trỏng|trong buồng)
    (?:người|bà|ông|cháu|bé|em|chị|anh|mấy)(?: \\S+){0,5} (?:bên trong|bên dưới|ở trong|trong đó|ở dưới)
    (?:không|chưa) (?:ai|ghe nào|xe nào)(?: \\S+)? (?:vô|vào|tới|cứu|ra|xuống) (?:được|nổi|kịp)?
    (?:không|chẳng)(?: \\S+)? (?:vô|vào|ra|nhả|buông|gỡ|rút)(?: \\S+)? (?:được|nổi)
    (?:một mình|đang trốn|trốn trong|núp|khóa trong|nhốt|khóa trái|chặn cửa|khóa cửa|bị trói|vây nhà)
    (?:=kêu|la hét|=hét|khóc thét|van xin|van lạy|=rên|kêu la|thất thanh|la làng|=khóc)(?: \\S+)?"""
)
VIOLENCE = Phrases(
    """(?:cầm|vác|giơ|kề|mang|rút|lăm lăm|dí|chĩa|xách)(?: \\S+){0,3} (?:dao|súng|mã tấu|kéo|rựa|búa|gậy|tuýp|kiếm|chai|xăng)
    (?:đập|phá|cạy|bẻ|tông|đạp) (?:\\S+ )?(?:cửa|khóa|cổng)
    (?:chặn|chắn|bao vây|vây|rượt|đuổi theo|ép|bám theo)(?: \\S+){0,3} (?:cửa|nhà|xe|em|tôi|tui|con|đường)
    (?:kéo|lôi|bế|chở|bắt|dụ|đón)(?: \\S+){0,4} (?:lên xe|đi mất|vô xe|vào xe|lên \\S+ xe|đi rồi|lên ô tô|xe bảy chỗ|xe 7 chỗ)
    (?:bóp cổ|=tát|=quất|=đánh|=đập|=vụt|=dìm|=trói|=xích|hành hạ|bầm tím|bầm dập|bịt miệng|nắm tóc|dí đầu)
    (?:dọa|đòi|hăm|định)(?: \\S+){0,2} (?:giết|đốt|chém|đâm|chết|xử|tạt)
    (?:vào phòng|sờ soạng|sờ mó|động chạm|cởi|ảnh không mặc|làm bậy|đụng vô)(?: \\S+)?
    (?:bịt mặt|người lạ|kẻ lạ|thằng lạ|tên trộm|ng lạ)"""
)
FAREWELL = Phrases(
    """(?:nhắn|gửi|đăng|viết|nói|để lại|story|thư)(?: \\S+){0,5} (?:tạm biệt|vĩnh biệt|lần cuối|xin lỗi|từ biệt|trăng trối)
    (?:tạm biệt|vĩnh biệt|lần cuối|giải thoát|biến mất|chết cho|chết quách|đi cho xong|nhắm mắt)
    (?:sống|ở)(?: \\S+)? (?:chi|làm gì|để làm gì|không nổi|hết nổi|vô nghĩa)(?: nữa)?
    (?:không|chẳng|hết)(?: \\S+){0,3} (?:lối|đường|cách|thiết|muốn|ai cần)(?: \\S+)?
    (?:lan can|thành cầu|sân thượng|tầng thượng|mép|dây dù|thòng lọng|đốt than|thuốc ngủ|thuốc cỏ|thuốc sâu|vỉ thuốc)"""
)
NOW = Phrases(
    """(?:đang|giờ này|bây giờ|ngay bây giờ|ngay|nãy giờ|vừa|mới|vừa mới|tự nhiên|tự dưng|bỗng|đột nhiên|hồi nãy|lúc nãy|sáng giờ|tối giờ|chừ|liền|hôm nay|gấp|nhanh|lẹ|kìa)
    (?:sợ|hoảng|run|lo|cuống) (?:quá|lắm|wá|rồi)
    (?:phải )?làm (?:sao|gì|thế nào|cách nào)(?: \\S+)?(?: bây giờ| giờ| đây)?$
    (?:trời ơi|mọi người ơi|ai đó|bà con ơi|làm ơn|giúp|cứu|anh chị ơi|ad ơi|mn ơi)"""
)
KINDS: tuple[tuple[str, Phrases], ...] = (
    ("self_harm", FAREWELL),
    ("police", VIOLENCE),
    ("fire", HAZARD),
    ("medical", BODY),
    ("police", CAUGHT),
)
