"""Vietnamese for starlette-admin, which ships without: its messages, by their English."""

from __future__ import annotations

from typing import Any

from babel.support import NullTranslations
from starlette_admin import i18n

LOCALE = "vi"

MESSAGES: dict[str, str] = {
    # Lists
    "Actions": "Thao tác",
    "Admin": "Bảng điều khiển",
    "All": "Tất cả",
    "No data": "Không có dữ liệu",
    "No items": "Không có mục nào",
    "Search": "Tìm",
    "Search in list": "Tìm trong danh sách",
    "Select all rows": "Chọn mọi dòng",
    "Select row": "Chọn dòng",
    "Selected rows": "Các dòng đã chọn",
    "With selected": "Với các dòng đã chọn",
    "All %(count)s rows on this page are selected.": "Đã chọn cả %(count)s dòng của trang này.",
    "All %(total)s rows matching the current filter are selected.": "Đã chọn cả %(total)s dòng khớp bộ lọc.",
    "Select all %(total)s rows matching the current filter.": "Chọn cả %(total)s dòng khớp bộ lọc.",
    "Clear selection": "Bỏ chọn",
    "Clear all": "Bỏ hết",
    "Showing %(start)s to %(end)s of %(total)s entries": "%(start)s–%(end)s trong %(total)s mục",
    "Show": "Hiện",
    "entries": "mục",
    "Page size": "Số dòng mỗi trang",
    "First": "Đầu",
    "Last": "Cuối",
    "Next page": "Trang sau",
    "Previous page": "Trang trước",
    "Columns": "Cột",
    "Reset": "Đặt lại",
    "Apply": "Áp dụng",
    # Filters
    "Filter": "Lọc",
    "Filters": "Bộ lọc",
    "Filters:": "Bộ lọc:",
    "Filter logic": "Cách kết hợp điều kiện",
    "Add filter": "Thêm điều kiện",
    "Add group": "Thêm nhóm",
    "Apply filters": "Lọc",
    "Remove filter": "Bỏ điều kiện",
    "Remove this filter": "Bỏ điều kiện này",
    "Remove group": "Bỏ nhóm",
    "Group": "Nhóm",
    "Group logic": "Cách kết hợp trong nhóm",
    "Match": "Khớp",
    "all": "tất cả",
    "any": "một trong",
    "of:": "của:",
    "of the following:": "các điều kiện sau:",
    " AND ": " VÀ ",
    " OR ": " HOẶC ",
    "Field": "Trường",
    "Fields": "Các trường",
    "Value": "Giá trị",
    "Values": "Các giá trị",
    "Second value": "Giá trị thứ hai",
    "Between": "Trong khoảng",
    "Contains": "Có chứa",
    "Does not contain": "Không chứa",
    "Starts with": "Bắt đầu bằng",
    "Ends with": "Kết thúc bằng",
    "Equal": "Bằng",
    "Equals": "Bằng",
    "Not equal": "Khác",
    "Greater than": "Lớn hơn",
    "Greater than or equal": "Từ",
    "Less than": "Nhỏ hơn",
    "Less than or equal": "Đến",
    "Is null": "Trống",
    "Is not null": "Không trống",
    "Is one of": "Là một trong",
    "Is not one of": "Không phải một trong",
    "Is true": "Có",
    "Is false": "Không",
    "Is at": "Lúc",
    "Is on": "Vào ngày",
    "Is in the past": "Trong quá khứ",
    "Is in the future": "Trong tương lai",
    "At least one value is required": "Cần ít nhất một giá trị",
    "%(raw)s is not a valid ISO-8601 %(type)s": "%(raw)s không phải ngày giờ hợp lệ",
    "%(raw)s is not a valid number": "%(raw)s không phải số",
    # Forms
    "Attribute": "Trường",
    "Create": "Thêm",
    "Detail": "Chi tiết",
    "View": "Xem",
    "Edit": "Sửa",
    "Delete": "Xoá",
    "Edit %(name)s": "Sửa %(name)s",
    "New %(name)s": "Thêm %(name)s",
    "Add %(name)s": "Thêm %(name)s",
    "Add item": "Thêm",
    "Select a %(label)s": "Chọn %(label)s",
    "Save": "Lưu",
    "Save and add another": "Lưu và thêm nữa",
    "Save and continue editing": "Lưu và sửa tiếp",
    "Cancel": "Thôi",
    "Close": "Đóng",
    "Loading": "Đang tải",
    "Yes, Proceed": "Đồng ý",
    "Yes, delete": "Xoá",
    "Yes, delete all": "Xoá hết",
    "Are you sure you want to delete this item?": "Xoá mục này?",
    "Are you sure you want to delete selected items?": "Xoá các mục đã chọn?",
    "This field is required.": "Phải điền mục này.",
    "Ensure this value has at least %(min)d characters": "Cần ít nhất %(min)d ký tự",
    "Ensure this value has at most %(max)d characters": "Nhiều nhất %(max)d ký tự",
    "Ensure this value has between %(min)d and %(max)d characters": "Từ %(min)d đến %(max)d ký tự",
    "Invalid input": "Giá trị không hợp lệ",
    "Invalid action": "Thao tác không hợp lệ",
    "Invalid row action": "Thao tác không hợp lệ",
    "Invalid value, must be one of: %(values)s": "Phải là một trong: %(values)s",
    "Please select at least one item": "Hãy chọn ít nhất một mục",
    "Forbidden": "Không được phép",
    "Something went wrong!": "Có lỗi, chưa lưu được.",
    'The item "%(repr)s" was added successfully.': "Đã thêm “%(repr)s”.",
    'The item "%(repr)s" was changed successfully.': "Đã lưu “%(repr)s”.",
    'The item "%(repr)s" was successfully deleted.': "Đã xoá “%(repr)s”.",
    "1 item was successfully deleted.": "Đã xoá một mục.",
    "Model with key %(key)s not found": "Không có trang này",
    "Copy to clipboard": "Chép",
    # Frame and login
    "Login to your account": "Đăng nhập",
    "Logout": "Đăng xuất",
    "Username": "Tên đăng nhập",
    "Password": "Mật khẩu",
    "Sign in": "Đăng nhập",
    "Administrator": "Cán bộ",
    "Take me home": "Về trang đầu",
    "Oops… You just found an error page": "Không mở được trang này",
}


class Vietnamese(NullTranslations):
    """The messages, as Babel gives them; what is not here stays English."""

    def gettext(self, message: str) -> str:
        """One message."""
        return MESSAGES.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Vietnamese has no plural."""
        return MESSAGES.get(msgid1, msgid1) if n == 1 else MESSAGES.get(msgid2, msgid2)

    ugettext: Any = gettext
    ungettext: Any = ngettext


def install() -> None:
    """Make the language known to starlette-admin."""
    i18n.translations[LOCALE] = Vietnamese()
