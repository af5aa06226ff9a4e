"""The menu of commands, in Vietnamese. Telegram takes only a-z, digits and _ in a command's name."""

from __future__ import annotations

from bot.channels.entry import HELP
from bot.channels.message import Content, Payload, Text

MENU: tuple[tuple[str, str, Content], ...] = (
    ("phananh", "Gửi phản ánh, kiến nghị", Payload("menu:report")),
    ("tracuu", "Xem phản ánh của tôi", Payload("menu:status")),
    ("canbo", "Gặp cán bộ", Payload("menu:handoff")),
    ("giolamviec", "Giờ làm việc", Text("Giờ làm việc của cơ quan")),
    ("huy", "Hủy phản ánh đang viết", Text("hủy")),
    ("dulieu", "Dữ liệu của tôi được giữ thế nào", Text("Dữ liệu cá nhân của tôi được lưu giữ thế nào?")),
    ("trogiup", "Tôi có thể giúp gì", Payload(HELP)),
)
"""Name, what the menu says, what pressing it means."""

_HIDDEN: dict[str, Content] = {"start": Payload(HELP), "help": Payload(HELP), "cancel": Text("hủy")}


def of_command(name: str) -> Content | None:
    """What a command means; none for one that is not ours."""
    return next((meaning for known, _, meaning in MENU if known == name), _HIDDEN.get(name))
