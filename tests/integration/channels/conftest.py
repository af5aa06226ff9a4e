"""A running system with its platform, for the end-to-end tests of push channels: a module says how both start in its
fixture `running`.
"""

from __future__ import annotations

import pytest

from tests.standins.control import Standin
from tests.support.chat_system import ChatSystem


@pytest.fixture
def system(running: tuple[ChatSystem, Standin]) -> ChatSystem:
    """The system."""
    return running[0]


@pytest.fixture
def platform(running: tuple[ChatSystem, Standin]) -> Standin:
    """The platform, without the faults of the test before."""
    running[1].mend()
    return running[1]
