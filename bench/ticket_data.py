"""A database full of tickets as a province has after some years: made up, spread as real ones are, loaded by COPY.

Most are closed; the open ones are the young ones; a few categories, wards and streets have most of the reports.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql

from bot.locality import Locality
from bot.text import fold

YEARS = 3
OFFICERS = tuple(f"can_bo_{number:02d}" for number in range(1, 41))
RARE = "thượng lưu"
"""Words that one ticket in five thousand has."""
STORIES = (
    "đèn đường hỏng cả tuần nay, tối om, trẻ con đi học về rất sợ",
    "ổ gà to giữa đường, xe máy ngã mấy lần rồi, mong sửa sớm",
    "rác để đầu ngõ mấy ngày không ai thu gom, bốc mùi hôi",
    "nước thải từ quán ăn chảy ra vỉa hè, trơn và bẩn",
    "mất nước từ tối qua đến giờ, cả xóm không có nước dùng",
    "quán karaoke mở loa rất to đến nửa đêm, không ngủ được",
    "xây nhà lấn ra vỉa hè, vật liệu đổ tràn lòng đường",
    "cây đổ chắn ngang đường sau mưa lớn, dây điện vướng vào cành",
    "cống tắc, cứ mưa là ngập đến đầu gối, nước vào nhà",
    "xe tải đậu cả ngày trước cổng trường học, che hết tầm nhìn",
    "nắp cống vỡ, rất nguy hiểm cho người đi xe đạp ban đêm",
    "chó thả rông không rọ mõm, hôm qua cắn một cháu bé",
)
STREETS = tuple(
    f"{kind} {name}"
    for kind in ("đường", "ngõ", "hẻm", "phố")
    for name in (
        "Hoa Mai", "Trần Phú", "Lê Lợi", "Nguyễn Huệ", "Quang Trung", "Hai Bà Trưng", "Lý Thường Kiệt", "Hùng Vương",
        "Phan Bội Châu", "Ngô Quyền", "Điện Biên", "Bạch Đằng", "Chu Văn An", "Kim Đồng", "Bến Cá", "Chợ Cũ",
    )
)  # fmt: skip
COLUMNS = (
    "code", "idempotency_key", "channel", "source", "external_id", "locality", "category", "description", "place",
    "address", "ward", "lat", "long", "anonymous", "restricted", "private", "status", "agency", "officer",
    "created_at", "updated_at", "status_at", "due_at", "paused_at", "answered_at", "resolved_at", "closed_at",
    "reopened", "rating", "words",
)  # fmt: skip
_EVENTS = """
INSERT INTO ticket_events (ticket_id, seq, kind, status, actor, account, public, text, at)
SELECT t.id, e.seq, e.kind, e.status, e.actor, CASE WHEN e.actor = 'officer' THEN t.officer END, e.public, e.text,
       t.created_at + e.seq * interval '3 hours'
FROM tickets t CROSS JOIN (VALUES
    (1, 'TicketFiled', 'received', 'citizen', true, NULL),
    (2, 'TicketSorted', 'sorting', 'system', false, NULL),
    (3, 'TicketRouted', 'forwarded', 'system', true, NULL),
    (4, 'TicketStarted', 'in_progress', 'officer', true, 'Đã cử người đến xem.')
) AS e (seq, kind, status, actor, public, text)
ORDER BY t.id, e.seq
"""


def fill(url: str, locality: Locality, rows: int, seed: int = 4) -> None:
    """Load so many tickets, each with four events, and build the indexes as they were.

    Args:
        url: of a superuser, on a database with all tables and no tickets.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # no foreign keys are checked row by row
        connection.execute("SET maintenance_work_mem = '512MB'")
        indexes = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('tickets', 'ticket_events')"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        columns = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
        with (
            connection.cursor() as cursor,
            cursor.copy(sql.SQL("COPY tickets ({}) FROM STDIN").format(columns)) as copy,
        ):
            for row in tickets(locality, rows, seed):
                copy.write_row(row)
        connection.execute(_EVENTS)
        for _, definition in indexes:
            connection.execute(definition)
        connection.execute(
            "INSERT INTO ticket_counters (year, last)"
            " SELECT split_part(code, '-', 2)::int, max(id) FROM tickets GROUP BY 1"
        )
        connection.execute("VACUUM (ANALYZE) tickets, ticket_events")


