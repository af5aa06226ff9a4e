"""How the bot learns, with everything real: `bot models` and `bot train`, then the whole loop in a browser.

[asked and not answered, in the queue, labelled, trained, compared, published, answered, told, taken back]
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect
from pydantic import SecretStr

from bot.settings import Settings
from bot.storage.database import connect_async, sessions
from bot.storage.embedded import EmbeddedPostgres
from bot.training import modelfile
from bot.training.bank import Bank
from tests.e2e.test_officers_way import Visit as StaffVisit
from tests.support.browser import DESKTOP, Visit
from tests.support.small_checkout import small_system
from tests.support.system import System

pytestmark = pytest.mark.timeout(300)

QUESTION = ("Bữa nay mấy cô nghỉ trưa chừng nào mới dậy?", "bua nay may co nghi trua chung nao moi day",
            "bua nay mấy cô nghỉ trưa chừng nào moi day z")  # fmt: skip
"""One question of three citizens: well written, without marks, and as on a telephone."""
OTHER, OTHERWISE = "Xe bồn nước ngọt chừng nào vô xóm Gò", "xóm gò bữa nào có xe bồn chở nước ngọt"
"""A matter that no intent is for, and other words for it."""
HOURS = "làm việc:"
"""What the answer about working hours says."""
PASSWORD = "một câu dài dễ nhớ"


@pytest.fixture(scope="module")
def own() -> Iterator[System]:
    """A system whose model may be changed."""
    with small_system() as made:
        yield made


def copy_of_the_live_model(system: System) -> int:
    """Another file of the same model, in the bank."""
    url = EmbeddedPostgres(system.settings()).urls.owner
    settings = Settings(data_dir=system.data_dir, database_url=SecretStr(url))
    live = modelfile.usable(settings)
    assert live is not None
    path = modelfile.new_path(settings)
    shutil.copy(live, path)

    async def add() -> int:
        database = connect_async(url, pool_size=1)
        bank = Bank(sessions(database), settings)
        await bank.adopt()
        entry = modelfile.made(path, modelfile.checksum(), modelfile.code_checksum())
        made = await bank.add(entry, run=0, author="lan", notes="bản chép", sentences=None)
        await database.dispose()
        return made.id

    return asyncio.run(add())


def served(system: System) -> str:
    secret = (system.data_dir / "secrets" / "engine_secret").read_text()
    url = system.instance()["engine_urls"][0]
    answer = httpx.get(f"{url}/webhooks/turn/health", headers={"X-Engine-Secret": secret})
    return str(answer.json()["model"])


def test_training_again_is_not_needed_while_the_data_are_the_same(own: System) -> None:
    done = own.bot("train")
    assert done.returncode == 0, done.stderr
    assert "vẫn đúng với dữ liệu" in done.stdout


def test_there_is_nothing_to_go_back_to_at_first(own: System) -> None:
    done = own.bot("models", "rollback")
    assert done.returncode == 1
    assert "Không có mô hình trước đó" in done.stderr


def test_a_model_is_published_by_the_running_system_and_taken_back_in_seconds(own: System) -> None:
    first, number = served(own), copy_of_the_live_model(own)
    refused = own.bot("models", "publish", str(number))
    assert refused.returncode == 1
    assert "chưa được đánh giá" in refused.stderr
    done = own.bot("models", "publish", str(number), "--reason", "thử nghiệm")
    assert done.returncode == 0, done.stderr
    second = served(own)
    assert second != first
    assert own.say("xin chào")["understanding"]["status"] == "smalltalk"
    listed = own.bot("models", "list").stdout
    assert f"* {number:>4}" in listed
    back = own.bot("models", "rollback")
    assert back.returncode == 0, back.stderr
    assert served(own) == first
    with own.database() as connection:
        rows = connection.execute("SELECT kind, state FROM publications ORDER BY id").fetchall()
        took = connection.execute("SELECT max(finished_at - created_at) FROM publications WHERE kind <> 'first'")
        seconds = took.fetchone()[0].total_seconds()
    assert rows == [("first", "over"), ("publish", "over"), ("rollback", "live")]
    assert seconds < 10, f"a change took {seconds:.1f} s"


def test_what_was_not_answered_is_taught_trained_published_told_and_taken_back(own: System, browser: Browser) -> None:
    contexts = [
        browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, locale="vi-VN") for _ in range(5)
    ]
    citizens = [Visit(context, own.url) for context in contexts[:3]]
    for citizen, words in zip(citizens, QUESTION, strict=True):
        citizen.say(words)
        expect(citizen.bot("chưa tìm thấy thủ tục")).to_have_count(1)

    staff = entered(StaffVisit(contexts[3], own.url), own, "an")
    page, keys = staff.page, staff.page.keyboard
    in_queue(own, cases=3)
    staff.open("/review")
    expect(page.locator("[data-rows] tbody tr")).to_have_count(1)
    page.wait_for_load_state("load")
    keys.press("j")
    keys.press("Enter")
    expect(page.get_by_text("3 người đang chờ: 3 qua trang trò chuyện.")).to_be_visible()
    for words in QUESTION:
        expect(page.locator(".cases .said").get_by_text(words, exact=True)).to_have_count(1)
    page.wait_for_load_state("load")
    hours = page.locator(".suggestions button", has_text="hỏi giờ làm việc")
    keys.press(str(hours.get_attribute("data-key")))
    # The third is the first in another spelling, which the tokeniser reads alike.
    expect(page.get_by_text("Đã ghi nhãn. Đã thêm 2 câu mẫu.")).to_be_visible()

    citizens[0].say(OTHER)
    in_queue(own, cases=4)
    staff.open("/review")
    page.get_by_role("link", name=OTHER).click()
    page.get_by_text("Tạo ý định mới").click()
    section = page.locator("details", has=page.get_by_text("Tạo ý định mới"))
    section.get_by_label("Người dân muốn gì (tên ý định)").fill("Xe nước ngọt")
    section.get_by_label("Câu trả lời").fill("Xe nước đến xóm Gò 6 giờ sáng thứ Hai.")
    section.get_by_label("Nguồn").fill("Thông báo số 12")
    section.get_by_role("button", name="Tạo ý định").click()
    expect(page.get_by_text("Ý định “own_xe_nuoc_ngot” có 1 câu mẫu")).to_be_visible()

    staff.open("/training")
    expect(page.get_by_text("Dữ liệu huấn luyện đã đổi so với mô hình đang dùng.")).to_be_visible()
    page.get_by_label("Ghi chú cho lần huấn luyện này").fill("giờ nghỉ trưa")
    keys.press("Enter")
    expect(page.locator("[data-part=label]")).to_have_text("xong", timeout=120_000)
    page.get_by_role("main").get_by_role("link", name="số ").click()
    number = page.url.rpartition("/")[2]
    page.get_by_role("link", name="câu trả lời thay đổi").click()
    for words in QUESTION:
        changed = page.get_by_role("region", name="Câu ").filter(has=page.get_by_text(words, exact=True))
        expect(changed.get_by_text("unresolved")).to_have_count(1)
        expect(changed.get_by_text(HOURS)).to_have_count(1)
    page.get_by_role("link", name=f"số {number}", exact=True).click()
    page.get_by_role("button", name="Đưa vào dùng").click()
    expect(page.locator("[data-part=label]")).to_have_text("đang dùng", timeout=30_000)

    later = Visit(contexts[4], own.url)
    for words in QUESTION:
        later.say(words)
    expect(later.bot(HOURS)).to_have_count(3)

    answer = own.say(OTHERWISE)
    assert answer["understanding"]["intent"] == "own_xe_nuoc_ngot"
    assert "6 giờ sáng thứ Hai" in answer["replies"][0]["text"]

    staff.open("/review?state=any")
    page.get_by_role("link", name=QUESTION[0]).click()
    page.wait_for_load_state("load")
    keys.press("a")
    keys.type("Bạn hỏi về giờ nghỉ trưa: các cô nghỉ đến 13 giờ 30.")
    page.get_by_role("button", name="Gửi cho 3 người").click()
    expect(page.get_by_text("Đã gửi cho 3 người dân.")).to_be_visible()
    for citizen in citizens:
        expect(citizen.bot("các cô nghỉ đến 13 giờ 30")).to_have_count(1)
        citizen.page.reload()
        expect(citizen.bot("các cô nghỉ đến 13 giờ 30")).to_have_count(1)
        citizen.check()

    staff.open("/models")
    page.get_by_role("button", name="Quay lại mô hình số").click()
    expect(page.locator("[data-part=label]")).to_have_text("đang dùng", timeout=30_000)
    later.say(QUESTION[0])
    expect(later.bot("chưa tìm thấy thủ tục")).to_have_count(1)
    later.check()
    staff.check()
    for context in contexts:
        context.close()


def entered(visit: StaffVisit, system: System, name: str) -> StaffVisit:
    """An administrator, made on the command line, who comes in for the first time."""
    done = system.bot("staff", "add", name, "--role", "admin")
    first = next(line for line in done.stdout.splitlines() if line.startswith("Mật khẩu")).partition(": ")[2]
    visit.open("/login")
    page = visit.page
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(first)
    page.keyboard.press("Enter")
    page.get_by_label("Mật khẩu hiện tại").fill(first)
    page.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD)
    page.get_by_label("Nhập lại mật khẩu mới").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Đã đổi mật khẩu.")).to_be_visible()
    return visit


def in_queue(system: System, cases: int) -> None:
    """Wait until the cases are in groups, with suggestions."""
    end = time.monotonic() + 30
    with system.database() as connection:
        while True:
            rows = connection.execute("SELECT cases, jsonb_array_length(suggestions) FROM case_groups").fetchall()
            if rows and sum(row[0] for row in rows) == cases and all(row[1] for row in rows):
                return
            assert time.monotonic() < end, f"not in groups: {rows}"
            time.sleep(0.2)
