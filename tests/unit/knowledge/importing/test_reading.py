"""Opening files of every kind."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path

import pytest
import yaml

from bot.knowledge.export import plain
from bot.knowledge.importing.importer import read_all
from bot.knowledge.importing.parsed import Parsed, read_replacements
from bot.knowledge.importing.reading import SourceError, fetched_of
from tests.support.portal_page import page
from tests.unit.knowledge.importing.test_api import formality

NONE = Path("no-replacements.yml")
OURS = """
code: 1.000003
name: Đăng ký nuôi dế
aliases: [nuôi dế]
provenance: {fetched_at: 2026-10-05}
"""


def read(path: Path) -> list[Parsed]:
    return read_all(path, replaced=NONE)


def codes(path: Path) -> list[str | None]:
    return [piece.record.code if piece.record else None for piece in read(path)]


def test_scraped_pages_as_lines_also_gzipped(tmp_path: Path) -> None:
    text = "\n".join(json.dumps(page(code)) for code in ("1.000001", "1.000002")) + "\n\n"
    plain_file, zipped = tmp_path / "pages.jsonl", tmp_path / "pages.jsonl.gz"
    plain_file.write_text(text, encoding="utf-8")
    zipped.write_bytes(gzip.compress(text.encode()))
    assert codes(plain_file) == codes(zipped) == ["1.000001", "1.000002"]


@pytest.mark.parametrize(
    "wrap", [lambda x: x, lambda x: [x], lambda x: {"data": x}, lambda x: {"data": {"items": [x]}}]
)
def test_answers_of_the_api_alone_in_a_list_or_wrapped(tmp_path: Path, wrap) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "answer.json"
    file.write_text(json.dumps(wrap(formality())), encoding="utf-8")
    (piece,) = read(file)
    assert (piece.code, piece.source) == ("1.000001", "api")


def test_json_lines_under_the_name_of_json(tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_text("\n".join(json.dumps(formality(code=c)) for c in ("1.000001", "1.000002")), encoding="utf-8")
    assert codes(file) == ["1.000001", "1.000002"]


def test_yaml_of_one_record_a_list_or_many_documents(tmp_path: Path) -> None:
    file = tmp_path / "ours.yml"
    file.write_text(f"{OURS}---\n- {{code: '1.000004', name: Nuôi gà}}\n- {{code: 1.100000, name: Nuôi vịt}}\n")
    assert codes(file) == ["1.000003", "1.000004", "1.100000"]
    (piece, *_) = read(file)
    assert piece.source == "yaml"
    assert piece.record is not None
    assert piece.record.provenance.fetched_at == dt.date(2026, 10, 5)


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "b.yml").write_text(OURS)
    (tmp_path / "a.json").write_text(json.dumps(formality()))
    (tmp_path / "readme.txt").write_text("no record")
    assert codes(tmp_path) == ["1.000001", "1.000003"]


def test_a_code_that_comes_twice_is_taken_once(tmp_path: Path) -> None:
    file = tmp_path / "pages.jsonl"
    file.write_text("\n".join(json.dumps(page()) for _ in range(2)), encoding="utf-8")
    first, second = read(file)
    assert first.record is not None
    assert second.record is None
    assert [(i.reason, i.line) for i in second.issues] == [("duplicate_code", 2)]


def test_a_broken_line_is_refused_and_the_rest_taken(tmp_path: Path) -> None:
    file = tmp_path / "pages.jsonl"
    file.write_text(f"{json.dumps(page())}\n{{broken\n[1]\n{json.dumps(page('1.000002'))}\n", encoding="utf-8")
    assert codes(file) == ["1.000001", None, None, "1.000002"]
    assert [i.reason for p in read(file) for i in p.issues] == ["unreadable", "unreadable"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.json", b"{"), ("x.yml", b"a: [1"), ("x.jsonl.gz", b"\x1f\x8b\x08junk"), ("x.jsonl", b"\xff\xfe\x00")],
)
def test_a_broken_file_is_an_error(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(SourceError):
        read(file)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        read(tmp_path / "nothing.jsonl")


def test_a_record_of_the_wrong_shape_is_refused_with_its_fields(tmp_path: Path) -> None:
    file = tmp_path / "ours.yml"
    file.write_text("code: '1.000003'\nname: Nuôi dế\nfees: 3\nlevels: [district]\n")
    (piece,) = read(file)
    (issue,) = piece.issues
    assert issue.reason == "invalid_record"
    assert "fees" in issue.detail
    assert "levels" in issue.detail


def test_when_a_source_was_read(tmp_path: Path) -> None:
    assert fetched_of(tmp_path / "pages-2026-02.jsonl", None).at == dt.date(2026, 2, 28)
    assert fetched_of(tmp_path / "pages-2026-07-09.jsonl", None).at == dt.date(2026, 7, 9)
    assert fetched_of(tmp_path / "pages-2026-07.jsonl", dt.date(2026, 7, 2)).at == dt.date(2026, 7, 2)
    unnamed = tmp_path / "pages.jsonl"
    unnamed.write_text("")
    assert fetched_of(unnamed, None).known_from == "file time"


def test_an_exported_record_is_read_back_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "pages-2026-07.jsonl"
    file.write_text(json.dumps(page()), encoding="utf-8")
    record = read(file)[0].record
    assert record is not None
    lines, ours = tmp_path / "export.jsonl", tmp_path / "export.yml"
    lines.write_text(json.dumps(plain(record, "portal"), ensure_ascii=False), encoding="utf-8")
    ours.write_text(yaml.safe_dump([plain(record, "portal")], allow_unicode=True), encoding="utf-8")
    for file in (lines, ours):
        (piece,) = read(file)
        assert (piece.record, piece.source) == (record, "portal")


def test_the_projects_own_list_of_replaced_codes_can_be_read() -> None:
    known = read_replacements(Path(__file__).parents[4] / "nlu_data" / "replaced.yml")
    assert known["2.002481"] == "2.002854"
    assert all(successor is None or successor not in known for successor in known.values())
