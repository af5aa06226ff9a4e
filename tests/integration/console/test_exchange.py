"""The corpus as files: one's own export changes nothing, a file is looked at first, what cannot be taken is named."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.console import sheets
from bot.knowledge.writing import write_records
from bot.runtime.project import ROOT
from bot.storage.database import connect_sync
from tests.support.catalogue import record
from tests.support.console import Browser, Office, running_office
from tests.support.databases import Databases


@dataclass
class Desk:
    office: Office
    corpus: Path
    lan: Browser

    def export(self, kind: str, form: str) -> bytes:
        return self.lan.get(f"/exchange/export?kind={kind}&format={form}").content

    def look(self, name: str, content: bytes, mode: str = "add") -> str:
        return self.lan.post("/exchange/look", {"mode": mode}, files={"file": (name, content)}).text

    def apply(self, page: str) -> int:
        return self.lan.post("/exchange/apply", self.form(page)).status_code

    @staticmethod
    def form(page: str) -> dict[str, list[str]]:
        form: dict[str, list[str]] = {}
        for name, value in re.findall(r'name="(name|mode|digest|content)" value="([^"]*)"', page):
            form.setdefault(name, []).append(value)
        return form

    def contents(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(self.corpus.rglob("*.yml"))}


def corpus_in(folder: Path) -> Path:
    """A copy of the project's sentences and names."""
    for part in ("intents", "aliases"):
        shutil.copytree(ROOT / "nlu_data" / part, folder / "nlu_data" / part)
    return folder / "nlu_data"


