"""The corpus in the console: sentences are taught, moved, taken back; nobody overwrites anybody; nothing leaks in."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest

from bot.runtime.project import ROOT
from tests.support.console import Browser, Office, running_office
from tests.support.databases import Databases

NASTY = "làm sao xoá <script>alert(1)</script> này"


@dataclass
class Desk:
    office: Office
    corpus: Path
    lan: Browser
    minh: Browser
    reader: Browser

    def file(self, intent: str) -> str:
        return (self.corpus / "intents" / f"{intent}.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def desk(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    data = tmp_path_factory.mktemp("office")
    for part in ("intents", "aliases"):
        shutil.copytree(ROOT / "nlu_data" / part, data / "nlu_data" / part)
    (data / "held_out").mkdir()
    row = '{"id": "1", "text": "bao giờ con hẻm nhà bà năm mới sáng đèn vậy", "kind": "question"}\n'
    (data / "held_out" / "rieng.jsonl").write_text(row, encoding="utf-8")
    corpus = data / "nlu_data"
    with databases.fresh() as url, running_office(url, BOT_DATA_DIR=str(data), BOT_CORPUS_DIR=str(corpus)) as office:
        for name, role in (("lan", "curator"), ("minh", "curator"), ("duyet", "reviewer")):
            office.staff(name, role)
        yield Desk(office, corpus, office.browser("lan"), office.browser("minh"), office.browser("duyet"))


def test_many_sentences_are_added_and_those_that_may_not_be_are_given_back_with_the_reason(desk: Desk) -> None:
    before = desk.file("hours")
    lines = ["chủ nhật xã mình có trực không ta", "bao giờ con hẻm nhà bà năm mới sáng đèn vậy", NASTY, "Xin chào"]
    page = desk.lan.post("/corpus/intents/hours/add", {"texts": "\n".join(lines)})
    assert page.status_code == 422
    assert "Đã thêm 1 câu" in page.text
    assert "nằm trong tập giữ riêng" in page.text
    assert "ký hiệu không dùng được" in page.text
    assert "đã thuộc “chào”" in page.text
    kept = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)
    assert kept
    assert unescape(kept[1]).splitlines() == lines[1:]
    assert "<script>alert" not in page.text
    added = set(desk.file("hours").splitlines()) - set(before.splitlines())
    assert added == {f"    - {lines[0]}"}


def test_who_edits_what_a_colleague_has_just_changed_is_told_and_keeps_their_words(desk: Desk) -> None:
    old = "mấy giờ phường nghỉ trưa hả em"
    desk.lan.post("/corpus/intents/hours/add", {"texts": old})
    page = "/corpus/intents/hours/edit"
    assert desk.lan.post(page, {"old": old, "new": "mấy giờ bên phường nghỉ trưa hả em"}).status_code == 303
    late = desk.minh.post(page, {"old": old, "new": "phường nghỉ trưa lúc mấy giờ hở em"})
    assert late.status_code == 409
    assert "người khác vừa sửa hoặc bỏ" in late.text
    assert "phường nghỉ trưa lúc mấy giờ hở em</textarea>" in late.text
    assert "mấy giờ bên phường nghỉ trưa hả em" in desk.file("hours")
    assert "hở em" not in desk.file("hours")


def test_chosen_sentences_are_moved_and_taken_back_by_a_colleague(desk: Desk) -> None:
    before = desk.file("hours"), desk.file("contact")
    chosen = [line.strip()[2:] for line in before[0].splitlines() if line.startswith("    - ")][:2]
    form = {"sentence": chosen, "do": "move", "to": "contact"}
    assert desk.lan.post("/corpus/intents/hours/chosen", form).status_code == 303
    assert all(f"- {text}\n" in desk.file("contact") for text in chosen)
    page = desk.minh.get("/corpus/changes?account=lan").text
    number = re.search(r"changes/(\d+)/revert", page)
    assert number
    assert desk.minh.post(f"/corpus/changes/{number[1]}/revert").status_code == 303
    assert sorted(desk.file("hours").splitlines()) == sorted(before[0].splitlines())
    assert desk.file("contact") == before[1]
    assert "Đã hoàn tác" in desk.minh.get("/corpus/changes").text
    again = desk.minh.post(f"/corpus/changes/{number[1]}/revert")
    assert "đã được hoàn tác" in desk.minh.get("/corpus/changes").text
    assert again.status_code == 303
    audited = desk.office.rows("SELECT account, after FROM audit_log WHERE action = 'corpus.revert'")
    assert audited == [("minh", {"change": int(number[1])})]


def test_a_change_that_was_built_upon_is_not_taken_back(desk: Desk) -> None:
    desk.lan.post("/corpus/intents/contact/add", {"texts": "xin số bàn tiếp dân của phường"})
    page = desk.lan.get("/corpus/changes").text
    number = re.search(r"changes/(\d+)/revert", page)
    assert number
    form = {"old": "xin số bàn tiếp dân của phường", "new": "cho xin số bàn tiếp dân của phường"}
    desk.minh.post("/corpus/intents/contact/edit", form)
    desk.lan.post(f"/corpus/changes/{number[1]}/revert")
    assert "người khác vừa sửa" in desk.lan.get("/corpus/changes").text
    assert form["new"] in desk.file("contact")


def test_sentences_are_found_without_diacritics_and_by_how_they_are_typed(desk: Desk) -> None:
    desk.lan.post("/corpus/intents/hours/add", {"texts": "thứ bảy tuần ni phường có mần việc không"})
    assert "tuần ni phường" in desk.lan.get("/corpus?q=tuan ni phuong").text
    page = desk.lan.get("/corpus/intents/hours?style=dialect").text
    assert "tuần ni phường" in page
    assert "<script" not in re.sub(r"<script [^>]*>", "", desk.lan.get("/corpus/changes").text)


def test_findings_come_by_themselves_and_name_the_place(desk: Desk) -> None:
    end = time.monotonic() + 60
    while "Soát lúc" not in (page := desk.lan.get("/corpus/checks").text):
        assert "Đang soát" in page
        assert time.monotonic() < end
        time.sleep(0.3)
    path = desk.corpus / "intents" / "goodbye.yml"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:8], "    - Xin chào"]) + "\n", encoding="utf-8")
    while "Mâu thuẫn" not in (page := desk.lan.get("/corpus/checks").text):
        assert time.monotonic() < end, page
        time.sleep(0.3)
    assert "Quá ít câu" in page
    assert "quá ít, cần 25" in desk.lan.get("/corpus?few=1").text


def test_a_marked_name_belongs_to_a_procedure_that_there_is(desk: Desk) -> None:
    refused = desk.lan.post("/corpus/intents/hours/alias", {"alias": "giấy chứng sinh", "procedure": "9.999999"})
    assert (refused.status_code, "không có ý định hoặc thủ tục này" in refused.text) == (409, True)


def test_a_reviewer_reads_and_changes_nothing(desk: Desk) -> None:
    page = desk.reader.get("/corpus/intents/hours").text
    assert "Giờ" in page or "giờ" in page
    assert "corpus/intents/hours/add" not in page
    assert desk.reader.post("/corpus/intents/hours/add", {"texts": "câu không được thêm"}).status_code == 403
    assert desk.lan.get("/corpus/intents/..%2F..%2Fdomain").status_code == 404
    assert desk.lan.get("/corpus/intents/khong_co").status_code == 404


def likes(desk: Desk, intent: str, *lines: str) -> list[tuple[int, str]]:
    """What is told of lines that are typed for an intent."""
    found = desk.lan.post(f"/corpus/intents/{intent}/like", {"texts": "\n".join(lines)}).json()
    return [(item["line"], item["finding"]) for item in found]


def test_what_collides_is_told_while_it_is_typed_and_nothing_is_kept(desk: Desk) -> None:
    kept = "quét sân đình chiều thứ bảy hằng tuần do tổ nào phụ trách"
    assert desk.lan.post("/corpus/intents/hours/add", {"texts": kept}).status_code == 303
    before = desk.file("hours"), desk.file("contact")
    plain, longer = "quet san dinh chieu thu bay hang tuan do to nao phu trach", f"{kept} vậy"
    assert likes(desk, "contact", "chưa ai viết câu như thế này ở đây cả", plain, longer) == [
        (1, "contradiction"),
        (2, "near"),
    ]
    assert likes(desk, "hours", plain, longer) == [(0, "double"), (1, "close")]
    assert likes(desk, "contact", "bao giờ con hẻm nhà bà năm mới sáng đèn vậy", NASTY, "", "x" * 400) == [
        (0, "refused"),
        (1, "refused"),
        (2, "refused"),
    ]
    assert likes(desk, "contact") == []
    assert len(likes(desk, "contact", *[plain] * 50)) == 20, "so many are looked at, the rest when they are sent"
    (told,) = desk.lan.post("/corpus/intents/contact/like", {"texts": plain}).json()
    assert told["address"].startswith("/console/corpus/intents/hours?q=qu%C3%A9t+s%C3%A2n")
    assert kept in desk.lan.get(told["address"].removeprefix("/console")).text
    assert (desk.file("hours"), desk.file("contact")) == before


def test_only_who_teaches_asks_and_with_the_forms_token(desk: Desk) -> None:
    assert desk.reader.post("/corpus/intents/hours/like", {"texts": "x"}).status_code == 403
    assert desk.lan.post("/corpus/intents/khong_co/like", {"texts": "x"}).status_code == 404
    forged = desk.lan.client.post("/console/corpus/intents/hours/like", data={"texts": "x"})
    assert forged.status_code == 403
