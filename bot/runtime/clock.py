"""Whether the clocks agree: deadlines and tokens are counted by several machines, each by its own clock."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

DATABASE_SKEW = 10.0
"""Seconds by which this machine and the database may differ; what waits and what expires is counted by both."""
PUBLIC_SKEW = 60.0
"""Seconds by which this machine and its public address may differ. The Date header has whole seconds, and a second
factor's code lives for thirty."""
SECONDS = 8.0


def database_skew(url: str) -> float:
    """Seconds by which this machine is ahead of the database."""
    import psycopg

    from bot.storage.database import libpq_url

    with psycopg.connect(libpq_url(url), connect_timeout=5) as connection:
        connection.execute("SELECT 1")
        before = time.time()
        row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
        middle = (before + time.time()) / 2
    assert row is not None  # noqa: S101  it has no condition
    return middle - float(row[0])


def https_skew(base: str) -> float | None:
    """Seconds by which this machine is ahead of whoever answers at an address; none where nobody says the time."""
    import httpx

    try:
        before = time.time()
        with httpx.Client(timeout=SECONDS, follow_redirects=False) as client:
            said = client.head(base).headers["date"]
        middle = (before + time.time()) / 2
        # Half a second: the header leaves out what is less than one.
        return middle - parsedate_to_datetime(said).timestamp() - 0.5
    except (httpx.HTTPError, httpx.InvalidURL, KeyError, ValueError, TypeError):
        return None


def describe(database: float, public_url: str, public: float | None) -> tuple[bool, str]:
    """What to say of them, and whether it is well.

    Args:
        database, public: skews in seconds; `public` is none where it could not be asked.
    """
    sync = "bật đồng bộ giờ (NTP) ở cả hai máy"
    if abs(database) > DATABASE_SKEW:
        return False, f"máy này lệch {database:+.0f} giây so với cơ sở dữ liệu: {sync}"
    said = f"lệch {database:+.1f} giây so với cơ sở dữ liệu"
    if not public_url.startswith("https://"):
        return True, said
    if public is None:
        return True, f"{said}; chưa so được với {public_url}"
    if abs(public) > PUBLIC_SKEW:
        return False, f"máy này lệch {public:+.0f} giây so với {public_url}: {sync}"
    return True, f"{said}, {public:+.0f} giây so với {public_url}"
