"""The commands and their help; each one's work is in a module of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import corpus, telegram, vietnamese, zalo

vietnamese.apply()

app = typer.Typer(
    name="bot",
    help="Một Cửa: trợ lý ảo của chính quyền, trả lời về thủ tục hành chính và nhận phản ánh, kiến nghị.",
    epilog="Cài đặt qua biến môi trường BOT_…, xem docs/settings.md.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
    rich_markup_mode=None,
)
catalogue = typer.Typer(
    help="Danh mục thủ tục hành chính: nhập, xuất, kiểm tra.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(catalogue, name="catalogue")
app.add_typer(corpus.app, name="corpus")
models_app = typer.Typer(help="Kho mô hình: xem, đưa vào dùng, quay lại.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(models_app, name="models")
staff = typer.Typer(
    help="Tài khoản của bảng điều khiển: tạo, xem, khoá, đặt lại.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(staff, name="staff")

places = typer.Typer(
    help="Tên phường, xã cũ và mới của cả nước: nhập danh sách.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(places, name="places")
app.add_typer(zalo.app, name="zalo")
app.add_typer(telegram.app, name="telegram")

Json = Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON để chương trình khác đọc.")]


@app.command(short_help="Chạy toàn bộ hệ thống.")
def run() -> None:
    """Chạy toàn bộ hệ thống cho đến khi nhấn Ctrl-C.

    Lần đầu: tạo cơ sở dữ liệu, nạp danh mục khởi đầu, huấn luyện mô hình, rồi mở trang trò chuyện.
    Một tiến trình con chết thì được khởi động lại; dừng lệnh này thì mọi tiến trình con dừng theo.
    """
    from bot.cli import running

    raise typer.Exit(running.run())


@app.command(short_help="Kiểm tra mọi thứ, mỗi mục một dòng.")
def check() -> None:
    """Kiểm tra cài đặt, cơ sở dữ liệu, mô hình, danh mục, cổng, tệp cấu hình; mỗi mục một dòng.

    Mã kết thúc khác 0 khi có mục không đạt.
    """
    from bot.cli import running

    raise typer.Exit(running.check())


@app.command(short_help="Hỏi một câu.")
def ask(
    text: Annotated[str, typer.Argument(metavar="CÂU", help="Câu hỏi, viết như khi nhắn tin.")],
    as_json: Json = False,
    conversation: Annotated[
        str | None,
        typer.Option("--conversation", metavar="MÃ", help="Mã cuộc trò chuyện để hỏi tiếp (in ra với --json)."),
    ] = None,
) -> None:
    """Hỏi một câu và in câu trả lời.

    Dùng hệ thống đang chạy; nếu chưa chạy thì khởi động tạm, hỏi rồi dừng.
    """
    from bot.cli import talking

    raise typer.Exit(talking.ask(text, as_json=as_json, conversation=conversation))


@app.command(short_help="Trò chuyện trong dòng lệnh.")
def chat() -> None:
    """Trò chuyện trong cửa sổ dòng lệnh; bấm số để chọn nút, Ctrl-D để thôi."""
    from bot.cli import talking

    raise typer.Exit(talking.chat())


@app.command(short_help="Huấn luyện mô hình hiểu câu hỏi.")
def train(
    force: Annotated[bool, typer.Option("--force", help="Huấn luyện lại dù mô hình hiện tại vẫn đúng.")] = False,
    notes: Annotated[str, typer.Option("--notes", metavar="GHI_CHÚ", help="Ghi vào kho mô hình.")] = "",
    keep: Annotated[bool, typer.Option("--keep", help="Chỉ cất vào kho, chưa đưa vào dùng.")] = False,
) -> None:
    """Huấn luyện mô hình hiểu câu hỏi từ config.yml, domain.yml và nlu_data/, rồi đưa vào dùng.

    Không làm gì nếu đã có mô hình cho dữ liệu hiện tại. Khi hệ thống đang chạy, mô hình được đánh giá cạnh mô hình
    đang dùng trước, và chỉ thay nó khi đạt mọi ngưỡng; người dân không bị gián đoạn.
    """
    from bot.cli import models

    raise typer.Exit(models.train(force=force, notes=notes, publish=not keep))


@models_app.command("list", short_help="Xem các mô hình.")
def models_list() -> None:
    """Liệt kê các mô hình của kho, mới nhất trước: ai, lúc nào, chất lượng, mô hình nào đang dùng."""
    from bot.cli import models

    raise typer.Exit(models.listed())


@models_app.command("publish", short_help="Đưa một mô hình vào dùng.")
def models_publish(
    number: Annotated[int, typer.Argument(metavar="SỐ", help="Số của mô hình, xem bot models list.")],
    reason: Annotated[
        str, typer.Option("--reason", metavar="LÝ_DO", help="Vì sao đưa vào dùng dù chưa đạt ngưỡng; được ghi lại.")
    ] = "",
) -> None:
    """Đưa một mô hình vào dùng trên mọi bộ máy, giữa hai lượt trả lời; một bộ máy không nạp được thì không đổi gì."""
    from bot.cli import models

    raise typer.Exit(models.publish(number, reason=reason))


@models_app.command("rollback", short_help="Quay lại mô hình trước.")
def models_rollback() -> None:
    """Quay lại mô hình được dùng trước mô hình đang dùng, trong vài giây."""
    from bot.cli import models

    raise typer.Exit(models.rollback())


@app.command(short_help="Đo chất lượng hiểu trên một tập câu hỏi.")
def evaluate(
    file: Annotated[
        Path, typer.Argument(metavar="TỆP", help="Tệp JSONL: id, text, procedure, aspect, kind, category, style.")
    ],
    misses: Annotated[
        Path | None, typer.Option("--out", metavar="TỆP", help="Ghi các câu sai vào tệp JSONL này.")
    ] = None,
    noise: Annotated[
        str | None,
        typer.Option(
            "--noise",
            metavar="KIỂU",
            help="Hỏi thêm mỗi câu gõ đủ dấu theo kiểu này: no_diacritics, half, teencode, telex, typo;"
            " nhiều kiểu cách nhau dấu phẩy, hoặc all.",
        ),
    ] = None,
    floors: Annotated[
        Path | None,
        typer.Option("--floors", metavar="TỆP", help="Tệp YAML các ngưỡng; kết thúc khác 0 khi có chỉ số dưới ngưỡng."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Đo chất lượng hiểu trên một tập câu hỏi có đáp án: bảng theo chỉ số, theo kiểu gõ, và các cặp hay nhầm."""
    from bot.cli import learning

    raise typer.Exit(learning.evaluate(file, misses=misses, as_json=as_json, noise=noise, floors=floors))


