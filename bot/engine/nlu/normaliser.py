"""The tokenizer: syllables of the normalised message, with offsets into what was typed."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.engine.nlu import fingerprint
from bot.engine.nlu.recent import normalised


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class VietnameseTokenizer(Tokenizer):  # type: ignore[misc]  # Rasa has no types
    """Splits the normal form of a message (see `bot.text`) into syllables and codes.

    A token's text is normalised ("k" → "không"); its start and end point at what the citizen typed, so the syllables
    of an abbreviation share a span. Text stays whole otherwise: no word segmentation, which goes wrong without
    diacritics.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The settings of Rasa's tokenizers, of which only intent splitting means anything here."""
        return {
            "intent_tokenization_flag": False,  # split intent names into parts
            "intent_split_symbol": "_",  # at this sign
        }

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The tokens of one text of the message."""
        tokens = normalised(message.get(attribute)).tokens
        return [Token(token.text, token.start, token.end, lemma=token.folded) for token in tokens]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """A digest of the text package: Rasa's cache would not see that it changed."""
        return fingerprint.of_sources()
