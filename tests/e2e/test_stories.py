"""Rasa's end-to-end stories of reports, through the running system with the real engine and the real actions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.stories import Player, Story, read
from tests.support.system import System

STORIES = [story for path in sorted((Path(__file__).parents[1] / "stories").glob("*.yml")) for story in read(path)]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_story_goes_as_it_is_written(system: System, story: Story) -> None:
    player = Player(system)
    for turn in story.turns:
        intent, actions = player.take(turn)
        assert (intent, actions) == (turn.intent, turn.actions), f"{turn.said}: {player.answer['replies']}"
    assert player.answer["understanding"]["status"] == story.ends


def test_each_way_that_matters_has_its_story() -> None:
    assert len(STORIES) >= 13
    assert {story.ends for story in STORIES} == {"answered", "filed", "guided", "lookup"}
