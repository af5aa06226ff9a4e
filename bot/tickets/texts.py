"""What the bot says about reports, guidance and the office; a locality may put its own words in place.

`{place_holders}` are filled by the code; the words between may be changed in the locality file under `texts`.
"""

from __future__ import annotations

from string import Formatter

from bot.locality import Locality, LocalityError
from bot.tickets.texts_desk import DESK
from bot.tickets.texts_intake import INTAKE
from bot.tickets.texts_life import LIFE
from bot.tickets.texts_page import PAGE

TEXTS: dict[str, str] = (
    {
        # Writing a report
        "ask_category": "Bạn muốn phản ánh về việc gì? Bạn có thể chọn bên dưới hoặc kể luôn sự việc.",
        "category_missing": "Tôi chưa rõ việc bạn muốn phản ánh.",
        "ask_description": "Bạn mô tả giúp sự việc: chuyện gì, từ bao giờ?",
        "ask_place": "Việc xảy ra ở đâu? Bạn ghi số nhà, tên đường, hẻm/ngõ, tổ hoặc nơi dễ nhận ra.",
        "ask_contact": (
            "Bạn có muốn để lại tên và số điện thoại (hoặc e-mail) để nơi xử lý liên hệ khi cần không?"
            " Thông tin này được mã hóa, chỉ nơi xử lý được xem. Nếu không, bạn chọn “Ẩn danh”."
        ),
        "contact_missing": "Tôi chưa thấy số điện thoại hoặc e-mail đúng dạng.",
        "anonymous_noted": "Được, phản ánh này sẽ gửi ẩn danh.",
        "contact_not_needed": "Phản ánh không cần số giấy tờ tùy thân nên tôi không dùng số đó.",
        "understood_category": "Tôi hiểu bạn muốn phản ánh về: {category}.",
        "restricted_notice": (
            "Phản ánh về thái độ, tác phong cán bộ chỉ những người được giao nhiệm vụ mới đọc được."
            " Bạn có thể gửi ẩn danh."
        ),
        "description_missing": "Tôi chưa có nội dung phản ánh.",
        "place_missing": "Tôi chưa rõ địa điểm.",
        "place_vague": "Nơi xử lý chưa biết chỗ đó; bạn ghi thêm số nhà hoặc tên đường giúp.",
        "draft_continues": "Bạn đang viết dở một phản ánh, mình tiếp tục nhé.",
        "added": "Tôi đã thêm ý này vào nội dung.",
        "corrected": "Tôi đã sửa.",
        "summary": (
            "Bạn xem lại giúp trước khi gửi:\n• Lĩnh vực: {category}\n• Nội dung: {description}\n"
            "{details}• Địa điểm: {place}\n{photos}• Liên hệ: {contact}\n{restricted}Gửi phản ánh này chứ?"
        ),
        "summary_restricted": "• Chỉ người được giao nhiệm vụ mới đọc được.\n",
        "confirm_again": "Bạn chọn “Gửi”, “Sửa” hoặc “Hủy” giúp tôi.",
        "ask_edit": "Bạn muốn sửa phần nào?",
        "place_unknown": "chưa rõ",
        "contact_anonymous": "ẩn danh",
        "filed": (
            "Đã ghi nhận phản ánh của bạn.\nMã phản ánh: {code}\nMã PIN: {pin}\n{due}"
            "Bạn giữ hai mã này để xem tình trạng xử lý. Ngay tại đây, bạn chỉ cần hỏi “phản ánh của tôi”."
        ),
        "contact_lost": (
            "Lưu ý: số điện thoại hoặc e-mail bạn gửi trước đó không còn được giữ nên chưa kèm theo phản ánh."
            " Nếu muốn được liên hệ, bạn báo cho {office}{phone} cùng mã phản ánh."
        ),
        "cancelled": "Đã hủy, phản ánh chưa gửi và không được lưu lại. Khi cần, bạn nhắn “phản ánh” để bắt đầu lại.",
        "nothing_to_cancel": "Hiện không có phản ánh nào đang viết dở. Tôi giúp gì được cho bạn?",
        # Status of tickets and dossiers
        "ticket": "Phản ánh {code} ({category}), gửi ngày {filed}: {status}{agency}.{due}{last}",
        "ticket_agency": ", nơi xử lý: {agency}",
        "tickets_title": "Phản ánh của bạn:",
        "tickets_none": (
            "Trong cuộc trò chuyện này chưa có phản ánh nào. Nếu bạn đã gửi ở nơi khác,"
            " hãy nhắn mã phản ánh và mã PIN, ví dụ: PA-2026-000000 000000."
        ),
        "ask_pin": (
            "Để xem phản ánh {code}, bạn nhắn giúp mã PIN 6 số đã nhận khi gửi."
            " Nếu mất PIN, bạn hỏi trực tiếp {office}{phone}."
        ),
        "ticket_refused": (
            "Mã phản ánh hoặc mã PIN chưa đúng, hoặc đã thử sai nhiều lần. Bạn kiểm tra lại, hoặc thử lại sau ít phút."
        ),
        "dossier": (
            "Tôi không xem được hồ sơ {code}của bạn từ đây. Bạn tra cứu bằng mã hồ sơ trên giấy tiếp nhận"
            " (dạng H00.00-000000-0000) tại: {lookup}. Hồ sơ quá ngày hẹn thì gọi {office}{phone}."
        ),
        # Guidance
        "emergency_fire": "Gọi ngay {number} (cháy, nổ, cứu nạn, cứu hộ, đuối nước)!",
        "emergency_medical": "Gọi ngay {number} (cấp cứu y tế)!",
        "emergency_police": "Gọi ngay {number} (công an)!",
        "emergency_child": "Gọi ngay {number} (bảo vệ trẻ em)! Trẻ đang gặp nguy hiểm thì gọi cả {police}.",
        "emergency_disaster": "Gọi ngay {number} (thiên tai, tìm kiếm cứu nạn)!",
        "emergency_unknown": "Gọi ngay: {fire} (cháy, cứu nạn), {medical} (cấp cứu), {police} (công an)!",
        "emergency_after": "Nói rõ địa chỉ và giữ máy. Tôi là trợ lý tự động, không gọi giúp được.",
        "emergency_self_harm": (
            "Gọi {number} nếu bạn đang gặp nguy hiểm. Tôi rất tiếc vì bạn đang phải trải qua lúc khó khăn này;"
            " bạn không phải chịu đựng một mình. Hãy nói ngay với người thân hoặc người bạn tin tưởng.{hotline}"
        ),
        "self_harm_hotline": " Bạn cũng có thể gọi {name}: {phone}.",
        "crime": (
            "Gọi ngay {number}, hoặc báo {police_office} để tố giác tội phạm. Tôi là trợ lý tự động, không tiếp nhận"
            " tin báo tội phạm qua tin nhắn. Bạn có thể đề nghị công an giữ bí mật danh tính."
        ),
        "denunciation": (
            "Tố cáo được nhận trực tiếp hoặc bằng đơn, không qua trợ lý này, nên tôi không lưu nội dung bạn vừa viết"
            " và bạn đừng gửi thêm chi tiết ở đây. Pháp luật bảo vệ bí mật danh tính của người tố cáo."
            " Bạn gửi đơn hoặc đến trình bày tại: {reception}."
        ),
        "complaint_decision": (
            "Không đồng ý với một quyết định hành chính thì làm đơn khiếu nại, gửi trước hết đến người đã ra quyết"
            " định."
            " Khiếu nại có thời hạn, nên bạn làm sớm, kèm bản sao quyết định. Tôi không nhận khiếu nại qua tin nhắn."
            " Bạn nộp đơn hoặc đến gặp tại: {reception}."
        ),
        "reception_row": "{who}, {address} ({hours}){phone}",
        # Office
        "open_now": "Hiện đang mở cửa, đến {until}.",
        "closed_now": "Hiện đang nghỉ{reason}. Mở cửa lại: {day}, {span}.",
        "closed_unknown": "Hiện đang nghỉ{reason}.",
        "hours": "{office} làm việc:\n{rows}\n{state}",
        "office": "{office}\nĐịa chỉ: {address}{phone}{email}{website}",
        "former_units": "{locality} gồm các đơn vị cũ: {units}. Người ở các nơi này làm thủ tục tại {office}.",
        "handoff": (
            "Tôi đã ghi lại là bạn muốn gặp người thật. Tại đây chưa có cán bộ trò chuyện trực tiếp;"
            " bạn gọi {office}{phone} hoặc đến {address}. {state}"
        ),
        # Privacy
        "privacy": (
            "Về dữ liệu của bạn: số điện thoại, e-mail, số giấy tờ được che trước khi lưu; giá trị thật chỉ giữ dạng mã"
            " hóa"
            " khi bạn đang gửi phản ánh. Tin nhắn đã che được xóa sau {days} ngày. Phản ánh đã gửi được giữ để xử lý."
            " Muốn xóa, bạn nhắn “xóa dữ liệu của tôi”. Hỏi thêm: {contact}."
        ),
        "privacy_erased": (
            "Đã xóa số điện thoại, e-mail, số giấy tờ đang giữ tạm và phản ánh viết dở (nếu có) của cuộc trò"
            " chuyện này."
            "{tickets} Tin nhắn đã che tự xóa sau {days} ngày; muốn xóa sớm hoặc xem, sửa dữ liệu, bạn hỏi: {contact}."
        ),
        "privacy_tickets": " Phản ánh đã gửi ({codes}) và liên hệ kèm theo vẫn được giữ để xử lý.",
        # Buttons
        "button_send": "Gửi",
        "button_edit": "Sửa",
        "button_cancel": "Hủy",
        "button_skip": "Không rõ",
        "button_anonymous": "Ẩn danh",
        "button_category": "Lĩnh vực",
        "button_description": "Nội dung",
        "button_place": "Địa điểm",
        "button_contact": "Liên hệ",
        "button_report": "Gửi phản ánh",
        "button_my_tickets": "Phản ánh của tôi",
    }
    | INTAKE
    | LIFE
    | PAGE
    | DESK
)


class Texts:
    """The texts of one locality."""

    def __init__(self, locality: Locality) -> None:
        """Take the locality's words where it has some.

        Raises:
            LocalityError: a text has an unknown name or place-holder.
        """
        problems = [line for name, text in locality.texts.items() for line in _problems(name, text)]
        if problems:
            raise LocalityError("\n".join(problems))
        self._texts = TEXTS | locality.texts

    def say(self, name: str, /, **values: object) -> str:
        """A text with its place-holders filled."""
        return self._texts[name].format(**values)


def _problems(name: str, text: str) -> list[str]:
    if name not in TEXTS:
        return [f"texts.{name}: không có câu tên này (unknown text)"]
    try:
        extra = _fields(text) - _fields(TEXTS[name])
    except ValueError as error:
        return [f"texts.{name}: dấu ngoặc nhọn không khớp (braces do not match): {error}"]
    return [f"texts.{name}: chỗ điền {{{field}}} không có (unknown place-holder)" for field in sorted(extra)]


def _fields(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}
