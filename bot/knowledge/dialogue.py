"""What a message means in its conversation: a choice, a follow-up, a way back, several procedures at once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.knowledge.answers import texts
from bot.knowledge.choices import chosen
from bot.knowledge.records import ASPECTS, Aspect
from bot.knowledge.search import Candidate, Match, Query, SearchIndex
from bot.text import fold, normalise

_ALSO = re.compile(
    r"\s*(?:[,;.?!]+\s*)?\b(?:rồi|roi|xong|sau đó|sau do|đồng thời|dong thoi|và|va|với lại|voi lai|với|voi|vừa|vua"
    r"|luôn cả|luon ca|kèm|kem|cùng|cung)\b|[;?!]",
    re.IGNORECASE,
)
_CARRIES_ON = re.compile(r"^(?:(?:the|vay|a|a ma|u|ua)\s+)*(?:con|the con|vay con)\b")
_CORRECTS = re.compile(r"\b(?:khong phai|chu khong|y (?:toi|minh|em|la)|khong,)\b")
_RETURNS = re.compile(r"\b(?:quay lai|tro lai (?:cai|chuyen|vu)|hoi nay|luc nay|ban nay|cai truoc|thu tuc truoc)\b")
_BARE = 6
"""A topic is bare that has no more syllables, politeness included."""
_TOPIC = 3
"""Of which so many carry something."""
_SHORT = 14
"""A follow-up has no more syllables."""
_LITTLE = 6.0
"""Words of less weight together than this name no topic of their own."""
_LOOKED_BACK = 30
"""How many candidates are looked through for one that was talked about."""
_NEAR = 8
"""How many candidates are looked through for sisters of a bare topic."""
RECENT = 5
"""How many procedures of a conversation are remembered."""


@dataclass(frozen=True, slots=True)
class Question:
    """A citizen's message with what the dialogue knows.

    `offered`: what the last reply asked to choose from, `[{"code", "aspects", "name"}]`. `recent`: the procedures
    talked about in this conversation, the last one last. `code`, `aspect`, `full` come from a pressed button, whose
    strings are the citizen's and not to be trusted.
    """

    text: str
    intent: str
    today: dt.date
    aspects: tuple[Aspect, ...] = ()
    procedure: str | None = None
    last_aspect: Aspect | None = None
    offered: tuple[Mapping[str, Any], ...] = ()
    recent: tuple[str, ...] = ()
    code: str | None = None
    aspect: Aspect | None = None
    full: bool = False
    province: str | None = None

    @property
    def asked(self) -> tuple[Aspect, ...]:
        """The aspects asked for: the cues, else the intent's own."""
        if self.aspects:
            return self.aspects
        own = self.intent.removeprefix("ask_")
        return (own,) if self.intent.startswith("ask_") and own in ASPECTS and own != "overview" else ()


@dataclass(frozen=True, slots=True)
class Turn:
    """A question in its conversation, with what was made of it so far."""

    question: Question
    index: SearchIndex
    query: Query
    aspects: tuple[Aspect, ...]
    remarks: list[str] = field(default_factory=list)

    @property
    def offered(self) -> list[Mapping[str, Any]]:
        """What was offered and is in the catalogue."""
        return [item for item in self.question.offered if item.get("code") in self.index]


def turn_of(question: Question, index: SearchIndex) -> Turn:
    """The question made ready; one that corrects or carries on keeps the aspect asked before."""
    query = index.analyse(question.text)
    aspects = question.asked
    line = fold(question.text)
    if not aspects and question.last_aspect and (_CORRECTS.search(line) or _CARRIES_ON.match(line)):
        aspects = (question.last_aspect,)
    hints = normalise(question.text).hints
    remarks = [texts.TODAY_TERM.format(old=hint.term, new=" hoặc ".join(hint.today)) for hint in hints[:1]]
    return Turn(question, index, query, aspects, remarks)


def offered_aspects(question: Question, code: str) -> tuple[Aspect, ...]:
    """What was asked when a procedure was offered."""
    for item in question.offered:
        if item.get("code") == code:
            return tuple(aspect for aspect in item.get("aspects", ()) if aspect in ASPECTS)
    return ()


def choice(turn: Turn) -> str | None:
    """The offered procedure that a message chooses."""
    offered = {
        str(item["code"]): str(item.get("name") or turn.index.name(str(item["code"])))
        for item in turn.question.offered
        if item.get("code") in turn.index
    }
    return chosen(turn.query, offered, turn.index) if offered and not turn.query.codes else None


def follow_up(turn: Turn) -> str | None:
    """The code of the procedure in hand where the message adds no other; its sister where a fact decides."""
    code = turn.question.procedure
    told = turn.query.features
    if code is None and turn.offered and (told.age is not None or told.foreign or told.actions):
        code = str(turn.offered[0]["code"])  # a fact about what was asked back, which none of the offered fits
    if code is None or code not in turn.index or _CORRECTS.search(fold(turn.question.text)):
        return None
    query = turn.query
    decides = told.age is not None or told.child or told.foreign or told.actions
    only_age = told.age is not None and len(query.carrying) <= 1
    says_more = query.content and (len(query.content) > 1 or turn.index.match(query).kind != "none")
    if says_more and not only_age and not _stays(turn):
        return None
    return turn.index.sister(code, query) if decides else code


