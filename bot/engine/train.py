"""Train a model: `python -m bot.engine.train --out models/current.tar.gz`.

The same data gives the same model: seeds are fixed and nothing is taken from Rasa's cache, whose
key would miss a change in a helper module. The model appears at its path whole or not at all.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bot.engine import matters, own
from bot.engine.runtime import lean
from bot.engine.runtime.faults import CannotStart
from bot.engine.runtime.settings import PROJECT

SEED = 20261101
DATA = ("nlu_data/intents", "nlu_data/rules.yml")
# Intents that only the engine gives: by the gate, by a button, or when understanding fails.
WITHOUT_EXAMPLES = frozenset({"inform", "form_choice", "pick", "nlu_fallback"})


def main(arguments: list[str] | None = None) -> int:
    """Train and say so."""
    parser = argparse.ArgumentParser(prog="python -m bot.engine.train", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--out", type=Path, help="the model file to write (…/name.tar.gz)")
    what.add_argument("--check", action="store_true", help="only check that data, domain and rules hold together")
    parser.add_argument(
        "--project", type=Path, default=PROJECT, help="folder with config.yml, domain.yml and the data (default: ours)"
    )
    parser.add_argument("--data", nargs="*", default=list(DATA), help="training files, relative to the project")
    options = parser.parse_args(arguments)
    if os.environ.get("PYTHONHASHSEED") != "0":
        # Rasa writes sets to files, and their order is fixed only from a process's beginning.
        command = [sys.executable, "-m", "bot.engine.train", *(sys.argv[1:] if arguments is None else arguments)]
        os.execve(sys.executable, command, {**os.environ, "PYTHONHASHSEED": "0"})  # noqa: S606  # our own command line
    try:
        train(options.out, options.project, options.data)
    except CannotStart as error:
        print(f"train: {error}", file=sys.stderr, flush=True)
        return 2
    return 0


def train(out: Path | None, project: Path = PROJECT, data: list[str] | None = None) -> None:
    """Train a model.

    Args:
        out: where the model goes; none: only check the data.
        project: where `config.yml`, `domain.yml` and the data are.
        data: training files and folders, relative to the project.

    Raises:
        CannotStart: a file is missing, or data, domain and rules contradict each other.
    """
    started = time.monotonic()
    config, domain = project / "config.yml", project / "domain.yml"
    files = [project / name for name in data or DATA]
    if missing := [path for path in (config, domain, *files) if not path.exists()]:
        raise CannotStart(f"missing: {', '.join(map(str, missing))}")
    lean.quiet()
    lean.leave_out(config.read_text(encoding="utf-8"))
    with _private_cache(), tempfile.TemporaryDirectory(prefix="mot-cua-train-") as work:
        _say("loading Rasa", started)
        import numpy
        from rasa.model_training import _train_graph
        from rasa.shared.data import TrainingType
        from rasa.shared.importers.importer import TrainingDataImporter

        random.seed(SEED)
        numpy.random.seed(SEED)
        _say("checking data, domain and rules", started)
        # A copy: Rasa writes an id or suggestions of its own into a configuration that lacks them.
        copy = shutil.copy(config, Path(work) / "config.yml")
        try:
            if made := matters.write(project, Path(work) / "matters.yml"):
                files.append(made)
            domain, rules = own.extend(domain, files, Path(work))
            files += rules
            importer = TrainingDataImporter.load_from_config(copy, str(domain), [str(path) for path in files])
            if complaints := validate(importer):
                raise CannotStart("the data does not hold together:\n  " + "\n  ".join(complaints))
            if out is None:
                _say("the data holds together", started)
                return
            _say(f"training on {len(importer.get_nlu_data().intent_examples)} examples", started)
            with contextlib.redirect_stdout(io.StringIO()), _progress(started):  # Rasa congratulates at length
                # Not its public `train`: that reads all the data a second time.
                result = _train_graph(
                    importer,
                    training_type=TrainingType.BOTH,
                    output_path=work,
                    fixed_model_name="model",
                    force_full_training=True,
                )
        except CannotStart:
            raise
        except (Exception, SystemExit) as error:
            raise CannotStart(f"training failed: {type(error).__name__}: {error}") from error
        if result.model is None or result.code != 0:
            raise CannotStart(f"training failed with code {result.code}")
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = out.with_name(f".{out.name}.{os.getpid()}")
        shutil.move(result.model, beside)
        beside.replace(out)
    _say(f"wrote {out} ({out.stat().st_size / 1e6:.1f} MB)", started)


def validate(importer: object) -> list[str]:
    """What does not hold together between intents, rules, actions, responses and slots; one line each."""
    from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered

    domain = importer.get_domain()  # type: ignore[attr-defined]  # Rasa carries no types
    examples = {str(e.get("intent")) for e in importer.get_nlu_data().intent_examples}  # type: ignore[attr-defined]
    steps = importer.get_stories().story_steps  # type: ignore[attr-defined]
    events = [event for step in steps for event in step.events]
    ruled = {event.intent_name for event in events if isinstance(event, UserUttered) and event.intent_name}
    acted = {event.action_name for event in events if isinstance(event, ActionExecuted) and event.action_name}
    slots = {event.key for event in events if isinstance(event, SlotSet)}
    default = {"restart", "back", "session_start", "out_of_scope"}
    intents = set(domain.intents) - (default - ruled)
    known_slots = {slot.name for slot in domain.slots}
    formed = {f"validate_{form}" for form in domain.form_names}
    asked = {f"utter_ask_{form}_{slot}" for form in domain.form_names for slot in domain.required_slots_for_form(form)}
    complaints = [
        *(f"intent {name}: has examples, but domain.yml does not list it" for name in examples - intents),
        *(f"intent {name}: no examples" for name in intents - examples - WITHOUT_EXAMPLES),
        *(f"intent {name}: a rule names it, domain.yml does not" for name in ruled - intents),
        *(f"intent {name}: no rule" for name in intents - ruled - {"inform"}),
        *(f"action {name}: a rule names it, domain.yml does not" for name in acted - set(domain.action_names_or_texts)),
        *(f"response {name}: no rule says it" for name in set(domain.responses) - acted - asked),
        *(f"slot {name}: a rule names it, domain.yml does not" for name in slots - known_slots),
        *(f"action {name}: not listed, so the form is not validated" for name in formed - set(domain.user_actions)),
    ]
    return sorted(line for line in complaints if "action_listen" not in line)


@contextlib.contextmanager
def _private_cache() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="mot-cua-cache-") as folder:
        os.environ["RASA_CACHE_DIRECTORY"] = folder
        os.environ["RASA_MAX_CACHE_SIZE"] = "0"
        yield


@contextlib.contextmanager
def _progress(started: float) -> Iterator[None]:
    """Print which component is being trained; Rasa says it in its log only."""

    class Line(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            _say(record.getMessage(), started)

    log, handler = logging.getLogger("rasa.engine.training.hooks"), Line(logging.INFO)
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)


def _say(what: str, started: float) -> None:
    print(f"train: {time.monotonic() - started:5.1f} s  {what}", file=sys.__stdout__, flush=True)


if __name__ == "__main__":
    sys.exit(main())
