"""The classifier in the engine's own environment: what it learns of rare words, of rare labels, of one sentence."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from tests.contract.harness import ENGINE_PYTHON, ROOT, environment

PROGRAM = """
import json, sys
from functools import partial
import numpy as np
from bench.flights import generate
from bench.datasets import read_set
from bench.foreign import ROOT
from bot.engine.nlu import linear, rarity
from bot.engine.nlu.features import Shape, extract
from bot.text import normalise

def chosen(texts, labels):
    documents = [extract(normalise(text).tokens, Shape()) for text in texts]
    numbers = np.unique(labels, return_inverse=True)[1]
    fit = partial(linear._fit, training=linear.Training())
    return rarity.choose(documents, numbers, 2, fit, 1)

def chances(model, text):
    found = model.probabilities(extract(normalise(text).tokens, model.shape))
    return dict(zip(model.labels, map(float, found)))

out = {}
flights, _ = generate(1200, 10)
out["flights"] = chosen(flights.texts, flights.labels)
asks = read_set(ROOT / "nlu_data", "intents")
rows = [(t, l) for t, l in zip(asks.texts, asks.labels) if l.startswith("report_")][::2]
out["reports"] = chosen(*zip(*rows))
out["few"] = chosen(["có taxi không", "vé đi huế"], ["taxi", "ticket"])
many = [f"vé đi thành phố số {at} giá bao nhiêu" for at in range(60)] + ["có xe lăn cho bà tôi không"]
labels = ["fare"] * 60 + ["wheelchair"]
model = linear.LinearModel.train(many, labels, linear.Training())
out["single"] = chances(model, "xe lăn cho bà")
out["scale"] = model.scale
for name, balance in (("plain", 0.0), ("lifted", 1.0)):
    model = linear.LinearModel.train(many, labels, linear.Training(balance=balance))
    out[name] = chances(model, "vé cho bà giá bao nhiêu")["wheelchair"]
out["one label"] = chances(linear.LinearModel.train(many[:60], labels[:60], linear.Training()), "gì cũng được")
model = linear.LinearModel.train(many, labels, linear.Training())
again = linear.LinearModel.train(many, labels, linear.Training())
out["same"] = bool((again.weights == model.weights).all()) and again.scale == model.scale
print(json.dumps(out))
"""


@pytest.fixture(scope="module")
def learnt() -> dict[str, Any]:
    done = subprocess.run(
        [ENGINE_PYTHON, "-W", "ignore", "-c", PROGRAM],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_rare_words_count_less_where_they_are_names_only(learnt: dict[str, Any]) -> None:
    assert learnt["flights"] < learnt["reports"] == 1.0


def test_too_few_sentences_leave_the_usual_weighting(learnt: dict[str, Any]) -> None:
    assert learnt["few"] == 1.0


def test_a_label_of_one_sentence_is_learnt_and_the_chances_are_still_fitted(learnt: dict[str, Any]) -> None:
    assert learnt["single"]["wheelchair"] > 0.5
    assert learnt["scale"] != 4.0, "the fallback when nothing could be held out"


def test_balance_lifts_rare_labels(learnt: dict[str, Any]) -> None:
    assert learnt["lifted"] > learnt["plain"]


def test_one_label_alone_is_certain(learnt: dict[str, Any]) -> None:
    assert learnt["one label"] == {"fare": 1.0}


def test_the_same_sentences_give_the_same_model(learnt: dict[str, Any]) -> None:
    assert learnt["same"] is True
