"""The pages of unanswered questions, as a browser of a reviewer sees them."""

from __future__ import annotations

import itertools
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from bot.conversations.capability import Capabilities
from bot.review.examples import Examples
from bot.review.suggestions import suggest_new
from tests.support.console import Browser, Office, hidden, running_office
from tests.support.databases import Databases
from tests.support.review import Desk, in_office

EVIL = "<script>window.hacked=1</script> <img src=x onerror=alert(1)> {{7*7}} ${7*7} javascript:alert(1)"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def office(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    data = tmp_path_factory.mktemp("console")
    with databases.fresh() as url, running_office(url, BOT_DATA_DIR=str(data)) as made:
        made.staff("lan", "reviewer")
        made.staff("minh", "reviewer")
        made.staff("sep", "supervisor")
        yield made


@pytest.fixture
def lan(office: Office) -> Browser:
    return office.browser("lan")


def group(office: Office, *texts: str, **more: Any) -> int:
    """A group of its own matter, which no other test's questions join."""

    async def work(desk: Desk) -> int:
        first, *_ = [await desk.case(said, **more) for said in texts]
        await desk.grouper.group_new()
        number = int(await desk.one("SELECT group_id FROM unresolved_cases WHERE id = :id", id=first))
        await desk.one(
            "UPDATE case_groups SET suggestions = CAST(:found AS jsonb), suggested_for = 64 WHERE id = :id RETURNING 1",
            id=number,
            found='[{"kind": "intent", "intent": "hours", "score": 0.6, "why": ["giờ"], "like": "mấy giờ làm việc"},'
            ' {"kind": "scope", "score": 0, "why": []}]',
        )
        return number

    return in_office(office, work)


def matter() -> str:
    """A question like no other."""
    number = next(_numbers)
    return f"xin hỏi về việc zq{number}x wv{number}k ở phường"


def version(browser: Browser, number: int) -> str:
    return hidden(browser.get(f"/review/{number}").text, "version")


def test_the_queue_shows_what_is_asked_most_and_says_what_it_is_for(office: Office, lan: Browser) -> None:
    said = matter()
    group(office, said, said, said)
    page = lan.get("/review")
    assert page.status_code == 200
    assert said in page.text
    assert "Những câu bot chưa trả lời tốt" in page.text
    assert "3 đang chờ" in page.text
    assert "hỏi giờ làm việc" in page.text


@pytest.mark.parametrize(
    "query",
    [
        "state=any", "state=labelled", "signal=handoff", "channel=zalo", "confidence=low",
        "from=2020-01-01&to=2030-01-01",
        "procedure=1.001193", "assigned=me", "assigned=none", "answerable=1", "q=khai sinh", "q=%00'%22<script>",
        "state=nonsense&signal=x&from=x&to=9999-99-99", "after=1.0:5", "from=0001-01-01",
    ],
)  # fmt: skip
def test_every_filter_answers(office: Office, lan: Browser, query: str) -> None:
    assert lan.get(f"/review?{query}").status_code == 200


@pytest.mark.parametrize("place", ["x", "nan:1", "1", "1:x", "inf:2", "1e999:2"])
def test_a_place_that_there_is_not_leads_to_the_start(lan: Browser, place: str) -> None:
    assert lan.get(f"/review?after={place}").status_code == 303


def test_what_citizens_and_colleagues_write_is_inert(office: Office, lan: Browser) -> None:
    said = f"{matter()} {EVIL}"
    number = group(office, said, said)
    lan.post(f"/review/{number}/comment", {"text": EVIL})
    for path in ("/review", f"/review/{number}"):
        page = lan.get(path).text
        assert "&lt;script&gt;window.hacked" in page
        assert "<script>window.hacked" not in page
        assert "<img src=x" not in page
        assert "49" not in re.findall(r"\{\{.*?\}\}|\$\{.*?\}", page)
    lan.post(f"/review/{number}/answer", {"version": version(lan, number), "text": f"x{EVIL[:80]}{{sai}}"})
    refused = lan.post(f"/review/{number}/answer", {"version": version(lan, number), "text": f"{EVIL[:80]}{{sai}}"})
    assert refused.status_code == 422
    assert "<script>window.hacked" not in refused.text


def test_a_suggestion_is_accepted_by_its_number_and_the_next_group_follows(office: Office, lan: Browser) -> None:
    one, two = group(office, matter()), group(office, matter(), matter())
    done = lan.post(f"/review/{one}/accept?state=any", {"version": version(lan, one), "place": "1"})
    assert done.status_code == 303
    assert "/console/review" in done.headers["location"]
    rows = office.rows("SELECT state, label ->> 'intent' FROM case_groups WHERE id = :id", id=one)
    assert rows == [("labelled", "hours")]
    audit = office.rows("SELECT account, object, after FROM audit_log WHERE action = 'review.label' ORDER BY id DESC")[
        0
    ]
    assert audit[:2] == ("lan", f"group:{one}")
    assert audit[2]["label"]["intent"] == "hours"
    for place in ("0", "9", "x", ""):
        refused = lan.post(f"/review/{two}/accept", {"version": version(lan, two), "place": place})
        assert refused.status_code == 422


def test_who_is_slower_is_told_and_loses_nothing_of_what_was_written(office: Office, lan: Browser) -> None:
    number = group(office, matter())
    minh = office.browser("minh")
    seen = version(lan, number)
    assert minh.post(f"/review/{number}/label", {"version": version(minh, number), "kind": "scope"}).status_code == 303
    late = lan.post(f"/review/{number}/answer", {"version": seen, "text": "Câu trả lời tôi đã viết dài."})
    assert late.status_code == 409
    assert "vừa được minh thay đổi" in late.text
    assert "Câu trả lời tôi đã viết dài." in late.text or "Không có ai đang chờ" in late.text
    assert office.rows("SELECT count(*) FROM group_answers WHERE group_id = :id", id=number) == [(0,)]


def test_a_double_click_sends_once(office: Office, lan: Browser) -> None:
    number = group(office, matter())
    form = {"version": version(lan, number), "text": "Đã có câu trả lời."}
    first, second = lan.post(f"/review/{number}/answer", form), lan.post(f"/review/{number}/answer", form)
    assert (first.status_code, second.status_code) == (303, 409)
    count = office.rows(
        "SELECT count(*) FROM answer_deliveries d JOIN group_answers a ON a.id = d.answer_id WHERE a.group_id = :id",
        id=number,
    )
    assert count == [(1,)]


def test_why_an_answer_did_not_arrive_is_said_in_words(office: Office, lan: Browser) -> None:
    number = group(office, matter())
    lan.post(f"/review/{number}/answer", {"version": version(lan, number), "text": "Đã có câu trả lời."})
    office.execute(
        "UPDATE outbox SET state = 'failed', error = 'window_closed' WHERE id = (SELECT d.outbox_id"
        f" FROM answer_deliveries d JOIN group_answers a ON a.id = d.answer_id WHERE a.group_id = {number})"
    )
    page = lan.get(f"/review/{number}").text
    assert "Quá 7 ngày người dân không nhắn cho OA" in page
    assert "window_closed" not in page


def test_an_answer_reaches_the_page_of_the_citizen(office: Office, lan: Browser) -> None:
    token, key = office_citizen(office)
    said = matter()

    async def ask(desk: Desk) -> int:
        citizen = await desk.one("SELECT id FROM conversations WHERE key = CAST(:key AS uuid)", key=key)
        case = await desk.case(said, citizen)
        await desk.grouper.group_new()
        return int(await desk.one("SELECT group_id FROM unresolved_cases WHERE id = :id", id=case))

    number = in_office(office, ask)
    sent = lan.post(
        f"/review/{number}/answer", {"version": version(lan, number), "text": "Về {cau_hoi}: mời đến quầy số 3."}
    )
    assert sent.status_code == 303
    told = [reply["text"] for message in office.history(token) for reply in message["replies"]]
    assert f"Về “{said}”: mời đến quầy số 3." in told
    page = lan.get(f"/review/{number}").text
    assert "Đã gửi cho 1 người dân." in page or "đã hiện trên trang trò chuyện: 1" in page
    assert "Không có ai đang chờ." in page


def office_citizen(office: Office) -> tuple[str, str]:
    """A web conversation without a worker: made in the database, its token issued as the web process does."""

    async def make(desk: Desk) -> str:
        number = await desk.citizen("web")
        return str(await desk.one("SELECT key FROM conversations WHERE id = :id", id=number))

    key = in_office(office, make)
    return Capabilities(office.settings.secret_key).issue(uuid.UUID(key)), key


def test_merging_splitting_assigning_and_commenting(office: Office, lan: Browser) -> None:
    one, two = group(office, matter(), matter()), group(office, matter())
    merged = lan.post(f"/review/{one}/merge", {"version": version(lan, one), "group": [str(two)]})
    assert merged.status_code == 303
    assert lan.get(f"/review/{two}").headers["location"] == f"/console/review/{one}?"
    assert lan.post(f"/review/{two}/assign", {"version": "1"}).headers["location"].startswith(f"/console/review/{one}")
    case = office.rows("SELECT min(id) FROM unresolved_cases WHERE group_id = :id", id=one)[0][0]
    assert lan.post(f"/review/{one}/split", {"version": version(lan, one), "case": [str(case)]}).status_code == 303
    assert lan.post(f"/review/{one}/assign", {"version": version(lan, one), "account": "minh"}).status_code == 303
    assert lan.post(f"/review/{one}/assign", {"version": version(lan, one), "account": "ai-do"}).status_code == 422
    assert lan.post(f"/review/{one}/assign", {"version": version(lan, one), "account": "sep"}).status_code == 422
    assert lan.post(f"/review/{one}/comment", {"text": "xem giúp nhé"}).status_code == 303
    page = lan.get(f"/review/{one}").text
    assert "xem giúp nhé" in page
    actions = {row[0] for row in office.rows("SELECT action FROM audit_log WHERE object = :o", o=f"group:{one}")}
    assert actions == {"review.merge", "review.split", "review.assign", "review.comment"}


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "procedure", "code": "9.999999"}, {"kind": "alias", "code": "9.999999", "alias": "x y"},
        {"kind": "intent", "intent": "khong_co"}, {"kind": "nonsense"}, {},
    ],
)  # fmt: skip
def test_a_label_that_there_is_not_is_refused_and_changes_nothing(
    office: Office, lan: Browser, form: dict[str, str]
) -> None:
    number = group(office, matter())
    assert lan.post(f"/review/{number}/label", {"version": version(lan, number)} | form).status_code == 422
    assert office.rows("SELECT state, version FROM case_groups WHERE id = :id", id=number) == [("open", 1)]


