"""The small model, the action server and an engine, started once for all contract tests."""

from __future__ import annotations

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
