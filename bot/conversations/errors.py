"""What can go wrong between a citizen's message and its answer.

ConversationError
├── UnknownConversationError    the capability is ours, the conversation is gone (erased, expired)
├── NotAnsweredYetError         the message is safe and waits; ask again later
├── NotReadyError               what a message holds cannot be had yet; its turn is tried again
└── EngineError                 one try of a turn failed; repeating it is always safe (see `sent`)
    ├── EngineUnreachableError      the turn was not sent
    ├── EngineUnavailableError      not taken (503), or no answer came: it may have been taken
    ├── EngineFaultyError           answered, but not with a turn
    └── EngineRefusedError          this message will never be taken (400, 413)
"""

from __future__ import annotations

from typing import ClassVar


class ConversationError(Exception):
    """Base of this package's errors."""


class UnknownConversationError(ConversationError):
    """There is no such conversation any more."""


class NotAnsweredYetError(ConversationError):
    """The answer is not there within the time; the message is stored and will be answered."""


class NotReadyError(ConversationError):
    """What a message holds cannot be had yet; `code` is a stable word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class EngineError(ConversationError):
    """One try of a turn failed.

    The engine answers a repeated message id with its stored response, so every try may be repeated.
    """

    code: ClassVar[str] = "engine_error"
    sent: ClassVar[bool] = True
    """Whether the turn may have reached the engine."""


class EngineUnreachableError(EngineError):
    """No connection: the turn was not sent."""

    code = "engine_unreachable"
    sent = False


class EngineUnavailableError(EngineError):
    """The engine did not take the turn, or its answer did not come."""

    code = "engine_unavailable"


class EngineFaultyError(EngineError):
    """The engine answered, but not with a turn."""

    code = "engine_faulty"


class EngineRefusedError(EngineError):
    """The engine will never take this message."""

    code = "engine_refused"