def test_a_supervisor_reads_and_changes_nothing(office: Office) -> None:
    number = group(office, matter())
    sep = office.browser("sep")
    page = sep.get(f"/review/{number}")
    assert page.status_code == 200
    assert 'name="place"' not in page.text
    for action in ("accept", "label", "answer", "merge", "split", "assign", "comment", "reopen", "faq", "intent"):
        assert sep.post(f"/review/{number}/{action}", {"version": "1", "text": "x"}).status_code == 403


def test_no_list_holds_a_masked_value_or_what_was_forgotten(office: Office, lan: Browser) -> None:
    number = group(office, f"{matter()} gọi [SĐT_1]")
    page = lan.get(f"/review/{number}").text
    assert "[SĐT_1]" not in page


def test_a_faq_is_written_out_of_a_group_and_offered_to_the_next_like_it(office: Office, lan: Browser) -> None:
    said = matter()
    number = group(office, said)
    form = {"version": version(lan, number), "answer": "Mời đến quầy số 3.", "source": "Thông báo 12"}
    assert lan.post(f"/review/{number}/faq", form | {"source": ""}).status_code == 422
    assert lan.post(f"/review/{number}/faq", form | {"until": "32/13"}).status_code == 422
    assert lan.post(f"/review/{number}/faq", form).status_code == 303
    faq = office.rows("SELECT f.id, f.answer, q.text, f.created_by FROM faqs f JOIN faq_questions q ON q.faq_id = f.id")
    assert [row[1:] for row in faq] == [("Mời đến quầy số 3.", said, "lan")]
    label = office.rows("SELECT state, label FROM case_groups WHERE id = :id", id=number)[0]
    assert (label[0], label[1]["kind"], label[1]["faq"]) == ("labelled", "faq", faq[0][0])

    async def suggested(desk: Desk) -> list[Any]:
        await desk.run("UPDATE case_groups SET suggested_for = 0 WHERE id = :id", id=number)
        await suggest_new(desk.sessions, None, Examples([]))
        return list(await desk.one("SELECT suggestions FROM case_groups WHERE id = :id", id=number))

    found = in_office(office, suggested)
    place = next(place for place, item in enumerate(found, 1) if item["kind"] == "faq")
    assert found[place - 1]["like"] == said
    done = lan.post(f"/review/{number}/accept", {"version": version(lan, number), "place": str(place)})
    assert done.status_code == 303