@catalogue.command("import", short_help="Nhập thủ tục.")
def catalogue_import(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="TỆP...", help="Tệp JSONL(.gz) thu từ Cổng, JSON của API của Cổng, hoặc YAML của dự án."
        ),
    ],
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            metavar="THƯ_MỤC",
            help="Nơi ghi bản ghi bị loại, nghi ngờ (mặc định: <dữ liệu>/reports).",
        ),
    ] = None,
) -> None:
    """Nhập thủ tục vào danh mục.

    Nhập lại cùng tệp không đổi gì. Hệ thống đang chạy dùng ngay, không cần khởi động lại hay huấn luyện lại.
    """
    from bot.cli import catalogues

    raise typer.Exit(catalogues.import_files(files, report=report))


@catalogue.command("export", short_help="Xuất danh mục ra tệp.")
def catalogue_export(
    file: Annotated[Path, typer.Argument(metavar="TỆP", help="Tệp sẽ ghi: .yml, .yaml, .jsonl hoặc .jsonl.gz.")],
) -> None:
    """Xuất cả danh mục ra tệp của dự án, để sửa tay rồi nhập lại không mất gì."""
    from bot.cli import catalogues

    raise typer.Exit(catalogues.export(file))


@catalogue.command("verify", short_help="Đếm phần đọc được của danh mục.")
def catalogue_verify(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[TỆP]", help="Tệp nguồn để đối chiếu từng chữ; bỏ trống: danh mục đã nhập."),
    ] = None,
    as_json: Json = False,
    every: Annotated[bool, typer.Option("--all", help="Liệt kê hết phần chưa đọc trọn.")] = False,
) -> None:
    """Đếm bản ghi đọc được hình thức, thời hạn, phí, giấy tờ; liệt kê phần còn lại.

    Với một tệp nguồn: đọc lại mà không ghi gì, và đo bao nhiêu chữ của nguồn có trong bản ghi.
    """
    from bot.cli import catalogues

    raise typer.Exit(catalogues.verify(file, as_json=as_json, show=1_000_000 if every else 20))


@places.command("import", short_help="Nhập danh sách tên phường, xã cũ và mới.")
def places_import(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[TỆP]...",
            help="JSON hoặc JSON nén gzip; bỏ trống: danh sách kèm theo thư viện underthesea.",
        ),
    ] = None,
) -> None:
    """Nhập danh sách đơn vị hành chính, để nhận ra tên cũ (trước 01/7/2025) và nơi ngoài địa bàn.

    Các tệp nhập cùng lúc thay toàn bộ danh sách đang có. Không có danh sách này thì trợ lý chỉ biết các tên
    ghi trong tệp địa phương.
    """
    from bot.cli import places as listed

    raise typer.Exit(listed.import_files(files or []))


@app.command(short_help="Xem trước câu trả lời về một thủ tục.")
def answer(
    code: Annotated[str, typer.Argument(metavar="MÃ", help="Mã thủ tục, như 1.001193.")],
    aspect: Annotated[str, typer.Argument(metavar="KHÍA_CẠNH", help="fee, documents, duration, place, steps, …")],
    channel: Annotated[str, typer.Option("--channel", metavar="KÊNH", help="web, telegram, zalo")] = "web",
    full: Annotated[bool, typer.Option("--full", help="Bản đầy đủ, như sau khi bấm Xem đầy đủ.")] = False,
) -> None:
    """Xem trước điều người dân sẽ đọc về một khía cạnh của một thủ tục, kèm các nút."""
    from bot.cli import catalogues

    raise typer.Exit(catalogues.answer(code, aspect, channel=channel, full=full))


