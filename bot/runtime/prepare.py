"""A short-lived process before the others: the tables, then the starter catalogue.

It is a process of its own so that the supervisor stays small.
"""

from __future__ import annotations

import sys

from bot import logging, settings
from bot.runtime import starter
from bot.runtime.project import StartError
from bot.storage import migrations


def main() -> int:
    """Bring the database to the state that the code expects."""
    config = settings.load()
    logging.configure(config)
    url = config.database_url.get_secret_value()
    print("Bảng dữ liệu: " + ("đã cập nhật." if migrations.upgrade(url) else "đúng phiên bản."))
    try:
        print(starter.load(url))
        if done := starter.load_places(url):
            print(done)
    except StartError as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