def tickets(locality: Locality, rows: int, seed: int) -> Iterator[tuple[Any, ...]]:
    """The rows, the oldest first."""
    draw = random.Random(seed)  # noqa: S311  # test data
    now = datetime.now(UTC)
    categories = locality.categories
    weights = [1 / (number + 1) for number in range(len(categories))]
    wards = [ward.code for ward in locality.areas] or [None]
    ward_weights = [1 / (number + 1) for number in range(len(wards))]
    folded = {text: fold(text) for text in (*STORIES, *STREETS)}
    span = timedelta(days=365 * YEARS)
    for number in range(rows):
        created = now - span * (1 - (number + 1) / (rows + 1))
        age = (now - created) / timedelta(days=1)
        category = draw.choices(categories, weights)[0]
        ward = draw.choices(wards, ward_weights)[0]
        status = _status(draw, age)
        received = status in ("received", "sorting")
        story, street = draw.choice(STORIES), draw.choice(STREETS)
        house = f"số {min(999, int(draw.expovariate(1 / 60)) + 1)}"
        extra = f", phía {RARE}" if draw.random() < 1 / 5000 else ""
        code = f"PA-{created.year}-{number + 1:06d}"
        done, ended = status in ("closed", "awaiting_citizen"), status in ("closed", "refused", "escalated")
        resolved = created + timedelta(days=draw.expovariate(1 / 4)) if done else None
        closed = created + timedelta(days=draw.expovariate(1 / 7)) if ended else None
        touched = min(now, max(filter(None, (created, resolved, closed))))
        is_open = status in ("received", "sorting", "forwarded", "in_progress")
        open311 = draw.random() < 0.03
        channel = draw.choices(("web", "zalo", "telegram", "phone", "counter"), (40, 35, 5, 12, 8))[0]
        yield (
            code, str(uuid.UUID(int=draw.getrandbits(128))), "open311" if open311 else channel,
            "open311" if open311 else "citizen", f"sr-{number}" if open311 else None, locality.code, category.code,
            f"{story}{extra}", f"{house} {street}", f"{house} {street}, {locality.name}", ward,
            draw.uniform(20.9, 21.1), draw.uniform(105.7, 105.9), draw.random() < 0.3, category.restricted,
            category.private or draw.random() < 0.05, status,
            None if received else locality.agency_for(category, ward),
            None if received or (is_open and draw.random() < 0.4) else draw.choice(OFFICERS),
            created, touched, touched,
            created + timedelta(days=draw.choice((1, 2, 5, 10))) if category.clock else None,
            now - timedelta(hours=5) if is_open and draw.random() < 0.03 else None,
            created + timedelta(days=1) if age > 1 and draw.random() < 0.6 else None, resolved, closed,
            int(draw.random() < 0.04), draw.randint(1, 5) if status == "closed" and draw.random() < 0.25 else None,
            _words(f"{fold(code)} {folded[story]}{fold(extra)} {fold(house)} {folded[street]}"),
        )  # fmt: skip


def _status(draw: random.Random, age: float) -> str:
    """By the age in days: what is old is done, but for the few that nobody moved."""
    if draw.random() < (0.97 if age > 30 else age / 40):
        return draw.choices(("closed", "refused", "escalated"), (92, 6, 2))[0]
    return draw.choices(
        ("received", "sorting", "forwarded", "in_progress", "awaiting_citizen"),
        (25, 5, 25, 30, 15) if age < 3 else (1, 1, 30, 50, 18),
    )[0]


def _words(text: str) -> str:
    """The words as the configuration `simple` of PostgreSQL finds them, written as a tsvector."""
    plain = "".join(letter if letter.isalnum() or letter == "-" else " " for letter in text)
    return " ".join(sorted(set(plain.split()) - {"-"}))
