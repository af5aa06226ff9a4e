"""`bot corpus …`: what the bot is taught, checked, taken out, brought in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Câu huấn luyện, tên gọi, câu hỏi thường gặp: kiểm tra, xuất, nhập.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("check", short_help="Kiểm tra câu huấn luyện.")
def corpus_check(
    evaluation: Annotated[
        list[Path] | None,
        typer.Option(
            "--evaluation",
            metavar="TỆP",
            help="Tập đánh giá không được lộ vào dữ liệu huấn luyện; mặc định: mọi tập của dự án.",
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Liệt kê hết.")] = False,
) -> None:
    """Tìm câu trái nhãn, câu gần trùng, nhãn quá ít câu, và câu lộ từ tập đánh giá.

    Mã kết thúc khác 0 khi có câu trái nhãn, nhãn quá ít câu hoặc câu bị lộ; câu gần trùng chỉ để xem lại.
    """
    from bot.cli import learning

    raise typer.Exit(learning.corpus_check(evaluation, show=1_000_000 if every else 20))


@app.command("export", short_help="Xuất câu mẫu, tên gọi, câu hỏi thường gặp.")
def corpus_export(
    kind: Annotated[str, typer.Argument(metavar="LOẠI", help="intents, aliases, faqs")],
    file: Annotated[Path, typer.Argument(metavar="TỆP", help="Tệp .xlsx, .csv, hay .yml (kiểu Rasa, cho intents).")],
) -> None:
    """Xuất mọi câu mẫu, tên gọi thủ tục hay câu hỏi thường gặp ra tệp, nhập lại được mà không mất gì."""
    from bot.cli import exchange

    raise typer.Exit(exchange.export(kind, file))


@app.command("import", short_help="Nhập câu mẫu, tên gọi, câu hỏi thường gặp.")
def corpus_import(
    file: Annotated[Path, typer.Argument(metavar="TỆP", help="Tệp .xlsx, .csv (UTF-8) hay .yml, cột như khi xuất.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Ý định, thủ tục có trong tệp sẽ đúng như tệp: cái tệp không có thì bỏ.")
    ] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Nhập thật; không có thì chỉ cho xem sẽ thay đổi gì.")] = False,
) -> None:
    """Cho xem tệp sẽ thay đổi gì rồi, với --apply, nhập; mỗi thay đổi ghi tên và hoàn tác được ở bảng điều khiển.

    Mã kết thúc khác 0 khi có dòng không nhận được.
    """
    from bot.cli import exchange

    raise typer.Exit(exchange.bring_in(file, replace=replace, apply=apply))
