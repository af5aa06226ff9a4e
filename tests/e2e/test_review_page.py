"""The queue of unanswered questions in headless Chromium: keys, answers, nothing of what citizens wrote comes alive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_officers_way import Visit
from tests.support.browser import DESKTOP, PHONE
from tests.support.console import PASSWORD, Office, running_office
from tests.support.databases import Databases
from tests.support.review import Desk, in_office

pytestmark = pytest.mark.timeout(180)

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)> {{7*7}} \" onclick=alert(3) x='"
RUBBISH = ("Mấy giờ xe rác đến thu gom?", "may gio xe rac den thu gom vay", "xe rác mấy giờ tới thu gom")
WELL = "Khoan giếng trong nhà có phải xin phép không?"
SUGGESTED = (
    '[{"kind": "intent", "intent": "hours", "score": 0.6, "why": ["giờ"], "like": "mấy giờ phường làm việc"},'
    ' {"kind": "procedure", "code": "1.001193", "name": "Khai sinh <b>x</b>", "aspect": "fee", "score": 0.2,'
    ' "why": ["khai"]}, {"kind": "scope", "score": 0, "why": []}]'
)


@pytest.fixture(scope="module")
def office(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    data = tmp_path_factory.mktemp("office")
    with databases.fresh() as url, running_office(url, BOT_DATA_DIR=str(data)) as made:
        made.staff("duyet", "reviewer")
        yield made


@pytest.fixture
def filled(office: Office) -> Office:
    """Three matters: one of three citizens, one of one, one that attacks."""

    async def work(desk: Desk) -> None:
        for table in ("unresolved_cases", "case_groups", "conversations"):
            await desk.run(f"DELETE FROM {table}")
        for said in (*RUBBISH, WELL, f"câu hỏi lạ {EVIL}"):
            await desk.case(said)
        await desk.grouper.group_new()
        await desk.run(
            "UPDATE case_groups SET suggestions = CAST(:found AS jsonb), suggested_for = 64", found=SUGGESTED
        )

    in_office(office, work)
    return office


@pytest.fixture
def visit(browser: Browser, office: Office) -> Iterator[Callable[..., Visit]]:
    contexts = []

    def open_browser(size: tuple[int, int] = DESKTOP) -> Visit:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="vi-VN", reduced_motion="reduce"
        )
        contexts.append(context)
        made = Visit(context, office.url)
        made.open("")
        made.page.get_by_label("Tên đăng nhập").fill("duyet")
        made.page.get_by_label("Mật khẩu").fill(PASSWORD)
        made.page.keyboard.press("Enter")
        expect(made.page.get_by_role("heading", name="Câu chưa trả lời", exact=True)).to_be_visible()
        return made

    yield open_browser
    for context in contexts:
        context.close()


def settled(page: Page) -> None:
    """The page's script listens to keys only once it is there."""
    page.wait_for_load_state("load")


def states(office: Office) -> dict[str, str]:
    rows = office.rows("SELECT u.text, g.state FROM case_groups g JOIN unresolved_cases u ON u.id = g.leader")
    return dict(rows)


