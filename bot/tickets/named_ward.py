"""Which of our wards a message names: what figures by ward are counted by."""

from __future__ import annotations

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.locality import Locality, LocalitySource, current
from bot.tickets.mentions import names_in
from bot.tickets.place_names import Names, own_names
from bot.tickets.wards import resolve

log = structlog.get_logger(__name__)


class NamedWard:
    """Finds the ward that a message names, for a place that has several.

    Args:
        names: of the whole country, by which a ward of another place with the name of one of ours is told apart.
        locality: its own names.
    """

    def __init__(self, names: Names, locality: LocalitySource) -> None:
        self._names = names
        self._locality = locality
        self._own: tuple[Locality, frozenset[str]] | None = None

    async def __call__(self, text: str, category: str | None = None) -> str | None:
        """The code of the ward of ours that a text names, the first of several; none where it names none, a name that
        several bear, or another place's.

        Never fails: where the country's names cannot be read, nothing is said.

        Args:
            category: of the report that the text is a part of; of one that only few may read nothing is said.
        """
        place = current(self._locality)
        if len(place.areas) < 2:
            return None
        about = place.category(category) if category else None
        if about is not None and about.restricted:
            return None
        mentioned = names_in(text)
        # Few messages name a ward of ours: only for those the country is asked.
        if mentioned.isdisjoint(self._folded(place)):
            return None
        try:
            found = await self._names.find(mentioned)
        except SQLAlchemyError as error:
            log.warning("ward.names.unreadable", error=type(error).__name__)
            return None
        said = resolve(text, found, place)
        return said.places[0].code if said.state == "inside" else None

    def _folded(self, place: Locality) -> frozenset[str]:
        if self._own is None or self._own[0] is not place:
            self._own = place, frozenset(name.folded for name in own_names(place))
        return self._own[1]
