"""The words and buttons of a report's questions."""

from __future__ import annotations

from bot.locality import Category, Locality
from bot.locality.rules import Question as Detail
from bot.privacy import readable
from bot.tickets import details
from bot.tickets.contacts import ANONYMOUS, describe
from bot.tickets.draft import EDIT, UNKNOWN_PLACE, Draft, Option, Question
from bot.tickets.texts import Texts

Buttons = tuple[tuple[str, str], ...]

LONGEST_TITLE = 60


class Asking:
    """The questions of one locality."""

    def __init__(self, locality: Locality, texts: Texts) -> None:
        self._locality = locality
        self._texts = texts

    def question(self, draft: Draft, asked: str) -> Question:
        """The words and buttons of a question."""
        say = self._texts.say
        cancel = (say("button_cancel"), "form:cancel")
        category = self._locality.category(draft.category)
        match asked:
            case "report_category":
                common = tuple((item.short, f"report:{item.code}") for item in self._locality.categories if item.common)
                return Question(say("ask_category"), common)
            case "report_description":
                return Question((category and category.ask_description) or say("ask_description"), (cancel,))
            case "report_details":
                detail = details.next_question(category, draft.details)
                # A late turn may ask for a question that is answered: the summary then is what comes next.
                return self._detail(detail, draft, cancel) if detail else self._summary(draft, category, cancel)
            case "report_place":
                text = (category and category.ask_place) or say("ask_place")
                return Question(text, ((say("button_skip"), "form:skip"), cancel))
            case "report_ward":
                return self._ward(draft, cancel)
            case "report_similar":
                return self._similar(draft, category, cancel)
            case "report_photos":
                return Question(say("ask_photos"), ((say("button_no_photo"), "form:skip"), cancel))
            case "report_contact":
                return Question(say("ask_contact"), ((say("button_anonymous"), "form:anonymous"), cancel))
        if draft.confirm == EDIT:
            names = ["description", *(["details"] if category and category.questions else []), "place", "contact"]
            parts = tuple((say(f"button_{part}"), f"form:{part}") for part in (*names, "category"))
            return Question(say("ask_edit"), (*parts, cancel))
        return self._summary(draft, category, cancel)

    def opening(self, draft: Draft) -> list[str]:
        """What to say once the category is known: how the report was understood, and what to know about it."""
        category = self._locality.category(draft.category)
        if category is None:
            return []
        lines = [self._texts.say("understood_category", category=category.label.lower())]
        if category.restricted:
            lines.append(self._texts.say("restricted_notice"))
        if category.notice:
            lines.append(category.notice)
        return lines

    def place(self, draft: Draft) -> str:
        """The place for people, with today's ward where the citizen did not write it."""
        say = self._texts.say
        if draft.place in (None, UNKNOWN_PLACE):
            return say("place_unknown")
        place = readable(draft.place or "")
        if draft.at is not None and place != self.shared_place(draft.at):
            place = say("place_shared_more", place=place)
        today = (draft.spot or {}).get("today")
        return say("place_today", place=place, today=today) if today else place

    def shared_place(self, at: tuple[float, float]) -> str:
        """A shared location as the place of a report."""
        return self._texts.say("place_shared", lat=f"{at[0]:.5f}", long=f"{at[1]:.5f}")

    def _summary(self, draft: Draft, category: Category | None, cancel: tuple[str, str]) -> Question:
        say, contact = self._texts.say, draft.contact or ANONYMOUS
        given = details.final(draft.details)
        answers = "".join(
            say(
                "summary_detail",
                label=f"{item.label}:" if item.label else item.ask,
                answer=readable(details.shown(item, given[item.code])),
            )
            for item in (category.questions if category else ())
            if item.code in given
        )
        text = say(
            "summary",
            category=category.label if category else "",
            description=readable(draft.description or ""),
            details=answers,
            place=self.place(draft),
            photos=say("summary_photos", count=len(draft.photos)) if draft.photos else "",
            contact=say("contact_anonymous") if contact.get("anonymous") else describe(contact),
            restricted=say("summary_restricted") if category and category.restricted else "",
        )
        buttons = ((say("button_send"), "form:confirm"), (say("button_edit"), "form:edit"), cancel)
        return Question(text, buttons)

    def _detail(self, detail: Detail, draft: Draft, cancel: tuple[str, str]) -> Question:
        say = self._texts.say
        text = f"{detail.ask}\n{detail.help}" if detail.help else detail.ask
        options: Buttons = tuple(
            (option.label[:LONGEST_TITLE], f"form:option:{number}") for number, option in enumerate(detail.options, 1)
        )
        chosen = (draft.details or {}).get(detail.code)
        if chosen and detail.kind == "choices":
            text = say("details_chosen", ask=detail.ask, chosen=details.shown(detail, chosen))
            return Question(text, (*options, (say("button_done"), "form:done"), cancel))
        skip: Buttons = () if detail.required else ((say("button_pass"), "form:skip"),)
        return Question(text, (*options, *skip, cancel))

    def _ward(self, draft: Draft, cancel: tuple[str, str]) -> Question:
        say, spot = self._texts.say, draft.spot or {}
        options = spot.get("options") or []
        skip = (say("button_skip"), "form:skip")
        first = options[0] if options else None
        if first is None or spot.get("state") == "ask":
            return Question(say("ask_ward"), (skip, cancel))
        match spot.get("state"):
            case "confirm":
                yes, no = (say("button_yes"), "form:yes"), (say("button_no"), "form:no")
                text = say("ward_confirm", said=first["said"], today=today_of(first))
                return Question(text, (yes, no, cancel))
            case "choose":
                rows = tuple(
                    (_title(option)[:LONGEST_TITLE], f"form:ward:{number}") for number, option in enumerate(options, 1)
                )
                elsewhere = (say("button_elsewhere"), "form:no")
                return Question(say("ward_choose", said=_short(first["said"])), (*rows, elsewhere, cancel))
            case "many":
                return Question(say("ward_many", said=_short(first["said"])), (skip, cancel))
        values = {"said": first["said"], "locality": self._locality.name, "province": first["province"]}
        if first["ward"]:
            text = say("outside", ward=first["ward"], today=today_of(first), **values)
        else:
            text = say("outside_province" if first["province"] else "outside_location", **values)
        change, insist = (say("button_edit_place"), "form:place"), (say("button_insist"), "form:insist")
        return Question(text, (change, insist, cancel))

    def _similar(self, draft: Draft, category: Category | None, cancel: tuple[str, str]) -> Question:
        say = self._texts.say
        offered = draft.similar["offered"] if draft.similar else []
        several = len(offered) > 1
        rows = "\n".join(
            say(
                "similar_row",
                number=say("similar_number", number=number) if several else "",
                category=category.label if category else "",
                where=one["where"],
                date=one["date"],
                status=one["status"],
            )
            for number, one in enumerate(offered, 1)
        )
        text = say("similar_several" if several else "similar_one", rows=rows) + say("similar_help")
        same: Buttons = tuple(
            (say("button_same_number", number=number) if several else say("button_same"), f"form:join:{number}")
            for number in range(1, len(offered) + 1)
        )
        return Question(text, (*same, (say("button_other_matter"), "form:new"), cancel))


def today_of(option: Option) -> str:
    """Ward and province of today."""
    return ", ".join(part for part in (option["ward"], option["province"]) if part)


def _title(option: Option) -> str:
    """A button's title: today's ward, and where it is that the old name meant."""
    before = option["said"].partition(", ")[2].partition(", ")[0] if option["former"] else ""
    return f"{option['ward']} ({before})" if before else f"{option['ward']}, {option['province']}"


def _short(said: str) -> str:
    return said.partition(", ")[0]
