"""Make a migration from the difference between the models and the migrations: `make migration`.

`python -m bot.storage.migrations.generate "what changes"` adds the next numbered file;
with `--renew-first` the file 0001 is thrown away and made again from the models as they are
(only until the first release: afterwards 0001 is history).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from pydantic import SecretStr

from bot import settings
from bot.storage import migrations
from bot.storage.database import connect_sync
from bot.storage.embedded import ensure_running

VERSIONS = migrations.FOLDER / "versions"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Make a migration from the models.")
    parser.add_argument("message", help="what changes, in a few words")
    parser.add_argument("--renew-first", action="store_true", help="make 0001 again")
    arguments = parser.parse_args()
    if arguments.renew_first:
        for path in VERSIONS.glob("0001_*.py"):
            path.unlink()
    print(generate(arguments.message))


def generate(message: str) -> Path:
    """Bring an empty database to head, compare it with the models, and write what is missing as a migration."""
    number = len(list(VERSIONS.glob("[0-9]*.py")))
    with (
        tempfile.TemporaryDirectory(prefix="motcua-migration-") as folder,
        ensure_running(settings.Settings(data_dir=Path(folder) / "var", database_url=SecretStr(""))) as urls,
    ):
        migrations.upgrade(urls.owner)
        engine = connect_sync(urls.owner)
        with engine.begin() as connection:
            config = migrations.configuration(connection)
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            script = command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")
        engine.dispose()
    path = Path(script.path)  # type: ignore[union-attr]  # one revision is made
    for arguments in (["format", "--quiet"], ["check", "--fix", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *arguments, str(path)], check=True)  # noqa: S603 - our own tool
    return path


if __name__ == "__main__":
    main()
