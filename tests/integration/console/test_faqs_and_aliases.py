"""FAQs and the names of procedures in the console: live at once, nobody overwrites anybody, all can be taken back."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.knowledge.writing import write_records
from bot.runtime.project import ROOT
from bot.storage.database import connect_sync
from tests.support.catalogue import record
from tests.support.console import Browser, Office, running_office
from tests.support.databases import Databases

FORM = {"questions": "hồ bơi công cộng ở đâu\nphường có hồ bơi không", "answer": "Ở số 1 đường A.", "source": "UBND"}


@dataclass
class Desk:
    office: Office
    corpus: Path
    lan: Browser
    minh: Browser
    reader: Browser

    def add(self, **values: Any) -> str:
        answer = self.lan.post("/faqs/new", FORM | values)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].removeprefix("/console")


@pytest.fixture(scope="module")
def desk(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    data = tmp_path_factory.mktemp("office")
    for part in ("intents", "aliases"):
        shutil.copytree(ROOT / "nlu_data" / part, data / "nlu_data" / part)
    corpus = data / "nlu_data"
    with databases.fresh() as url:
        plain = connect_sync(url)
        with plain.begin() as connection:
            records = [record("1.001193", "Đăng ký khai sinh"), record("1.000656", "Đăng ký khai tử")]
            write_records(connection, [(item, "portal") for item in records])
        plain.dispose()
        with running_office(url, BOT_DATA_DIR=str(data), BOT_CORPUS_DIR=str(corpus)) as office:
            for name, role in (("lan", "curator"), ("minh", "curator"), ("duyet", "reviewer")):
                office.staff(name, role)
            yield Desk(office, corpus, office.browser("lan"), office.browser("minh"), office.browser("duyet"))


def test_a_faq_is_looked_at_saved_and_told_of_what_it_collides_with(desk: Desk) -> None:
    looked = desk.lan.post("/faqs/new", FORM | {"do": "look"})
    assert looked.status_code == 200
    assert looked.text.count("Ở số 1 đường A.") == 4, "the field, and what citizens read on three channels"
    assert desk.office.rows("SELECT count(*) FROM faqs") == [(0,)]
    page = desk.add()
    other = FORM | {"do": "look", "questions": "phuong co ho boi ko\nxin chào"}
    warned = desk.lan.post("/faqs/new", other).text
    assert "gần như câu “phường có hồ bơi không”" in warned
    assert "câu mẫu của ý định “chào”" in warned
    assert "hồ bơi công cộng" in desk.lan.get("/faqs?q=ho boi").text
    assert "hồ bơi công cộng" not in desk.lan.get("/faqs?state=expired").text
    assert desk.reader.get(page).status_code == 200
    assert desk.reader.post(page, FORM).status_code == 403


def test_who_saves_an_older_one_is_told_and_keeps_their_words(desk: Desk) -> None:
    page = desk.add(questions="chợ mấy giờ mở")
    first = desk.lan.post(page, FORM | {"questions": "chợ mấy giờ mở", "answer": "5 giờ sáng.", "version": "1"})
    assert first.status_code == 303
    late = desk.minh.post(page, FORM | {"questions": "chợ mấy giờ mở", "answer": "6 giờ.", "version": "1"})
    assert late.status_code == 422
    assert "vừa được lan thay đổi" in late.text
    assert "6 giờ.</textarea>" in late.text
    version = re.search(r'name="version" value="(\d+)"', late.text)
    assert version
    again = FORM | {"questions": "chợ mấy giờ mở", "answer": "6 giờ.", "version": version[1]}
    assert desk.minh.post(page, again).status_code == 303
    shown = desk.minh.get(page).text
    assert "− 5 giờ sáng." in shown
    assert "+ 6 giờ." in shown


def test_a_faq_goes_back_to_what_it_was_and_is_ended(desk: Desk) -> None:
    page = desk.add(questions="lịch tiêm chủng", answer="Thứ hai.")
    desk.lan.post(page, FORM | {"questions": "lịch tiêm", "answer": "Thứ ba.", "version": "1"})
    change = re.search(r'name="change" value="(\d+)"', desk.lan.get(page).text)
    assert change
    assert desk.minh.post(f"{page}/back", {"change": change[1]}).status_code == 303
    assert "Thứ hai.</textarea>" in desk.minh.get(page).text
    desk.minh.post(f"{page}/retire")
    assert "ngừng dùng" in desk.lan.get("/faqs?state=retired").text
    other = desk.add(questions="câu khác")
    desk.lan.post(f"{other}/back", {"change": change[1]})
    assert "không trở lại được" in desk.lan.get(other).text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("valid_until", "31/02/2026", "ngày có thật"),
        ("source", " ", "Nguồn còn trống"),
        ("answer", "x" * 3001, "quá dài"),
    ],
)
def test_what_does_not_hold_is_named_and_nothing_is_lost(desk: Desk, field: str, value: str, said: str) -> None:
    refused = desk.lan.post("/faqs/new", FORM | {field: value})
    assert refused.status_code == 422
    assert said in refused.text
    assert "phường có hồ bơi không" in refused.text


def test_what_people_write_is_shown_and_never_run(desk: Desk) -> None:
    nasty = "<script>alert(1)</script>"
    page = desk.add(questions=f"{nasty} ở đâu", answer=f"{nasty}\n<img src=x onerror=alert(1)>", source=nasty)
    for path in (page, "/faqs", "/corpus/changes?kind=faq"):
        assert "<script>alert" not in desk.lan.get(path).text
        assert "<img src=x" not in desk.lan.get(path).text


def test_a_faq_is_taught_as_an_intent_of_its_own(desk: Desk) -> None:
    page = desk.add(questions="xóm trên mấy giờ phát nước ngọt\nchừng nào xe nước ngọt vô xóm")
    done = desk.lan.post(f"{page}/intent", {"name": "Giờ phát nước ngọt"})
    assert done.status_code == 303
    path = desk.corpus / "intents" / "own_gio_phat_nuoc_ngot.yml"
    assert path.read_text(encoding="utf-8").splitlines()[-2:] == [
        "    - xóm trên mấy giờ phát nước ngọt", "    - chừng nào xe nước ngọt vô xóm",
    ]  # fmt: skip
    shown = desk.lan.get(page).text
    assert 'href="/console/corpus/intents/own_gio_phat_nuoc_ngot"' in shown
    assert desk.lan.get("/corpus/intents/own_gio_phat_nuoc_ngot").status_code == 200
    form = {"questions": "xóm trên mấy giờ phát nước ngọt\nxe nước tới lúc nào", "answer": "6 giờ.", "source": "UBND"}
    assert desk.lan.post(page, form | {"version": "2"}).status_code == 303
    assert desk.lan.post(f"{page}/intent", {}).status_code == 303
    assert path.read_text(encoding="utf-8").endswith("    - xe nước tới lúc nào\n")
    other = desk.add(questions="bao giờ phát nước")
    assert desk.lan.post(f"{other}/intent", {"name": "giờ phát nước ngọt!"}).status_code == 303
    assert (desk.corpus / "intents" / "own_gio_phat_nuoc_ngot_2.yml").is_file()
    taken = desk.add(questions="xin chào")
    refused = desk.lan.post(f"{taken}/intent", {"name": "chào"})
    assert "đã thuộc" in desk.lan.get(refused.headers["location"].removeprefix("/console")).text
    assert desk.office.rows("SELECT intent FROM faqs WHERE id = :id", id=int(taken.rpartition("/")[2])) == [(None,)]
    assert desk.reader.post(f"{page}/intent", {}).status_code == 403


def test_names_are_added_removed_and_taken_back_and_the_search_follows(desk: Desk) -> None:
    page = "/aliases/1.001193"
    revision = desk.office.rows("SELECT revision FROM catalogue_revision")
    before = sorted(path.read_bytes() for path in (desk.corpus / "aliases").iterdir())
    form = {"names": "làm giấy chào đời cho em bé\nbáo tử"}
    assert desk.lan.post(page, form).status_code == 303
    assert desk.office.rows("SELECT revision FROM catalogue_revision") != revision
    assert "giấy chào đời" in desk.lan.get("/aliases?q=giay chao doi").text
    desk.lan.post("/aliases/1.000656", {"names": "báo tử"})
    assert "cũng là tên của" in desk.lan.get(page).text
    assert desk.minh.post(page, {"gone": "báo tử"}).status_code == 303
    assert desk.minh.post(page, {"gone": "báo tử"}).status_code == 409
    for path in (page, "/aliases/1.000656"):
        for number in re.findall(r"changes/(\d+)/revert", desk.minh.get(path).text):
            desk.minh.post(f"/corpus/changes/{number}/revert")
    assert sorted(path.read_bytes() for path in (desk.corpus / "aliases").iterdir()) == before
    assert desk.lan.get("/aliases/9.999999").status_code == 404