@pytest.fixture(scope="module")
def desk(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    data = tmp_path_factory.mktemp("office")
    corpus = corpus_in(data)
    with databases.fresh() as url:
        plain = connect_sync(url)
        with plain.begin() as connection:
            write_records(connection, [(record("1.001193", "Đăng ký khai sinh"), "portal")])
        plain.dispose()
        with running_office(url, BOT_DATA_DIR=str(data), BOT_CORPUS_DIR=str(corpus)) as office:
            office.staff("lan", "curator")
            lan = office.browser("lan")
            lan.post("/faqs/new", {"questions": "=hồ bơi\nbơi", "answer": "Có.\nVé 5.000", "source": "UBND"})
            lan.post("/faqs/new", {"questions": "chợ", "answer": "Sáng", "source": "A", "valid_until": "2030-01-31"})
            lan.post("/faqs/2/retire")
            yield Desk(office, corpus, lan)


@pytest.mark.parametrize(
    ("kind", "form"),
    [("intents", form) for form in sheets.FORMATS]
    + [(kind, form) for kind in ("aliases", "faqs") for form in ("csv", "xlsx")],
)
def test_ones_own_export_changes_nothing_and_loses_nothing(desk: Desk, kind: str, form: str) -> None:
    before = desk.contents()
    page = desk.look(f"x.{form}", desk.export(kind, form), "replace")
    assert "Thêm 0, bỏ 0, sửa 0;" in page
    assert " 0 dòng không nhận được" in page
    assert "Tệp không thay đổi gì" in page
    assert desk.contents() == before


def test_a_file_is_looked_at_first_and_then_done_with_its_author(desk: Desk) -> None:
    before = desk.contents()
    rows = [
        ["hours", "chiều thứ sáu xã có tiếp dân không ta"],
        ["hours", "xin chào"],
        ["khong_co", "câu của ý định lạ"],
        ["hours", "câu [có](dấu)"],
    ]
    page = desk.look("moi.xlsx", sheets.write("intents", rows, "xlsx"))
    assert "Thêm 1, bỏ 0, sửa 0; 0 dòng không đổi; 3 dòng không nhận được" in page
    for said in ("Dòng 3", "đã thuộc “chào”", "không có ý định này", "ký hiệu không dùng được"):
        assert said in page
    assert desk.contents() == before
    assert desk.apply(page) == 303
    changed = {name for name, content in desk.contents().items() if content != before[name]}
    assert changed == {"hours.yml"}
    (row,) = desk.office.rows("SELECT account, action, after FROM corpus_changes WHERE action = 'import'")
    assert row == ("lan", "import", {"examples": [rows[0][1]]})
    assert "nhập từ tệp" in desk.lan.get("/corpus/changes").text


def test_replacing_moves_a_sentence_between_intents_and_touches_no_other(desk: Desk) -> None:
    corpus = [line.cells for line in sheets.read("x.csv", desk.export("intents", "csv"))[1]]
    moved = next(text for intent, text in corpus if intent == "hours")
    rows = [
        [("contact" if text == moved else intent), text] for intent, text in corpus if intent in ("hours", "contact")
    ]
    before = desk.contents()
    page = desk.look("x.csv", sheets.write("intents", rows, "csv"), "replace")
    assert "Thêm 1, bỏ 1, sửa 0;" in page
    assert desk.apply(page) == 303
    after = desk.contents()
    assert {name for name in after if after[name] != before[name]} == {"hours.yml", "contact.yml"}
    assert f"- {moved}\n".encode() in after["contact.yml"]


def test_faqs_and_names_come_in_and_bad_lines_are_named(desk: Desk) -> None:
    rows = [
        ["1", "=hồ bơi\nbơi", "Có, mới.", "UBND", "31/12/2030", ""],
        ["", "câu mới", "đáp", "nguồn", "", ""],
        ["99", "x", "y", "z", "", ""],
        ["", "thiếu nguồn", "y", "", "", ""],
        ["", "ngày sai", "y", "z", "30/02/2026", ""],
    ]
    page = desk.look("faq.csv", sheets.write("faqs", rows, "csv"))
    assert "Thêm 1, bỏ 0, sửa 1; 0 dòng không đổi; 3 dòng không nhận được" in page
    assert desk.apply(page) == 303
    assert desk.office.rows("SELECT id, answer, valid_until::text FROM faqs ORDER BY id")[0] == (
        1,
        "Có, mới.",
        "2030-12-31",
    )
    names = sheets.write("aliases", [["1.001193", "giấy chào đời"], ["9.999999", "không có"]], "csv")
    page = desk.look("ten.csv", names)
    assert "Thêm 1, bỏ 0" in page
    assert "danh mục không có thủ tục này" in page
    assert desk.apply(page) == 303
    assert "giấy chào đời" in desk.lan.get("/aliases/1.001193").text


def test_what_is_no_table_changes_nothing_and_what_it_holds_is_never_run(desk: Desk) -> None:
    before = desk.contents()
    assert "Chưa có gì thay đổi" in desk.look("x.xlsx", b"nothing")
    assert "Hãy chọn một tệp" in desk.lan.post("/exchange/look", {"mode": "add"}).text
    assert desk.lan.post("/exchange/apply", {"name": "x.csv", "content": "@@@"}).status_code == 422
    page = desk.look("<img src=x>.csv", sheets.write("intents", [["<script>alert(1)</script>", "<b>"]], "csv"))
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert desk.contents() == before
    assert desk.lan.get("/exchange/export?kind=faqs&format=yml").status_code == 404


def test_an_intent_whose_line_is_refused_loses_nothing(desk: Desk) -> None:
    corpus = [line.cells for line in sheets.read("x.csv", desk.export("intents", "csv"))[1]]
    goodbyes = [text for intent, text in corpus if intent == "goodbye"]
    edited = [["goodbye", text] for text in goodbyes[1:]] + [["goodbye", "câu [sai]"], ["thanks", "xin chào"]]
    page = desk.look("x.csv", sheets.write("intents", edited, "csv"), "replace")
    assert "Thêm 0, bỏ 0, sửa 0;" in page
    assert "Không bỏ gì ở goodbye, thanks" in page
    merged = [["goodbye", goodbyes[0]], ["", goodbyes[1]]]
    page = desk.look("x.csv", sheets.write("intents", merged, "csv"), "replace")
    assert "bỏ 0" in page
    assert "ô gộp thì tách ra" in page


def test_a_large_file_is_applied_and_what_changed_since_the_look_is_looked_at_again(desk: Desk) -> None:
    rows = [list(line.cells) for line in sheets.read("x.csv", desk.export("aliases", "csv"))[1]]
    content = sheets.write("aliases", [*rows, ["1.001193", "tên thật mới"]], "csv")
    assert len(content) > 1024 * 1024
    page = desk.look("x.csv", content)
    desk.lan.post("/aliases/1.001193", {"names": "tên thật mới"})
    late = desk.lan.post("/exchange/apply", desk.form(page))
    assert (late.status_code, "vừa được người khác thay đổi" in late.text) == (409, True)
    content = sheets.write("aliases", [*rows, ["1.001193", "tên khác nữa"]], "csv")
    assert desk.apply(desk.look("x.csv", content)) == 303
    assert "tên khác nữa" in desk.lan.get("/aliases/1.001193").text


INTENT = "own_muon_san_bong"


def taught(desk: Desk) -> int:
    """An FAQ that is also an intent; its number."""
    known = desk.office.rows("SELECT id FROM faqs WHERE intent = :i", i=INTENT)
    if not known:
        draft = {
            "questions": "mượn sân bóng của xã thì hỏi ai\nđặt sân bóng xã mình",
            "answer": "Hỏi Văn phòng.",
            "source": "A",
        }
        desk.lan.post("/faqs/new", draft)
        known = desk.office.rows("SELECT max(id) FROM faqs")
        assert desk.lan.post(f"/faqs/{known[0][0]}/intent", {"name": "mượn sân bóng"}).status_code == 303
    return int(known[0][0])


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_faq_that_was_taught_as_an_intent_comes_back_elsewhere_with_its_sentences(
    desk: Desk, form: str, databases: Databases, tmp_path: Path
) -> None:
    number = taught(desk)
    _, lines = sheets.read(f"x.{form}", desk.export("faqs", form))
    row = next(line.cells for line in lines if line.cells[0] == str(number))
    assert row[-1] == INTENT
    sentences = [
        list(line.cells) for line in sheets.read("x.yml", desk.export("intents", "yml"))[1] if line.cells[0] == INTENT
    ]
    assert len(sentences) == 2
    corpus = corpus_in(tmp_path)
    with (
        databases.fresh() as url,
        running_office(url, BOT_DATA_DIR=str(tmp_path / "data"), BOT_CORPUS_DIR=str(corpus)) as office,
    ):
        office.staff("hoa", "curator")
        there = Desk(office, corpus, office.browser("hoa"))
        file = sheets.write("intents", sentences, "yml")
        assert "2 dòng không nhận được" in there.look("x.yml", file), "nothing would answer it"
        page = there.look(f"x.{form}", sheets.write("faqs", [["", *row[1:]]], form))
        assert "Thêm 1, bỏ 0, sửa 0" in page
        assert f"ý định {INTENT}" in page
        assert there.apply(page) == 303
        assert there.apply(there.look("x.yml", file)) == 303
        assert office.rows("SELECT intent, retired FROM faqs") == [(INTENT, False)]
        assert there.contents()[f"{INTENT}.yml"] == desk.contents()[f"{INTENT}.yml"]
        again = sheets.read(f"x.{form}", there.export("faqs", form))[1][0].cells
        assert again[1:] == row[1:]


def test_an_intent_in_a_file_is_checked_and_never_taken_from_an_faq(desk: Desk) -> None:
    number = taught(desk)
    kept = next(
        line.cells for line in sheets.read("x.csv", desk.export("faqs", "csv"))[1] if line.cells[0] == str(number)
    )
    rows = [
        [*kept[:-1], ""],
        [*kept[:-1], "own_khac"],
        ["", "a b c", "đáp", "nguồn", "", "", INTENT],
        ["", "d e f", "đáp", "nguồn", "", "", "../../own_x"],
        ["", "g h i", "đáp", "nguồn", "", "", "ask_fee"],
        ["", "k l m", "đáp", "nguồn", "", "", "own_moi"],
        ["", "n o p", "đáp", "nguồn", "", "", "own_moi"],
    ]
    page = desk.look("x.csv", sheets.write("faqs", rows, "csv"))
    assert "Thêm 1, bỏ 0, sửa 0; 1 dòng không đổi; 5 dòng không nhận được" in page
    assert f"đã có ý định {INTENT}; không đổi bằng tệp được" in page
    assert f"ý định {INTENT} đã có câu hỏi thường gặp khác trả lời" in page
    assert "ý định own_moi đã có câu hỏi thường gặp khác trả lời" in page
    assert page.count("cột Ý định chỉ nhận tên bắt đầu bằng own_") == 2
    assert desk.apply(page) == 303
    assert desk.office.rows("SELECT intent FROM faqs WHERE intent IS NOT NULL ORDER BY intent") == [
        ("own_moi",),
        (INTENT,),
    ]
