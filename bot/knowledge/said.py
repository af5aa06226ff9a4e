"""Replies that are not an answer: asking which one, saying that nothing was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.knowledge.answers import Button, Reply, texts
from bot.knowledge.answers.wording import shorten, tidy, without_districts
from bot.knowledge.deciding import Decider
from bot.knowledge.faqs.matching import FaqAnswer
from bot.knowledge.records import Aspect
from bot.knowledge.search import Candidate, Gap, Match

Status = Literal["answered", "clarify", "unresolved"]
MOST_BUTTONS = 3
_TITLE = 60
_NAME = 150
HANDOFF = Button(texts.HANDOFF, "menu:handoff")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the action says, reports and remembers."""

    replies: tuple[Reply, ...]
    outcome: dict[str, Any]
    slots: dict[str, Any] = field(default_factory=dict)


def outcome(
    status: Status, aspects: Sequence[Aspect] = (), procedures: Sequence[str] = (), **more: Any
) -> dict[str, Any]:
    """An outcome as the engine's channel takes it."""
    return {"status": status, "aspects": list(aspects), "procedures": list(procedures), **more}


def pick(code: str, aspects: Sequence[Aspect]) -> str:
    """The payload that chooses a procedure and keeps what was asked (the first aspect, where several were)."""
    return f"pick:{code}:{aspects[0]}" if aspects else f"pick:{code}"


def ask_which(
    candidates: Sequence[Candidate], aspects: Sequence[Aspect], question: str | None, told: Decider | None = None
) -> Answer:
    """Ask which of at most three procedures is meant, naming the difference.

    Args:
        question: of a menu, where one was opened.
        told: the one fact that decides between the candidates.
    """
    shown = list(candidates[:MOST_BUTTONS])
    names = [named(c) for c in shown]
    titles = [shorten(title, _TITLE) for title in (told.labels if told else distinct(names))]
    listed = [f"{label}: {name}" for label, name in zip(told.labels, names, strict=True)] if told else names
    asked = question or (told.ask if told else texts.ASK_WHICH)
    lines = [asked, *(f"{place}. {name}" for place, name in enumerate(listed, 1))]
    buttons = tuple(Button(title, pick(c.code, aspects)) for title, c in zip(titles, shown, strict=True))
    offered = [{"code": c.code, "aspects": list(aspects), "name": name} for c, name in zip(shown, listed, strict=True)]
    return Answer(
        (Reply("\n".join(lines), buttons),),
        outcome("clarify", aspects, [c.code for c in shown]),
        {"offered": offered, "procedure": None},
    )


def ask_again(offered: Sequence[Mapping[str, Any]], aspects: Sequence[Aspect]) -> Answer:
    """Ask once more which of the offered is meant, now for other aspects."""
    shown = [Candidate(str(o["code"]), str(o.get("name") or o["code"]), 1.0) for o in offered]
    return ask_which(shown, aspects, texts.ASK_WHICH_AGAIN)


def named(candidate: Candidate) -> str:
    """What a candidate is called before a citizen."""
    return shorten(tidy(without_districts(candidate.label or candidate.name)), _NAME)


def or_else(answer: Answer, others: Sequence[Candidate], aspects: Sequence[Aspect]) -> Answer:
    """The answer, with what else may have been meant named and offered below it."""
    if not others or not answer.replies:
        return answer
    names = [named(c) for c in others]
    last = answer.replies[-1]
    kept = last.buttons[: MOST_BUTTONS - len(others)]
    buttons = (*kept, *(Button(shorten(n, _TITLE), pick(c.code, aspects)) for n, c in zip(names, others, strict=True)))
    text = f"{last.text}\n{texts.OR_ELSE.format(names='; '.join(f'“{name}”' for name in names))}"
    procedures = [*answer.outcome["procedures"], *(c.code for c in others)]
    offered = [{"code": c.code, "aspects": list(aspects), "name": n} for n, c in zip(names, others, strict=True)]
    return Answer(
        (*answer.replies[:-1], Reply(text, buttons)),
        answer.outcome | {"procedures": procedures},
        answer.slots | {"offered": offered},
    )


