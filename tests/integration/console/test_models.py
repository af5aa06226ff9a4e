"""Training and the model bank in the console: who asks, what stands against it, what is kept."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.console import Browser, Office, running_office
from tests.support.databases import Databases
from tests.support.models import Seeded, seed


@dataclass
class Bench:
    office: Office
    data: Path
    seeded: Seeded
    curator: Browser
    admin: Browser

    @property
    def page(self) -> str:
        return f"/models/{self.seeded.candidate}"


@pytest.fixture(scope="module")
def place(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    data = tmp_path_factory.mktemp("office")
    with databases.fresh() as url, running_office(url, BOT_DATA_DIR=str(data)) as office:
        office.staff("lan", "curator")
        office.staff("an", "admin")
        yield Bench(office, data, Seeded(0, 0, ()), office.browser("lan"), office.browser("an"))


@pytest.fixture
def bench(place: Bench) -> Bench:
    """The office with nothing but a live model and a candidate."""
    tables = "training_runs, answer_changes, evaluations, publications, models, model_gates, conversations"
    place.office.execute(f"TRUNCATE {tables} CASCADE")
    place.office.execute("DELETE FROM procrastinate_jobs")
    shutil.rmtree(place.data / "models", ignore_errors=True)
    place.seeded = seed(place.office, place.data)
    return place


def test_a_run_is_asked_for_watched_and_cancelled(bench: Bench) -> None:
    answer = bench.curator.post("/training", {"notes": "thêm câu về tạm trú"})
    assert answer.status_code == 303
    place = answer.headers["location"].removeprefix("/console")
    assert "thêm câu về tạm trú" in bench.curator.get(place).text
    state = bench.curator.get(f"{place}/state").json()
    assert (state["state"], state["over"]) == ("queued", False)
    assert bench.office.rows("SELECT task_name, lock FROM procrastinate_jobs") == [("training.run", "training.run")]
    bench.curator.post(f"{place}/cancel")
    assert bench.curator.get(f"{place}/state").json()["state"] == "cancelled"
    actions = {row[0] for row in bench.office.rows("SELECT action FROM audit_log WHERE account = 'lan'")}
    assert {"training.run", "training.cancel"} <= actions


def test_no_more_than_a_few_runs_wait(bench: Bench) -> None:
    for _ in range(7):
        bench.curator.post("/training", {})
    assert bench.office.rows("SELECT count(*) FROM training_runs") == [(5,)]
    assert "nhiều lần huấn luyện đang chờ" in bench.curator.get("/training").text


def test_a_held_out_set_is_kept_replaced_and_deleted_and_a_bad_one_is_not(bench: Bench) -> None:
    def send(content: bytes, name: str = "phuong") -> str:
        data, files = {"name": name}, {"file": ("x.jsonl", content)}
        answer = bench.curator.post("/training/held-out", data, files=files)
        return bench.curator.get("/training").text if answer.status_code == 303 else answer.text

    row = {"id": "1", "text": "làm khai sinh", "kind": "question"}
    long = "\n".join(json.dumps(row | {"id": str(number), "text": "x" * 400}) for number in range(400)).encode()
    assert "Đã nạp tập phuong: 400 câu" in send(long), "larger than other forms may be"
    path = bench.data / "held_out" / "phuong.jsonl"
    assert path.read_bytes() == long
    assert "dòng 2" in send(json.dumps(row).encode() + b"\n{}")
    assert "có hai lần" in send(b"\n".join([json.dumps(row).encode()] * 2))
    for name in ("../x", "Tập", ""):
        assert "Tên tập" in send(json.dumps(row).encode(), name)
    assert path.read_bytes() == long
    bench.curator.post("/training/held-out/delete", {"name": "phuong"})
    assert not path.exists()


def test_a_model_below_its_gates_is_published_only_by_an_administrator_with_a_reason(bench: Bench) -> None:
    page = bench.admin.get(bench.page).text
    assert "Chưa nên đưa vào dùng" in page
    assert bench.curator.post(f"{bench.page}/publish", {"reason": "vì"}).status_code == 403
    refused = bench.admin.post(f"{bench.page}/publish")
    assert refused.status_code == 422
    assert "phuong: loại tin nhắn 60.0, đang dùng 90.0" in refused.text
    assert bench.office.rows("SELECT count(*) FROM publications WHERE kind = 'publish'") == [(0,)]
    answer = bench.admin.post(f"{bench.page}/publish", {"reason": "đã xem từng câu"})
    assert answer.status_code == 303
    rows = bench.office.rows("SELECT model_id, author, reason, state FROM publications WHERE kind = 'publish'")
    assert rows == [(bench.seeded.candidate, "an", "đã xem từng câu", "changing")]
    of = f"action = 'model.publish' AND object = '{bench.seeded.candidate}'"
    audited = bench.office.rows(f"SELECT outcome, after FROM audit_log WHERE {of} AND account = 'an' ORDER BY id")
    assert audited == [("failed", {"error": "gates"}), ("done", {"reason": "đã xem từng câu"})]
    assert bench.office.rows("SELECT task_name FROM procrastinate_jobs") == [("models.publish",)]
    place = answer.headers["location"].removeprefix("/console")
    assert bench.curator.get(f"{place}/state").json() == {"label": "đang chuyển", "over": False}


def test_a_model_that_reaches_its_gates_needs_no_reason_until_an_answer_is_rejected(bench: Bench) -> None:
    seeded = seed(bench.office, bench.data, reached=True)
    page = f"/models/{seeded.candidate}"
    assert "Đạt mọi ngưỡng" in bench.admin.get(page).text
    form = {"change": seeded.changes[2], "verdict": "rejected"}
    assert bench.curator.post(f"{page}/verdict", form).status_code == 303
    assert "1 câu trả lời thay đổi đã bị từ chối" in bench.admin.get(page).text
    assert bench.admin.post(f"{page}/publish").status_code == 422
    bench.curator.post(f"{page}/verdict", form | {"verdict": "accepted"})
    assert bench.office.rows("SELECT verdict, verdict_by FROM answer_changes WHERE verdict IS NOT NULL") == [
        ("accepted", "lan")
    ]
    assert bench.admin.post(f"{page}/publish").status_code == 303
    assert bench.curator.post(f"{bench.page}/verdict", form).status_code == 404, "a change of another model"


def test_changes_are_shown_side_by_side_filtered_and_inert(bench: Bench) -> None:
    page = bench.curator.get(f"{bench.page}/compare").text
    assert page.count("Mô hình mới") == 3
    assert "tin nhắn thật" in page
    worse = bench.curator.get(f"{bench.page}/compare?effect=worse").text
    assert worse.count("Mô hình mới") == 1
    for path in (f"{bench.page}/compare", bench.page, "/models", "/training"):
        text = bench.curator.get(path).text
        assert "<script>alert(1)" not in text
        assert "<img src=x" not in text
    bench.office.execute("DELETE FROM messages")
    assert bench.curator.get(f"{bench.page}/compare").text.count("Mô hình mới") == 2, "gone with the message"


def test_gates_are_set_by_administrators_and_the_usual_ones_go_along(bench: Bench) -> None:
    form = {"held_out": "phuong", "style": "", "measure": "kind", "kind": "floor", "bound": "95,5"}
    assert bench.curator.post("/gates", form).status_code == 403
    assert bench.admin.post("/gates", form).status_code == 303
    rows = bench.office.rows("SELECT held_out, measure, kind, value, author FROM model_gates ORDER BY id")
    assert rows[-1] == ("phuong", "kind", "floor", 95.5, "an")
    assert len(rows) == 7
    for wrong in ({"measure": "x"}, {"bound": "nhiều"}, {"bound": "101"}, {"style": "clean", "measure": "status"}, {}):
        assert bench.admin.post("/gates", form | wrong).status_code == 422
    number = bench.office.rows("SELECT max(id) FROM model_gates")[0][0]
    assert bench.admin.post(f"/gates/{number}/delete").status_code == 303
    assert bench.office.rows("SELECT count(*) FROM model_gates") == [(6,)]


def test_there_is_nothing_to_go_back_to_at_first(bench: Bench) -> None:
    answer = bench.admin.post("/models/rollback")
    assert answer.status_code == 422
    assert "Không có mô hình trước đó" in answer.text


def test_a_model_is_judged_again_by_a_run_of_its_own(bench: Bench) -> None:
    answer = bench.curator.post(f"{bench.page}/judge")
    assert answer.headers["location"].startswith("/console/training/")
    assert bench.office.rows("SELECT model_id, state FROM training_runs") == [(bench.seeded.candidate, "queued")]


def test_a_damaged_file_is_said_on_the_models_page(bench: Bench) -> None:
    file = bench.office.rows(f"SELECT file FROM models WHERE id = {bench.seeded.candidate}")[0][0]
    (bench.data / "models" / file).write_bytes(b"torn")
    assert "bị hỏng" in bench.admin.get(bench.page).text
    assert bench.admin.post(f"{bench.page}/publish", {"reason": "vẫn muốn"}).status_code == 422
