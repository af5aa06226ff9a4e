"""Who does something with tickets, and what each may see and do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal[
    "officer", "supervisor", "restricted_reader", "curator", "reviewer", "auditor", "admin", "system", "remote"
]
STAFF: frozenset[Role] = frozenset(
    {"officer", "supervisor", "restricted_reader", "curator", "reviewer", "auditor", "admin"}
)
"""Curators, reviewers and auditors work on the bot and on its figures: no ticket is shown to them."""
_EVERYTHING: frozenset[Role] = frozenset({"admin", "system", "remote"})


@dataclass(frozen=True)
class Actor:
    """A member of staff or a program, as it stands in events. As who looks, the same is called Viewer.

    Attributes:
        account: the staff account; of a program its name.
        roles: of `Role`; several add up.
        agency: an officer's agency; none: officer for all agencies (the one-stop centre of a small ward).
    """

    account: str
    roles: frozenset[Role]
    agency: str | None = None

    @classmethod
    def staff(cls, account: str, *roles: Role, agency: str | None = None) -> Actor:
        """Somebody who works here."""
        return cls(account, frozenset(roles or ("officer",)), agency)

    @classmethod
    def remote(cls, backend: str) -> Actor:
        """Another system that works on our tickets."""
        return cls(backend, frozenset({"remote"}))

    @property
    def kind(self) -> str:
        """As in `ticket_events.actor`: `officer`, `system`, `remote`."""
        return next((role for role in ("system", "remote") if role in self.roles), "officer")

    @property
    def reads_restricted(self) -> bool:
        """Whether tickets about the conduct of officials are shown."""
        return bool(self.roles & (_EVERYTHING | {"restricted_reader"}))

    @property
    def reads_all(self) -> bool:
        """Whether tickets of every agency are shown."""
        return bool(self.roles & (_EVERYTHING | {"supervisor"})) or ("officer" in self.roles and self.agency is None)

    def reads(self, *, agency: str | None, restricted: bool) -> bool:
        """Whether a ticket of this agency is shown."""
        if restricted:
            return self.reads_restricted
        return self.reads_all or ("officer" in self.roles and agency == self.agency)

    @property
    def supervises(self) -> bool:
        """Whether what only a supervisor decides is theirs to do (across agencies, after a review)."""
        return bool(self.roles & (_EVERYTHING | {"supervisor"}))


Viewer = Actor

SYSTEM = Actor("system", frozenset({"system"}))


@dataclass(frozen=True)
class Citizen:
    """The citizen of a ticket: who writes in its conversation (or one that follows it by PIN), or knows its PIN.

    Attributes:
        conversation: `conversations.key`.
        pin: six digits, as typed.
        proved: the PIN was right a while ago, and whoever calls has kept that safe (a page's session). Wrong PINs that
            others try meanwhile neither lock this citizen out nor are forgotten.
    """

    conversation: str | None = None
    pin: str | None = None
    proved: bool = False
