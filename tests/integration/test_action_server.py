"""`python -m actions` as the engine calls it: over HTTP, with a real database."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from sqlalchemy import text

from bot.knowledge.writing import write_records
from bot.storage.database import connect_sync
from tests.support.catalogue import TOWN
from tests.support.databases import Databases

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 60
FAQ = (
    "INSERT INTO faqs (answer, source, created_by, updated_by) VALUES ('Hồ bơi mở 6 giờ.', 'UBND', 'lan', 'lan')",
    "INSERT INTO faq_questions (faq_id, text) SELECT id, 'hồ bơi phường mấy giờ mở cửa' FROM faqs",
    "INSERT INTO faq_revision (id, revision) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET revision = 1",
)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def server(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with databases.fresh() as url:
        yield from _served(url, tmp_path_factory.mktemp("actions"))


def _served(database_url: str, folder: Path) -> Iterator[httpx.Client]:
    engine = connect_sync(database_url)
    with engine.begin() as connection:
        write_records(connection, [(found, "yaml") for found in TOWN])
        for statement in FAQ:
            connection.execute(text(statement))
    engine.dispose()
    port = free_port()
    settings = {
        "BOT_DATABASE_URL": database_url,
        "BOT_ACTIONS_PORT": str(port),
        "BOT_SECRET_KEY": "a secret key that is long enough",
        "BOT_DATA_DIR": str(folder),
        "BOT_LOCALITY": str(ROOT / "localities" / "phuong-mau.yml"),
    }
    log = folder / "actions.log"
    with log.open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "actions"], cwd=ROOT, env=os.environ | settings, stdout=out, stderr=out
        )
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
        try:
            _wait(client, child, log)
            yield client
        finally:
            child.terminate()
            assert child.wait(20) == 0
    written = log.read_text()
    assert "Traceback" not in written
    assert "khai sinh" not in written, "what citizens ask is not logged"


def _wait(client: httpx.Client, child: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        assert child.poll() is None, log.read_text()
        try:
            if client.get("/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def call(client: httpx.Client, action: str, text: str, intent: str, **more: Any) -> dict[str, Any]:
    """One action call as Rasa 3.6 makes it."""
    entities = [{"entity": name, "value": value} for name, value in more.pop("entities", [])]
    latest = {"intent": {"name": intent, "confidence": 0.9}, "entities": entities, "text": text, "message_id": "m1"}
    body = {
        "next_action": action,
        "sender_id": "c1",
        "tracker": {
            "sender_id": "c1",
            "slots": {"procedure": None, "aspect": None, "offered": None} | more,
            "latest_message": latest | {"metadata": {"conversation": "c1", "channel": "web", "message_id": "m1"}},
            "events": [],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": "action_listen",
        },
        "domain": {},
        "version": "3.6.21",
    }
    answer = client.post("/webhook", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_answers_questions_and_keeps_the_slots(server: httpx.Client) -> None:
    first = call(
        server, "action_answer", "đăng ký khai sinh cần gì", "ask_documents", entities=[("aspect", "documents")]
    )
    assert first["responses"][0]["text"].startswith("Đăng ký khai sinh")
    assert first["responses"][-1]["custom"]["outcome"] == {
        "status": "answered",
        "aspects": ["documents"],
        "procedures": ["1.001193"],
    }
    slots = {event["name"]: event["value"] for event in first["events"]}
    assert slots == {"procedure": "1.001193", "aspect": "documents", "offered": None, "recent": ["1.001193"]}
    after = call(server, "action_answer", "còn lệ phí", "ask_fee", entities=[("aspect", "fee")], **slots)
    assert after["responses"][-1]["custom"]["outcome"]["procedures"] == ["1.001193"]


def test_asks_which_and_takes_the_pressed_button(server: httpx.Client) -> None:
    asked = call(server, "action_answer", "làm căn cước", "ask_overview")
    buttons = asked["responses"][0]["buttons"]
    assert [button["payload"] for button in buttons] == ["pick:1.014061", "pick:1.014062", "pick:1.014063"]
    picked = call(server, "action_answer", "", "pick", entities=[("code", "1.014062"), ("aspect", "fee")])
    assert picked["responses"][-1]["custom"]["outcome"]["procedures"] == ["1.014062"]


def test_slots_and_entities_of_any_shape_do_no_harm(server: httpx.Client) -> None:
    answer = call(
        server, "action_answer", "khai tử", "ask_fee", entities=[("aspect", "<script>"), ("code", "'; drop")],
        offered=[1, {"code": None}], procedure="x", aspect=7,
    )  # fmt: skip
    assert answer["responses"][-1]["custom"]["outcome"]["procedures"] == ["1.000656"]


def test_out_of_scope_is_recorded(server: httpx.Client) -> None:
    answer = call(server, "action_out_of_scope", "giá vàng", "out_of_scope")
    assert answer["responses"][-1]["custom"]["outcome"]["unresolved"]["reason"] == "out_of_scope"


def test_what_staff_wrote_goes_before_the_hours_of_the_office(server: httpx.Client) -> None:
    written = call(server, "action_office", "ho boi phuong may gio mo cua", "hours")
    assert written["responses"][0]["text"].startswith("Hồ bơi mở 6 giờ.")
    assert written["responses"][-1]["custom"]["outcome"]["status"] == "answered"
    own = call(server, "action_office", "phường mấy giờ làm việc", "hours")
    assert "làm việc:" in own["responses"][0]["text"]


def test_every_action_of_the_domain_is_served(server: httpx.Client) -> None:
    wanted = set(yaml.safe_load((ROOT / "domain.yml").read_text())["actions"])
    served = {action["name"] for action in server.get("/actions").json()}
    assert wanted <= served
