"""What about a procedure is asked: cues for the eleven aspects, several in one message, in order of mention.

A strong cue names what is wanted ("cần giấy tờ gì"); a weak one only has the form of a question ("được không",
"thế nào") and gives way to a strong one near it. The last strong cue of a sentence is what it is about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.engine.nlu.patterns import Phrases, Reading

STRONG, WEAK = 2, 1

_UNITS = "(?:ngày|hôm|bữa|tuần|tháng|năm|tiếng|giờ đồng hồ|phút)"
_MONEY = "(?:tiền|ngàn|nghìn|đồng|triệu|trăm|chục|phần trăm|lệ phí|phí|đô)"
_OFFICE = (
    "(?:phường|xã|tỉnh|công an|ủy ban|sở|một cửa|quận|huyện|trung ương|bộ|thành phố|phòng công chứng|"
    "văn phòng|nơi (?:tạm trú|thường trú|ở|đang ở)|quê|cơ quan)"
)
_NET = (
    "(?:online|trực tuyến|qua mạng|trên mạng|vneid|dịch vụ công|qua app|trên app|vào app|internet|website|trang web|"
    "trên web|vô web|bưu điện|bưu chính|chuyển phát|qua điện thoại|trên điện thoại|máy tính|tại nhà|ở nhà|ngồi nhà|"
    "file scan|vssid|etax|điện tử|trên cổng|qua cổng|cổng quốc gia|phần mềm|trên zalo)"
)
_ASKS = "(?:gì|nào|những gì|ra sao|thế nào|như thế nào|sao|không|chưa)"

_CUES: tuple[tuple[str, int, Phrases], ...] = (
    (
        "documents",
        STRONG,
        Phrases(
            """giấy tờ (?:\\S+ )?(?:gì|nào|chi|ra sao|thế nào|như thế nào|sao|gồm)
            (?:những|các|mấy|các loại|những loại) (?:loại )?giấy(?: tờ)?(?: \\S+){0,2} ?(?:gì|nào)?
            hồ sơ (?:(?!cho|nơi|noi|chỗ|cơ|co|ở|tới|toi|đến|den|qua|đâu|dau|ai)\\S+ ){0,5}(?:gồm|cần|có (?:gì|những)|gì|nào|ra sao|như nào|thế nào|bao gồm|những gì)
            thành phần hồ sơ
            (?:cần|phải|chuẩn bị|mang|đem|nộp|kèm|có|nộp kèm|xin|đưa|bổ sung) (?:\\S+ ){0,3}(?:giấy|hồ sơ|bằng cấp|chứng từ) ~ (?:gì|nào|những gì)
            (?:cần|phải|chuẩn bị|mang|đem|nộp|kèm|xin|đưa|bổ sung) (?:\\S+ ){0,3}(?:giấy|hồ sơ) (?:gì|nào|những gì)
            (?:làm|xin|cần|nộp|phải có) giấy (?:phép )?gì
            (?:cần|mang|đem|chuẩn bị|kèm|gồm|nộp|nộp lại)(?: theo| thêm| kèm| đủ| có| phải| là| lại| vào| cho xã| cho phường| những)* (?:gì|những gì|cái gì|mấy thứ|thứ gì|gì theo)
            (?:phải|cần) có (?:những )?gì
            (?:cần|mang|chuẩn bị|kèm) chứng (?:cứ|từ|minh) gì
            (?:cần|phải|có) (?:phải )?(?:mang|đem|nộp|kèm|công chứng|photo)(?: theo)? (?:\\S+ ){0,6}(?:không|hay)
            (?:bản gốc|bản chính|bản sao|photo|bản photo)(?: \\S+){0,4} (?:không|hay|hả|được)
            mấy (?:tấm|bản|bộ|cái) (?:hình|ảnh|photo|sao|giấy|hồ sơ)
            cần (?:\\S+ ){0,2}giấy (?:\\S+ ){1,10}(?:không|hay không|hả)
            giấy (?:phép )?gì
            (?:chứng từ|tài liệu|bằng cấp|tư liệu|giấy má) (?:gì|nào|những gì)
            (?:trình(?! tự| độ)|xuất trình|gửi kèm|kèm theo|đính kèm|cầm theo|cầm) (?:\\S+ ){0,3}(?:gì|những gì|nào)
            (?:nộp|gửi|trình) (?:những )?(?:thứ|món) gì"""
        ),
    ),
    (
        "fee",
        STRONG,
        Phrases(
            f"""bao nhiêu {_MONEY}
            (?:lệ phí|án phí|phí)(?: \\S+){{0,6}} (?:bao nhiêu|thế nào|ra sao|như thế nào|sao|không|gì|hết|mấy)
            (?:tốn|mất|đóng|trả|nộp|thu|hết|chịu|đóng thêm|tổng|phạt|tổng cộng|khoảng) (?:\\S+ )?(?:bao nhiêu|mấy {_MONEY}|nhiêu)
            (?:tốn|mất|đóng|trả|thu|nộp) (?:thêm )?(?:tiền|phí|lệ phí|đồng|xu|xiền|xìn)(?: \\S+){{0,2}} (?:không|gì|hả|chưa|chi|hông|hok)
            mấy (?:tiền|trăm|chục|nghìn|ngàn|đồng|triệu)
            giá (?:\\S+ ){{0,3}}(?:bao nhiêu|thế nào|sao|nhiêu)
            (?:miễn|giảm) (?:lệ )?phí(?: \\S+){{0,3}} (?:không|chưa|hả)
            (?:có|được|là|hoàn toàn) miễn phí
            miễn phí (?:hay|à|hả|hay là)(?: \\S+)?
            (?:phí|lệ phí|chi phí|tiền|mức thu|mức phí|học phí|thuế)(?: \\S+){{0,8}} (?:bao nhiêu|nhiêu|tính sao|tính thế nào|mấy)
            bao nhiêu (?:một|1|mỗi) (?:\\S+)
            bao nhiêu (?:\\S+ )?(?:trên|/) ?\\S+
            tiền nong
            (?:tốn|hết|mất) nhiều (?:tiền )?không
            bao lăm(?: tiền)?
            tổng cộng mấy"""
        ),
    ),
    ("fee", WEAK, Phrases("""(?:lệ phí|phí|tiền nong|giá cả|miễn phí)""")),
    (
        "duration",
        STRONG,
        Phrases(
            f"""bao lâu
            (?<!đã )(?<!cả )mấy {_UNITS}(?! (?:rồi|nay|qua|trời|liền|tuổi|tới nay|đến nay))
            bao nhiêu {_UNITS}
            (?:khi nào|bao giờ|chừng nào|hôm nào|ngày nào|bữa nào|lúc nào|khi đâu)(?: thì| mới| được| có| là| xong| lấy| nhận| gọi)* (?:có|xong|được|lấy|nhận|ra|chi trả|kết quả|trả|gọi|tiền|thẻ)
            (?:khi nào|bao giờ|chừng nào|chừng đâu|bữa đâu|hôm đâu|ngày đâu)
            (?:thời gian|thời hạn)(?: \\S+){{0,5}} (?:bao|mấy|thế nào|ra sao|sao|như thế nào|giải quyết|xử lý|là|chờ|cấp)
            thời (?:gian|hạn) giải quyết
            (?:lâu|nhanh)(?: \\S+){{0,2}} (?:không|chưa|hả|mau)
            lâu mau
            (?:lấy|có|nhận|trả)(?: \\S+)? (?:liền|ngay|trong ngày)(?: \\S+){{0,3}}
            (?:kịp|gấp)(?: \\S+){{0,3}} không
            (?:sáng|nay|hôm nay)(?: \\S+)? nộp
            trước ngày (?:mấy|nào)"""
        ),
    ),
    (
        "place",
        STRONG,
        Phrases(
            f"""ở đâu
            (?:đến|tới|đi|ra|lên|về|vào|gửi|nộp|tại|xin|báo|khai|làm|qua|gửi về)(?: ở)? (?:đâu|chỗ nào|chỗ đâu|nơi nào|chỗ mô)
            (?:chỗ|nơi|địa điểm|cơ quan|đơn vị|phòng ban|phòng|sở|bộ phận|bộ|cấp|bên|phường|xã|quầy|công an|chi cục|văn phòng|trung tâm)(?: (?!thế|the|như|nhu)\\S+)? nào
            sở gì
            quầy (?:số )?mấy
            chỗ nào
            nơi nào
            (?:xin|xin phép|gặp|hỏi|liên hệ|nộp cho|nhờ|báo|báo cho|gửi cho|gửi đơn cho|thưa|trình|khai|khai báo) (?:với |cho )?ai
            (?:với|tìm) ai(?: \\S+)?$
            (?:cần|phải)(?: \\S+){{0,2}} (?:ra|về|lên|tới|đến|qua) (?:tận )?(?:quê|tỉnh|huyện|trung ương|nơi|chỗ|đó|ngoài|trong|hà nội|sài gòn)(?: \\S+){{0,4}} (?:không|hay|chứ)
            (?:ở|tại|với|ra|lên) {_OFFICE}(?: \\S+){{0,3}} phải không
            ai (?:cấp|nhận|giải quyết|cho phép|tiếp nhận|ký|có thẩm quyền|phụ trách|xác nhận|cho)
            (?:ở|tại|ra|lên|tới|đến|về|làm|nộp|qua) {_OFFICE}(?: (?!,)\\S+){{0,4}} (?:được không|được chưa|được hay|hay|được|chứ)(?: \\S+){{0,5}}
            {_OFFICE}(?: \\S+){{0,3}} hay (?:là )?(?:phải )?(?:\\S+ )?(?:{_OFFICE}|trung ương|về|lên|ra)
            (?:hay|hay phải|hay là) (?:lên|ra|về|tới|đến) {_OFFICE}
            nơi (?:tiếp nhận|nộp)
            tận nơi nào
            trung tâm nào"""
        ),
    ),
    (
        "online",
        STRONG,
        Phrases(
            f"""{_NET}(?: \\S+){{0,6}} (?:được|không|chưa|chứ|hả|thế nào|sao|kiểu gì|như thế nào|cách nào|hay)(?: \\S+)?
            (?:có|được|phải) (?:\\S+ ){{0,3}}{_NET}(?: \\S+){{0,3}} không
            (?:web|app|trang|cổng|ứng dụng) (?:\\S+ )?nào
            (?:nộp|làm|đăng ký|đặt lịch|gửi|khai)(?: \\S+){{0,3}} {_NET}$
            {_NET}(?: \\S+){{0,1}} $"""
        ),
    ),
    (
        "form",
        STRONG,
        Phrases(
            """mẫu (?:đơn|tờ|giấy|ct|số|nào|gì|mấy|sẵn|phiếu|bản|biên|văn bản|hợp đồng|khai|đề nghị|di chúc|sơ yếu|thông báo|điều lệ)(?: \\S+){0,3}
            (?:tờ khai|phiếu khai|đơn|phiếu|giấy|bản)(?: \\S+){0,8} (?:mẫu|theo mẫu)(?: \\S+){0,2}
            (?:xin|cho xin|cho|gửi|có|tải|lấy|điền|cần|đưa)(?: \\S+){0,3} (?:tờ khai|mẫu|biểu mẫu|form|file|bản mẫu)(?: \\S+){0,8}
            (?:tờ khai(?! sinh| tử)|biểu mẫu|bản mẫu|form)(?: (?!mấy|may|bao|khi|được)\\S+){0,6} (?:nào|gì|đâu|không|chưa|sẵn|ở đâu|chỗ nào|tải|lấy)
            tờ (?:ct|hk|tk|nc|xc|cc)\\S*(?: \\S+){0,8} (?:đâu|tải|in ra|lấy ở)
            (?:làm|viết|nộp|điền) đơn (?:gì|nào|sao|theo)
            đơn (?:viết tay|từ viết)
            viết đơn (?:thế nào|như thế nào|sao|ra sao|kiểu gì)
            link tải(?: \\S+){0,4}
            mẫu (?:\\S+ )?(?:ở đâu|đâu)
            ^tờ khai$
            biểu mẫu"""
        ),
    ),
    (
        "legal_basis",
        STRONG,
        Phrases(
            """(?:theo|căn cứ|dựa|luật|nghị định|thông tư|nghị quyết|quyết định|văn bản|quy định|điều khoản|điều luật|pháp lệnh)(?: \\S+){0,5} (?:luật|nghị định|thông tư|nghị quyết|quyết định|văn bản|điều|quy định|khoản|quy chế)(?: \\S+){0,3} (?:nào|gì|mấy(?! ngày| hôm| bữa| tuần| tháng| năm| tiền| triệu| trăm| đồng)|bao nhiêu(?! ngày| hôm| bữa| tuần| tháng| năm| tiền| triệu| trăm| đồng)|số mấy|số bao nhiêu)
            (?<!nhận được )(?<!nhan duoc )(?<!cầm được )(?<!cam duoc )(?<!được cấp )(?<!duoc cap )(?:luật|nghị định|thông tư|nghị quyết|văn bản|pháp luật|quyết định|bộ luật) (?:(?!cần|can|gồm|mang|nộp|phải|làm|trong|mất|thì|được)\\S+ ){0,2}(?:nào|gì|mấy(?! ngày| hôm| bữa| tuần| tháng| năm| tiền| triệu| trăm| đồng)|bao nhiêu(?! ngày| hôm| bữa| tuần| tháng| năm| tiền| triệu| trăm| đồng))
            (?:căn cứ|cơ sở) (?:pháp lý|pháp luật|vào đâu|luật|vào luật)
            căn cứ (?:vào )?(?:đâu|luật|thông tư|nghị định)
            quy định (?:\\S+ ){0,3}(?:ở đâu|tại đâu|ở luật|ở văn bản|tại luật|ở bộ luật|trong luật|nằm ở|ở điều|ở nghị|ở thông)
            điều (?:mấy|nào|bao nhiêu|khoản nào)
            số hiệu văn bản
            (?:luật|nghị định|thông tư|văn bản) đâu(?: \\S+)?$
            văn bản (?:nào|hướng dẫn số)
            thông tư số mấy
            quy định nào"""
        ),
    ),
    (
        "result",
        STRONG,
        Phrases(
            """(?<!xác )(?<!xac )(?<!chứng )(?<!chung )(?:được|nhận|nhận được|cấp|được cấp|cầm|trả|ra|lấy|thì có|lấy được)(?: (?!cần|can|mang|nộp|nop|kèm|kem|chuẩn|chuan)\\S+){0,3} (?:giấy gì|giấy nào|giấy tờ gì|những giấy gì|cái gì|tờ gì|gì về|mấy (?:bản|sổ|giấy)|thẻ gì)
            (?:cuối cùng|rốt cuộc|sau đó|xong)(?: \\S+){0,3} (?:nhận|cầm|được|có)(?: \\S+){0,2} (?:văn bản|quyết định|giấy|tờ|thẻ|chứng nhận|cái) (?:gì|nào)
            (?:nhận được|được nhận|cầm được|được cấp|cầm về|nhận về)(?: \\S+){0,3} (?:văn bản|quyết định|giấy|tờ|chứng nhận|công văn) (?:gì|nào)
            kết quả (?:\\S+ ){0,4}(?:là gì|là giấy|dạng|bản|giấy hay|trả bằng gì|bằng gì|nhận ra sao|thế nào|như thế nào|gửi vào|có gửi)
            trả kết quả bằng
            (?:giá trị|(?<!hết )(?<!het )hiệu lực|thời hạn sử dụng|hạn sử dụng|hạn dùng|có thời hạn|có hạn|thời hạn của|bảo hộ)(?: \\S+){0,4} (?:bao lâu|mấy (?:tháng|năm|ngày)|bao nhiêu (?:năm|tháng|ngày)|không|vĩnh viễn|thế nào)
            (?<!gia )hạn (?:\\S+ )?(?:bao lâu|mấy năm|mấy tháng|bao nhiêu năm)
            (?:xài|(?<!xây )(?<!xay )(?<!tuyển )(?<!ap )(?<!áp )dùng|sử dụng|lưu hành)(?: \\S+){0,2} (?:mấy (?:tháng|năm)|bao lâu|bao nhiêu (?:năm|tháng))
            (?:bản giấy|giấy|thẻ cứng|thẻ nhựa|bản điện tử|thẻ giấy|bản chính|sổ)(?: \\S+){0,2} hay (?:là )?(?:bản |thẻ |dùng |file |nhận )?(?:điện tử|giấy|app|sao|ghi|thông báo|cứng|sổ|chỉ)
            (?:xong|rồi)(?: \\S+){0,3} (?:được cấp|nhận được|được nhận|có được cấp|có được nhận|được hưởng|nhận|được lấy|có)(?: \\S+){0,6} (?:gì|không|nào|hay không)
            có được cấp (?:\\S+ ){0,3}gì (?:\\S+ ){0,2}không
            được (?:hưởng|nhận)(?: \\S+){0,4} (?:quyền lợi|bao nhiêu mỗi|bao nhiêu một tháng|gì)
            bản giấy hay
            (?:thẻ mới hay|mới hay giữ)
            (?:cấp|trả|đứng tên) (?:\\S+ ){0,2}(?:một|mấy|1) (?:người|bản|sổ) hay"""
        ),
    ),
    (
        "eligibility",
        STRONG,
        Phrases(
            """điều kiện(?: \\S+){0,4}
            đủ (?:tuổi|điều kiện)
            (?:bao nhiêu|mấy) tuổi
            ai (?:được|có quyền|phải|bị|thì được|mới được)
            (?:đối tượng|trường hợp|người) nào
            bao lâu (?:mới|thì mới) (?:được|phải)
            trước bao lâu
            (?:có )?bị phạt(?: \\S+){0,2} không
            bắt buộc(?: \\S+){0,4}
            (?:tự nguyện hay|hay bắt buộc)
            có quyền
            có (?:phải|cần|bắt buộc|được|đủ)(?: \\S+){0,12} (?:không|chưa|hả|chứ|hay không)
            thi lại không
            (?:trễ|muộn|chậm)(?: \\S+){0,2} có sao không
            (?:thay|hộ|giùm|dùm) (?:\\S+ ){0,3}được không
            yêu cầu gì
            được phép
            (?:phải |cần )?(?:đáp ứng|thỏa mãn|đạt)(?: \\S+){0,3} (?:gì|những gì|nào|thế nào|ra sao|bao nhiêu)
            đủ (?:chuẩn|tiêu chuẩn|chưa|để|tư cách|thâm niên)(?: \\S+){0,8} (?:chưa|không|hả)
            (?:vậy |đã |như vậy )?đủ (?:\\S+ ){0,8}chưa
            (?:phải |cần )?(?:\\S+ ){0,2}(?:gì|nào|thế nào|ra sao|sao|như nào|bao nhiêu) (?:thì )?mới (?:được|đạt|cho|đủ|cấp|vào)(?: \\S+){0,4}
            (?:cá nhân|tổ chức|doanh nghiệp|công ty|hộ|người|đối tượng)(?: \\S+){0,4} nào (?:thì |mới )*(?:được|có quyền|phải)
            tiêu chuẩn (?:gì|nào|ra sao|thế nào|như thế nào)"""
        ),
    ),
    (
        "eligibility",
        WEAK,
        Phrases(
            """(?:được|phải|cần|đúng)(?: \\S+){0,6} (?:không|chưa|hả|chứ|hay không|hay sao)
            được (?:không|chưa)
            được hay (?:không|phải)
            phải không
            không được (?:à|hả|sao)"""
        ),
    ),
    (
        "overview",
        STRONG,
        Phrases(
            """nói (?:sơ|qua|sơ qua|sơ bộ|rõ)(?: \\S+){0,6}
            (?:giới thiệu|tóm tắt|giải thích)(?: \\S+){0,4}
            (?:thủ tục|việc|cái|giấy|thẻ|sổ|đề xuất)(?: \\S+){0,5} là (?:thủ tục |cái |giấy |việc )?gì(?: vậy| ạ| thế| nhỉ)*(?: ,.*)?$
            là thủ tục gì"""
        ),
    ),
    (
        "steps",
        STRONG,
        Phrases(
            """quy trình(?: \\S+){0,3}
            trình tự(?: \\S+){0,3}
            (?:các|từng|mấy) bước
            bước (?:đầu|nào|tiếp|một|gì)(?: \\S+)?
            bắt đầu (?:\\S+ )?(?:từ|ở) đâu
            bắt đầu thế nào
            (?:làm|đi|chạy|lo) từ đâu(?: \\S+)?
            (?:làm|đi|nộp|lo) (?:cái|việc|thủ tục|giấy)? ?(?:gì|nào) trước(?: \\S+){0,3}
            (?:trình tự|thứ tự|quy trình) (?:nào|gì)
            đi từ đâu (?:tới|đến) đâu
            (?:trước hết|đầu tiên|việc đầu tiên) (?:phải )?(?:làm )?gì
            cách (?:làm|thức|đăng ký|nộp|xin|rút|tính|nào|viết|khai|thực hiện)(?: \\S+){0,2}
            tiếp theo (?:phải )?(?:làm )?gì
            hướng dẫn(?: \\S+){0,3} (?:cách|làm|thủ tục|với|từng|đăng ký)"""
        ),
    ),
    (
        "steps",
        WEAK,
        Phrases(
            """(?:thì )?(?:phải )?làm (?:sao|thế nào|như thế nào|như nào|cách nào|kiểu gì|ra sao|gì)
            (?:như thế nào|thế nào|như nào|ra sao|kiểu gì|cách nào)
            thì sao
            (?:xử lý|giải quyết|đăng ký|làm|khai|nộp|xin|khai báo|đòi|sửa|thiệt hại|đóng) (?:\\S+ )?sao
            từ đầu (?:tới|đến) cuối
            sao (?:ạ|vậy|hả|đây|thế|nhỉ|bác|em|anh|chị|cô|chú|ad|hè|hỉ|giờ|hầy|cà|ta)?(?: ?[?]| ?$)
            thủ tục (?:gì|nào|thế nào|ra sao|sao)"""
        ),
    ),
)

# Whether something may or must be, in words that elsewhere ask for a fee, a time, a paper: these go first.
_WHETHER = Phrases(
    """bao lâu (?:thì )?(?:mới )?(?:bắt buộc|phải (?:báo|khai|đăng|đi|làm)|được phép)(?: \\S+){0,3}
    có được (?:\\S+ ){0,12}(?:miễn phí|hỗ trợ|giúp|giảm|trợ cấp)(?: \\S+){0,8} không
    có (?:bắt buộc|nhất thiết)(?: \\S+){0,8} không
    có (?:phải |cần )?(?:xin|báo|hỏi|khai)(?: phép)? (?:ai|phường|xã)(?: \\S+){0,3} không
    (?:phường|xã|ủy ban|công an)(?: mình| này| em| tôi)? có (?:\\S+ ){1,8}(?:không|hay không)(?: \\S+)?(?: [?])?$
    (?:phường|xã|ủy ban)(?: mình| này)? (?:\\S+ ){1,5}được không(?: \\S+)?(?: [?])?$
    (?:phải )?có bằng(?: cấp)? (?:gì|nào)
    có sao (?:không|hông|hết)
    có (?:bị|can|hề|việc|chi) gì không
    có (?:bị )?(?:vấn đề|ảnh hưởng)(?: gì)?(?: \\S+)? không"""
)
_IS_PLACE = Phrases(
    """(?:ở|tại|ra|lên|tới|đến|về|qua|nộp|với) (?:phường|xã|ủy ban|công an)(?: \\S+){0,4} (?:được|hay)"""
)

# Not about a fee, a time or a place although they use the words.
_NOT = Phrases(
    """mai táng phí
    phí bảo hiểm
    mở lại ở đâu
    bao nhiêu tuổi
    tiền tử tuất
    ở nhà (?:tôi|tui|em|mình|trọ|thuê|riêng|bố|ba|mẹ|chồng|vợ|ông|bà|nước|đất|cho|nghỉ|xã hội|hàng|người)
    tại nhà (?:tôi|tui|em|riêng|nuôi)
    thu nhập
    miễn phí vận chuyển
    (?:bỏ đi|cất|để|trôi|rớt|rơi|quên) (?:ở )?đâu(?: mất| không| chẳng| rồi)?
    đi đâu mất
    đâu (?:không|chẳng) (?:nhớ|biết|thấy)
    (?:không|chưa|chẳng) (?:có )?(?:giấy tờ|chứng từ|giấy má|giấy) gì(?: hết)?
    điện thoại thông minh
    giấy phép bao nhiêu
    kinh phí
    mẫu (?:bệnh|tôm|nước|đất|máu|vật|phẩm|thử|xét|khoáng|cá|thuốc|thức)"""
)


# Things and places whose names have the words of doing it from afar.
_NOT_FAR = Phrases(
    """(?:căn cước|định danh|hóa đơn|tài khoản|thẻ|chữ ký|visa|thị thực|hộ chiếu|chứng thư|hợp đồng|sổ)(?: \\S+){0,2} điện tử
    (?:làm|cài|mở|lập|tạo|đăng ký|kích hoạt|đăng nhập|khóa|tài khoản|tích hợp|lên|coi|mở app|app) vneid
    (?:trông|xây|sửa|cất|làm|gần|sau|trước|cạnh|bên|mất|chết|sinh|đẻ|nuôi) (?:ở|tại) nhà
    ở nhà (?:tôi|tui|em|mình|trọ|thuê|riêng|bố|ba|mẹ|chồng|vợ|ông|bà|nước|đất|cho|nghỉ|xã hội|hàng|người)"""
)

# What follows a question of its own.
_HOW = re.compile(r" (?:,|và|va|rồi|roi|với|voi) ")


@dataclass(frozen=True)
class Cue:
    """One aspect asked for, and where in the line."""

    aspect: str
    strength: int
    start: int
    end: int
    how: bool = False
    """Asks how, in words that stand on their own ("làm sao, …")."""
    plain: bool = False
    """Stands beside other strong cues: it is no mere form of a question."""


def _overlap(one: Cue, other: Cue) -> bool:
    return one.start < other.end and other.start < one.end


# When two cues cover the same words, the more telling one stands.
_TELLING = {
    "overview": 10,
    "legal_basis": 9,
    "result": 8,
    "form": 7,
    "online": 6,
    "documents": 5,
    "fee": 4,
    "duration": 5,
    "place": 3,
    "steps": 2,
    "eligibility": 1,
}


def cues(reading: Reading) -> list[Cue]:
    """The cues of a message in order of mention, overlapping ones settled.

    In a text with diacritics a bare word is itself ("gia hạn" is no "giá"), unless nothing is found that way.
    """
    found = _cues(reading.line, reading.bare)
    if not found and not reading.bare:
        return _cues(reading.line, True)
    return found


def _cues(line: str, loosely: bool) -> list[Cue]:
    masked = [match.span() for match in _NOT.every(line, loosely)]
    found = [
        Cue("eligibility", STRONG, match.start(), match.end(), plain=True)
        for match in _WHETHER.every(line, loosely)
        if not _IS_PLACE.search(line[match.start() - 3 if match.start() > 3 else 0 : match.end()], loosely)
    ]
    for aspect, strength, words in _CUES:
        for match in words.every(_NOT_FAR.blank(line, loosely) if aspect == "online" else line, loosely):
            if strength == STRONG and any(s <= match.start() and match.end() <= e for s, e in masked):
                continue
            how = aspect == "steps" and _HOW.match(line, match.end()) is not None
            found.append(Cue(aspect, strength, match.start(), match.end(), how))
    found.sort(key=lambda cue: (-cue.strength, not cue.plain, -_TELLING[cue.aspect], cue.start))
    kept: list[Cue] = []
    for cue in found:
        if not any(_overlap(cue, other) for other in kept):
            kept.append(cue)
    kept.sort(key=lambda cue: cue.start)
    return kept


def asked(found: list[Cue]) -> tuple[str | None, tuple[str, ...], int]:
    """The aspect that a message is about, all aspects in order of mention, and the strength of the evidence."""
    strong = [cue for cue in found if cue.strength == STRONG]
    if strong:
        # The form of a question ("có phải … không") adds nothing beside what it asks about.
        named = [cue for cue in strong if cue.plain or cue.aspect not in ("eligibility", "steps")] or strong
        if strong[-1].aspect == "steps":
            named = [strong[-1]]  # "…, theo trình tự nào": the way is what is asked for
        # "làm sao, nộp ở đâu" asks twice; "nộp ở đâu, làm sao" does not say more than "nộp ở đâu".
        first = [cue for cue in found if cue.aspect == "steps" and cue.how and cue.end < named[0].start]
        return named[-1].aspect, tuple(dict.fromkeys(cue.aspect for cue in [*first, *named])), STRONG
    if found:
        return found[-1].aspect, (found[-1].aspect,), WEAK
    return None, (), 0
