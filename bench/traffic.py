"""The conversations that are played to every system: written for the benchmark, the same for all."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

SCRIPTS: tuple[tuple[str, ...], ...] = (
    (
        "xin chào",
        "thủ tục đăng ký khai sinh gồm những giấy tờ nào",
        "thế lệ phí thì sao",
        "bao lâu mới có kết quả",
        "nộp trên mạng được không",
        "cảm ơn nhé",
        "à còn đăng ký kết hôn cần chuẩn bị giấy tờ gì",
        "mất mấy hôm",
        "làm ở chỗ nào",
        "cảm ơn bạn",
    ),
    (
        "cho minh hoi dang ky tam tru can gi",
        "phi bao nhieu",
        "uy ban lam viec may gio",
        "cap lai the can cuoc bi mat",
        "nop o dau",
        "bao gio thi xong",
        "cam on",
        "xac nhan tinh trang hon nhan lam sao",
        "le phi the nao",
        "tam biet",
    ),
    (
        "chào ad",
        "muốn sao y bản chính thì tới đâu",
        "mất bao nhiêu tiền một bản",
        "đăng ký hộ kinh doanh có khó không",
        "hồ sơ gồm những gì",
        "bao nhiêu ngày thì có giấy",
        "bạn là máy à",
        "cho hỏi thủ tục đăng ký thường trú",
        "có làm trực tuyến được không",
        "ok cảm ơn",
    ),
)


def conversations() -> Iterator[Sequence[str]]:
    """The scripts, round and round."""
    return itertools.cycle(SCRIPTS)


def long_conversation(turns: int) -> list[str]:
    """One conversation of so many turns."""
    lines = itertools.cycle([line for script in SCRIPTS for line in script])
    return list(itertools.islice(lines, turns))
