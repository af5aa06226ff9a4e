"""The fault table of Rasa: every row is refused loudly, and the same message succeeds afterwards."""

from __future__ import annotations

import concurrent.futures
import socket
import subprocess
import time
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.contract import harness
from tests.contract.harness import SECRET, Actions, Conversation, Engine, answered, texts


def _refused(response: httpx.Response, code: str) -> None:
    assert response.status_code == 503, response.text
    assert response.json()["error"]["code"] == code


def test_action_server_down_then_the_retry_succeeds(citizen: Conversation, actions: Actions) -> None:
    citizen.say("lệ phí bao nhiêu tiền")
    before = citizen.row()
    actions.stop()
    try:
        _refused(citizen.send("lệ phí bao nhiêu tiền", message_id="m"), "action_failed")
        assert citizen.row() == before
    finally:
        actions.start()
    assert texts(answered(citizen.send("lệ phí bao nhiêu tiền", message_id="m"))) == ["Câu trả lời 2"]


@pytest.mark.parametrize(
    ("text", "code", "least"),
    [
        ("hỏng hết cả rồi", "action_failed", 0.0),
        ("treo máy luôn đi", "action_failed", 1.5),
        ("cứ im lặng", "nothing_said", 0.0),
        ("cứ quay vòng vòng", "dialogue_failed", 0.0),
    ],
    ids=["raises", "hangs", "says nothing", "goes in circles"],
)
def test_a_failing_action_changes_nothing(citizen: Conversation, text: str, code: str, least: float) -> None:
    citizen.say("lệ phí bao nhiêu tiền")
    before = citizen.row()
    started = time.monotonic()
    _refused(citizen.send(text), code)
    assert least <= time.monotonic() - started < least + 2
    assert citizen.row() == before
    assert texts(citizen.say("lệ phí bao nhiêu tiền")) == ["Câu trả lời 2"]


def test_a_failing_action_in_the_first_turn_leaves_no_conversation(citizen: Conversation) -> None:
    _refused(citizen.send("hỏng hết cả rồi"), "action_failed")
    assert citizen.row() is None


def test_database_down_in_a_form_then_the_form_resumes(citizen: Conversation) -> None:
    citizen.say("tôi muốn phản ánh")
    citizen.engine.way.down()
    try:
        _refused(citizen.send("ngõ 12", message_id="m"), "store_failed")
        _refused(citizen.send("ngõ 12", message_id="m"), "store_failed")
    finally:
        citizen.engine.way.up()
    assert texts(answered(citizen.send("ngõ 12", message_id="m"))) == ["Liên hệ với ai?"]
    assert texts(citizen.say("số tôi có rồi")) == ["Đã ghi: ngõ 12 / số tôi có rồi"]


def test_a_database_that_was_restarted_between_turns_costs_no_turn(citizen: Conversation) -> None:
    citizen.say("lệ phí bao nhiêu tiền")
    citizen.engine.way.down()
    citizen.engine.way.up()
    assert texts(citizen.say("lệ phí bao nhiêu tiền")) == ["Câu trả lời 2"]


def test_database_lost_in_the_middle_of_a_turn(citizen: Conversation) -> None:
    citizen.say("lệ phí bao nhiêu tiền")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        turn = pool.submit(citizen.send, "cứ từ từ thôi", "m")
        time.sleep(0.3)
        citizen.engine.way.down()
        try:
            _refused(turn.result(), "store_failed")
        finally:
            citizen.engine.way.up()
    assert texts(answered(citizen.send("cứ từ từ thôi", "m"))) == ["Chậm 2"]


def test_two_turns_of_one_conversation_at_once_are_both_kept(citizen: Conversation) -> None:
    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        turns = [pool.submit(citizen.send, "cứ từ từ thôi", f"m{number}") for number in range(5)]
        said = sorted(texts(answered(turn.result()))[0] for turn in turns)
    assert said == [f"Chậm {number}" for number in range(1, 6)]
    row = citizen.row()
    assert row is not None and row[0] == 5


def test_the_same_message_twice_at_once_is_one_turn(citizen: Conversation) -> None:
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        turns = [pool.submit(citizen.send, "cứ từ từ thôi", "m") for _ in range(2)]
        assert [texts(answered(turn.result())) for turn in turns] == [["Chậm 1"], ["Chậm 1"]]


