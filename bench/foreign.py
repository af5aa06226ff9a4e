"""This pipeline on a data set of others: `bench/foreign.py DATA_DIR` trains it as it is and prints how it does.

`config.yml` is taken unchanged and trained by the product's own trainer. What the test asks for and training never
showed counts as wrong. See `bench.datasets` for the layouts that are read.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
if not __package__:  # started as a script
    sys.path.insert(0, str(ROOT))

from bench.datasets import NoData, read_set, write_rasa  # noqa: E402  # needs the path above
from bench.flights import Rows, generate  # noqa: E402
from bot.text.noise import KINDS  # noqa: E402

ENGINE_PYTHON = ROOT / ".venv-engine" / "bin" / "python"
LOOK = 0.02
"""Seconds between looks at a running program."""
RESERVED = frozenset({"restart", "back", "session_start", "nlu_fallback"})
"""Names that mean something to Rasa itself."""


@dataclass(frozen=True)
class Finished:
    """What a process printed, the seconds it took and the most memory it held."""

    output: str
    seconds: float
    peak_mb: float


def measured_run(command: Sequence[str | Path], given: str = "", **more: str) -> Finished:
    """Run one of the engine's programs to its end.

    Raises:
        RuntimeError: it failed; the text holds the end of what it said.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BOT_", "RASA"))}
    env = {**kept, "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore", **more}
    env.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target, tempfile.TemporaryFile() as errors:
        source.write(given.encode())
        source.seek(0)
        before = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=source, stdout=target, stderr=errors)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _peak_mb(process.pid))
            time.sleep(LOOK)
        seconds = time.perf_counter() - before
        target.seek(0)
        errors.seek(0)
        output = target.read().decode(errors="replace")
        if process.returncode:
            told = (errors.read().decode(errors="replace") + output)[-3000:]
            raise RuntimeError(f"{command[:3]} ended with {process.returncode}:\n{told}")
    return Finished(output, seconds, peak)


def _peak_mb(pid: int) -> float:
    """The most memory that a running program has held since it began, in MB.

    `ru_maxrss` would not do: the kernel counts in it what the process held before it became that program, and that is
    what its parent holds.
    """
    with contextlib.suppress(OSError, ValueError, IndexError):
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)
    return 0.0