def _stays(turn: Turn) -> bool:
    """Whether a message has words, but none that name another topic than the one in hand."""
    question, query, index = turn.question, turn.query, turn.index
    if question.procedure is None or not question.intent.startswith("ask_") or len(query.typed.folded) > _SHORT:
        return False
    if any(word.startswith("=") for word in query.content):
        return False  # a thing is named
    match, weight = index.match(query), index.weight(query.content)
    if match.question or match.gap or (match.kind == "several" and weight >= _LITTLE / 2):
        return False
    if match.kind == "none":
        return weight < 2 * _LITTLE
    return bool(question.asked) and weight < _LITTLE and match.confidence < index.tuning.sure


def corrected(match: Match, turn: Turn) -> str | None:
    """What a correction ("không phải xe mới, mua lại xe cũ") is about where its words alone say too little: the best of
    those near the procedure in hand."""
    code = turn.question.procedure
    if code is None or match.gap or not _CORRECTS.search(fold(turn.question.text)):
        return None
    return next((c.code for c in match.candidates if turn.index.related(code, c.code)), None)


def returned(turn: Turn) -> str | None:
    """The procedure of earlier in the conversation that a message goes back to ("quay lại cái tạm trú")."""
    recent = [code for code in turn.question.recent if code in turn.index]
    if not recent or not _RETURNS.search(fold(turn.question.text)):
        return None
    if not turn.query.content:
        return recent[-2] if len(recent) > 1 else recent[-1]
    ranked = turn.index.rank(turn.query, limit=_LOOKED_BACK)
    return next((c.code for c in ranked if c.code in recent and c.share >= turn.index.tuning.maybe), None)


def several(turn: Turn) -> list[str]:
    """The codes of two procedures (or three) that one message clearly names; empty where it does not.

    One is enough where the other part names a known gap: the gap is told with the answer.
    """
    parts = [part for part in _ALSO.split(normalise(turn.question.text).text) if part and part.strip()]
    if not 2 <= len(parts) <= 6:
        return []
    found: list[str] = []
    gaps: list[str] = []
    for part in parts:
        query = turn.index.analyse(part)
        match = turn.index.match(query) if query.content else Match("none")
        best = match.best
        if match.gap:
            gaps.append(texts.GAP.format(name=match.gap.name, ask=match.gap.ask))
        if match.kind == "one" and best and best.score >= turn.index.tuning.clearly and best.code not in found:
            found.append(best.code)
    whole = turn.index.match(turn.query)
    if whole.kind == "one" and whole.best and whole.best.code not in found and not gaps:
        return []  # "kết hôn với người nước ngoài" is one thing
    distinct = len(found) in (2, 3) and not any(
        turn.index.related(one, other) for place, one in enumerate(found) for other in found[:place]
    )
    if len(found) == 1 and gaps:
        turn.remarks.extend(gaps[:1])
        return found
    return found if distinct else []


def talked_about(match: Match, turn: Turn) -> str | None:
    """The one of several that was talked about in this conversation, where the words alone do not decide."""
    if match.question or match.gap:
        return None
    close = [c.code for c in match.candidates if c.share >= turn.index.tuning.even]
    found = [code for code in close if code in turn.question.recent]
    return found[0] if len(found) == 1 else None


def says_little(turn: Turn) -> bool:
    """Whether a message is a few words that name a topic and ask nothing: asking which is meant is the only answer."""
    question = turn.question
    if turn.aspects or turn.query.codes or question.procedure or question.intent != "ask_overview":
        return False
    return len(turn.query.typed.folded) <= _BARE and turn.index.carrying(turn.query) <= _TOPIC + 1


def bare_topic(match: Match, turn: Turn) -> list[Candidate]:
    """What a bare topic ("giám hộ", "giấy khai sinh") may be about: nothing is asked and nothing said that decides.

    Empty where the message says more, where a procedure is in hand, or where there is but one of the matter.
    """
    told, question = turn.query.features, turn.question
    says_more = bool(turn.aspects or turn.query.codes or told.actions or told.foreign or told.age is not None)
    if says_more or question.procedure or question.intent != "ask_overview":
        return []
    index = turn.index
    if len(turn.query.typed.folded) > _BARE or index.carrying(turn.query) > _TOPIC:
        return []
    first = match.candidates[0]
    near = [
        c
        for c in index.rank(turn.query, limit=_NEAR)
        if c.code != first.code
        and (
            index.related(first.code, c.code)
            if c.share >= index.tuning.sister
            else c.code in index.lexicon.most_asked and c.share >= index.tuning.cousin
        )
    ]
    return [first, *near][:3] if near else []


def others(match: Match, turn: Turn) -> list[Candidate]:
    """What else may have been meant, where the first is not beyond doubt."""
    first, tuning = match.candidates[0], turn.index.tuning
    if first.score >= tuning.doubt or turn.query.codes:
        return []
    return [c for c in match.candidates[1:] if c.share >= tuning.maybe and c.code != first.code][:2]
