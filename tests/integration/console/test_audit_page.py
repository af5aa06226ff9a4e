"""The audit log as a page: searched, paged, taken out."""

from __future__ import annotations

import csv
import io

from openpyxl import load_workbook
from sqlalchemy import text

from tests.integration.console.conftest import Town

EVIL = "=cmd()|<script>alert(1)</script>"


def write(town: Town, count: int, **values: str) -> None:
    async def work(made) -> None:  # type: ignore[no-untyped-def]
        async with made.begin() as session:
            await session.execute(
                text(
                    "INSERT INTO audit_log (account, action, object, outcome, after, at)"
                    " SELECT :account, :action, :object || n, 'done', '{}', CAST(:at AS timestamptz)"
                    " FROM generate_series(1, :count) n"
                ),
                {"account": "lan", "action": "ticket.move", "object": "X", "at": "2026-03-05T10:00+07"}
                | values
                | {"count": count},
            )

    town.office.run(work)


def test_filters_find_and_pages_go_on(town: Town) -> None:
    write(town, 120, object="trang-")
    auditor = town.people["auditor"]
    seen: list[str] = []
    path = "/audit?q=trang-&from=2026-03-05&to=2026-03-05"
    while path:
        page = auditor.get(path).text
        seen += [part.split("<")[0] for part in page.split("<td>")[1:] if part.startswith("trang-")]
        found = [part for part in page.split('href="') if part.startswith("/console/audit?") and "before=" in part]
        path = found[0].split('"')[0].removeprefix("/console").replace("&amp;", "&") if found else ""
    assert sorted(seen, key=lambda item: int(item[6:])) == [f"trang-{number}" for number in range(1, 121)]
    assert "trang-1<" not in auditor.get("/audit?q=trang-&to=2026-03-04").text
    assert "trang-1<" not in auditor.get("/audit?q=trang-&account=an").text
    assert "trang-1<" not in auditor.get("/audit?q=trang-&action=login").text
    assert "trang-1<" not in auditor.get("/audit?q=trang_").text  # no pattern, a letter
    assert auditor.get("/audit?from=xx&to=2026-99-99&action=nope&before=abc").status_code == 200


def test_what_is_taken_out_is_complete_inert_and_written_down(town: Town) -> None:
    write(town, 3, object=EVIL, account="hoa")
    auditor = town.people["auditor"]
    table = auditor.get("/audit/export?format=csv&account=hoa&q=cmd")
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert len(rows) == 3
    assert all(row["Với"].startswith("'=") for row in rows)
    assert rows[0]["Lúc"] == "2026-03-05 10:00:00"
    book = load_workbook(io.BytesIO(auditor.get("/audit/export?format=xlsx&account=hoa&q=cmd").content))
    assert book.active is not None
    assert book.active.max_row == 4
    assert auditor.get("/audit/export?format=exe").status_code == 404
    page = auditor.get("/audit?action=audit.export").text
    assert page.count("audit.export") or "xuất nhật ký" in page
    assert "<script>alert" not in auditor.get("/audit?account=hoa&q=cmd").text
