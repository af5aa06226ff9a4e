"""Whole pages of the console over HTTP, beside the queries of `bench.review`, in the same full database.

What citizens and staff left behind is added: live chats, rows of the audit log, FAQs, 10,000 procedures.
"""

from __future__ import annotations

import statistics
import time
from datetime import timedelta
from pathlib import Path

import psycopg

from bot.locality import load
from tests.support.console import running_office

PLACE = Path(__file__).resolve().parent.parent / "localities" / "tinh-mau.yml"
"""A place of several wards, so that figures by ward are drawn."""
WARM = 2
PAGES = {
    "chats: the list": "/chats",
    "a chat, read along": "/chats/{conversation}",
    "the review queue": "/review",
    "the queue's words": "/review?q=khai+sinh",
    "one group": "/review/{group}",
    "figures of the month": "/figures",
    "figures of a year": "/figures?from={year_ago}&to={today}",
    "figures of a year in one ward": "/figures?from={year_ago}&to={today}&ward={ward}",
    "figures of a year by ward, as a file": "/figures/export?figure=ward&from={year_ago}&to={today}",
    "audit log: the newest": "/audit",
    "audit log: one account, one action": "/audit?account=can-bo-7&action=faq.edit",
    "sentences: all intents": "/corpus",
    "sentences of one intent": "/corpus/intents/ask_documents",
    "sentences: search": "/corpus?q=giay+to",
    "FAQs": "/faqs",
    "FAQs: search": "/faqs?q=ho+boi",
    "catalogue": "/catalogue",
    "catalogue: search": "/catalogue?q=so+999",
    "one procedure": "/catalogue/1.001193",
    "reports": "/tickets",
}
_FILL = """
INSERT INTO procedures (code, name, levels, audience, results, source, sha256)
SELECT '9.' || lpad(n::text, 6, '0'), 'Thủ tục thử số ' || n, '["commune"]', '["citizen"]', '[]', 'portal', 'x'
  FROM generate_series(1, 10000) n;
INSERT INTO faqs (answer, source, created_by, updated_by)
SELECT 'Câu trả lời số ' || n, 'Thông báo', 'lan', 'lan' FROM generate_series(1, 1000) n;
INSERT INTO faq_questions (faq_id, text) SELECT id, 'hồ bơi số ' || id || ' mở mấy giờ' FROM faqs;
INSERT INTO live_chats (conversation_id, state, why)
SELECT id, 'waiting', 'asked' FROM conversations ORDER BY id LIMIT 200;
INSERT INTO audit_log (at, account, action, object)
SELECT now() - n * interval '1 minute', 'can-bo-' || n % 40,
    (ARRAY['faq.edit', 'ticket.answer', 'review.label'])[1 + n % 3], 'x' || n FROM generate_series(1, 300000) n;
ANALYZE;
"""


def measured(url: str, admin: str, times: int) -> dict[str, dict[str, float]]:
    """Milliseconds of each page as an administrator gets it.

    Args:
        url: of the database, for the web process.
        admin: of the same, as superuser, to fill it.
    """
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in filter(str.strip, _FILL.split(";\n")):
            connection.execute(statement.encode())
        found = connection.execute("SELECT max(id) FROM case_groups").fetchone()
        group = found[0] if found else 1
    took: dict[str, dict[str, float]] = {}
    place = load(PLACE)
    today = place.now().date()
    given = {"today": today, "year_ago": today - timedelta(days=365), "ward": place.wards[0].code}
    with running_office(url, BOT_LOCALITY=str(PLACE)) as office:
        office.staff("bench", "admin")
        browser = office.browser("bench")
        for name, path in PAGES.items():
            address = path.format(conversation=1, group=group, **given)
            times_ms = []
            for turn in range(times + WARM):
                started = time.perf_counter()
                response = browser.get(address)
                if response.status_code != 200:
                    raise RuntimeError(f"{address}: {response.status_code} {response.text[:300]}")
                if turn >= WARM:
                    times_ms.append((time.perf_counter() - started) * 1000)
            took[name] = cuts(times_ms)
            print(f"  page {name}: {took[name]['p50_ms']} / {took[name]['p95_ms']} ms", flush=True)
    return took


def cuts(took: list[float]) -> dict[str, float]:
    """Half and 95 of 100 of the times, and how many there are."""
    found = statistics.quantiles(took, n=20, method="inclusive")
    return {"p50_ms": round(statistics.median(took), 1), "p95_ms": round(found[-1], 1), "asked": len(took)}
