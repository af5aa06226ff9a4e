"""The tables of an evaluation, for a terminal."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.table import Table

from bot.training.ladder import CLEAN, MARK
from bot.training.scoring import BY_STYLE, Calibration, Report, Share

MOST = 12


def show(report: Report, console: Console) -> None:
    """Print the measures, the styles and the confusions."""
    measures = Table("chỉ số", "đúng %", "đúng / số dòng", title=f"{report.rows} dòng")
    for name, share in report.measures.items():
        if share.of:
            measures.add_row(name, _percent(share), f"{share.right} / {share.of}")
    console.print(measures)
    if report.not_in_catalogue:
        console.print(
            f"{report.not_in_catalogue} dòng hỏi thủ tục chưa có trong danh mục đang dùng:"
            " không tính vào các chỉ số liên kết. Nạp thêm bằng `bot catalogue import`."
        )
    styles = Table("kiểu gõ", "dòng", *BY_STYLE, title="theo kiểu gõ, đúng %")
    for style, shares in sorted(report.styles.items(), key=lambda item: -item[1]["kind"].of):
        styles.add_row(style, str(shares["kind"].of), *(_percent(shares[name]) for name in BY_STYLE))
    console.print(styles)
    if any(style.startswith(MARK) for style in report.styles):
        console.print(_losses(report))
    calibration = report.calibration()
    if calibration.error is not None:
        console.print(_calibration(calibration))
    for title, counts in (
        ("loại tin nhắn", report.kind_confusion),
        ("khía cạnh", report.aspect_confusion),
        ("lĩnh vực phản ánh", report.category_confusion),
    ):
        if counts:
            console.print(_confusion(title, counts))


def _losses(report: Report) -> Table:
    table = Table("nhiễu", *BY_STYLE, title="điểm mất so với cùng những câu ấy gõ đủ dấu")
    for style in report.styles:
        if style.startswith(MARK):
            losses = [report.loss(CLEAN, style, name) for name in BY_STYLE]
            table.add_row(style.removeprefix(MARK), *("–" if loss is None else f"{loss:.1f}" for loss in losses))
    return table


def _calibration(calibration: Calibration) -> Table:
    table = Table("độ tin", "đúng %", "dòng", title=f"độ tin của ý định: lệch trung bình {calibration.error} điểm")
    for one in calibration.bins:
        table.add_row(f"{100 * one.confidence:.0f}", f"{100 * one.right:.1f}", str(one.rows))
    return table


def _percent(share: Share) -> str:
    return "–" if share.percent is None else f"{share.percent:.1f}"


def _confusion(title: str, counts: Counter[tuple[str, str]]) -> Table:
    table = Table("nhãn", "hiểu là", "số dòng", title=f"nhầm lẫn: {title}")
    for (label, got), count in counts.most_common(MOST):
        table.add_row(label, got, str(count))
    return table
