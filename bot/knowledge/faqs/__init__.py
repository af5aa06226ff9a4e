"""Questions that no procedure answers, with the answers that staff wrote for them."""

from bot.knowledge.faqs.live import LiveFaqs
from bot.knowledge.faqs.matching import OWN, FaqAnswer, FaqIndex, Found
from bot.knowledge.faqs.service import (
    Faq,
    FaqDraft,
    FaqError,
    Faqs,
    InvalidFaqError,
    StaleFaqError,
    UnknownFaqError,
    is_own,
)

__all__ = [
    "OWN",
    "Faq",
    "FaqAnswer",
    "FaqDraft",
    "FaqError",
    "FaqIndex",
    "Faqs",
    "Found",
    "InvalidFaqError",
    "LiveFaqs",
    "StaleFaqError",
    "UnknownFaqError",
    "is_own",
]