def write_project(folder: Path, train: Rows, config: dict[str, Any] | None = None) -> dict[str, str]:
    """A project of the data set: our `config.yml`, the sentences, and a rule for every intent as the trainer asks.

    Args:
        folder: where to write it.
        train: the rows to train on.
        config: another configuration than ours.

    Returns:
        The name that each label has inside the project.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if config is None:
        shutil.copy(ROOT / "config.yml", folder / "config.yml")
    else:
        _dump(folder / "config.yml", config)
    inside: dict[str, str] = {}
    for label in sorted(set(train.labels)):
        name = label.replace("/", "_")  # Rasa's sign for groups of answers
        while name in RESERVED or name in inside.values():
            name += "_"
        inside[label] = name
    write_rasa(folder / "nlu.yml", Rows(train.texts, [inside[label] for label in train.labels]))
    intents = [*inside.values(), "nlu_fallback"]
    _dump(folder / "domain.yml", {"version": "3.1", "intents": intents, "actions": ["action_answer"]})
    rules = [{"rule": name, "steps": [{"intent": name}, {"action": "action_answer"}]} for name in intents]
    _dump(folder / "rules.yml", {"version": "3.1", "rules": rules})
    return inside


def _dump(path: Path, data: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")


def views(texts: Sequence[str], noises: Sequence[str]) -> dict[str, list[str]]:
    """The texts as they are, and with each noise, seeded by position."""
    made = {name: [KINDS[name](text, Random(at)) for at, text in enumerate(texts)] for name in noises}  # noqa: S311
    return {"clean": list(texts), **made}


def scores(said: Sequence[str], meant: Sequence[str]) -> dict[str, float]:
    """Accuracy and macro F1 in per cent; the mean is over the labels that were said or meant."""
    right = sum(a == b for a, b in zip(said, meant, strict=True))
    each = []
    for label in sorted({*said, *meant}):
        both = sum(a == b == label for a, b in zip(said, meant, strict=True))
        each.append(2 * both / (sum(a == label for a in said) + sum(b == label for b in meant)))
    return {"accuracy": round(100 * right / len(meant), 2), "macro_f1": round(100 * statistics.fmean(each), 2)}


def quantiles(times: Sequence[float]) -> dict[str, float]:
    """Milliseconds a message: the median and the 99th percentile."""
    cuts = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else [*times] * 99
    return {"ms_p50": round(cuts[49], 2), "ms_p99": round(cuts[98], 2)}


def report(asked: dict[str, list[str]], answers: list[dict[str, Any]], test: Rows) -> dict[str, Any]:
    """The figures of answers that came in the order of the views; the times leave the first warming messages out."""
    out: dict[str, Any] = {}
    at = 0
    for name, texts in asked.items():
        out[name] = scores([str(row["intent"]) for row in answers[at : at + len(texts)]], test.labels)
        at += len(texts)
    warm = min(20, len(answers) // 2)
    return out | quantiles([float(row["ms"]) for row in answers[warm:]])


def run(
    train: Rows,
    test: Rows,
    work: Path,
    config: dict[str, Any] | None = None,
    noises: Sequence[str] = ("no_diacritics",),
) -> dict[str, Any]:
    """Train this pipeline on rows and test it on others, as the product trains and parses."""
    inside = write_project(work / "project", train, config)
    outside = {name: label for label, name in inside.items()}
    model = work / "model.tar.gz"
    engine: list[str | Path] = [ENGINE_PYTHON, "-m"]
    files: list[str | Path] = ["--project", work / "project", "--data", "nlu.yml", "rules.yml"]
    training = measured_run([*engine, "bot.engine.train", "--out", model, *files])
    asked = views(test.texts, noises)
    lines = [json.dumps({"text": text}, ensure_ascii=False) for texts in asked.values() for text in texts]
    parsing = measured_run([*engine, "bot.engine.parse", "--model", model], "\n".join(lines))
    answers = [json.loads(line) for line in parsing.output.splitlines()]
    answers = [{**row, "intent": outside.get(row["intent"], row["intent"])} for row in answers]
    unseen = [label for label in test.labels if label not in inside]
    return {
        "train_rows": len(train.texts),
        "test_rows": len(test.texts),
        "intents": len(inside),
        "unseen_labels": sorted(set(unseen)),
        "unseen_rows": len(unseen),
        **report(asked, answers, test),
        "train_s": round(training.seconds, 1),
        "train_peak_mb": round(training.peak_mb),
        "parse_peak_mb": round(parsing.peak_mb),
        "model_mb": round(model.stat().st_size / 1e6, 2),
        "wrong": [
            {"text": text, "intent": label, "said": row["intent"]}
            for text, label, row in zip(test.texts, test.labels, answers, strict=False)  # clean ones come first
            if row["intent"] != label
        ],
    }


def told(result: dict[str, Any]) -> str:
    """The figures for a person."""
    clean, bare = result["clean"], result["no_diacritics"]
    lines = [
        f"trained on {result['train_rows']} rows of {result['intents']} intents, tested on {result['test_rows']}",
        f"intent accuracy   {clean['accuracy']:6.2f}   macro F1 {clean['macro_f1']:6.2f}",
        f"  no diacritics   {bare['accuracy']:6.2f}   macro F1 {bare['macro_f1']:6.2f}"
        f"   ({bare['accuracy'] - clean['accuracy']:+.2f} points)",
        f"training          {result['train_s']:.1f} s, at most {result['train_peak_mb']} MB,"
        f" model {result['model_mb']} MB",
        f"a message         p50 {result['ms_p50']} ms, p99 {result['ms_p99']} ms, at most {result['parse_peak_mb']} MB",
    ]
    if result["unseen_rows"]:
        names = ", ".join(result["unseen_labels"])
        lines.append(f"{result['unseen_rows']} test rows have labels that training never showed, all wrong: {names}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Read the set, train, test, print."""
    parser = argparse.ArgumentParser(prog="bench/foreign.py", description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", metavar="DATA_DIR", help="folder with train and test files")
    parser.add_argument("--made-up", action="store_true", help="a generated set in the manner of ATIS instead")
    parser.add_argument("--test", default="test", help="the part to test on (default: test)")
    parser.add_argument("--with-dev", action="store_true", help="train on train and dev together")
    parser.add_argument("--json", action="store_true", help="print JSON, wrong rows included")
    options = parser.parse_args(arguments)
    if (options.data is None) != options.made_up:
        parser.error("give DATA_DIR or --made-up")
    try:
        if options.made_up:
            train, test = generate()
        else:
            train, test = (read_set(options.data, part) for part in ("train", options.test))
            if options.with_dev:
                dev = read_set(options.data, "dev")
                train = Rows(train.texts + dev.texts, train.labels + dev.labels)
        with tempfile.TemporaryDirectory(prefix="motcua-foreign-") as work:
            result = run(train, test, Path(work))
    except (NoData, RuntimeError) as error:
        print(f"foreign: {error}", file=sys.stderr)
        return 2
    say(json.dumps(result, ensure_ascii=False, indent=1) if options.json else told(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
