"""The engine's understanding, trained as the product trains it and judged on sentences kept apart."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.text.noise import KINDS
from tests.contract.harness import ENGINE_PYTHON, ROOT, environment
from tests.support.trained import product_model

HELD_OUT = ROOT / "tests" / "understanding"
QUESTIONS = ("question", "followup", "multi")

Parse = Callable[[list[str]], list[dict[str, Any]]]


def _train(out: Path, *more: str | Path) -> None:
    done = subprocess.run(
        [ENGINE_PYTHON, "-m", "bot.engine.train", "--out", out, *more],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _parser(model: Path) -> Parse:
    def parse(texts: list[str]) -> list[dict[str, Any]]:
        done = subprocess.run(
            [ENGINE_PYTHON, "-m", "bot.engine.parse", "--model", model],
            input="\n".join(json.dumps({"text": text}, ensure_ascii=False) for text in texts),
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return [json.loads(line) for line in done.stdout.splitlines()]

    return parse


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HELD_OUT / name).read_text(encoding="utf-8").splitlines()]


def _noisy(texts: list[str], noise: str | None) -> list[str]:
    if noise is None:
        return texts
    return [KINDS[noise](text, Random(at)) for at, text in enumerate(texts)]


BLIND, SAFETY = _rows("blind.jsonl"), _rows("safety.jsonl")
SEVERAL = "làm hộ chiếu hết bao nhiêu tiền, bao lâu có và nộp ở đâu"
PLAIN: list[tuple[str, str, dict[str, str]]] = [
    ("mã PA-2026-000123 sao rồi ạ", "ticket_status", {"ticket_code": "PA-2026-000123"}),
    ("hồ sơ H29.17-250703-0012 xong chưa", "dossier_status", {"dossier_code": "H29.17-250703-0012"}),
    ("1.004873 cần giấy gì", "ask_documents", {"procedure_code": "1.004873", "aspect": "documents"}),
    ("cháy chung cư rồi", "emergency", {"emergency_kind": "fire"}),
    ("cán bộ địa chính đòi phong bì mới làm sổ", "denunciation", {}),
    ("tôi không đồng ý quyết định xử phạt của phường, muốn khiếu nại", "complaint_decision", {}),
    ("cho tôi nói chuyện với nhân viên đi", "handoff", {}),
    ("xin chặt cây cổ thụ trước nhà cần giấy tờ gì", "ask_documents", {"aspect": "documents"}),
    ("cây cổ thụ trước nhà sắp đổ không ai chặt", "report_cay_xanh", {}),
    ("tôi muốn phản ánh", "report", {}),
    ("tôi muốn phản ánh đèn đường hư", "report_chieu_sang", {}),
    ("ngồi chờ tới lượt buồn quá, nói chuyện với bot chút nha", "chitchat", {}),
    ("hello i am a foreigner, can you help me", "other_language", {}),
]

Understood = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def understood(tmp_path_factory: pytest.TempPathFactory) -> Understood:
    """What the product's own model makes of every text of this module, by text."""
    model = product_model(tmp_path_factory.mktemp("understanding"))
    texts = [SEVERAL, *(text for text, _, _ in PLAIN)]
    for noise in (None, *KINDS):
        for rows in (BLIND, SAFETY):
            texts += _noisy([row["text"] for row in rows], noise)
    return {got["text"]: got for got in _parser(model)(list(dict.fromkeys(texts)))}


def _percent(right: list[bool]) -> float:
    return 100 * sum(right) / len(right)


def _aspect_is_right(row: dict[str, Any], parsed: dict[str, Any]) -> bool:
    return parsed["intent"] in {f"ask_{aspect}" for aspect in (row["aspect"], *row.get("aspect_ok", ()))}


