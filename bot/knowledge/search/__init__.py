"""Search over the whole catalogue, in memory: which procedure a question as typed is about.

The steps: normalise → keep what a correction means → spelling → concepts → take out talk and aspects → weighted
overlap with titles and plain phrases → agreement of action, foreign element, age, level → menus, gaps, margins.
"""

from bot.knowledge.search.index import SearchIndex, Tuning
from bot.knowledge.search.live import LiveIndex
from bot.knowledge.search.model import Candidate, Gap, Match
from bot.knowledge.search.question import Query

__all__ = ["Candidate", "Gap", "LiveIndex", "Match", "Query", "SearchIndex", "Tuning"]
