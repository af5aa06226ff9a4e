"""The questions that a category asks besides what happened and where: which is next, and what an answer says."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from bot.locality import Category
from bot.locality.rules import Question
from bot.text import fold, has_marks
from bot.text.folding import compose
from bot.tickets.replies import Short

OPEN = "_open"
"""Key in the answers: the question of several choices that is still being answered by buttons."""
LONGEST = 500
MOST_DIGITS = 12

_NUMBER = re.compile(r"(?<![\w.,])\d[\d.,]*(?![\w])")
_DATE = re.compile(r"\b(\d{1,2})[/.\-](\d{1,2})(?:[/.\-](\d{4}))?\b")
_DAYS_AGO = (
    (re.compile(r"\bhom (?:nay|ni)\b|\b(?:sang|trua|chieu|toi) nay\b|\bvua (?:xong|nay)\b"), 0),
    (re.compile(r"\bhom qua\b|\b(?:dem|toi|chieu|sang) qua\b"), 1),
    (re.compile(r"\bhom (?:kia|truoc)\b"), 2),
)
_BREAK = re.compile(r"[,;\n]|\bvà\b|\bva\b")


def next_question(category: Category | None, answers: dict[str, Any] | None) -> Question | None:
    """The first question without an answer, or that is still open."""
    given = answers or {}
    if category is None:
        return None
    return next((item for item in category.questions if item.code not in given or given.get(OPEN) == item.code), None)


def read(question: Question, text: str, today: date) -> Any | None:
    """The answer in a text: masked text, a number, an ISO date, an option's code or a list of them; none: no answer."""
    text = text.strip()
    match question.kind:
        case "text":
            return text[:LONGEST] if any(map(str.isalnum, text)) else None
        case "number":
            return _number(text)
        case "date":
            return _date(text, today)
        case "choice":
            return _option(question, text)
    parts = [part.strip() for part in _BREAK.split(text)]
    chosen = [_option(question, part) for part in parts if part]
    found = list(dict.fromkeys(code for code in chosen if code))
    return found if found and None not in chosen else None


def answered(
    category: Category | None, answers: dict[str, Any] | None, text: str, short: frozenset[Short], today: date
) -> dict[str, Any] | None:
    """The answers after one in words to the next question; none: it says nothing that the question takes."""
    question = next_question(category, answers)
    if question is None:
        return closed(answers)
    value = read(question, text, today)
    # "không" answers a question in words and may be an option; to a question for a number or a day it says no.
    passed = Short.SKIP in short or (Short.NO in short and question.kind in ("number", "date"))
    if value is None or (passed and question.kind in ("text", "number", "date")):
        if not passed or question.required:
            return None
        value = None
    return {**closed(answers), question.code: value}


def told(category: Category | None, text: str) -> dict[str, Any]:
    """The answers to questions with options that a text gives by itself: "đèn tắt ba hôm nay" says what is wrong.

    Only where it names exactly one of the options and does not deny it.
    """
    found = {}
    for question in category.questions if category else ():
        if question.kind == "choice":
            # A label of one word ("Có") stands in sentences for much else.
            said = {
                option.code: (*([option.label] if " " in option.label else ()), *option.words)
                for option in question.options
            }
            named = [code for code, phrases in said.items() if _names(text, phrases)]
            if len(named) == 1:
                found[question.code] = named[0]
    return found


def _names(text: str, phrases: tuple[str, ...]) -> bool:
    """Whether a text says one of the phrases; with the diacritics where it has any."""
    form = _marked if has_marks(text) else fold
    return any(re.search(rf"(?<!không )(?<!chưa )(?<!khong )(?<!chua )\b{re.escape(form(one))}\b", form(text))
               for one in phrases)  # fmt: skip


def _marked(text: str) -> str:
    return compose(text).lower()


def pressed(category: Category | None, answers: dict[str, Any] | None, choice: str) -> dict[str, Any]:
    """The answers after a button of the next question: `option:<n>`, `done`, `skip`."""
    question, given = next_question(category, answers), dict(answers or {})
    name, _, number = choice.partition(":")
    if question is None:
        return given
    if name == "option" and number.isdigit() and 1 <= int(number) <= len(question.options):
        code = question.options[int(number) - 1].code
        if question.kind == "choice":
            return {**given, question.code: code}
        chosen = list(given.get(question.code) or ())
        chosen = [one for one in chosen if one != code] if code in chosen else [*chosen, code]
        return {**given, question.code: chosen, OPEN: question.code}
    if name == "done" and given.get(question.code):
        return closed(given)
    if name == "skip" and not question.required:
        return {**closed(given), question.code: None}
    return given


def lacking(category: Category | None, answers: dict[str, Any] | None) -> str:
    """The text that says what an answer lacks."""
    question = next_question(category, answers)
    match question.kind if question else "text":
        case "number":
            return "details_number"
        case "date":
            return "details_date"
        case "text":
            return "details_missing"
    return "details_choice"


def closed(answers: dict[str, Any] | None) -> dict[str, Any]:
    """The answers with no question open."""
    return {code: value for code, value in (answers or {}).items() if code != OPEN}


def final(answers: dict[str, Any] | None) -> dict[str, Any]:
    """What is filed: the answers that were given."""
    return {code: value for code, value in closed(answers).items() if value not in (None, "", [])}


def shown(question: Question, value: Any) -> str:
    """An answer for people."""
    labels = {option.code: option.label for option in question.options}
    if isinstance(value, list):
        return ", ".join(labels.get(one, str(one)) for one in value)
    if question.kind == "date":
        return f"{date.fromisoformat(str(value)):%d/%m/%Y}"
    return labels.get(value, str(value)) if isinstance(value, str) else str(value)


def _option(question: Question, text: str) -> str | None:
    """The option that a text names: by its number, or by its label, in whole or as the only one that holds it."""
    words = fold(text).strip(" .!)")
    if words.isdigit() and 1 <= int(words) <= len(question.options):
        return question.options[int(words) - 1].code
    labels = {option.code: fold(option.label) for option in question.options}
    exact = [code for code, label in labels.items() if label == words]
    inside = [code for code, label in labels.items() if re.search(rf"\b{re.escape(label)}\b", words)]
    within = [code for code, label in labels.items() if words and re.search(rf"\b{re.escape(words)}\b", label)]
    return next((found[0] for found in (exact, inside, within) if len(found) == 1), None)


def _number(text: str) -> int | float | None:
    found = _NUMBER.findall(text)
    if len(found) != 1 or len(found[0]) > MOST_DIGITS:
        return None
    # Vietnamese writes 1.500 and 2,5.
    plain = found[0].rstrip(".,")
    plain = re.sub(r"\.(?=\d{3}\b)", "", plain).replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        return None
    return int(value) if value == int(value) else value


def _date(text: str, today: date) -> str | None:
    if match := _DATE.search(text):
        day, month, year = int(match[1]), int(match[2]), int(match[3] or today.year)
        try:
            found = date(year, month, day)
            if match[3] is None and found > today:
                found = date(year - 1, month, day)
        except ValueError:
            return None
        return found.isoformat() if found <= today else None
    plain = fold(text)
    return next(((today - timedelta(days=ago)).isoformat() for words, ago in _DAYS_AGO if words.search(plain)), None)
