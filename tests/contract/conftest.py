"""The small model, the action server and an engine, started once for all contract tests."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract import harness
from tests.support.databases import Databases


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the small project, trained by the real launcher."""
    out = tmp_path_factory.mktemp("model") / "small.tar.gz"
    done = harness.train(out)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="session")
def models(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `old.tar.gz`, `new.tar.gz` that greets in another way, and half of a file, `torn.tar.gz`."""
    folder = tmp_path_factory.mktemp("models")
    shutil.copy(model, folder / "old.tar.gz")
    done = harness.train(folder / "new.tar.gz", other_project(tmp_path_factory.mktemp("other")))
    assert done.returncode == 0, done.stdout + done.stderr
    whole = (folder / "new.tar.gz").read_bytes()
    (folder / "torn.tar.gz").write_bytes(whole[: len(whole) // 2])
    return folder


def other_project(folder: Path) -> Path:
    """The small project, with another greeting."""
    project = folder / "project"
    shutil.copytree(harness.PROJECT, project)
    domain = project / "domain.yml"
    written = domain.read_text(encoding="utf-8").replace(json.dumps(harness.OLD, ensure_ascii=False), harness.NEW)
    assert harness.NEW in written
    domain.write_text(written, encoding="utf-8")
    return project


@pytest.fixture(scope="session")
def actions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[harness.Actions]:
    """The action server."""
    server = harness.Actions(tmp_path_factory.mktemp("actions"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def engine(
    model: Path, actions: harness.Actions, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[harness.Engine]:
    """An engine with a way to the database that tests may break and must mend."""
    with databases.fresh() as url:
        way = harness.Broken(url)
        engine = harness.Engine(model, way.url, actions.url, tmp_path_factory.mktemp("engine"))
        engine.way = way
        yield engine
        engine.close()
        way.down()


@pytest.fixture
def citizen(engine: harness.Engine) -> harness.Conversation:
    """A new conversation."""
    return harness.Conversation(engine)
