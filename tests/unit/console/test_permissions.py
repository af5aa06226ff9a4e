"""The table of permissions holds what was decided about it."""

from __future__ import annotations

import pytest

from bot.console.permissions import TABLE, Permission, allowed
from bot.tickets.people import STAFF

FOR_ADMINISTRATORS = (Permission.STAFF_MANAGE, Permission.SESSIONS_MANAGE, Permission.EXPORT_PERSONAL)
FOR_ADMINISTRATORS += (Permission.MODELS_PUBLISH, Permission.MODELS_OVERRIDE)
FOR_SUPERVISORS = (
    *(Permission.TICKETS_RECATEGORISE, Permission.REPLIES_MANAGE),
    *(Permission.DELIVERIES_READ, Permission.DELIVERIES_RESEND),
)


def test_every_role_of_staff_has_a_row_and_programs_have_none() -> None:
    assert set(TABLE) == STAFF
    for role in ("system", "remote", "citizen", ""):
        assert not any(allowed([role], permission) for permission in Permission)


def test_nobody_without_a_role_may_do_anything() -> None:
    assert not any(allowed([], permission) for permission in Permission)


@pytest.mark.parametrize("permission", FOR_ADMINISTRATORS)
def test_what_is_for_administrators_is_for_nobody_else(permission: Permission) -> None:
    assert [role for role in TABLE if allowed([role], permission)] == ["admin"]


@pytest.mark.parametrize("permission", FOR_SUPERVISORS)
def test_what_is_decided_for_all_agencies_is_for_supervisors(permission: Permission) -> None:
    assert {role for role in TABLE if allowed([role], permission)} == {"supervisor", "admin"}


def test_administrators_may_everything() -> None:
    assert all(allowed(["admin"], permission) for permission in Permission)


def test_restricted_tickets_do_not_leave_with_who_reads_them() -> None:
    for permission in (Permission.TICKETS_EXPORT, Permission.TICKETS_BULK, Permission.TICKETS_FORWARD):
        assert not allowed(["restricted_reader"], permission)


def test_officers_pass_on_what_is_for_another_agency() -> None:
    assert {role for role in TABLE if allowed([role], Permission.TICKETS_FORWARD)} == {"officer", "supervisor", "admin"}


@pytest.mark.parametrize("permission", [Permission.TRAINING_READ, Permission.TRAINING_RUN])
def test_who_curates_and_reviews_may_train_and_nobody_else(permission: Permission) -> None:
    assert {role for role in TABLE if allowed([role], permission)} == {"curator", "reviewer", "admin"}


def test_roles_add_up() -> None:
    assert allowed(["restricted_reader", "supervisor"], Permission.TICKETS_FORWARD)
