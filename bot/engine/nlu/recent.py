"""The normal form of the message at hand, made once for all components of the pipeline."""

from functools import lru_cache

from bot.text import normalise

# A few, not many: these are citizens' words, and they are not kept longer than the message takes.
normalised = lru_cache(maxsize=4)(normalise)
