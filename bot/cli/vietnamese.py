"""Typer's own words in Vietnamese: headings of the help, and errors of use."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Any

from typer import _click

_HEADINGS = {"Options": "Tuỳ chọn", "Arguments": "Tham số", "Commands": "Các lệnh"}
_PHRASES = (
    (r"^Usage: ", "Cách dùng: "),
    (r"\[OPTIONS\]", "[TUỲ CHỌN]"),
    (r"\bCOMMAND \[ARGS\]\.\.\.", "LỆNH [THAM SỐ]..."),
    (r"^Show this message and exit\.$", "In hướng dẫn này."),
    (r"\[required\]", "[bắt buộc]"),
    (r"\bdefault: ", "mặc định: "),
    (r"^No such command '(.*)'\.", r"Không có lệnh '\1'."),
    (r" Did you mean (.*)\?", r" Ý bạn là \1?"),
    (r"^No such option: ", "Không có tuỳ chọn: "),
    (r"\(Possible options: (.*)\)", r"(có thể là: \1)"),
    (r"^Missing command\.", "Thiếu tên lệnh."),
    (r"^Missing argument '(.*)'\.", r"Thiếu tham số '\1'."),
    (r"^Missing option '(.*)'\.", r"Thiếu tuỳ chọn '\1'."),
    (r"^Invalid value for '(.*)': ", r"Giá trị của '\1' không hợp lệ: "),
    (r"^Got unexpected extra arguments? \((.*)\)", r"Thừa tham số: \1"),
    (r"^Option '(.*)' requires an argument\.", r"Tuỳ chọn '\1' cần một giá trị."),
)


def translate(text: str) -> str:
    """A text of Typer's in Vietnamese; what we do not know stays as it is."""
    for pattern, replacement in _PHRASES:
        text = re.sub(pattern, replacement, text)
    return text


class Formatter(_click.formatting.HelpFormatter):
    """Writes help pages in Vietnamese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The usage line."""
        super().write_usage(prog, translate(args), translate(prefix or "Usage: "))

    def write_heading(self, heading: str) -> None:
        """The heading of a section."""
        super().write_heading(_HEADINGS.get(heading, heading))

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """A list of options or commands."""
        super().write_dl([(name, translate(text)) for name, text in rows], col_max, col_spacing)


def apply() -> None:
    """Make Typer write its help with our formatter (its context names the class to use)."""
    _click.core.Context.formatter_class = Formatter


def is_usage_error(error: BaseException) -> bool:
    """Whether Typer refused what was typed."""
    return isinstance(error, _click.exceptions.ClickException)


def show_usage_error(error: Any) -> int:
    """Say what was wrong with what was typed; the exit code."""
    if isinstance(error, _click.exceptions.NoArgsIsHelpError):
        print(error.format_message())
        return 2
    context = getattr(error, "ctx", None)
    if context is not None:
        print(context.get_usage(), file=sys.stderr)
        print(f"Xem '{context.command_path} --help'.", file=sys.stderr)
    print(f"LỖI: {translate(error.format_message())}", file=sys.stderr)
    return int(error.exit_code)
