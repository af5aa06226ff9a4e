"""The engine's environment: what it declares not to run on, what it imports, what a turn costs in it."""

from __future__ import annotations

import json
import statistics
import subprocess
import tarfile
import time
from pathlib import Path

from tests.contract.harness import ENGINE_PYTHON, ROOT, Conversation, Engine, environment, texts, train

MODULES = """
import json, sys
from pathlib import Path
import bot.engine.serve as serve
from bot.engine.runtime import lean
lean.quiet(); lean.leave_out("")
from bot.engine.runtime import channel, remote, tracker_store, turn
engine = turn.Engine(Path(sys.argv[1]), None)
files = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
print(json.dumps({
    "python": sys.version_info[:2],
    "ours": sorted(name for name in files if name.split(".")[0] in ("bot", "actions")),
    "left out": sorted(n for n, file in files.items() if n.split(".")[0] in lean.TENSORFLOW | lean.UNUSED and file),
}))
"""


def _run(*arguments: object, stdin: str = "") -> str:
    done = subprocess.run(
        [str(ENGINE_PYTHON), *map(str, arguments)],
        cwd=ROOT,
        env=environment(),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_rasa_runs_on_a_python_it_does_not_declare_and_imports_nothing_of_the_bot(model: Path) -> None:
    seen = json.loads(_run("-c", MODULES, model).splitlines()[-1])
    assert seen["python"] == [3, 11]
    allowed = ("bot.engine", "bot.text")
    assert [name for name in seen["ours"] if name != "bot" and not name.startswith(allowed)] == []
    assert seen["left out"] == []


def test_texts_are_understood_in_bulk(model: Path) -> None:
    lines = _run("-m", "bot.engine.parse", "--model", model, stdin='lệ phí bao nhiêu\n{"text": "/greet", "id": 7}\n')
    rows = [json.loads(line) for line in lines.splitlines()]
    assert rows[0]["intent"] == "ask_fee" and rows[0]["ranking"][0]["intent"] == "ask_fee"
    assert rows[1]["id"] == 7 and rows[1]["confidence"] < 1


def _contents(model: Path) -> dict[str, bytes]:
    """What a model is made of, without the time of its training and a format that holds memory addresses."""
    with tarfile.open(model) as archive:
        files = [
            member
            for member in archive.getmembers()
            if member.isfile() and not member.name.endswith(("metadata.json", ".skops"))
        ]
        return {member.name: archive.extractfile(member).read() for member in files}  # type: ignore[union-attr]


def test_the_same_data_give_the_same_model(model: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.tar.gz"
    assert train(again).returncode == 0
    assert _contents(again) == _contents(model)


def test_training_refuses_what_does_not_hold_together(tmp_path: Path) -> None:
    for name in ("config.yml", "domain.yml", "nlu.yml", "rules.yml"):
        text = (Path(__file__).parent / "project" / name).read_text()
        (tmp_path / name).write_text(text.replace("{action: utter_greet}", "{action: utter_gret}"))
    done = subprocess.run(
        [
            str(ENGINE_PYTHON), "-m", "bot.engine.train", "--project", str(tmp_path),
            "--data", "nlu.yml", "rules.yml", "--out", str(tmp_path / "model.tar.gz"),
        ],
        cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "utter_gret" in done.stderr and not (tmp_path / "model.tar.gz").exists()


def test_our_own_data_domain_and_rules_hold_together() -> None:
    assert "holds together" in _run("-m", "bot.engine.train", "--check")


def test_a_stored_and_cut_conversation_is_in_the_same_state_as_a_whole_one() -> None:
    assert json.loads(_run("tests/contract/state_properties.py"))["longest"] <= 32


def test_the_indexed_rule_policy_finds_the_rules_that_rasas_own_finds(model: Path) -> None:
    compared = json.loads(_run("tests/contract/policy_properties.py", model))
    assert compared["rules"] > 20 and compared["found"] > 500


def test_it_starts_fast_and_stays_small(engine: Engine) -> None:
    print(f"engine: ready in {engine.started_in:.1f} s, {engine.start_cpu:.1f} s of work, {engine.rss():.0f} MB")
    # Measured on a quiet machine: 3 s and 235 MB. The work counts here: others share the machine.
    assert engine.start_cpu < 10
    assert engine.rss() < 320


def _timed(citizen: Conversation) -> float:
    before = time.perf_counter()
    citizen.say("lệ phí bao nhiêu tiền")
    return time.perf_counter() - before


def test_a_turn_costs_the_same_however_long_the_conversation(citizen: Conversation) -> None:
    """Turn 400 costs at most 1.3 times turn 5, measured in turns so that the machine's mood does not count."""
    for number in range(1, 361):
        assert texts(citizen.say("lệ phí bao nhiêu tiền")) == [f"Câu trả lời {number}"]
    early, late = [], []
    for _ in range(14):
        new = Conversation(citizen.engine)
        for _ in range(2):
            _timed(new)
        for _ in range(6):  # turns 3 to 8
            early.append(_timed(new))
            late.append(_timed(citizen))
    print(f"turn 5: {statistics.median(early) * 1000:.1f} ms, turn 400: {statistics.median(late) * 1000:.1f} ms")
    row = citizen.row()
    assert row is not None and len(row[1]) <= 24
    assert statistics.median(late) <= 1.3 * statistics.median(early)


def test_a_form_goes_on_across_a_cut_of_the_state(citizen: Conversation) -> None:
    citizen.say("tôi muốn phản ánh")
    for _ in range(12):
        assert texts(citizen.say("lệ phí bao nhiêu tiền"))[-1] == "Ở đâu?"
    assert texts(citizen.say("ngõ 12")) == ["Liên hệ với ai?"]
    for _ in range(12):
        assert texts(citizen.say("lệ phí bao nhiêu tiền"))[-1] == "Liên hệ với ai?"
    assert texts(citizen.say("không cần")) == ["Đã ghi: ngõ 12 / không cần"]
