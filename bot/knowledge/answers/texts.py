"""Every word that an answer says to a citizen. Plain, polite, short; "bạn" for the citizen, "tôi" for the assistant."""

from __future__ import annotations

from bot.knowledge.records import Aspect, Channel, Level, TimeUnit

ASPECT_TITLES: dict[Aspect, str] = {
    "overview": "Tóm tắt",
    "documents": "Giấy tờ cần có",
    "fee": "Phí, lệ phí",
    "duration": "Bao lâu xong",
    "place": "Nộp ở đâu",
    "steps": "Các bước",
    "online": "Nộp qua mạng",
    "form": "Mẫu đơn",
    "eligibility": "Điều kiện",
    "legal_basis": "Căn cứ pháp lý",
    "result": "Kết quả nhận",
}
CHANNELS: dict[Channel, str] = {"online": "trực tuyến", "postal": "bưu chính", "direct": "trực tiếp"}
UNITS: dict[TimeUnit, str] = {
    "minute": "phút",
    "hour": "giờ",
    "day": "ngày",
    "working_day": "ngày làm việc",
    "week": "tuần",
    "month": "tháng",
    "year": "năm",
}
LEVELS: dict[Level, str] = {
    "commune": "cấp xã (xã, phường, đặc khu)",
    "province": "cấp tỉnh",
    "ministry": "bộ, ngành trung ương",
    "other": "cơ quan khác",
}
COUNCIL = "do Hội đồng nhân dân cấp tỉnh quy định"
FREE_STATED = "miễn phí (nguồn ghi rõ)"
EXEMPT_STATED = "được miễn (nguồn ghi rõ)"
PRINTED_FREE = "0 đồng (theo nguồn, chưa xác nhận)"
NOT_CHARGED = "không thu tiền"
OF_FEE = "nộp phí"
EXEMPT_FOR = "thu"
ENDED = " (nay đã hết)"
AMOUNT_ENDED = "{amount} (nguồn ghi áp dụng đến {date}, nay đã hết)"
ZERO = "nguồn ghi 0 đồng, chưa xác nhận là không thu"
ZERO_FIRST = "nguồn ghi 0 đồng nhưng chưa xác nhận là không thu"
NOT_PUBLISHED = "nguồn không ghi mức thu"
DOUBTFUL_AMOUNT = "nguồn in {amount} đồng, có thể thiếu số"
ASK_OFFICE = "Bạn hỏi {office} để biết chắc."
ASK_BEFORE = "Bạn hỏi {office} trước khi nộp."
DEFAULT_OFFICE = "bộ phận một cửa (Trung tâm Phục vụ hành chính công)"

FEE_ONE = "{name}: {amount}."
FEE_SOME_CHANNELS = "{name}: {amount} (nộp {channels})."
FEE_IN_NOTE = "nguồn ghi 0 đồng nhưng phần ghi chú nêu mức thu"
FEE_BY_CHANNEL = "{name}: mức thu tùy cách nộp, trường hợp."
FEE_CONTRADICTS = "Các kênh ghi mức khác nhau. " + ASK_BEFORE
FEE_PRINTED = "nguồn in {amount} đồng"
FEE_OVERLAY_ALL = "tại {province}, {amount}"
FEE_OVERLAY_CHANNEL = "nộp {channel} tại {province}, {amount}"
FEE_OVERLAY_BASIS = "Theo {authority}, áp dụng từ {start}{until}."
FEE_OVERLAY_UNTIL = " đến {end}"
FEE_NATIONAL = "Mức chung của cả nước: {amount}."
FEE_NATIONAL_ROWS = "Mức chung của cả nước:"
FEE_PER_ROW = "{channel}: {amount}"