def doubt(match: Match) -> dict[str, Any]:
    """For staff: how sure the link was, and what else it may have been."""
    found = [{"code": c.code, "score": c.score} for c in match.candidates]
    return {"confidence": match.confidence, "candidates": found}


def distinct(names: Sequence[str]) -> list[str]:
    """The names without the words that all of them begin with, so that a button shows the difference."""
    split = [name.split() for name in names]
    same = 0
    while len(names) > 1 and all(len(parts) > same + 1 for parts in split):
        if len({parts[same].lower() for parts in split}) > 1:
            break
        same += 1
    if same < 3:
        return list(names)
    return ["… " + " ".join(parts[same:]) for parts in split]


def ask_procedure(aspects: Sequence[Aspect]) -> Answer:
    """Ask for the procedure that an aspect is asked of."""
    if aspects:
        text = texts.ASK_PROCEDURE.format(what=texts.ASPECT_TITLES[aspects[0]].lower())
    else:
        text = texts.ASK_PROCEDURE_ANY
    return Answer((Reply(text),), outcome("clarify", aspects))


def ask_aspect(code: str, name: str) -> Answer:
    """Ask what is wanted to be known of the procedure in hand."""
    buttons = tuple(Button(texts.ASPECT_TITLES[aspect], f"aspect:{aspect}") for aspect in texts.FOLLOW_UPS["overview"])
    text = texts.ASK_ASPECT.format(name=shorten(name, _NAME))
    return Answer((Reply(text, buttons),), outcome("clarify", (), [code]))


def gap(found: Gap, aspects: Sequence[Aspect]) -> Answer:
    """Say plainly that the catalogue lacks it, and where to ask."""
    text = texts.GAP.format(name=found.name, ask=found.ask)
    unresolved = {"reason": f"gap:{found.id}", "candidates": []}
    return Answer((Reply(text, (HANDOFF,)),), outcome("unresolved", aspects, unresolved=unresolved))


def not_found(candidates: Sequence[Candidate], aspects: Sequence[Aspect], reason: str, code: str = "") -> Answer:
    """Say that nothing was found, show what comes near, offer a human."""
    near = list(candidates[: MOST_BUTTONS - 1])
    unresolved = {"reason": reason, "candidates": [c.code for c in candidates[:MOST_BUTTONS]]}
    if code:
        text = texts.NO_SUCH_CODE.format(code=code)
    elif near:
        names = [shorten(tidy(without_districts(c.name)), _NAME) for c in near]
        text = "\n".join([texts.NOT_FOUND_MAYBE, *(f"• {name}" for name in names), texts.NOTED])
    else:
        text = texts.NOT_FOUND
    buttons = tuple(Button(shorten(tidy(without_districts(c.name)), _TITLE), pick(c.code, aspects)) for c in near)
    return Answer(
        (Reply(text, (*buttons, HANDOFF)),),
        outcome("unresolved", aspects, [c.code for c in candidates[:MOST_BUTTONS]], unresolved=unresolved),
        {"offered": [{"code": c.code, "aspects": list(aspects), "name": c.name} for c in near] or None},
    )


def faq(found: FaqAnswer) -> Answer:
    """Say what staff have written, with whom it is from and its date."""
    told = texts.FAQ_SOURCE.format(source=found.source, date=f"{found.updated:%d/%m/%Y}")
    return Answer((Reply(f"{found.answer}\n\n{told}"),), outcome("answered"), {"offered": None})


def out_of_scope() -> Answer:
    """Say that something is not ours to answer."""
    unresolved = {"reason": "out_of_scope", "candidates": []}
    return Answer((Reply(texts.OUT_OF_SCOPE, (HANDOFF,)),), outcome("unresolved", unresolved=unresolved))
