"""Who may do what in the console: the one table. What each may *see* is `bot.tickets.people.Actor.reads`.

A page or action that names no permission is refused by a test; one that names one is refused to every role whose row
does not hold it. Restricted tickets need no row of their own: for who may not read them they do not exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from bot.conversations.desk.opening import ROLES as DESK_ROLES
from bot.tickets.people import STAFF, Role


class Permission(StrEnum):
    """Something that the console lets people do."""

    TICKETS_READ = "tickets.read"
    TICKETS_MOVE = "tickets.move"
    TICKETS_ANSWER = "tickets.answer"
    TICKETS_NOTE = "tickets.note"
    TICKETS_ASSIGN = "tickets.assign"
    TICKETS_FORWARD = "tickets.forward"
    """To another agency, with a reason: officers pass on what came to their agency by mistake, or needs another."""
    TICKETS_RECATEGORISE = "tickets.recategorise"
    TICKETS_ASK = "tickets.ask"
    """Ask the citizen, and write down what a caller answered."""
    TICKETS_CONFIRM = "tickets.confirm"
    """Write down that a caller is satisfied or not, or wants it reopened."""
    TICKETS_FILE = "tickets.file"
    """On behalf of a caller."""
    TICKETS_BULK = "tickets.bulk"
    TICKETS_EXPORT = "tickets.export"
    EXPORT_PERSONAL = "tickets.export_personal"
    """With names and telephones."""
    CONTACT_READ = "contact.read"
    PHOTOS_ADD = "photos.add"
    NOTICES_READ = "notices.read"
    VIEWS_SAVE = "views.save"
    REPLIES_MANAGE = "replies.manage"
    DELIVERIES_READ = "deliveries.read"
    """Messages that did not reach their citizen."""
    DELIVERIES_RESEND = "deliveries.resend"
    STAFF_MANAGE = "staff.manage"
    SESSIONS_MANAGE = "sessions.manage"
    """See who is logged in and end it."""
    TRAINING_READ = "training.read"
    """Training runs, models, their figures and what they change."""
    TRAINING_RUN = "training.run"
    """Ask for a run, cancel it, bring held-out sets, accept or reject changed answers."""
    MODELS_PUBLISH = "models.publish"
    """Put a model in use, and go back."""
    MODELS_OVERRIDE = "models.override"
    """Set the gates, and publish in spite of one, with a reason."""
    AUDIT_READ = "audit.read"
    AUDIT_EXPORT = "audit.export"
    REVIEW_READ = "review.read"
    """The questions that were not answered well, with what colleagues decided."""
    REVIEW_DECIDE = "review.decide"
    """Label, merge, split, assign, comment, mark as out of scope."""
    REVIEW_ANSWER = "review.answer"
    """Write to every citizen of a group who waits."""
    CATALOGUE_READ = "catalogue.read"
    """What is known of each procedure, and what the bot answers from it."""
    CATALOGUE_EDIT = "catalogue.edit"
    """Vouch for a record, set what the province charges."""
    FIGURES_READ = "figures.read"
    """How well citizens are served, by counts alone; also as files."""
    CORPUS_READ = "corpus.read"
    """The sentences that the bot is taught with, what is wrong with them, who changed what."""
    CORPUS_EDIT = "corpus.edit"
    CHATS_READ = "chats.read"
    """Read conversations with citizens along, masked."""
    CHATS_TAKE = "chats.take"
    """Take a conversation over from the bot, write in it, forward and close it."""
    ACCOUNT_OWN = "account.own"
    """One's own password, second factor and sessions, and logging out."""


_P = Permission
_EVERYBODY = frozenset(
    {_P.CATALOGUE_READ, _P.TICKETS_READ, _P.TICKETS_NOTE, _P.NOTICES_READ, _P.VIEWS_SAVE, _P.ACCOUNT_OWN}
)
_WORK = _EVERYBODY | {
    *(_P.TICKETS_MOVE, _P.TICKETS_ANSWER, _P.TICKETS_ASSIGN, _P.TICKETS_ASK, _P.TICKETS_CONFIRM),
    *(_P.CONTACT_READ, _P.PHOTOS_ADD),
}
_OFFICE = _WORK | {
    *(_P.TICKETS_FILE, _P.TICKETS_BULK, _P.TICKETS_EXPORT, _P.TICKETS_FORWARD),
    *(_P.CHATS_READ, _P.CHATS_TAKE),
}
_TRAINING = frozenset({_P.TRAINING_READ, _P.TRAINING_RUN})

TABLE: dict[Role, frozenset[Permission]] = {
    "officer": _OFFICE,
    "supervisor": _OFFICE
    | {
        _P.TICKETS_RECATEGORISE,
        _P.REPLIES_MANAGE,
        _P.DELIVERIES_READ,
        _P.DELIVERIES_RESEND,
        _P.REVIEW_READ,
        _P.FIGURES_READ,
    },
    # Works on restricted tickets, one by one: no bulk change, no export, no filing; and what is restricted is
    # forwarded by an administrator (or who is an officer as well), so that it does not wander.
    "restricted_reader": _WORK,
    "curator": frozenset({_P.ACCOUNT_OWN, _P.CATALOGUE_READ, _P.CATALOGUE_EDIT, _P.CORPUS_READ, _P.CORPUS_EDIT})
    | _TRAINING,
    "reviewer": frozenset(
        {_P.ACCOUNT_OWN, _P.CATALOGUE_READ, _P.CORPUS_READ, _P.REVIEW_READ, _P.REVIEW_DECIDE, _P.REVIEW_ANSWER},
    )
    | _TRAINING,
    "auditor": frozenset({_P.ACCOUNT_OWN, _P.FIGURES_READ, _P.AUDIT_READ, _P.AUDIT_EXPORT}),
    "admin": frozenset(_P),
}


def allowed(roles: Iterable[str], permission: Permission) -> bool:
    """Whether one of the roles has the permission. An unknown role has none."""
    return any(permission in TABLE.get(role, frozenset()) for role in roles)  # type: ignore[call-overload]


assert {role for role, row in TABLE.items() if _P.CHATS_TAKE in row} == DESK_ROLES, (  # noqa: S101  checked at start
    "citizens are promised whoever may take chats"
)
assert TABLE.keys() == STAFF, "every role of staff has its row"  # noqa: S101  checked at start
