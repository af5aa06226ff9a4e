"""Questions asked before as texts by which a procedure is found, and what a message of few words may be about."""

from bot.knowledge.search import SearchIndex, asked
from tests.support.catalogue import record, row

ROWS = [
    row(record("1.004873", "Cấp giấy xác nhận tình trạng hôn nhân", levels=("commune",))),
    row(record("1.000894", "Đăng ký kết hôn", levels=("commune",))),
    row(record("1.000656", "Đăng ký khai tử", levels=("commune",))),
]
STORY = "nhà băng bắt trình tờ chưa có chồng"


def test_a_question_asked_before_finds_its_procedure_again() -> None:
    known = asked.by_code([{"text": STORY, "procedure": "1.004873"}])
    without = SearchIndex(ROWS, asked={}).search(STORY)
    found = SearchIndex(ROWS, asked=known).search(f"{STORY} xin ở đâu")
    assert without.best is None or without.best.code != "1.004873"
    assert found.best is not None
    assert found.best.code == "1.004873"


def test_a_label_of_several_codes_counts_for_each() -> None:
    known = asked.by_code(
        [{"text": "giấy cho ghe", "procedure": ["1.1", "1.2"]}, {"text": "ghe mới", "procedure": "1.1"}]
    )
    assert known == {"1.1": ("giấy cho ghe", "ghe mới"), "1.2": ("giấy cho ghe",)}


def test_the_projects_questions_name_codes_and_have_words() -> None:
    known = asked.default()
    assert len(known) > 300
    assert all(texts and all(map(str.strip, texts)) for texts in known.values())
