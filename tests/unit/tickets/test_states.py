"""The nine statuses and the table of transitions."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tickets.errors import ReasonMissingError, TransitionError
from bot.tickets.states import BACKWARDS, ENDED, LABELS, REASON_REQUIRED, TRANSITIONS, Status, check, path

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


def test_whatever_goes_back_or_on_wants_a_reason() -> None:
    assert all(target in TRANSITIONS[source] for source, target in BACKWARDS)
    with pytest.raises(ReasonMissingError):
        check(Status.FORWARDED, Status.SORTING, "  ")
    check(Status.FORWARDED, Status.SORTING, "không thuộc thẩm quyền")


@given(statuses, statuses, st.one_of(st.none(), st.text(max_size=5)))
def test_nothing_passes_outside_the_table(current: Status, target: Status, reason: str | None) -> None:
    wants = target in REASON_REQUIRED or (current, target) in BACKWARDS
    allowed = target in TRANSITIONS[current] and (not wants or bool((reason or "").strip()))
    if allowed:
        check(current, target, reason)
    else:
        with pytest.raises(TransitionError):
            check(current, target, reason)


@given(statuses, statuses)
def test_a_way_is_made_of_steps_of_the_table_and_leads_through_no_end(current: Status, target: Status) -> None:
    try:
        way = path(current, target)
    except TransitionError:
        assert current in (Status.REFUSED, Status.ESCALATED) or target in (current, Status.RECEIVED)
        return
    steps = (current, *way)
    assert way[-1] is target
    assert all(after in TRANSITIONS[before] for before, after in itertools.pairwise(steps))
    assert not ENDED.intersection(way[:-1])


def test_another_systems_leap_has_a_way() -> None:
    assert path(Status.RECEIVED, Status.DONE) == (
        Status.SORTING,
        Status.FORWARDED,
        Status.IN_PROGRESS,
        Status.DONE,
    )
