"""The starter catalogue, the aliases, names of wards: loaded at the first start, the first two again on a change."""

from __future__ import annotations

from bot.knowledge.aliases import load_aliases
from bot.knowledge.importing.reading import SourceError
from bot.knowledge.starter import load_starter
from bot.runtime import project
from bot.runtime.project import StartError
from bot.storage.database import connect_sync
from bot.tickets.placefile import PlaceFileError, fill_empty


def load_places(url: str) -> str | None:
    """Load the names of the country's wards where there are none yet.

    Returns:
        What was done, for people; none: nothing.
    """
    engine = connect_sync(url)
    try:
        done = fill_empty(engine)
    except PlaceFileError as error:
        # The assistant works without: it then knows the names of its locality file alone.
        return f"Tên phường, xã của cả nước: {error}"
    finally:
        engine.dispose()
    return f"Tên phường, xã của cả nước: {done.wards} tên ngày nay, {done.former} tên cũ." if done else None


def load(url: str) -> str:
    """Load the starter catalogue and the aliases into a database where they are not there yet.

    Returns:
        What was done, for people.

    Raises:
        StartError: the files cannot be read.
    """
    engine = connect_sync(url)
    try:
        done = load_starter(engine, project.STARTER)
        named = load_aliases(engine, project.ALIASES)
    except SourceError as error:
        raise StartError(f"Danh mục khởi đầu không đọc được: {error}") from error
    finally:
        engine.dispose()
    aliases = "không đổi" if not named.loaded else f"{named.aliases} cách gọi của {named.procedures} thủ tục"
    if not done.loaded:
        return f"Danh mục khởi đầu: không đổi. Tên gọi thường ngày: {aliases}."
    refused = "".join(
        f"\n  {issue.code or '?'}: {issue.reason}: {issue.detail}"
        for issue in done.issues
        if issue.severity == "rejected"
    )
    return (
        f"Danh mục khởi đầu: {done.records} thủ tục ({done.new} mới, {done.changed} đổi, {done.removed} bỏ)."
        f" Tên gọi thường ngày: {aliases}.{refused}"
    )
