"""The words of danger, of cries for help, and of everything that only sounds like them."""

from __future__ import annotations

from bot.engine.nlu.patterns import Phrases

# A cry for help: whatever else the message says, somebody is in need now.
CRY = Phrases(
    """cứu (?:với|tôi|tui|em|con|mẹ|cha|ba|bố|hộ tôi|hộ với|giúp|bé|mạng|cháu|nó|e|tao|mình)
    cứu người(?: với| đi| ta)?
    ai cứu
    kêu cứu
    khẩn cấp
    cấp cứu
    cứu hỏa
    cứu thương
    gọi (?:cứu|xe cứu|công an ngay)
    (?:la|kêu|hét) cứu
    giúp với
    nguy kịch
    nguy hiểm tính mạng
    sắp chết"""
)
# Business with an office about something that happened: papers, money, rules.
BUSINESS = Phrases(
    """thủ tục
    hồ sơ
    lệ phí
    giấy (?:tờ|chứng|xác|khai|phép|báo|ra|khám|đăng|hẹn|ủy)
    xin (?:cấp|giấy|phép|hỗ trợ|trợ|xác|hưởng|lại|chế|bồi|trích|hoàn|miễn|giảm|công nhận|hưởng|thẻ|được)
    làm lại
    cấp lại
    cấp đổi
    trợ cấp
    trợ giúp xã hội
    hỗ trợ (?:thiệt|sau|tiền|gạo|nhà|xây|dân|kinh)
    được hỗ trợ
    tiền hỗ trợ
    bồi thường
    chế độ
    bảo hiểm
    khai tử
    báo tử
    chứng tử
    khai sinh
    con nuôi
    nhận nuôi
    giám hộ
    mai táng
    tử tuất
    đền bù
    thẩm duyệt
    nghiệm thu
    tập huấn
    huấn luyện
    chứng chỉ
    chứng nhận
    giấy phép
    điều kiện
    (?:mất|lấy mất|rớt|thất lạc)(?: \\S+){0,3} (?:hộ chiếu|căn cước|bằng lái|giấy tờ|thẻ|sổ)
    tiền tuất
    ủy quyền
    lương hưu
    (?:dùng|tải|lấy) mẫu
    mức phạt
    nghị định
    thông tư
    biên bản
    xác nhận
    miễn giảm
    thống kê
    tuyên truyền
    phương án
    diễn tập
    thuốc thú y
    thành lập
    quy định
    (?:miễn|giảm)(?:,? giảm)? (?:thuế|tiền|phí|học phí)
    giảm trừ
    đăng ký"""
)
PAST = Phrases(
    """hôm qua
    hôm trước
    hôm bữa
    bữa trước
    bữa hổm
    đêm qua
    tối qua
    tuần trước
    tuần rồi
    tháng trước
    năm ngoái
    năm trước
    hồi trước
    hồi năm
    năm \\d{4}
    trước đây
    ngày xưa
    hồi nhỏ
    mấy năm trước
    lần trước"""
)
HABIT = Phrases(
    """đêm nào
    tối nào
    ngày nào
    hằng đêm
    mỗi đêm
    thường xuyên
    thường hay
    hay (?:xảy|bị|có|đánh|tụ|mất|gây|cãi|cướp)
    liên tục xảy
    suốt ngày
    dạo này
    tối tối
    tăng cường tuần tra
    đề nghị
    kiến nghị"""
)
# Says the words, means something else.
NEAR_MISSES = Phrases(
    """cháy (?:túi|hàng|vé|phố|nắng|giáo án|bóng|đèn|máy ảnh|da|tiền|điện thoại|công tơ|đồng hồ|thẻ|ví)
    bán cháy
    (?:bóng|đèn|cầu chì|bóng đèn|đồng hồ|công tơ|bóng cao áp|cao áp|led|bảng điện tử|tivi|máy (?:tính|giặt|bơm|lạnh|in))(?: \\S+){0,4} (?:bị )?cháy
    phòng cháy(?:,? chữa cháy)?
    chữa cháy
    phòng chống cháy
    biến động đất
    (?:mất|rách|hư|hỏng|nát|ướt|mục|giấy|sổ|bằng|thẻ|chứng chỉ|chứng nhận|giấy tờ|hồ sơ)(?: \\S+){0,5} cháy
    cháy(?: ,)? (?:rách|mất|hỏng|nát|hết (?:giấy|sổ|hồ sơ))
    thiên tai(?: ,)? hỏa hoạn
    từ tự nhiên
    (?:hoạt|lưu|di|bất|vận|tác) động đất
    pháo nổ
    cháy nổ
    báo cháy
    chống cháy
    xe chữa cháy
    bình chữa cháy
    trụ chữa cháy
    ăn chay
    đồ chay
    quán chay
    cơm chay
    chay tịnh
    (?:tiêu|bỏ|nước|xe|thả|thải|máy|buôn|bán|hàng|trốn|thi|tháo|chạy|lái|dẫn|dòng) chạy
    (?:chạy|chảy) (?:rông|nước|ngang|qua|=lấn|ngược|xe (?:ngang|qua|về|đi|ôm|máy đi)|ra|vào|vô|thẳng|khắp|bạt|tới|mất|đi|nhanh|chậm|ẩu|cả ngày|cả đêm|theo|về|lại|grab|tràn|xuống|lênh|quá|rầm|ầm|đua|trên (?:vỉa|đường)|không|chưa|được|suốt|dọc|tùm|hoài)
    (?:rớt|té) giá
    (?:tu tu|từ từ) (?:rồi|roi|toi|tôi|thôi|thoi|đã|da|tìm|tim|nhé|nhe|hãy|hay|để|de|mà|ma|em|e|minh|mình)
    (?:mệt|nóng|chờ|lâu|mắc|đắt|ồn|hôi|thúi|thối|bực|tức|khổ|đói|cười|lạnh|đợi|ngập|chán(?! đời)|rẻ|xấu|rối|ghét|đau|vui|buồn|sợ|lo|nghèo|khát|run|bận|nhức đầu)(?: \\S+){0,2} (?:gần |thấy |muốn |phát |đến |tới |sắp )*chết
    (?:muốn|mún|sắp|gần|phát|suýt) (?:bị )?(?:đột quỵ|ngất xỉu|ngất|xỉu)(?: \\S+){0,2}
    (?:đói|cười|nóng|ngửi|mệt|chờ|nắng|hôi|thúi|đợi|vui|sướng|đẹp|thương)(?: \\S+){0,5} (?:ngất|xỉu|đột quỵ|tắt thở|nghẹt thở)
    chết cháy luôn
    nóng chết cháy
    (?:deadline|sếp|việc|bài|học)(?: \\S+){0,6} (?:muốn|sắp|gần) chết
    dí(?: \\S+){0,3} (?:muốn|sắp) chết
    chết ai chịu
    (?:tông|đụng|té)(?: \\S+){0,2} chết (?:thì )?ai
    (?:sốt|lẩu|ớt|gà|mì|cay)(?: \\S+){0,4} (?:bốc lửa|cháy|xé lưỡi)
    muốn chết luôn
    cướp (?:giờ|lời|công)
    đột nhập dữ liệu
    giết mổ
    giết thời gian
    chém gió
    chặt chém
    chém giá
    giá (?:\\S+ )?chém
    đuối (?:lý|sức)
    nổ (?:hụi|hũ|đơn|cuốc)
    lũ (?:trẻ|bạn|nhóc|sâu|chó|con|bay|ăn)
    bão (?:giá|đơn|hòa|mạng)
    sập (?:web|mạng|app|nguồn|hệ thống|sàn)
    sốc (?:giá|nhiệt)
    chết (?:tiệt|cười|máy|dở|giả|đứng|sóng|khô)
    cây (?:\\S+ )?chết
    (?:đâm|tông|húc|quẹt)(?: \\S+)? (?:gãy|đổ|nghiêng|hỏng|sập|ngã|vào cột|thủng|móp|bật)
    (?:dễ|sợ|lo|nguy cơ|từng|đã có|cẩn thận|kẻo|phòng)(?: \\S+){0,3} (?:cướp|giật|té|ngã|=rơi|rớt|lọt|đuối|chết|cháy|đâm|chém|tai nạn)(?: \\S+)?
    (?:chập cháy|cháy (?:đen|khét|sém|xém))
    điện giật (?:tê|nhẹ|nhưng)
    rò điện
    giật chết (?:trâu|bò|chó|gà|heo|lợn|mèo)
    nổ bình (?:điện|biến)
    xe cứu (?:thương|hỏa|hộ)(?: \\S+){0,2} (?:vô|vào|không|khó|ra|đi|tới|đậu)
    không có (?:\\S+ )?cứu hộ
    (?:mồ|mả|hoa màu|ruộng|cây cối|cầu|đường|tài sản)(?: \\S+){0,4} cuốn(?: trôi)?
    (?:mùi|khói|bụi|hôi|thối|hóa chất)(?: \\S+){0,10} (?:khó thở|không thở nổi|nghẹt thở|ngạt thở|không thở được|ngộp thở)
    (?:công tơ|hộp điện|bảng điện|tủ điện|dây điện|ổ cắm|đồng hồ)(?: \\S+){0,4} cháy
    đốt (?:rác|đồng|dây|rơm|lá|vàng mã|than|lò)(?: \\S+){0,5} cháy
    mùi(?: \\S+){0,3} cháy
    (?:điều tra|xử lý|khởi tố|liên quan|vụ)(?: \\S+){0,3} tai nạn(?: \\S+){0,2}
    (?:con (?:chó|mèo|bò|heo|gà|trâu)|chó|mèo)(?: \\S+){0,4} (?:xe cán|nằm|té|rớt)(?: \\S+){0,3}
    trụ(?: \\S+){0,6} nằm (?:giữa|trên) đường
    cây(?: \\S+){0,8} (?:nghẹt thở|thở)
    chảy máu cam
    trẻ (?:con )?bị bỏ rơi(?: \\S+){0,4} (?:khai sinh|nuôi)"""
)

