"""What is said about the place, similar reports, pictures and a category's own questions while a report is written."""

from __future__ import annotations

INTAKE: dict[str, str] = {
    # The ward
    "ward_confirm": "{said} nay thuộc {today}. Đúng chỗ này chứ?",
    "ward_choose": "“{said}” nay thuộc một trong các nơi sau. Bạn chọn giúp:",
    "ward_many": "Có nhiều nơi cùng tên {said}. Bạn ghi thêm tên quận, huyện (cũ) và tỉnh, thành phố giúp.",
    "ask_ward": "Chỗ đó thuộc phường, xã nào? Bạn ghi tên cũ hay tên mới đều được.",
    "ward_unknown": "Tôi chưa tìm ra phường, xã đó.",
    "outside": (
        "{said} thuộc {today}, ngoài địa bàn {locality}. Nơi có trách nhiệm là UBND {ward}, {province};"
        " bạn nên gửi đến đó. Bạn muốn sửa địa điểm, hay vẫn gửi tại đây?"
    ),
    "outside_province": (
        "{said} thuộc {province}, ngoài địa bàn {locality}. Nơi có trách nhiệm là UBND phường, xã tại chỗ của"
        " {province}; bạn nên gửi đến đó. Bạn muốn sửa địa điểm, hay vẫn gửi tại đây?"
    ),
    "outside_location": (
        "Vị trí bạn gửi nằm ngoài địa bàn {locality}. Việc ở đó do UBND phường, xã quản lý chỗ đó xử lý,"
        " nên gửi đến đó là nhanh nhất. Tôi không có bản đồ ngoài địa bàn; bạn nhắn tên phường, xã và tỉnh, tôi cho"
        " biết UBND nào chịu trách nhiệm. Hay bạn muốn sửa địa điểm, hoặc vẫn gửi tại đây?"
    ),
    "outside_again": "Bạn chọn “Sửa địa điểm”, “Vẫn gửi tại đây” hoặc “Hủy” giúp tôi.",
    "ward_again": "Bạn chọn một trong các nút bên dưới, hoặc ghi tên phường, xã.",
    "place_shared": "vị trí đã chia sẻ ({lat}, {long})",
    "place_shared_more": "{place} (có vị trí đã chia sẻ)",
    "place_today": "{place} ({today})",
    "location_noted": "Tôi đã nhận vị trí của bạn.",
    "location_abroad": "Vị trí này không ở Việt Nam nên tôi không dùng.",
    # Similar reports
    "similar_one": "Gần đó đang có một phản ánh cùng lĩnh vực:\n{rows}\nCó phải cùng một việc không?",
    "similar_several": (
        "Gần đó đang có các phản ánh cùng lĩnh vực:\n{rows}\nViệc của bạn có trùng với phản ánh nào không?"
    ),
    "similar_row": "• {number}{category}, {where}, gửi ngày {date}: {status}.",
    "similar_number": "{number}. ",
    "similar_near": "cách chỗ bạn khoảng {metres} m",
    "similar_here": "cùng khu vực",
    "similar_help": " Nếu trùng, bạn cùng theo dõi và được báo kết quả; số người gặp việc này được tính thêm.",
    "similar_again": "Bạn chọn “Cùng việc này” hoặc “Việc khác” giúp tôi.",
    "joined": (
        "Bạn đã cùng theo dõi phản ánh {code} ({category}). Tôi sẽ báo bạn khi có tiến triển; bản bạn đang viết"
        " không gửi thành phản ánh riêng."
    ),
    "join_gone": "Phản ánh kia vừa kết thúc, nên ta gửi phản ánh của bạn.",
    # Pictures
    "ask_photos": "Bạn có ảnh hiện trạng không? Bạn gửi ảnh ngay tại đây, hoặc bấm “Không có ảnh”.",
    "photos_missing": "Tôi chưa nhận được ảnh nào.",
    "photo_added": "Tôi đã nhận ảnh và kèm vào phản ánh.",
    "photo_not_taken": "Lĩnh vực này không nhận ảnh nên tôi không kèm ảnh.",
    "photo_enough": "Mỗi phản ánh kèm nhiều nhất 5 ảnh nên tôi không thêm ảnh này.",
    "photo_lost": "Có ảnh không còn được giữ nên chưa kèm theo. Bạn gửi lại ảnh nếu cần.",
    "photo_too_large": "Ảnh lớn quá nên tôi không nhận được. Bạn gửi ảnh nhỏ hơn giúp (dưới 10 MB).",
    "photo_unreadable": "Tôi không đọc được tệp này. Bạn gửi ảnh JPEG, PNG hoặc WebP giúp.",
    "photo_too_many": "Bạn đã gửi nhiều ảnh chưa kèm vào phản ánh nào. Bạn gửi phản ánh trước, rồi thêm ảnh sau.",
    "summary_photos": "• Ảnh: {count}\n",
    # The category's own questions
    "details_missing": "Tôi chưa rõ câu trả lời.",
    "details_number": "Bạn ghi một con số giúp tôi.",
    "details_date": "Bạn ghi ngày theo dạng ngày/tháng/năm, hoặc “hôm nay”, “hôm qua”.",
    "details_choice": "Bạn chọn một trong các mục bên dưới giúp tôi.",
    "details_chosen": "{ask}\nĐã chọn: {chosen}. Bạn chọn thêm, hoặc bấm “Xong”.",
    "summary_detail": "• {label} {answer}\n",
    # Buttons
    "button_yes": "Đúng",
    "button_no": "Không phải",
    "button_elsewhere": "Nơi khác",
    "button_edit_place": "Sửa địa điểm",
    "button_insist": "Vẫn gửi tại đây",
    "button_same": "Cùng việc này",
    "button_same_number": "Cùng việc {number}",
    "button_other_matter": "Việc khác",
    "button_no_photo": "Không có ảnh",
    "button_pass": "Bỏ qua",
    "button_done": "Xong",
    "button_details": "Chi tiết",
}
