"""The training sentences: enough of them, no sentence twice, none from a held-out set."""

import json
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from bot.text import fold, normalise

ROOT = Path(__file__).resolve().parents[4]
FREQUENT = {"ticket_status", "dossier_status", "handoff", "emergency", "crime", "denunciation"}


def _corpus() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "nlu_data" / "intents").glob("*.yml")):
        (block,) = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        assert block["intent"] == path.stem
        found[path.stem] = [line.removeprefix("- ").strip() for line in block["examples"].splitlines() if line.strip()]
    return found


CORPUS = _corpus()


@pytest.mark.parametrize("intent", CORPUS)
def test_every_intent_has_enough_sentences(intent: str) -> None:
    least = 100 if intent.startswith("report_") else 60 if intent.startswith("ask_") or intent in FREQUENT else 25
    assert len(CORPUS[intent]) >= least


def test_no_sentence_stands_in_two_intents_or_twice_in_one() -> None:
    where: dict[str, list[str]] = defaultdict(list)
    for intent, sentences in CORPUS.items():
        for sentence in sentences:
            where[sentence.lower()].append(intent)
    assert {sentence: intents for sentence, intents in where.items() if len(intents) > 1} == {}


def test_no_held_out_sentence_is_trained_on() -> None:
    trained = {fold(normalise(sentence).text) for sentences in CORPUS.values() for sentence in sentences}
    leaked = []
    for name in ("blind.jsonl", "safety.jsonl"):
        for line in (ROOT / "tests" / "understanding" / name).read_text(encoding="utf-8").splitlines():
            text = json.loads(line)["text"]
            if fold(normalise(text).text) in trained:
                leaked.append(text)
    assert leaked == []
