"""The words of danger, of cries for help, and of everything that only sounds like them (`words/danger.txt`)."""

from __future__ import annotations

from bot.engine.nlu import words

_LIST = words.read("danger")

CRY = _LIST["cry"]
"""A cry for help: whatever else the message says, somebody is in need now."""
BUSINESS = _LIST["business"]
"""Business with an office about something that happened: papers, money, rules."""
PAST = _LIST["past"]
HABIT = _LIST["habit"]
NEAR_MISSES = _LIST["near misses"]
"""Says the words, means something else."""
FICTION = _LIST["fiction"]
"""Not of this world: dreams, homework, stories, recipes."""
EMERGENCIES = _LIST.every("emergency")
NUMBERS = _LIST["numbers"]
"""A number that is itself a call for help."""
BY_NUMBER = {"113": "police", "114": "fire", "115": "medical", "111": "child", "112": "disaster"}
CALLED = _LIST.every("called")
"""Who is called for, when nothing says what happened."""
