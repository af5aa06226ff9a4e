"""The starter catalogue: loaded at the first start, and again only when its files changed."""

from __future__ import annotations

from sqlalchemy import Engine, select

from bot.knowledge.importing.importer import import_file
from bot.knowledge.importing.reading import digest_of, files_of
from bot.runtime import project
from bot.storage.database import connect_sync
from bot.storage.models import ImportRun

SOURCE = "starter"


def load(url: str) -> str:
    """Load the starter catalogue into a database where it is not there yet.

    Returns:
        What was done, for people.
    """
    engine = connect_sync(url)
    try:
        if is_loaded(engine):
            return "Danh mục khởi đầu: không đổi."
        done = import_file(engine, project.STARTER, source="starter")
        return f"Danh mục khởi đầu: {done.accepted} thủ tục ({done.new} mới, {done.changed} đổi, {done.rejected} bị loại)."
    finally:
        engine.dispose()


def is_loaded(engine: Engine) -> bool:
    """Whether the last load was of the files as they are now."""
    with engine.connect() as connection:
        newest = connection.execute(
            select(ImportRun.sha256)
            .where(ImportRun.source == SOURCE, ImportRun.finished_at.is_not(None))
            .order_by(ImportRun.id.desc())
            .limit(1)
        ).scalar()
    return newest == digest_of(files_of(project.STARTER))
