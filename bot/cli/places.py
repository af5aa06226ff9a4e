"""`bot places import`."""

from __future__ import annotations

from pathlib import Path

from bot.cli.catalogues import database
from bot.cli.failure import CommandError


def import_files(files: list[Path]) -> int:
    """Replace the list of names of wards by these files, or by the one that the packages bring."""
    from bot.tickets.placefile import PlaceFileError, packaged
    from bot.tickets.placefile import import_files as write

    chosen = files or [file for file in [packaged()] if file]
    if not chosen:
        raise CommandError("Không có danh sách kèm theo; cho biết TỆP.")
    with database() as (engine, _):
        try:
            done = write(engine, chosen)
        except PlaceFileError as error:
            raise CommandError(str(error)) from error
    print(
        f"{done.wards} tên phường, xã ngày nay; {done.former} tên cũ; {done.wider} quận, huyện, tỉnh."
        " Hệ thống đang chạy dùng ngay."
    )
    return 0
