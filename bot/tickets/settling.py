"""What only the database knows about a report that is being written: the ward, similar reports, its pictures.

`Settling.settle` takes the step that the pure conversation made, fills this in, and says what to ask now.
"""

from __future__ import annotations

import re
from dataclasses import replace

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.locality import Locality
from bot.storage.outgoing import takes_photos
from bot.text import fold
from bot.tickets import duplicates, wards
from bot.tickets.draft import JOIN, UNKNOWN_PLACE, Draft, Likeness, Offered, Option, Spot, Step
from bot.tickets.intake import Intake
from bot.tickets.mentions import names_in
from bot.tickets.photos import Photos
from bot.tickets.place_names import Names
from bot.tickets.states import LABELS
from bot.tickets.texts import Texts
from bot.tickets.wards import Place, Resolution
from bot.tickets.whereabouts import MOST_TRIES, picked, settled

log = structlog.get_logger(__name__)


UNSAID = ("ask", "many", "choose")
"""States of a ward that the citizen's words leave open; a shared location decides then."""


class Settling:
    """For one version of the locality file."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        names: Names,
        photos: Photos,
        *,
        locality: Locality,
        texts: Texts,
        intake: Intake,
    ) -> None:
        self._sessions = sessions
        self._names = names
        self._photos = photos
        self._locality = locality
        self._texts = texts
        self._intake = intake

    async def settle(self, step: Step, before: Draft, *, conversation: str, channel: str) -> Step:
        """The step with what the database knows in it.

        Args:
            before: the draft before the message; a picture that it did not have is checked.
            conversation: `conversations.key`.
        """
        if step.asked is None or step.interrupted:
            return step
        draft, notes = step.draft, list(step.notes)
        if draft.photos is None and not takes_photos(channel):
            draft = replace(draft, photos=())
        if new := set(draft.photos or ()) - set(before.photos or ()):
            held = set(await self._photos.waiting(conversation, sorted(new)))
            if new - held:
                draft = replace(draft, photos=tuple(key for key in draft.photos or () if key not in new - held))
                notes = ["photo_lost" if note == "photo_added" else note for note in notes]
        decided = (draft.spot or {}).get("state") in ("settled", "outside")
        if self._locality.drawn and draft.at != before.at and decided and not await self._says_ward(draft):
            draft = replace(draft, spot=None, similar=None)
        draft, said = await self._whereabouts(draft)
        draft = await self._likeness(draft)
        if draft == step.draft:
            return step
        return Step(draft, self._intake.missing(draft), (*notes, *said))

    async def _whereabouts(self, draft: Draft) -> tuple[Draft, tuple[str, ...]]:
        """The draft with its ward, or with what has to be asked about it."""
        if draft.place is None:
            return draft, ()
        if draft.place == UNKNOWN_PLACE:
            return (draft, ()) if draft.spot else (self._unnamed(draft, asks=False), ())
        if draft.spot is None:
            found = await self._said(draft)
            if found.state == "none" and (located := self._located(draft)):
                return located, ()
            return self._taken(draft, found), ()
        if located := self._located(draft):
            return located, ()
        if draft.spot.get("state") != "named":
            return draft, ()
        return await self._named(draft, draft.spot)

    async def _says_ward(self, draft: Draft) -> bool:
        """Whether words name a ward, so that a location shared later decides nothing."""
        return (await self._said(draft)).state != "none"

    async def _said(self, draft: Draft) -> Resolution:
        """What the citizen's words say about the ward: those of the place, else of the story."""
        place = "" if draft.place in (None, UNKNOWN_PLACE) else draft.place or ""
        found = await self._find(place)
        if found.state == "none" and draft.description:
            # The story may name our ward in passing; another's counts where it stands right behind the place.
            aside = await self._find(draft.description)
            if aside.state == "inside":
                return aside
            if behind := wards.behind(draft.description, place):
                return await self._find(behind)
        return found

    def _located(self, draft: Draft) -> Draft | None:
        """The draft with the ward of its shared location, where words leave it open; none: the location says nothing.

        Outside every ward it is another place's to look after; if not every ward is drawn, nothing follows from that.
        """
        drawn, spot = self._locality.drawn, draft.spot or {}
        if draft.at is None or drawn is None or spot.get("state", "ask") not in UNSAID:
            return None
        ward = self._locality.ward(drawn.ward(*draft.at))
        meant = {option["code"] for option in spot.get("options") or ()} if spot.get("state") == "choose" else None
        if ward is not None and (meant is None or ward.code in meant):
            # The citizen did not write it, so the summary shows it.
            today = f"{ward.name}, {self._locality.province.name}"
            return replace(draft, spot=Spot(state="settled", ward=ward.code, today=today), similar=None)
        if ward is not None or meant is not None or not drawn.covers([area.code for area in self._locality.areas]):
            return None
        nowhere = Option(said=draft.place or "", code=None, ward="", province="", former=False)
        return replace(draft, spot=Spot(state="outside", options=[nowhere], tries=0))

    async def _named(self, draft: Draft, spot: Spot) -> tuple[Draft, tuple[str, ...]]:
        """After the citizen named the ward in answer to our question."""
        said, tries = spot.get("text", ""), spot.get("tries", 0)
        found = await self._find(f"{draft.place}, {said}")
        if found.state in ("none", "many") or spot.get("options") == _options(found):
            found = await self._find(said, bare=True)
        if found.state not in ("none", "many"):
            if found.state == "inside" and len(found.places) == 1:
                # Named in answer to the question, so it need not be confirmed; the summary shows it.
                return picked(draft, _options(found)[0]), ()
            return replace(draft, spot=_spot(found, tries)), ()
        if tries >= MOST_TRIES:
            return self._unnamed(draft, asks=False), ()
        if found.state == "many":
            return replace(draft, spot=_spot(found, tries)), ()
        again = Spot(state="ask", options=spot.get("options") or [], tries=tries)
        return replace(draft, spot=again), ("ward_unknown",)

    async def _find(self, text: str, *, bare: bool = False) -> Resolution:
        names = names_in(text)
        try:
            found = await self._names.find(names)
        except SQLAlchemyError as error:
            # A report must not fail because the list of the country cannot be read; our own names still count.
            log.warning("places.unreadable", error=type(error).__name__)
            found = []
        return wards.resolve(text, found, self._locality, bare=bare)

    def _taken(self, draft: Draft, found: Resolution) -> Draft:
        if found.state == "none":
            return self._unnamed(draft, asks=True)
        if found.state == "inside" and not found.places[0].former:
            return settled(draft, _option(found.places[0]))
        return replace(draft, spot=_spot(found, 0))

    def _unnamed(self, draft: Draft, *, asks: bool) -> Draft:
        """No ward is named: the only one there is, else it is asked for."""
        areas = self._locality.areas
        if len(areas) == 1:
            return replace(draft, spot=Spot(state="settled", ward=areas[0].code, today=None))
        if asks:
            return replace(draft, spot=Spot(state="ask", options=[], tries=0))
        return replace(draft, spot=Spot(state="settled", ward=None, today=None))

    async def _likeness(self, draft: Draft) -> Draft:
        """The draft with the open reports that may be the same."""
        category = self._locality.category(draft.category)
        ready = draft.spot and draft.spot.get("state") == "settled" and draft.similar is None
        if category is None or not ready or draft.place in (None, UNKNOWN_PLACE):
            return draft
        if category.restricted or category.private:
            return replace(draft, similar=Likeness(offered=[], decided=True))
        lat, long = draft.at or (None, None)
        place = "" if draft.at and draft.place == self._intake.shared_place(draft.at) else draft.place or ""
        spot = duplicates.Spot(place, (draft.spot or {}).get("ward"), lat, long)
        found = await duplicates.similar(self._sessions, category.code, spot)
        return replace(draft, similar=Likeness(offered=list(map(self._offered, found)), decided=not found))

    def _offered(self, one: duplicates.Similar) -> Offered:
        say = self._texts.say
        if one.metres is not None:
            where = say("similar_near", metres=max(10, 10 * round(one.metres / 10)))
        else:
            where = one.shared or say("similar_here")
        return Offered(
            code=one.code,
            where=where,
            date=f"{self._locality.now(one.created_at):%d/%m/%Y}",
            status=LABELS[one.status],
        )

    def not_joined(self, draft: Draft) -> Step:
        """The report that was to be joined has ended meanwhile: this one goes on by itself."""
        likeness = Likeness(offered=[], decided=True)
        draft = replace(draft, confirm=None, similar=likeness)
        return Step(draft, self._intake.missing(draft), ("join_gone",))


