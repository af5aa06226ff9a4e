"""Word lists in files, and questions about the neighbourhood that no record answers."""

import pytest

from bot.engine.nlu import kinds, words
from bot.engine.nlu.patterns import read

KNOWN = frozenset({"out_of_scope", "report_khac", "ask_overview"})


def test_sections_keep_their_order_and_names_stand_for_what_was_defined(tmp_path, monkeypatch):
    (tmp_path / "some.txt").write_text(
        "# why\n[= money]\n(?:tiền|phí)\n[cue: b]\nmất «money»\n[cue: a]\nhết\n", "utf-8"
    )
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    found = words.read("some").every("cue")
    assert [key for key, _ in found] == ["b", "a"]
    assert found[0][1].search("mất phí không")
    assert not found[0][1].search("mất giấy không")


@pytest.mark.parametrize("text", ["no section", "[a]\n«unknown» word"])
def test_a_broken_list_is_refused(tmp_path, monkeypatch, text):
    (tmp_path / "some.txt").write_text(text, "utf-8")
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    with pytest.raises(words.WordListError, match=r"some\.txt, line"):
        words.read("some")


@pytest.mark.parametrize(
    "text", ["phuong minh co ho boi cong cong ko", "ở đây có bán cây giống không", "mấy giờ chợ họp vậy"]
)
def test_what_there_is_in_a_neighbourhood_is_no_report(text):
    assert kinds.boosts(read(text), KNOWN).get("out_of_scope", 0) > 0


@pytest.mark.parametrize(
    "text", ["phường mình có nhận hồ sơ online không", "chợ họp lấn ra đường mấy giờ cũng kẹt", "hồ bơi bẩn quá"]
)
def test_procedures_and_grievances_are_not_taken_for_it(text):
    assert kinds.boosts(read(text), KNOWN).get("out_of_scope", 0) <= 0