TIME_ONE = "{name}: {time}."
TIME_RANGE = "{name}: từ {low} đến {high}, tùy trường hợp."
TIME_RULED = "{name}: {rule}"
TIME_LONG = "{name}: thời hạn như sau."
TIME_MANY = "{name}: thời hạn tùy cách nộp, trường hợp."
TIME_NO_UNIT = "nguồn chỉ ghi “{number}”, không ghi là ngày hay giờ"
TIME_SAME_DAY = "trong ngày; {rule}"
TIME_RULE = "Các bước của hồ sơ nói: {rule}"
TIME_NONE = "{name}: hồ sơ thủ tục không ghi thời hạn giải quyết."
TIME_OVERLAY = "{name} tại {province}: {time}."
TIME_NATIONAL = "Chung của cả nước: {time}"

DOCUMENTS_ONE = "{name}: cần {count} loại giấy tờ{rest}."
DOCUMENTS_CASES = "{name}: giấy tờ tùy trường hợp ({count} trường hợp)."
DOCUMENTS_GROUPS = "{name}: giấy tờ gồm {count} nhóm."
DOCUMENTS_REST = ", thêm giấy tờ riêng của {count} trường hợp"
DOCUMENTS_REST_GROUPS = ", thêm {count} nhóm giấy tờ"
DOCUMENTS_ALL_IF = "{name}: {count} loại giấy tờ, tùy trường hợp{rest}."
DOCUMENTS_NONE = "{name}: hồ sơ thủ tục không ghi danh sách giấy tờ."
DOCUMENTS_SOME = ", thêm {count} loại tùy trường hợp"
DOCUMENTS_IF = "Tùy trường hợp:"
DOCUMENTS_SUBMIT = "Nộp:"
DOCUMENTS_SHOW = "Đưa xem (không phải nộp):"
DOCUMENTS_SHOW_IF = "Đưa xem, tùy trường hợp:"
DOCUMENTS_CASE = "{name}:"
DOCUMENTS_NOTES = "Lưu ý:"
DOCUMENT_ORIGINALS = "{count} bản chính"
DOCUMENT_COPIES = "{count} bản sao"
DOCUMENT_FORM = "theo mẫu"
DOCUMENT_ONLY_IF = "chỉ khi {when}"
DOCUMENT_OPTIONAL = "nếu có"
DOCUMENT_IN_DATABASE = "không bắt buộc nếu cán bộ tra được trên hệ thống"
MORE = "… và {count} mục nữa."

PLACE_ONE = "{name}: nộp tại {office}."
PLACE_LEVELS = "{name}: thực hiện ở {levels}."
PLACE_SOME = "{name}: nộp tại {office}, tùy trường hợp."
PLACE_MANY = "{name}: nơi nộp tùy trường hợp, là một trong {count} cơ quan."
PLACE_LONG = "{name}: nơi nộp như sau."
PLACE_NONE = "{name}: hồ sơ thủ tục không ghi nơi nộp."
PLACE_ADDRESS = "Địa chỉ: {address}"
PLACE_DECIDES = "Cơ quan giải quyết: {agency}."
PLACE_CHANNELS = "Cách nộp: {channels}."
OLD_LEVEL = "Nguồn còn nhắc cấp hành chính đã bỏ từ 01/7/2025; bạn hỏi ủy ban nhân dân phường, xã trước khi đi."
COMPETENT = "có thẩm quyền"
LOCALITY = "địa phương"

STEPS_FIRST = "{name}: {count} bước."
STEPS_PARTS = "{name}: trình tự gồm {count} mục."
STEPS_ONE = "{name}: cách làm như sau."
STEPS_NONE = "{name}: hồ sơ thủ tục không ghi các bước."

ONLINE_YES = "{name}: nộp trực tuyến được."
ONLINE_ONLY = "{name}: chỉ nộp trực tuyến."
ONLINE_NO = "{name}: hồ sơ không ghi cách nộp trực tuyến; nộp {channels}."
ONLINE_UNKNOWN = "{name}: hồ sơ thủ tục không ghi cách nộp."
ONLINE_WHERE = "Nộp trên Cổng Dịch vụ công quốc gia, đăng nhập bằng VNeID."
ONLINE_LINK = "Trang thủ tục: {url}"
ONLINE_TIME = "Thời hạn khi nộp trực tuyến: {time}."
ONLINE_FEE = "Phí khi nộp trực tuyến: {fee}."
ONLINE_OTHERS = "Cũng nộp được: {channels}."