def test_the_queue_is_worked_on_with_the_keyboard(filled: Office, visit: Callable[..., Visit]) -> None:
    here = visit()
    page, keys = here.page, here.page.keyboard
    expect(page.locator("tbody tr").first.get_by_text(RUBBISH[0])).to_be_visible()
    settled(page)
    keys.press("?")
    expect(page.get_by_role("dialog", name="Phím tắt")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    keys.press("j")
    keys.press("j")
    keys.press("k")
    expect(page.locator("tr.chosen")).to_have_count(1)
    keys.press("Enter")
    expect(page.get_by_role("heading", name=f"“{RUBBISH[0]}”")).to_be_visible()
    expect(page.get_by_text("giống câu mẫu “mấy giờ phường làm việc”")).to_be_visible()
    settled(page)
    keys.press("j")
    expect(page.get_by_role("heading", name=f"“{RUBBISH[0]}”")).to_have_count(0)
    settled(page)
    keys.press("k")
    expect(page.get_by_role("heading", name=f"“{RUBBISH[0]}”")).to_be_visible()
    settled(page)
    keys.press("1")
    expect(page.get_by_text("Đã ghi nhãn.")).to_be_visible()
    settled(page)
    assert states(filled)[RUBBISH[0]] == "labelled"
    keys.press("3")
    expect(page.get_by_text("Đã đánh dấu ngoài phạm vi.")).to_be_visible()
    settled(page)
    assert sorted(states(filled).values()) == ["dismissed", "labelled", "open"]
    keys.press("u")
    expect(page.locator("tbody tr")).to_have_count(1)
    here.check()


def test_an_answer_is_written_once_for_all_who_wait(filled: Office, visit: Callable[..., Visit]) -> None:
    here = visit()
    page = here.page
    page.get_by_role("link", name=RUBBISH[0]).click()
    expect(page.get_by_role("heading", name=f"“{RUBBISH[0]}”")).to_be_visible()
    settled(page)
    page.keyboard.press("a")
    answer = page.get_by_label("Câu trả lời, viết một lần")
    expect(answer).to_be_focused()
    answer.type("1 j ? Bạn hỏi ")
    page.get_by_role("button", name="câu người dân đã hỏi").click()
    answer.press_sequentially(": 18 giờ hằng ngày.")
    page.get_by_role("button", name="Gửi cho 3 người").dblclick()
    expect(page.get_by_text("Đã gửi cho 3 người dân.")).to_be_visible()
    rows = filled.rows("SELECT body ->> 'text' FROM outbox ORDER BY id")
    assert sorted(row[0] for row in rows) == sorted(f"1 j ? Bạn hỏi “{said}”: 18 giờ hằng ngày." for said in RUBBISH)
    here.check()


def test_cases_are_chosen_and_split_and_groups_merged(filled: Office, visit: Callable[..., Visit]) -> None:
    here = visit()
    page = here.page
    page.get_by_role("link", name=RUBBISH[0]).click()
    page.locator("input[name=case]").first.check()
    page.get_by_role("button", name="Tách các câu đã chọn thành nhóm mới").click()
    expect(page.get_by_text("Đã tách thành nhóm mới.")).to_be_visible()
    similar = page.get_by_role("region", name="Nhóm giống")
    similar.locator("input[name=group]").first.check()
    similar.get_by_role("button", name="Gộp các nhóm đã chọn").click()
    expect(page.get_by_text("Đã gộp.")).to_be_visible()
    expect(page.locator("input[name=case]")).to_have_count(3)
    here.check()


def test_what_citizens_write_never_comes_alive(filled: Office, visit: Callable[..., Visit]) -> None:
    here = visit()
    page = here.page
    page.get_by_role("link", name="câu hỏi lạ").click()
    expect(page.get_by_role("heading").filter(has_text="<script>alert(1)</script>")).to_be_visible()
    page.get_by_label("Ghi chú cho đồng nghiệp").fill(EVIL)
    page.get_by_role("button", name="Ghi chú", exact=True).click()
    expect(page.locator(".timeline").get_by_text("<script>alert(1)</script>")).to_be_visible()
    page.get_by_label("Câu trả lời, viết một lần").fill(f"{EVIL} {{cau_hoi}}")
    page.get_by_role("button", name="Gửi cho 1 người").click()
    page.wait_for_load_state()
    page.wait_for_timeout(300)
    assert page.evaluate("typeof window.hacked") == "undefined"
    here.check()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_fault_that_axe_finds_and_nothing_cut_off(
    filled: Office, visit: Callable[..., Visit], size: tuple[int, int]
) -> None:
    here = visit(size)
    number: Any = filled.rows("SELECT id FROM case_groups ORDER BY rank DESC LIMIT 1")[0][0]
    for path in ("/review", "/review?state=any&channel=web", f"/review/{number}"):
        here.open(path)
        assert here.faults() == [], path
        assert here.page.evaluate("document.documentElement.scrollWidth") <= size[0], path
    box = here.page.get_by_label("Câu trả lời, viết một lần").bounding_box()
    assert box is not None
    assert box["width"] > 250  # as wide as its panel: the page's own look, not that of starlette-admin's tables
    for summary in here.page.locator(".acts summary").all():
        summary.click()
    assert here.faults() == []
    here.page.keyboard.press("Escape")
    here.page.get_by_role("button", name="Phím tắt (?)").click()
    assert here.faults() == []
    here.check()
