"""The syllables that people write to an office most, the most frequent first (counted in `nlu_data/intents`)."""

_WORDS = """
    không có làm tôi nhà được giấy nào người đường cho bị xe công xin gì nước điện mấy bao bộ hồ thì nhận cấp ký sơ
    của nộp ai đăng rồi muốn phép cán đi ra đèn chưa cần cây khai mất đất ánh rác báo bán phản phải hộ dân tiền đâu
    sao xây con sinh mà qua lại định nhiêu ngày phường trong số giờ hay là thế tờ em để trên quá máy kết hàng xong
    xã vào mẫu này phí trước một lý lâu khu với ngoài cả về ăn nghị gửi hết trú bằng lên tới xóm chứng tư viên đơn
    quyết trả quán sổ việc hỏi bản mới xuống theo từ đổ đổi căn tên đêm tạm đầu trình sáng vậy cái chỗ bảo nhân ban
    lấy quy chính hiểm tục luật hạn cáo an trợ thu giải khiếu chiếu đề thủ cư nại khi doanh hai trường cầu hôm tịch
    cửa hành nói dựng dây bên bỏ nuôi thực mở những đã cống tố lần tối quả bạn lịch chỉ gặp thông pháp cước xác năm
    hôn kinh ủy cá học tra tử nhập đồng đóng lời đang trực tiếp tui tháng chạy mạng phố xử chuyển sang cơ chuyện
    biển vụ lái tự chợ hè chủ mua cháy sai mùi động sau đầy điều chi nữa tin gọi ba tập chung trái đỏ hóa giúp lấn
    trộm dùng nghiệp sở hẻm hỏng đồ lệ trẻ như cao thời cách giá thoại ơn mã cứ tải hiệu vỉa che họ thuế bóng đánh
    văn thành thẻ cháu đó lắm tuần bữa sửa giữa trạm ngập hư cổng chết bãi các độ quyền còn nhờ thấy gãy mỗi lối
    phòng nơi chào thêm thuốc bắt ơi cảm hoài ty tách bà quốc đây ta đá chắn trụ gây xưởng thải gia cũ đúng hổng
    biết thể mặt cứu cắt trọ dịch hẹn kế tế dẫn nghỉ mưa cột nhiều toàn ghi phát khói chức lập rứa danh thường chất
    bác thuê tổ vệ khác nay lộ mái mình chảy chó bốc kiến dụng mang chế sản hả hợp rút hội tuyến rơi kiểm tràn dưới
    đến kín giả anh thi quan thứ ngã sắp ngõ mục khẩu xóa phẩm gốc giùm hỗ thôi địa hướng lúc gà tắt nằm sân xem
    kiện độc xả loa bước thửa thay tàu tuổi hoạt nghèo phá sâu vô thôn chiếm vẫn ngay chờ mô treo đen trang tỉnh mẹ
    vợ kênh sợ nắp vì tông kẻ kêu bụi tình cúp bay đòi thân lừa bẩn trễ hưởng do liên đặt cũng yêu buổi ni gian bể
    vỡ kéo cộng ngủ thanh vứt thoát tốn chấp liệu rượu quảng án dạ chồng bot dữ vấn già chiều hố vàng nguy làng rào
    ông sát ruộng bão lòng yếu lớn tiếng hoang cạnh phạt tụ ồn sử gồm thiếu tiệm bệnh sự nhanh hệ xanh sập chở ống
    khách đai trạng giếng giật lạ thái đậu sách cải khuyết tật bất biến suốt phân kẹt ngang ầm hiện thang nặng nổ
    bình chơi nghiêng chịu viết góp uống nhau giữ phun tường bờ khoản biên tầng đốt luôn thịt vi trưởng trích bé
    thừa cơm trời cô rõ nhé lắp bến bê lấp xuất gần mương bánh nó bật lưu hòa áp cành tay nấu dọn hôi đem đình hủy
    lục thất viện trung vay thấp nghề cưới trách sắt sông răng lề kiểu và dầu cáp thả nhỏ phiếu đứt lực hộp bày coi
    khắp kê giết tại đám khí quầy tham chuẩn mần cha trồng di đau giảm hình ly hiểu phận bảy nứt buýt gom mù tắc
    lao vườn riêng nhóm chập tủ lửa hát nên thống năng cỏ phạm buôn tính duyệt chữ vắng mai lãnh thương tổng đài
    trưa nhật tết to giao đoạn nổi nát khuất cọc nghe cảnh rớt nửa gạch đứng phù khoan gấp lúa khô cà pa đè mọc bớt
    nghi tích đập nhất lũ bếp khuya đủ nhậu thùng nghĩa trắng lò sạch trị thai giám ngừng hồng tài chị thác bún bổ
    miễn thật nam nhắn hông ngu tốc lan ga trơn nhìn tai nạn quay đào cấm vượt lang khó mịt nhãn quê tô sữa khỏi
    thở chuột nợ bài heo phê bò khóa ghế đống lậu pháo dọa hầm trống đối cát điền bố mức cầm phơi ngồi nhạc đích
    ảnh ngân giới khám chúc cổ thủy môi tâm nhiệm lá trí thuộc bù tín vạch nhựa khúc ven điểm gầm dài tôn tạp câu
    thức gỗ cố vướng tăng bơm rụng rỉ vé toán hoa chậm cuối triệu trúng mật nhánh dục nồng cướp vật tái niên đẩy
    rửa thị liền ruồi trại mổ nhiễm dơ thư nhũng thẩm bưu loại thú phần xa buộc hoàn xăng tạo phụ chuyên đạo rối
    bây kịp lún gắn tầm ngược tiêu chứ té miết rầm đọng dừng vãi lương sung gái sư yến chân nhảy dời dao cắn tốt la
    cuộc đại lãi biểu xà vòng bồn vòi chục giác ma bọn túi sẵn chối giáo dậy quét ném chặn dán đỗ quăng lợi mười
    thối phục trò nặc biệt chui quỹ cất sáp lỗi vẽ thiết mồ đưa vùng kèm lẻ vận tấm mày chán bấm lễ nháy bạt dải
    nguyên bùn chừ sạt phóng lở từng gác dốc đâm dở hơn xá nông in tranh hưu hồi đứa chữa trà việt chờn bốn ngàn
    lớp rò dãy thui sét quên ngon sốt chia than giấu tỉa đốn um ong bít rắn phủ dâm bạc nóng đảo chứa rừng chút lô
    máu trừ thằng dâng sống trôi sơn chửi mong dẹp chai họp rông kia diện trộn dọc dự thẳng miệng lênh láng thiên
    thúi bồi đền bu siêu rung rau bụng ngâm nền hoạch sóng cùng mét tiến cám
"""
COMMON = tuple(_WORDS.split())