FORM_ONE = "{name}: dùng “{form}”."
FORM_MANY = "{name}: có {count} đơn, mẫu cần điền."
FORM_LONG = "{name}: dùng đơn, mẫu sau."
FORM_NONE = "{name}: hồ sơ thủ tục không ghi mẫu đơn riêng."
FORM_WHERE = "Tải mẫu ở trang thủ tục trên Cổng Dịch vụ công quốc gia, hoặc xin tại quầy: {url}"
FORM_COUNTER = "Nguồn không kèm tệp mẫu; bạn xin mẫu tại quầy nhận hồ sơ."

CONDITIONS_FIRST = "{name}: điều kiện, yêu cầu như sau."
CONDITIONS_NONE = "{name}: hồ sơ thủ tục không ghi điều kiện riêng."
AUDIENCE = "Dành cho: {audience}."

LEGAL_FIRST = "{name}: theo {count} văn bản."
LEGAL_ONE = "{name}: theo {law}."
LEGAL_LONG = "{name}: theo văn bản sau."
LEGAL_NONE = "{name}: hồ sơ thủ tục không ghi căn cứ pháp lý."
LEGAL_ENDED = "hết hiệu lực từ {date}"

RESULT_ONE = "{name}: kết quả là {result}."
RESULT_LONG = "{name}: kết quả như sau."
RESULT_MANY = "{name}: kết quả gồm {count} loại."
RESULT_NONE = "{name}: hồ sơ thủ tục không ghi kết quả nhận được."

OVERVIEW_FIRST = "{name}."
OVERVIEW_DOCUMENTS = "Giấy tờ: {documents}."
OVERVIEW_DOCUMENT_COUNT = "{count} loại{cases}"
OVERVIEW_CASES = ", tùy trường hợp"
OVERVIEW_TIME = "Thời hạn: {time}."
OVERVIEW_FEE = "Phí: {fee}."
OVERVIEW_PLACE = "Nơi nộp: {place}."
OVERVIEW_PLACES = "một trong {count} cơ quan, tùy trường hợp"
OVERVIEW_CHANNELS = "Cách nộp: {channels}."
DEPENDS = "tùy cách nộp, trường hợp"

SOURCE = "Theo {source}, {date}{decision}; mã thủ tục {code}."
SOURCE_DATE = "cập nhật {date}"
SOURCE_NO_DATE = "nguồn không ghi ngày cập nhật"
DECISION = "QĐ"
SOURCE_DECISION = "; {number}{date}"
SOURCE_DECISION_DATE = " ngày {date}"
SOURCE_NO_DECISION = "; nguồn không ghi số quyết định"
PORTAL = "Cổng Dịch vụ công quốc gia"
OWN_SOURCE = "hồ sơ thủ tục của đơn vị"
PORTAL_HOST = "dichvucong.gov.vn"

EXPIRED = "Chú ý: thông tin này đã quá hạn kiểm tra từ {date}, có thể đã đổi. " + ASK_BEFORE
STALE = "Chú ý: thông tin này cập nhật đã hơn một năm, có thể đã đổi. " + ASK_BEFORE
ABOLISHED = "Chú ý: thủ tục này đã bị bãi bỏ; thông tin dưới đây chỉ để tham khảo."
REPLACED = "Chú ý: thủ tục này đã được thay thế bằng mã {code}."
TODAY_TERM = "“{old}” nay là {new}."
REST_ON_PORTAL = "Phần còn lại xem tại trang thủ tục: {url}"