# Not of this world: dreams, homework, stories, recipes.
FICTION = Phrases(
    """(?:nằm mơ|mơ thấy|chiêm bao|giấc mơ)
    (?:phim|rạp|đang chiếu|suất chiếu|clip|video)(?: \\S+){0,4}
    (?:bài tập|làm văn|đoạn văn|bài văn|viết văn|tả cảnh|thuyết trình|tiểu luận|kịch bản|truyện|tiểu thuyết|bộ phim|phim|trò chơi|game|bài hát|thơ)
    (?:công thức|cách nấu|món ăn|nấu món)
    (?:đánh|ghi|chơi) (?:con|số) (?:gì|mấy|đề)
    triệu chứng(?: \\S+){0,6} (?:gồm|là|nào|gì)
    (?:lớp|dạy|học|khóa)(?: \\S+){0,3} (?:bơi|sơ cứu|võ)
    chống đuối nước
    phòng chống(?: \\S+){0,4}
    (?:crush|deadline|haha|hihi|kkk|hehe)"""
)

EMERGENCIES: tuple[tuple[str, Phrases], ...] = (
    (
        "self_harm",
        Phrases(
            """tự tử
            tự =sát
            tự =vẫn
            quyên sinh
            muốn chết
            (?:chán đời|tuyệt vọng|bế tắc)(?: \\S+){0,5} (?:chết|sống)
            định nhảy
            không muốn sống
            không thiết sống
            chán sống
            không còn muốn sống
            hết muốn sống
            sống không nổi nữa
            kết thúc cuộc đời
            (?:đòi |định |dọa |sắp |muốn )?nhảy (?:cầu|lầu|sông)
            leo … đòi nhảy
            uống thuốc ngủ
            uống cả vỉ
            (?:cắt|rạch) (?:cổ )?tay
            treo cổ
            tìm đến cái chết
            từ biệt (?:mọi người|cuộc đời)
            nghĩ quẩn
            (?:lời|nhắn|tin|thư)(?: \\S+){0,3} (?:từ biệt|vĩnh biệt|tuyệt mệnh)
            thòng lọng
            (?:không|chẳng|hết)(?: \\S+){0,3} luyến tiếc
            cầm (?:\\S+ ){0,2}(?:chai|lọ|vỉ|gói) thuốc (?:sâu|trừ|diệt|cỏ|chuột|ngủ)
            (?:sống|biết sống)(?: \\S+){0,2} (?:mần|làm|để) (?:chi|gì) nữa
            (?:không|chẳng) (?:muốn|thiết) (?:tồn tại|thức dậy)
            (?:báo|nhắn) (?:giúp |giùm )?(?:người nhà|vợ con|con|mẹ) (?:tôi|tui|em)(?: \\S+){0,4} (?:xác|chìa khóa|sau khi|khi tôi)
            làm hại bản thân"""
        ),
    ),
    (
        "child",
        Phrases(
            """(?:bé|cháu|con|trẻ|trẻ em|trẻ con|học sinh|em bé|con nít|đứa nhỏ|con nhỏ|thằng nhỏ|thằng bé|con bé|đứa bé|bé gái|bé trai|đứa trẻ|con riêng)(?: \\S+){0,6} (?:bị )?(?:đánh đập|bạo hành|xâm hại|bỏ đói|hành hạ|dâm ô|sàm sỡ|hiếp dâm|cưỡng hiếp|lạm dụng|tra tấn|bỏ rơi|nhốt|đánh (?:\\S+ ){0,3}(?:bầm|thâm|tím|chảy máu|dã man|suốt|hoài|như)|bắt cóc|xích)
            (?:đánh đập|bạo hành|xâm hại|bỏ đói|hành hạ|dâm ô|sàm sỡ|hiếp dâm|lạm dụng|nhốt|đánh|bắt cóc|xích|tra tấn)(?: \\S+){0,3} (?:trẻ em|trẻ con|trẻ|bé gái|bé trai|em bé|đứa nhỏ|con nhỏ|con nít|đứa bé|thằng bé|cháu bé|cháu nhỏ|học sinh|con riêng|đứa trẻ|thằng nhỏ|con bé|con đẻ)
            bạo hành trẻ
            đánh (?:bé|cháu|trẻ|con nít|học sinh)(?: \\S+){0,3} (?:bầm|thâm|tím|chảy máu)
            trẻ bị bỏ rơi"""
        ),
    ),
    (
        "fire",
        Phrases(
            """cháy (?:nhà|xe|cỏ|rừng|chợ|kho|xưởng|quán|chung cư|phòng|rồi|lớn|lan|to|bếp|bình|tủ|máy|trường|tiệm|trạm|cây xăng|dữ|ngùn|bùng|đùng|khu|tầng|ở|trên|dưới|r|lầu|ruộng|đồi|núi|tùm|kìa|cứu|căn|dãy|nóc)
            (?:đang|nhà|đám|vụ|bị|chợ|rừng|xưởng|kho|bếp|chung cư|quán|phòng|tòa nhà|ở nhà|tiệm|tầng \\d+)(?: \\S+){0,4} (?:bị |đang |bốc )*cháy(?! (?:nhiều |rất )*máu)
            xe(?: \\S+){0,3} (?:bị |đang |bốc |phát )+cháy
            bốc (?:cháy|lửa|hỏa)
            hỏa hoạn
            phát hỏa
            bén lửa
            lửa (?:\\S+ )?bén
            khói(?: \\S+){0,8} (?:mắc kẹt|kẹt|kêu cứu|la cứu|người bên trong)
            bắt lửa
            lửa(?: \\S+){0,3} (?:bốc|cháy|lan|ngùn ngụt|dữ|lớn|to lắm|to quá)
            rò (?:rỉ )?(?:gas|ga|khí ga|khí gas|khí đốt|khí)
            (?:xì|=hở|mùi) (?:gas|ga|khí gas|khí ga)
            nổ (?:bình )?(?:gas|ga|lớn|bình|nồi hơi)
            bình (?:gas|ga)(?: \\S+){0,2} (?:nổ|xì|cháy|rò)
            (?:kẹt|ngạt)(?: \\S+){0,4} khói"""
        ),
    ),
    (
        "disaster",
        Phrases(
            """(?:nước lũ|lũ|nước lụt|nước)(?: \\S+){0,8} (?:mắc kẹt|mái nhà|trên mái|lên mái|cuốn trôi|cuốn|cô lập|ngập nóc|nóc nhà)
            mắc kẹt … (?:mái|nóc|lũ|nước|bão|ngập)
            kẹt (?:trên|dưới|trong)(?: \\S+){0,3} (?:mái|nóc|lũ|đống đổ nát|bùn)
            lũ (?:quét|ống|cuốn|dâng|tràn|về nhanh)
            sạt lở(?: \\S+){0,4} (?:đè|vùi|sập|chôn|người|kẹt)
            sạt (?:lở )?(?:núi|đồi|taluy|đất)(?: \\S+){0,4} (?:đè|vùi|nhà|người|chôn)
            (?:đất|núi|đồi|đá)(?: \\S+){0,3} (?:=đè|vùi)(?: \\S+){0,3} (?:nhà|người|dân)
            vỡ (?:đê|đập|hồ chứa)
            (?:nhà|tường|trần|mái|cầu|giàn giáo|hầm)(?: \\S+){0,2} (?:sập|sụp|đổ)(?: \\S+){0,4} (?:người|đè|kẹt|bên dưới|bên trong|trúng)
            sập nhà
            (?:nhà|tường|trần|mái)(?: \\S+){0,2} sắp sập
            sập(?: \\S+){0,3} (?:đè|người|kẹt)
            cô lập(?: \\S+){0,3} lũ
            mắc kẹt
            kẹt (?:người|trong)
            nhà sập rồi
            cây(?: \\S+){0,3} đè (?:trúng |lên )?(?:người|bé|cháu|\\S+ người)
            bão(?: \\S+){0,5} (?:mắc kẹt|kẹt|tốc mái)
            (?:lốc xoáy|động đất|sóng thần)
            thang máy(?: \\S+){0,2} (?:rơi|rớt|kẹt)(?: \\S+){0,3} người
            (?:lật|chìm) (?:thuyền|đò|ghe|xuồng|tàu|phà)
            (?:thuyền|đò|ghe|xuồng|tàu|phà)(?: \\S+){0,2} (?:bị )?(?:lật|chìm)
            (?:giàn giáo|ban công|mái|tường|trần|cẩu|cột|cây|đá|bê tông|nhà|cổng)(?: \\S+){0,8} (?:sập|đổ|rơi|sụp|rớt|ụp)(?: \\S+){0,6} (?:=đè|thợ|dưới đó|bên dưới|bị thương|mấy người|mấy anh|các cháu)
            =đè (?:lên |trúng )?(?:một|hai|ba|mấy|người|chị|anh|ông|bà|cháu|bé|em|chân|tay|đầu)
            (?:đất|đồi|núi|taluy|bùn)(?: \\S+){0,6} (?:tụt|sạt|trượt|ập)(?: \\S+){0,6} (?:vào nhà|xuống nhà|người|bên trong|trong đó)
            (?:đất|đồi|núi|taluy|bùn)(?: \\S+){0,6} (?:lấp|vùi)(?: \\S+){0,2} (?:nửa nhà|cả nhà|nhà dân|mấy nhà|mất nhà|người)
            (?:nứt|lục bục|đá lăn|đất đá)(?: \\S+){0,10} (?:đồi|núi|lăn xuống|chạy đi đâu)
            (?:dính|chạm|vướng|bám)(?: \\S+){0,4} (?:dây điện cao thế|dây cao thế|cột điện cao thế|trên cột điện)
            (?:bị )?(?:điện hút|điện phóng|phóng điện)
            (?:nhiều|mấy|hai|ba) người (?:bị )?(?:kẹt|mắc kẹt)
            (?:tàu|thuyền|ghe|xuồng|đò|thúng)(?: \\S+){0,6} (?:mất liên lạc|trôi ra (?:khơi|biển|cửa)|vô nước|ngập nước|va (?:vào|vô) đá)
            (?:dây|đường dây)(?: \\S+){0,6} (?:đứt|rơi|rớt|sà)(?: \\S+){0,8} (?:=tóe|xẹt|học sinh|trẻ|bé|người|vũng nước)
            (?:đi|lên|vô|vào) rừng(?: \\S+){0,6} (?:chưa về|lạc|không thấy về)
            (?:đi|ra) biển(?: \\S+){0,8} (?:chưa về|mất liên lạc|không thấy về)"""
        ),
    ),
    (
        "medical",
        Phrases(
            """ngất (?:xỉu|rồi|đi|lịm|giữa|ngoài|trên|trước|tại)
            (?:bị |lăn ra |té |ngã |vừa |đã )(?:ngất|xỉu)
            xỉu (?:giữa|ngoài|trước|rồi)
            bất tỉnh
            đột quỵ
            nhồi máu
            ngừng thở
            ngưng thở
            tim ngừng
            không thở (?:được|nổi)
            (?:không|hết|ngừng|ngưng) thở
            khó thở
            nghẹt thở
            co giật
            hôn mê
            sùi bọt mép
            (?:nôn|ói|ho|ộc) ra máu
            (?:chảy|mất) (?:rất )?(?:nhiều )?máu
            máu (?:chảy|ra) (?:nhiều|lênh láng|không cầm|quá)
            đau (?:thắt )?(?:ngực|tim)
            cơn (?:đau )?tim
            đuối nước
            chết đuối
            (?:rớt|rơi|té|ngã|lọt|trượt)(?: \\S+){0,2} (?:sông|giếng|ao|hồ|kênh|suối|biển|mương|hố ga|cống)
            (?:hóc|sặc)(?: \\S+){0,2} (?:xương|thở|sữa|dị vật|tím|hạt|\\S+ rồi)
            bị hóc
            tai biến (?:ngoài|giữa|nặng|rồi|gấp|đột)
            (?:bị|lên cơn) tai biến$
            (?:sinh|đẻ)(?: \\S+){0,4} ra máu
            ra máu nhiều
            ngất la liệt
            tai nạn (?:tàu|giao thông|nghiêm trọng|chết người|thảm khốc)
            rắn (?:\\S+ )?cắn
            ong (?:đốt|chích) (?:tím|nhiều|\\S+ cứu|sưng)
            (?:bị )?điện giật
            (?:uống|ăn|nuốt)(?: \\S+){0,2} (?:thuốc (?:trừ sâu|diệt cỏ|chuột|cỏ|sâu|độc)|lá ngón|axit|hóa chất|pin)
            vỡ (?:nước )?ối
            sắp (?:sinh|đẻ) (?:rồi|gấp|tới nơi|trên|giữa|ngay)
            =đau =đẻ
            đẻ rơi
            sắp đẻ
            chuyển dạ
            (?:tai nạn|đụng xe|đâm nhau|tông nhau|tông xe|va chạm|lật xe|xe tông|xe đâm|xe cán)(?: \\S+){0,10} (?:bị thương|chảy máu|nằm (?:im|bất|giữa|trên|sóng|đó)|bất động|chết|nặng|nguy|gãy|kẹt|máu|cấp cứu)
            (?:có|nhiều|mấy|một|hai|ba|\\d+) người (?:\\S+ )?(?:bị thương|bất tỉnh|nằm bất|bị kẹt|chết|tử vong)
            bị thương nặng
            gãy (?:cổ|cột sống|xương hở)
            bỏng (?:nặng|nước sôi|toàn)
            gọi (?:xe )?cấp cứu
            (?:xe|cần|đưa đi|đi|gọi|kêu|xin) cấp cứu
            cấp cứu(?: \\S+){0,3} (?:với|gấp|ngay|giúp|số|nhanh|cho)
            (?:gọi|lay|kêu)(?: \\S+){0,4} không (?:dậy|tỉnh|thưa|trả lời|nhúc nhích|phản ứng)
            (?:mặt|mặt mũi|môi|người)(?: \\S+){0,2} (?:tím tái|tím ngắt|tím lịm|tái mét|tím bầm)
            (?:méo|lệch|xệ) (?:miệng|mồm)
            (?:miệng|mồm)(?: \\S+){0,2} (?:méo|lệch|xệ)
            nói (?:đớ|ngọng nghịu|ú ớ|không ra tiếng|líu lưỡi)
            (?:liệt|yếu|tê)(?: \\S+){0,2} (?:nửa người|nửa bên|một bên)
            nửa người(?: \\S+){0,3} (?:liệt|yếu|tê|không cử động)
            co quắp
            thoi thóp
            (?:hóc|nghẹn|mắc)(?: \\S+){0,2} (?:thạch|kẹo|cổ|cơm|đồng xu|nho|chôm chôm)
            trợn (?:mắt|trắng|tròng)
            máu (?:phun|xối|tuôn|bê bết|me|ướt|túa|không ngừng)
            (?:bê bết|đầy|toàn) máu
            (?:ra|băng) huyết
            (?:rựa|dao|liềm|cuốc|búa)(?: \\S+){0,2} (?:chém|phập|cắt|bổ)(?: \\S+){0,2} (?:tay|chân|đùi|đầu|vô|vào|trúng)
            (?:rắn|rết|bọ cạp|chó dại)(?: \\S+){0,3} (?:chém|cắn|mổ|chích)
            (?:ngã|té|rơi|rớt|lộn|trượt)(?: \\S+){0,2} (?:từ|trên)(?: \\S+){0,3} (?:mái|lầu|tầng|giàn|nóc|cao|thang|cây|cột) (?:\\S+ )*
            (?:không|chưa|chẳng) (?:\\S+ )?(?:cử động|cựa quậy|nhúc nhích|mở mắt)
            (?:tai|mũi|miệng|đầu)(?: \\S+){0,2} ra máu
            (?:tai|mũi|miệng|đầu)(?: \\S+)? (?:rỉ|chảy|hộc|ộc) máu
            (?:nằm|ngã|đổ) (?:gục|vật|sóng soài|sõng soài|bất tỉnh)(?: \\S+){0,2}
            (?:uống|nuốt)(?: \\S+){0,2} (?:hết|cả|nguyên) (?:lọ|vỉ|chai|nắm|hộp) (?:thuốc|\\S+ thuốc)
            nuốt(?: \\S+){0,2} (?:cục pin|viên pin|ốc vít|đinh|kim|đồng xu|nam châm|bi)
            (?:đứa|người|bé|cháu|em|nhỏ|nít|học sinh|thằng|con)(?: \\S+){0,6} (?:=chìm|chới với|hụp|mất hút dưới nước)
            (?:chưa|không)(?: \\S+){0,2} (?:vớt|mò|kéo)(?: \\S+)? (?:lên|được|thấy)
            (?:rớt|rơi|té|ngã|lọt|trượt)(?: \\S+){0,3} xuống(?: \\S+){0,2} (?:kinh|rạch|đìa|bể|hầm|vực|nước|hố|bến|đập|ruộng sâu)
            ngộ độc(?: \\S+){0,8} (?:nôn|ói|co|tím|nằm|lịm|cả nhà|mê)
            (?:cả nhà|cả bàn|cả lớp|cả đoàn|mấy người|nhiều người|các cháu|mấy đứa|hai cụ|mấy cụ)(?: \\S+){0,6} (?:nôn|ói|lịm|tím|mê man|xỉu|ngất|ngộ độc)
            khó thở(?: \\S+){0,6} (?:tím|tái|lạnh|ngất|xỉu)
            (?:mê man|lơ mơ|lịm (?:đi|dần))
            (?:máy cưa|cưa|dao|kính|tôn|máy cắt)(?: \\S+){0,3} (?:cắt|cứa|chém|đứt)(?: \\S+){0,4} (?:tay|chân|đùi|cổ|bụng|ngón)
            (?:nằm|ngã)(?: \\S+){0,2} (?:giữa đường|bất động|im thin thít)
            tông(?: \\S+){0,8} (?:chạy luôn|bỏ chạy|bỏ trốn|nằm)
            bị thương(?: \\S+)? (?:nhiều|lắm|nặng|rồi|hết)
            (?:bị )?điện (?:\\S+ )?giật"""
        ),
    ),
    (
        "police",
        Phrases(
            """(?:đang|vừa|mới|nó|bị) (?:bị )?(?:cướp|cướp giật|giật (?:túi|dây chuyền|điện thoại|đồ))
            cướp (?:cướp|kìa|với|rồi|giật ngay|tiệm|ngân hàng)
            có cướp
            (?:đang|có|thằng|tên|kẻ)(?: \\S+){0,4} (?:trộm|ăn trộm|kẻ trộm)(?: \\S+){0,2} (?:trong nhà|vào nhà|đột nhập|cạy|đang)
            (?:trộm|kẻ gian|người lạ)(?: \\S+){0,2} (?:đang|trong nhà|đột nhập|cạy cửa|phá cửa|leo)(?: \\S+){0,2} (?:nhà|cửa|vào|trong|rào)
            (?:cầm|vác|mang|rút|xách|có)(?: \\S+){0,2} (?:dao|mã tấu|súng|kiếm|rựa|hung khí|búa|lưỡi lê|phóng lợn)(?: \\S+){0,6} (?:chém|đâm|dọa|đuổi|giết|đòi|rượt|xông|cướp|loạn|đánh|hăm)
            (?:chém|đâm)(?: \\S+){0,3} (?:người|nhau|loạn|chết|tôi|tui|chồng|vợ|con|gục|trọng thương|dân|rồi)
            (?:bị|đuổi|rượt|đòi|dọa|sắp|định|nó) (?:chém|đâm|giết)
            (?:đòi|dọa|định|sắp|muốn|hăm|bị) giết
            giết (?:người|tôi|tui|em|vợ|con|chồng|nó|cả)
            (?:nổ súng|súng nổ|tiếng súng)
            bắn (?:người|nhau|chết|súng)
            bắt cóc
            (?:kéo|lôi|bế|bắt|dụ|ép)(?: \\S+){0,4} (?:bé|cháu|đứa|con nhỏ|con bé|em gái)(?: \\S+){0,4} (?:lên|vô|vào) (?:\\S+ ){0,2}(?:xe|ô tô)
            (?:khóa trái|nhốt)(?: \\S+){0,4} không cho (?:\\S+ ){0,3}(?:về|ra)
            (?:cầm|giơ|kề)(?: \\S+){0,2} (?:dao|rựa|búa|kéo|mã tấu|súng)(?: \\S+){0,3} (?:cổ|chặn|chắn|không cho|đứng)
            (?:chồng|vợ|con|cha|bố|ba|nó|bạn trai|người yêu|anh rể|cha dượng|chồng cũ|hắn)(?: \\S+){0,2} đang (?:\\S+ )?(?:đánh|đập|hành hung|bóp cổ)
            đang (?:\\S+ )?(?:đánh (?:nhau|tôi|tui|em|người|vợ|chồng|mẹ|đập|chết)|hành hung|bóp cổ)
            đánh nhau(?: \\S+){0,4} (?:hung khí|dao|mã tấu|chảy máu|chết|đông lắm|to lắm)
            đánh chết
            đánh (?:tôi|tui|em|vợ) (?:\\S+ ){0,3}cứu
            bị nhốt
            nhốt tôi
            khống chế con tin
            con tin
            đánh bom
            đặt bom
            có bom
            bạo hành gia đình
            bạo lực gia đình
            chồng (?:\\S+ ){0,2}(?:đánh|đập|bạo hành)(?: \\S+){0,4} (?:tôi|tui|em|cứu|dã man|thừa sống|chảy máu|ngất|vợ)
            (?:cầm|vác|mang|xách)(?: \\S+){0,2} (?:dao|mã tấu|súng|kiếm|rựa|hung khí|búa|gậy|tuýp)(?: \\S+){0,6} (?:đập cửa|phá cửa|trước cửa|tới nhà|đến nhà|vô nhà|vào nhà|trước nhà|phá nhà)
            (?:lôi|kéo|ép|bắt|đẩy)(?: \\S+){0,4} (?:lên|vào|vô) (?:xe|ô tô|taxi)
            (?:trốn|núp|nấp|khóa cửa)(?: \\S+){0,4} (?:trong|tủ|nhà vệ sinh|phòng|gầm giường)(?: \\S+){0,8} (?:ngoài cửa|đập|nó|hắn|anh ta|chồng)
            không (?:dám )?nói (?:to|lớn) được
            (?:vẫn |đang )(?:ở |đứng )?ngoài cửa
            số (?:điện thoại )?công an khẩn
            gọi 113
            gọi công an gấp"""
        ),
    ),
)

# A number that is itself a call for help.
NUMBERS = Phrases("""(?:gọi|số|điện|bấm|alo|tổng đài) (?:113|114|115|111|112)""")
BY_NUMBER = {"113": "police", "114": "fire", "115": "medical", "111": "child", "112": "disaster"}

# Who is called for, when nothing says what happened.
CALLED = (
    ("medical", Phrases("""(?:cấp cứu|cứu thương)""")),
    ("fire", Phrases("""(?:cứu hỏa|chữa cháy)""")),
)
