"""Where messages and reports come from, as people read it: on pages, in files, in figures."""

from __future__ import annotations

CHANNELS = {
    "web": "trang trò chuyện",
    "telegram": "Telegram",
    "zalo": "Zalo",
    "cli": "dòng lệnh",
    "phone": "điện thoại",
    "counter": "tại quầy",
    "letter": "thư, công văn",
    "open311": "Open311",
}
