"""Understanding side by side: this pipeline, Rasa's linear components, Rasa's default, on the same sentences.

The sentences are those of `nlu_data/intents`, four of five to learn from and the fifth to be asked, drawn by a seed
within every intent; nothing of the held-out sets is read. The default of `rasa init` (DIET) is trained for as many
epochs as one is willing to wait for; its own default is 300.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import yaml

from bench.datasets import read_set, write_rasa
from bench.flights import Rows
from bench.foreign import ENGINE_PYTHON, ROOT, measured_run, report, run, views
from bench.sections import table, write_section
from bench.systems import DEFAULT_PIPELINE

RESULTS = Path(__file__).resolve().parent / "results" / "understanding.json"
DOCUMENT = ROOT / "docs" / "performance.md"
NOISES = ("no_diacritics", "half", "teencode", "telex", "typo")
LEFT_OUT = frozenset({"FallbackClassifier"})  # it gives no answer where it is unsure: nothing to compare
LINEAR: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "LogisticRegressionClassifier"},
]


def split(rows: Rows, seed: int = 20261101, share: float = 0.2) -> tuple[Rows, Rows]:
    """Rows to train on and rows to test on: the share is taken of every label, one row at least stays to train on."""
    by_label: dict[str, list[str]] = {}
    for text, label in zip(rows.texts, rows.labels, strict=True):
        by_label.setdefault(label, []).append(text)
    train, test = Rows([], []), Rows([], [])
    rng = Random(seed)  # noqa: S311  # not for secrets
    for label, texts in sorted(by_label.items()):
        shuffled = rng.sample(texts, len(texts))
        cut = min(len(texts) - 1, round(len(texts) * share))
        for part, chosen in ((test, shuffled[:cut]), (train, shuffled[cut:])):
            part.texts.extend(chosen)
            part.labels.extend([label] * len(chosen))
    return train, test


def default_pipeline(epochs: int) -> list[dict[str, Any]]:
    """What `rasa init` would train, for so many epochs."""
    parts = [dict(part) for part in DEFAULT_PIPELINE if part["name"] not in LEFT_OUT]
    for part in parts:
        if part["name"] in {"DIETClassifier", "ResponseSelector"}:
            part["epochs"] = epochs
    return parts


def rival(pipeline: list[dict[str, Any]], train: Rows, test: Rows, work: Path) -> dict[str, Any]:
    """Train and ask stock Rasa with a pipeline of its own components."""
    work.mkdir(parents=True)
    config = {"recipe": "default.v1", "assistant_id": "bench", "language": "vi", "pipeline": pipeline, "policies": None}
    (work / "config.yml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    write_rasa(work / "nlu.yml", train)
    program: list[str | Path] = [ENGINE_PYTHON, "-m", "bench.contender"]
    training = measured_run([*program, "train", work / "config.yml", work / "nlu.yml", work])
    model = work / "model.tar.gz"
    asked = views(test.texts, NOISES)
    lines = [json.dumps(text, ensure_ascii=False) for texts in asked.values() for text in texts]
    parsing = measured_run([*program, "parse", model], "\n".join(lines))
    answers = [json.loads(line) for line in parsing.output.splitlines() if line.startswith('{"intent"')]
    return {
        **report(asked, answers, test),
        "train_s": round(training.seconds, 1),
        "train_peak_mb": round(training.peak_mb),
        "parse_peak_mb": round(parsing.peak_mb),
        "model_mb": round(model.stat().st_size / 1e6, 2),
    }


def compare(rows: Rows, epochs: int, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Every contender on one split of the rows. No epochs: without Rasa's default."""
    train, test = split(rows)
    ours = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    bare = ours | {"pipeline": [part for part in ours["pipeline"] if not part["name"].endswith("CueRefiner")]}
    contenders: dict[str, Callable[[Path], dict[str, Any]]] = {
        "this pipeline": lambda work: run(train, test, work, ours, NOISES),
        "its classifier alone": lambda work: run(train, test, work, bare, NOISES),
        "Rasa, linear components": lambda work: rival(LINEAR, train, test, work),
    }
    if epochs:
        name = f"Rasa's default (DIET), {epochs} epochs"
        contenders[name] = lambda work: rival(default_pipeline(epochs), train, test, work)
    results = {}
    with tempfile.TemporaryDirectory(prefix="motcua-understanding-") as folder:
        for at, (name, measure) in enumerate(contenders.items()):
            say(f"  {name} …")
            results[name] = {k: v for k, v in measure(Path(folder) / str(at)).items() if k != "wrong"}
    return {
        "train_rows": len(train.texts),
        "test_rows": len(test.texts),
        "intents": len(set(rows.labels)),
        "epochs": epochs,
        "when": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "contenders": results,
    }


def render(result: dict[str, Any]) -> str:
    """The tables of a result."""
    contenders = result["contenders"]
    columns = ["clean", *NOISES]
    accuracy = [[name, *(f"{row[view]['accuracy']:.1f}" for view in columns)] for name, row in contenders.items()]
    cost = [
        [
            name,
            row["train_s"],
            row["train_peak_mb"],
            row["parse_peak_mb"],
            row["model_mb"],
            row["ms_p50"],
            row["ms_p99"],
        ]
        for name, row in contenders.items()
    ]
    head = ["", "training s", "at most, MB", "in use, MB", "model MB", "a message p50 ms", "p99 ms"]
    return (
        table("Understanding: intent accuracy, per cent", ["", *(name.replace("_", " ") for name in columns)], accuracy)
        + "\n"
        + table("Understanding: what it costs", head, cost)
    )


def explained(result: dict[str, Any]) -> str:
    """The tables with what a reader must know of them, for docs/performance.md."""
    return (
        "## Understanding, side by side\n\n"
        f"Made by `python -m bench --understanding --epochs {result['epochs']} --docs` on {result['when'][:10]}"
        f" ({result['machine']}), all in one run: the sentences of `nlu_data/intents`, {result['train_rows']} to learn"
        f" from and {result['test_rows']} to be asked, {result['intents']} intents, drawn by a seed within every"
        " intent. The noises are those of `bot/text/noise.py`, seeded.\n\n"
        "- **this pipeline** is `config.yml` as it is, trained and asked as the product does it. Its cue rules were"
        " written by people who knew the sentences, so read **its classifier alone** for what was learnt.\n"
        "- **Rasa, linear components**: whitespace, words and characters counted, LogisticRegressionClassifier.\n"
        f"- **Rasa's default**: the pipeline of `rasa init` without its fallback, {result['epochs']} epochs instead of"
        " DIET's 300, because of the time that each takes; more would make it better.\n"
        "- Training seconds are those of the whole process, Rasa's own start included.\n\n" + render(result)
    )


def main(epochs: int, docs: bool) -> None:
    """Run, print, keep."""
    print("understanding …", flush=True)
    result = compare(read_corpus(), epochs, lambda line: print(line, flush=True))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1, ensure_ascii=False), encoding="utf-8")
    print(render(result))
    if docs:
        write_section(DOCUMENT, "understanding", explained(result))


def read_corpus() -> Rows:
    """The training sentences of the project."""
    return read_set(ROOT / "nlu_data", "intents")
