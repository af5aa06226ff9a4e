"""The nine statuses and the table of transitions."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tickets.states import LABELS, REASON_REQUIRED, TRANSITIONS, Status, TransitionError, check

statuses = st.sampled_from(list(Status))


def test_there_are_nine_statuses_and_each_has_a_name() -> None:
    assert len(Status) == 9
    assert set(LABELS) == set(TRANSITIONS) == set(Status)
    assert len(set(LABELS.values())) == 9


def test_every_status_can_be_reached_from_the_first() -> None:
    seen, new = {Status.RECEIVED}, {Status.RECEIVED}
    while new:
        new = set(itertools.chain.from_iterable(TRANSITIONS[status] for status in new)) - seen
        seen |= new
    assert seen == set(Status)


def test_refused_and_escalated_are_ends_with_a_reason() -> None:
    assert not TRANSITIONS[Status.REFUSED]
    assert not TRANSITIONS[Status.ESCALATED]
    assert {Status.REFUSED, Status.ESCALATED} == REASON_REQUIRED


@given(statuses, statuses, st.one_of(st.none(), st.text(max_size=5)))
def test_nothing_passes_outside_the_table(current: Status, target: Status, reason: str | None) -> None:
    allowed = target in TRANSITIONS[current] and not (target in REASON_REQUIRED and not (reason or "").strip())
    if allowed:
        check(current, target, reason)
    else:
        with pytest.raises(TransitionError):
            check(current, target, reason)