def joins(draft: Draft) -> str | None:
    """The code of the report that the citizen chose to join."""
    confirm = draft.confirm or ""
    return confirm.removeprefix(JOIN) if confirm.startswith(JOIN) else None


def address(draft: Draft, locality: Locality) -> str | None:
    """The place with today's ward and province, for people; none where the ward is not known."""
    spot = draft.spot or {}
    ward = locality.ward(spot.get("ward"))
    today = f"{ward.name}, {locality.province.name}" if ward else spot.get("today")
    place = "" if draft.place in (None, UNKNOWN_PLACE) else draft.place or ""
    if today is None:
        return None
    if ward and not spot.get("today") and f" {fold(ward.name)} " in re.sub(r"\W+", " ", f" {fold(place)} "):
        today = locality.province.name
    return ", ".join(part for part in (place, today) if part)


def _spot(found: Resolution, tries: int) -> Spot:
    options = _options(found)
    match found.state:
        case "several":
            return Spot(state="choose", options=options, tries=tries)
        case "many":
            return Spot(state="many", options=options[:1], tries=tries)
        case "outside":
            return Spot(state="outside", options=options, tries=tries)
    return Spot(state="confirm", options=options, tries=tries)


def _options(found: Resolution) -> list[Option]:
    return [_option(place) for place in found.places]


def _option(place: Place) -> Option:
    return Option(said=place.said, code=place.code, ward=place.ward, province=place.province, former=place.former)
