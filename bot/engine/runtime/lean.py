"""Start Rasa without what this engine never uses: TensorFlow, other channels, telemetry, chatter.

Rasa imports TensorFlow whenever its list of components is loaded, even when no component needs
it, and the libraries of all its channels and stores; together that costs 20 s of a cold start and
about 400 MB a process. `leave_out` puts stand-ins in their place that satisfy class bodies and
annotations at import and raise `LeftOut` the moment that anything is built from them. TensorFlow
stays when the configuration, or the model, names a component that is built on it.

Nothing here may import Rasa: it must run before.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import logging
import os
import sys
import tarfile
import warnings
from abc import ABCMeta
from pathlib import Path
from types import ModuleType
from typing import Any

import structlog

from bot.engine.runtime.faults import CannotStart

TENSORFLOW = frozenset({"tensorflow", "tensorflow_hub", "tensorflow_text", "tensorflow_addons", "keras"})

UNUSED = frozenset(
    {
        # channels
        *("aiogram", "engineio", "fbmessenger", "mattermostwrapper", "rocketchat_API", "slack", "slack_sdk"),
        *("socketio", "twilio", "webexteamssdk"),
        # stores
        *("boto3", "botocore", "pymongo"),
        # the command line and its plots
        *("matplotlib", "prompt_toolkit", "questionary"),
    }
)

TENSORFLOW_COMPONENTS = (
    "DIETClassifier",
    "ResponseSelector",
    "ConveRTFeaturizer",
    "LanguageModelFeaturizer",
    "TEDPolicy",
    "UnexpecTEDIntentPolicy",
)


class LeftOut(RuntimeError):  # noqa: N818  # reads as the reason that it is
    """Something was built from a library that this process runs without."""


class _Absent(ABCMeta):
    """Metaclass of the stand-ins: any attribute is another stand-in, building one is an error."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        child = _Absent(name, (), {})
        setattr(cls, name, child)
        return child

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        # `@tf.function` and the like decorate methods while Rasa's modules are imported.
        if len(args) == 1 and not kwargs and callable(args[0]):
            return args[0]
        raise LeftOut(f"{cls.__name__}: this process runs without the library that it is from")


class _AbsentModule(ModuleType):
    __path__: list[str] = []  # noqa: RUF012  # what makes `import tensorflow.keras` possible

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        child = _Absent(name, (), {})
        setattr(self, name, child)
        return child


class _AbsentFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(self, fullname: str, *_: Any) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in self._names:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _AbsentModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: the stand-in is complete when it is made."""


def needs_tensorflow(description: str) -> bool:
    """Whether a configuration (or a model's metadata), as text, names a component built on TensorFlow."""
    return any(name in description for name in TENSORFLOW_COMPONENTS)


def leave_out(description: str) -> None:
    """Put the stand-ins in place; harmless when called twice.

    Args:
        description: the configuration, or the model's metadata, as text.
    """
    names = UNUSED if needs_tensorflow(description) else UNUSED | TENSORFLOW
    if not any(isinstance(finder, _AbsentFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _AbsentFinder(names))


def description_of(model: Path) -> str:
    """What a model says about its components.

    Raises:
        CannotStart: the file is no model.
    """
    try:
        with tarfile.open(model) as archive:
            member = archive.extractfile("metadata.json")
            return member.read().decode() if member else ""
    except (tarfile.TarError, KeyError, OSError, EOFError) as error:
        raise CannotStart(f"the model {model} cannot be read: {type(error).__name__}") from error


def quiet(level: str = "warning") -> None:
    """No telemetry and no console chatter.

    Args:
        level: least level that is logged; below `warning`, Rasa would log what citizens wrote.
    """
    # Without compiled modules a start takes 11 s instead of 2.
    sys.dont_write_bytecode = False
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["LOG_LEVEL"] = os.environ["LOG_LEVEL_LIBRARIES"] = "ERROR"
    os.environ["SANIC_REGISTER"] = "false"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    # Rasa and matplotlib set filters of their own; what is never shown needs none.
    warnings.simplefilter("ignore")
    warnings.showwarning = _say_nothing
    logging.basicConfig(
        stream=sys.stderr, level=getattr(logging, level.upper()), format="%(levelname)s %(name)s %(message)s"
    )
    # Rasa's own modules repeat texts in their warnings' details; errors are enough from them.
    for name in ("rasa", "apscheduler", "sanic.root", "sanic.access", "matplotlib"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # Left alone, structlog prints even Rasa's debug records, with citizens' texts, on the console.
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR), cache_logger_on_first_use=True
    )


def _say_nothing(*_: Any, **__: Any) -> None:
    """Takes the place of `warnings.showwarning`."""