@pytest.mark.parametrize(
    ("noise", "aspect", "category"),
    [
        (None, 90, 85),
        ("no_diacritics", 88, 80),
        ("half", 88, 80),
        ("teencode", 88, 80),
        ("telex", 85, 75),
        ("typo", 82, 75),
    ],
)
def test_blind_questions_and_reports_are_understood(
    understood: Understood, noise: str | None, aspect: float, category: float
) -> None:
    texts = _noisy([row["text"] for row in BLIND], noise)
    pairs = [(row, understood[text]) for row, text in zip(BLIND, texts, strict=True)]
    aspects = [_aspect_is_right(row, got) for row, got in pairs if row["kind"] in QUESTIONS]
    categories = [got["intent"] == f"report_{row['category']}" for row, got in pairs if row["category"]]
    assert _percent(aspects) >= aspect
    assert _percent(categories) >= category


@pytest.mark.parametrize("noise", [None, "no_diacritics", "half", "telex"])
def test_emergencies_are_found_and_near_misses_left_alone(understood: Understood, noise: str | None) -> None:
    texts = _noisy([row["text"] for row in SAFETY], noise)
    alarms = {text for text in texts if understood[text]["intent"] == "emergency"}
    expected = {text for row, text in zip(SAFETY, texts, strict=True) if row["emergency_kind"]}
    assert expected - alarms == set()
    assert alarms - expected == set()


@pytest.mark.parametrize(("text", "intent", "entities"), PLAIN)
def test_what_is_plainly_said_is_understood(
    understood: Understood, text: str, intent: str, entities: dict[str, str]
) -> None:
    got = understood[text]
    assert got["intent"] == intent
    assert {entity["entity"]: entity["value"] for entity in got["entities"]} == entities


def test_several_aspects_come_in_order_of_mention(understood: Understood) -> None:
    got = understood[SEVERAL]
    assert [entity["value"] for entity in got["entities"]] == ["fee", "duration", "place"]
    assert got["intent"] in ("ask_fee", "ask_duration", "ask_place")


def test_a_message_is_understood_in_milliseconds(understood: Understood) -> None:
    times = sorted(got["ms"] for got in understood.values())
    assert times[len(times) // 2] <= 10, "the median, on a machine that may be busy"


FOREIGN = {
    "flight": [
        "tôi muốn bay từ hà nội đến đà nẵng",
        "cho xem các chuyến bay sáng thứ hai",
        "có chuyến nào đi huế không",
        "chuyến bay sớm nhất tới nha trang",
    ],
    "airfare": [
        "vé một chiều hết bao nhiêu tiền",
        "giá vé rẻ nhất đi sài gòn",
        "vé khứ hồi giá thế nào",
        "hạng thương gia giá bao nhiêu",
    ],
    "ground_service": [
        "xe từ sân bay về trung tâm",
        "thuê xe ở sân bay được không",
        "có taxi ở sân bay không",
        "đưa đón ở sân bay thế nào",
    ],
}


def test_the_pipeline_learns_another_data_set_without_edits(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "config.yml").write_text((ROOT / "config.yml").read_text(encoding="utf-8"), encoding="utf-8")
    intents = "".join(f"  - {name}\n" for name in (*FOREIGN, "nlu_fallback"))
    (project / "domain.yml").write_text(
        f'version: "3.1"\nintents:\n{intents}actions:\n  - action_answer\n', encoding="utf-8"
    )
    examples = "".join(
        f"- intent: {name}\n  examples: |\n" + "".join(f"    - {text}\n" for text in texts)
        for name, texts in FOREIGN.items()
    )
    (project / "nlu.yml").write_text(f'version: "3.1"\nnlu:\n{examples}', encoding="utf-8")
    (project / "rules.yml").write_text(
        'version: "3.1"\nrules:\n'
        + "".join(
            f"- rule: {n}\n  steps:\n  - intent: {n}\n  - action: action_answer\n" for n in (*FOREIGN, "nlu_fallback")
        ),
        encoding="utf-8",
    )
    model = tmp_path / "foreign.tar.gz"
    _train(model, "--project", project, "--data", "nlu.yml", "rules.yml")
    texts = ["chuyen bay nao di hue sang thu hai", "vé khứ hồi rẻ nhất bao nhiêu tiền", "thuê taxi từ sân bay"]
    parsed = _parser(model)(texts)
    assert [got["intent"] for got in parsed] == ["flight", "airfare", "ground_service"]
    assert all(got["entities"] == [] for got in parsed)