@app.command(short_help="Xoá dữ liệu của một người dân.")
def erase(
    conversation: Annotated[
        str | None,
        typer.Option("--conversation", metavar="MÃ", help="Mã cuộc trò chuyện: xoá mọi dữ liệu của nó."),
    ] = None,
    ticket: Annotated[
        str | None,
        typer.Option("--ticket", metavar="MÃ", help="Mã phản ánh PA-…: xoá liên hệ trong đó."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Không hỏi lại.")] = False,
) -> None:
    """Xoá dữ liệu của một người dân theo yêu cầu của họ. Không lấy lại được."""
    from bot.cli import data

    raise typer.Exit(data.erase(conversation=conversation, ticket=ticket, yes=yes))


@app.command(short_help="Sao lưu cơ sở dữ liệu.")
def backup(
    folder: Annotated[Path, typer.Argument(metavar="THƯ_MỤC", help="Thư mục chứa bản sao lưu; tạo nếu chưa có.")],
) -> None:
    """Sao lưu cơ sở dữ liệu vào một thư mục, kèm hướng dẫn khôi phục.

    Khoá bí mật không nằm trong bản sao lưu: cất riêng thư mục secrets.
    """
    from bot.cli import data

    raise typer.Exit(data.backup(folder))


AskPassword = Annotated[
    bool, typer.Option("--ask-password", help="Hỏi mật khẩu (hoặc đọc một dòng từ stdin) thay vì tự tạo.")
]
AccountName = Annotated[str, typer.Argument(metavar="TÊN", help="Tên đăng nhập: chữ thường không dấu, số, . _ -")]


@staff.command("add", short_help="Tạo tài khoản.")
def staff_add(
    name: AccountName,
    role: Annotated[
        list[str],
        typer.Option(
            "--role",
            metavar="VAI_TRÒ",
            help="officer, supervisor, restricted_reader, curator, reviewer, auditor, admin; có thể lặp lại.",
        ),
    ],
    agency: Annotated[
        str | None, typer.Option("--agency", metavar="MÃ", help="Cơ quan trong tệp địa phương; bỏ trống: tất cả.")
    ] = None,
    full_name: Annotated[str | None, typer.Option("--full-name", metavar="HỌ_TÊN", help="Họ tên để hiển thị.")] = None,
    ask_password: AskPassword = False,
) -> None:
    """Tạo tài khoản cho cán bộ. Mật khẩu đầu được tạo và hiện một lần; lần đăng nhập đầu phải đổi."""
    from bot.cli import staff as accounts

    raise typer.Exit(accounts.add(name, roles=role, agency=agency, full_name=full_name, ask=ask_password))


@staff.command("list", short_help="Xem các tài khoản.")
def staff_list() -> None:
    """Liệt kê tài khoản: cơ quan, tình trạng, lần đăng nhập gần nhất, vai trò."""
    from bot.cli import staff as accounts

    raise typer.Exit(accounts.show())


@staff.command("disable", short_help="Khoá tài khoản.")
def staff_disable(
    name: AccountName,
    enable: Annotated[bool, typer.Option("--enable", help="Mở lại tài khoản đã khoá.")] = False,
) -> None:
    """Khoá một tài khoản và kết thúc ngay mọi phiên đăng nhập của nó."""
    from bot.cli import staff as accounts

    raise typer.Exit(accounts.disable(name, enable=enable))


@staff.command("reset", short_help="Đặt lại mật khẩu.")
def staff_reset(name: AccountName, ask_password: AskPassword = False) -> None:
    """Đặt lại mật khẩu và bỏ tạm khoá; mọi phiên đăng nhập cũ kết thúc."""
    from bot.cli import staff as accounts

    raise typer.Exit(accounts.reset(name, ask=ask_password))


@staff.command("reset-second-factor", short_help="Tắt xác thực hai lớp của một tài khoản.")
def staff_reset_second_factor(name: AccountName) -> None:
    """Tắt xác thực hai lớp khi cán bộ mất cả điện thoại lẫn mã dự phòng; mọi phiên đăng nhập cũ kết thúc."""
    from bot.cli import staff as accounts

    raise typer.Exit(accounts.reset_second_factor(name))


def main() -> None:
    """The entry point `bot`: an expected error is one clear line on stderr, never a traceback."""
    from bot.cli.errors import as_line

    try:
        sys.exit(app(standalone_mode=False) or 0)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    except BrokenPipeError:
        os._exit(141)  # whoever read our output is gone; there is nowhere to flush to
    except Exception as error:
        if vietnamese.is_usage_error(error):
            sys.exit(vietnamese.show_usage_error(error))
        line = as_line(error)
        if line is None:
            raise
        print(f"LỖI: {line}", file=sys.stderr)
        sys.exit(1)
