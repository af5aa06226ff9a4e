"""A ticket as its page shows it: plain values in Vietnamese, for the template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.locality import Locality
from bot.tickets import OPEN, Status, Texts, TicketDetail
from bot.tickets.details import shown as answer_shown
from bot.tickets.slip import PAGE

STEPS = (
    ("Đã tiếp nhận", frozenset({Status.RECEIVED, Status.SORTING})),
    ("Đã chuyển xử lý", frozenset({Status.FORWARDED})),
    ("Đang xử lý", frozenset({Status.IN_PROGRESS})),
    ("Đã xử lý, chờ bạn xác nhận", frozenset({Status.DONE, Status.AWAITING_CITIZEN})),
    ("Đã đóng", frozenset({Status.CLOSED})),
)
STAGES = {"before": "trước khi xử lý", "after": "sau khi xử lý"}
RATINGS = {5: "Rất hài lòng", 4: "Hài lòng", 3: "Bình thường", 2: "Không hài lòng", 1: "Rất không hài lòng"}


@dataclass(frozen=True)
class Happened:
    """A line of the timeline."""

    label: str
    text: str | None
    at: str
    iso: str


@dataclass(frozen=True)
class Picture:
    """A picture with what it shows in words."""

    url: str
    thumbnail: str
    alt: str


@dataclass(frozen=True)
class ShownTicket:
    """What the template works with.

    Attributes:
        steps: (name, "done" | "now" | ""); empty where the report went another way.
        question: what the office wants to know; none where it waits for no answer.
        until: the day after which the ticket is closed if its citizen says nothing.
    """

    code: str
    category: str
    status: str
    description: str
    place: str
    filed: str
    agency: str | None
    deadline: str | None
    overdue: bool
    answers: list[tuple[str, str]]
    steps: list[tuple[str, str]]
    events: list[Happened]
    pictures: list[Picture]
    question: str | None
    may_confirm: bool
    until: str | None
    may_reopen: bool
    may_rate: bool
    rating: str | None
    ratings: dict[int, str]
    reopen_days: int


def shown(found: TicketDetail, locality: Locality, texts: Texts) -> ShownTicket:
    """Everything about a ticket that its citizen may see, in words."""
    row, view = found.row, found.view
    category, agency = locality.category(row.category), locality.agency(row.agency)
    questions = {item.code: item for item in category.questions} if category else {}
    pictures = sorted(found.photos, key=lambda photo: photo.stage == "after")
    asked = [event.text for event in found.events if event.kind == "QuestionAsked"]
    return ShownTicket(
        code=row.code,
        category=category.label if category else row.category,
        status=_first_upper(_to_you(view.status_label)),
        description=row.description,
        place=found.address or row.place,
        filed=_moment(locality, row.created_at),
        agency=agency.name if agency else None,
        deadline=_deadline(found, locality, texts),
        overdue=view.overdue,
        answers=[
            (questions[code].title, answer_shown(questions[code], value))
            for code, value in found.answers.items()
            if code in questions
        ],
        steps=_steps(row.status),
        events=_events(found, locality),
        pictures=[
            Picture(
                f"{PAGE}/anh/{photo.key}",
                f"{PAGE}/anh/{photo.key}?co=nho",
                f"Ảnh {number} của phản ánh, {STAGES.get(photo.stage, '')}".rstrip(", "),
            )
            for number, photo in enumerate(pictures, 1)
        ],
        question=(asked[-1] if asked else "") if view.waiting else None,
        may_confirm=view.may_confirm,
        until=_until(found, locality) if view.may_confirm else None,
        may_reopen=view.may_reopen,
        may_rate=view.may_rate,
        rating=RATINGS.get(view.rating or 0),
        ratings=RATINGS,
        reopen_days=locality.tickets.reopen_days,
    )


def _deadline(found: TicketDetail, locality: Locality, texts: Texts) -> str | None:
    view = found.view
    if view.waiting:
        return texts.say("ticket_waiting").strip()
    if view.due_at is None or view.status not in OPEN:
        return None
    due = _moment(locality, view.due_at)
    return f"{due} (đã quá hạn)" if view.overdue else due


def _events(found: TicketDetail, locality: Locality) -> list[Happened]:
    """The newest first; words that one step says as the step before are said once."""
    said: list[str | None] = [None, *(event.text for event in found.events)]
    return [
        Happened(
            _to_you(event.label),
            event.text if event.text != said[number] else None,
            _moment(locality, event.at),
            event.at.isoformat(timespec="seconds"),
        )
        for number, event in reversed(list(enumerate(found.events)))
    ]


def _until(found: TicketDetail, locality: Locality) -> str | None:
    asked = [event.at for event in found.events if event.kind == "ConfirmationAsked"]
    last = asked[-1] + timedelta(days=locality.tickets.silence_days) if asked else None
    return f"{locality.now(last):%d/%m/%Y}" if last else None


def _to_you(label: str) -> str:
    """A label as one says it to the citizen of the ticket."""
    return label.replace("Người dân", "Bạn").replace("người dân", "bạn")


def _steps(status: Status) -> list[tuple[str, str]]:
    now = next((number for number, (_, held) in enumerate(STEPS) if status in held), None)
    if now is None:
        return []
    last = status is Status.CLOSED
    return [
        (name, "done" if number < now or (last and number == now) else "now" if number == now else "")
        for number, (name, _) in enumerate(STEPS)
    ]


def _moment(locality: Locality, at: datetime) -> str:
    return f"{locality.now(at):%Hh%M ngày %d/%m/%Y}"


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
