"""Why something was not done with a live chat.

DeskError
├── UnknownChatError     there is no such conversation (any more)
├── HeldError            a colleague holds it; `holder` says who
├── LostError            whoever asks does not hold it (any more); `holder` says who does, if anybody
├── ReservedError        it waits for a colleague or an agency
└── RefusedError         what was asked for does not hold; `code` says what
"""

from __future__ import annotations


class DeskError(Exception):
    """Base of all; `code` is a stable word."""

    code = "desk_error"


class UnknownChatError(DeskError):
    """There is no such conversation."""

    code = "unknown"


class HeldError(DeskError):
    """A colleague was quicker."""

    code = "held"

    def __init__(self, holder: str) -> None:
        super().__init__(f"held by {holder}")
        self.holder = holder


class LostError(DeskError):
    """It is not (any more) held by whoever asks, or changed hands since their page was made."""

    code = "lost"

    def __init__(self, holder: str | None) -> None:
        super().__init__(f"held by {holder}")
        self.holder = holder


class ReservedError(DeskError):
    """It was forwarded to somebody else."""

    code = "reserved"

    def __init__(self, wanted: str | None, agency: str | None) -> None:
        super().__init__(f"waits for {wanted or agency}")
        self.wanted = wanted
        self.agency = agency


class RefusedError(DeskError):
    """`text` (empty or too long), `reason`, `target` (of forwarding), `opted_out` (the citizen wants no messages)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
