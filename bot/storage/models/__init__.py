"""The tables, one module a domain. Importing this package registers all of them."""

from bot.storage.models.base import Base
from bot.storage.models.catalogue import (
    Alias,
    CatalogueRevision,
    Document,
    DocumentCase,
    Fee,
    ImportIssue,
    ImportRun,
    LegalBasis,
    Method,
    Overlay,
    Procedure,
    ProcedureVersion,
    Step,
)
from bot.storage.models.conversations import Conversation, MaskedValue, Message, Outbox
from bot.storage.models.curation import CorpusChange, Faq, FaqQuestion, FaqRevision
from bot.storage.models.desk import LiveChat, LiveChatEvent
from bot.storage.models.figures import FigureDay, MessageFigure
from bot.storage.models.learning import (
    AnswerDelivery,
    CaseComment,
    CaseExemplar,
    CaseGroup,
    GroupAnswer,
    MessageFeedback,
    ReviewMark,
    UnresolvedCase,
)
from bot.storage.models.places import PlaceName
from bot.storage.models.staff import AuditLog, CannedReply, SavedView, Staff, StaffSession
from bot.storage.models.tickets import (
    StaffNotice,
    Ticket,
    TicketCounter,
    TicketEvent,
    TicketFollower,
    TicketPhoto,
    TicketSubmission,
)
from bot.storage.models.training import AnswerChange, Evaluation, Model, ModelGate, Publication, TrainingRun
from bot.storage.models.zalo import ZaloToken

__all__ = [
    "Alias",
    "AnswerChange",
    "AnswerDelivery",
    "AuditLog",
    "Base",
    "CannedReply",
    "CaseComment",
    "CaseExemplar",
    "CaseGroup",
    "CatalogueRevision",
    "Conversation",
    "CorpusChange",
    "Document",
    "DocumentCase",
    "Evaluation",
    "Faq",
    "FaqQuestion",
    "FaqRevision",
    "Fee",
    "FigureDay",
    "GroupAnswer",
    "ImportIssue",
    "ImportRun",
    "LegalBasis",
    "LiveChat",
    "LiveChatEvent",
    "MaskedValue",
    "Message",
    "MessageFeedback",
    "MessageFigure",
    "Method",
    "Model",
    "ModelGate",
    "Outbox",
    "Overlay",
    "PlaceName",
    "Procedure",
    "ProcedureVersion",
    "Publication",
    "ReviewMark",
    "SavedView",
    "Staff",
    "StaffNotice",
    "StaffSession",
    "Step",
    "Ticket",
    "TicketCounter",
    "TicketEvent",
    "TicketFollower",
    "TicketPhoto",
    "TicketSubmission",
    "TrainingRun",
    "UnresolvedCase",
    "ZaloToken",
]