def test_a_turn_taken_elsewhere_meanwhile_is_a_conflict(citizen: Conversation) -> None:
    citizen.say("lệ phí bao nhiêu tiền")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        turn = pool.submit(citizen.send, "cứ từ từ thôi", "m")
        time.sleep(0.3)
        with psycopg.connect(citizen.engine.database_url) as connection:
            connection.execute("UPDATE engine.trackers SET version = version + 1 WHERE sender_id = %s", (citizen.key,))
        _refused(turn.result(), "state_conflict")
    assert texts(answered(citizen.send("cứ từ từ thôi", "m"))) == ["Chậm 2"]


def test_a_turn_is_finished_when_the_client_goes_away(citizen: Conversation) -> None:
    with pytest.raises(httpx.ReadTimeout):
        citizen.engine.client.post(
            "/turn",
            json={
                "conversation": citizen.key,
                "message_id": "m",
                "text": "cứ từ từ thôi",
                "payload": None,
                "metadata": {"channel": "web"},
            },
            timeout=0.3,
        )
    time.sleep(1)
    row = citizen.row()
    assert row is not None and row[0] == 1
    assert texts(answered(citizen.send("cứ từ từ thôi", "m"))) == ["Chậm 1"]


def test_a_state_that_cannot_be_read_is_refused_not_lost(citizen: Conversation) -> None:
    citizen.say("lệ phí bao nhiêu tiền")
    with psycopg.connect(citizen.engine.database_url) as connection:
        connection.execute(
            'UPDATE engine.trackers SET state = \'[{"event": "nonsense"}]\' WHERE sender_id = %s', (citizen.key,)
        )
    _refused(citizen.send("lệ phí bao nhiêu tiền"), "store_failed")


def _serve(**variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [harness.ENGINE_PYTHON, "-m", "bot.engine.serve"],
        cwd=harness.ROOT,
        env=harness.environment(**variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _does_not_start(reason: str, **variables: str) -> None:
    done = _serve(**variables)
    assert done.returncode == 2, done.stdout + done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1 and lines[0].startswith("engine: cannot start: ") and reason in lines[0], done.stderr


def test_it_does_not_start_without_what_it_needs(model: Path, tmp_path: Path, empty_database_url: str) -> None:
    good = harness.variables(model, empty_database_url, "http://127.0.0.1:1/webhook", harness.free_port())
    # A whole folder of models beside it: stock Rasa would load the latest of them.
    missing = model.with_name("missing.tar.gz")
    _does_not_start("there is no model file", **{**good, "BOT_ENGINE_MODEL": str(missing)})
    _does_not_start("there is no model file", **{**good, "BOT_ENGINE_MODEL": str(model.parent)})
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"not a model")
    _does_not_start("cannot be read", **{**good, "BOT_ENGINE_MODEL": str(broken)})
    _does_not_start("BOT_ENGINE_SECRET", **{**good, "BOT_ENGINE_SECRET": ""})
    _does_not_start("loopback or private", **{**good, "BOT_ENGINE_HOST": "0.0.0.0"})  # refused
    _does_not_start("loopback or private", **{**good, "BOT_ENGINE_HOST": "8.8.8.8"})
    gone = f"postgresql://nobody:secret-word@127.0.0.1:{harness.free_port()}/none"
    _does_not_start("database", **{**good, "BOT_ENGINE_DATABASE_URL": gone})
    _does_not_start("migrations", **good)


def test_it_listens_on_loopback_only(engine: Engine) -> None:
    inodes = {line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[3] == "0A"}
    listening = [address.split(":")[0] for address in inodes if int(address.split(":")[1], 16) == engine.port]
    assert listening == ["0100007F"]
    with pytest.raises(OSError), socket.create_connection((socket.gethostbyname(socket.gethostname()), engine.port), 1):
        if socket.gethostbyname(socket.gethostname()).startswith("127."):
            raise OSError("this machine knows itself by loopback only")


def test_nothing_that_a_citizen_wrote_is_in_the_log(citizen: Conversation) -> None:
    citizen.say("lệ phí bao nhiêu tiền")
    citizen.send("hỏng hết cả rồi")
    log = citizen.engine.log.read_text()
    assert "turn.refused" in log
    assert "lệ phí" not in log and "hỏng hết" not in log and SECRET not in log
