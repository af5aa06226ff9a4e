"""What can go wrong in a turn.

    BaseException
    └── TurnRefused                the turn was not taken, its state is unchanged: send it again
        ├── ActionFailed           the action server is down, raised, hung, or answered nonsense
        ├── DialogueFailed         Rasa itself failed, or it went round in circles
        ├── NothingSaid            the turn ended without a word for the citizen
        └── StoreFailed            the tracker store cannot be reached or read
            └── StateConflict      another engine took a turn of this conversation meanwhile

These are `BaseException`s on purpose: Rasa's `_run_action`, `FailSafeTrackerStore` and
`ActionExtractSlots` catch `Exception`, log it and go on, and the citizen's turn is lost behind
a status 200. Only our own channel catches these, and answers 503.
"""

from __future__ import annotations


class TurnRefused(BaseException):
    """The turn was not taken. `code` names the reason in logs and in the 503."""

    code = "refused"


class ActionFailed(TurnRefused):
    """A custom action did not answer as it should."""

    code = "action_failed"


class DialogueFailed(TurnRefused):
    """Rasa raised while deciding or acting, or predicted actions without end."""

    code = "dialogue_failed"


class NothingSaid(TurnRefused):
    """No action said anything, which is never a right answer to a citizen."""

    code = "nothing_said"


class StoreFailed(TurnRefused):
    """The tracker store could not be reached, read or written."""

    code = "store_failed"


class StateConflict(StoreFailed):
    """The conversation's row changed between reading and writing it."""

    code = "state_conflict"


class CannotStart(Exception):  # noqa: N818  # reads as the reason that it is
    """The engine must not start; the text says why and what to do."""