FULL = "Xem đầy đủ"
FOLLOW_UPS: dict[Aspect, tuple[Aspect, ...]] = {
    "overview": ("documents", "fee", "place"),
    "documents": ("place", "fee", "online"),
    "fee": ("documents", "duration", "place"),
    "duration": ("documents", "fee", "place"),
    "place": ("documents", "online", "fee"),
    "steps": ("documents", "place", "duration"),
    "online": ("documents", "fee", "duration"),
    "form": ("documents", "place", "online"),
    "eligibility": ("documents", "place", "steps"),
    "legal_basis": ("overview", "documents", "steps"),
    "result": ("duration", "fee", "documents"),
}

# The dialogue around the answers (bot/knowledge/service.py).
ASK_WHICH = "Bạn hỏi về thủ tục nào dưới đây?"
ASK_WHICH_AGAIN = "Bạn chọn giúp thủ tục nào, để tôi trả lời cho đúng?"
ASK_AGE = "Bạn làm cho người bao nhiêu tuổi?"
AGE_BELOW = "Dưới {years} tuổi"
AGE_FROM = "Từ đủ {years} tuổi"
ASK_FOREIGN = "Việc của bạn có liên quan đến nước ngoài không (người nước ngoài, hoặc ở nước ngoài)?"
FOREIGN_YES = "Có, liên quan đến nước ngoài"
FOREIGN_NO = "Không, ở trong nước"
ASK_ACTION = "Bạn làm lần đầu, hay làm lại, đổi, gia hạn?"
ACTIONS = {
    "new": "Lần đầu",
    "reissue": "Cấp lại (mất, hỏng)",
    "change": "Thay đổi, sửa nội dung",
    "renew": "Gia hạn",
    "end": "Chấm dứt, xóa, hủy",
    "withdraw": "Thu hồi",
    "suspend": "Tạm ngừng",
    "restore": "Khôi phục, mở lại",
    "again": "Đăng ký lại",
    "split": "Tách",
    "transfer": "Sang tên, chuyển nhượng",
    "report_loss": "Báo mất",
    "lock": "Khóa",
    "confirm": "Xác nhận",
    "refund": "Miễn, giảm, hoàn",
    "settle": "Hòa giải",
}
ASK_LEVEL = "Bạn làm ở cấp nào?"
LEVEL_OFFICES: dict[str, str] = {
    "commune": "Xã, phường, đặc khu",
    "province": "Tỉnh, thành phố",
    "ministry": "Bộ, ngành trung ương",
}
OR_ELSE = "Nếu không đúng ý bạn, có thể là: {names}."
ASK_PROCEDURE = "Bạn hỏi {what} của thủ tục nào? Bạn ghi tên thủ tục, ví dụ “đăng ký khai sinh”."
ASK_PROCEDURE_ANY = "Bạn cần làm thủ tục nào? Bạn ghi tên thủ tục, ví dụ “đăng ký khai sinh”."
NOT_FOUND = (
    "Tôi chưa tìm thấy thủ tục nào khớp với câu hỏi của bạn, nên tôi không đoán. Câu hỏi đã được ghi lại để cán bộ xem."
)
NOT_FOUND_MAYBE = "Tôi chưa tìm thấy thủ tục khớp hẳn với câu hỏi. Có thể bạn cần một trong các thủ tục này:"
NO_SUCH_CODE = "Tôi không có thủ tục mã {code} trong danh mục. Bạn kiểm tra lại mã, hoặc ghi tên thủ tục."
GAP = (
    "Danh mục của tôi chưa có thủ tục về {name}, nên tôi không trả lời thay được. Bạn hỏi {ask}. "
    "Câu hỏi đã được ghi lại."
)
FAQ_SOURCE = "Nguồn: {source} (cập nhật {date})."

OUT_OF_SCOPE = (
    "Việc này nằm ngoài phần tôi giúp được. Tôi trả lời về thủ tục hành chính và nhận phản ánh của người dân."
)
HANDOFF = "Gặp cán bộ"
NOTED = "Câu hỏi đã được ghi lại để cán bộ xem."
ASK_ASPECT = "Bạn muốn biết gì về thủ tục “{name}”?"
REPLACES = "Thủ tục mã {old} đã được thay bằng mã {new}; tôi trả lời theo thủ tục mới."
