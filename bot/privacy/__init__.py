"""Personal data stops here: masking, the vault of masked values, and the keys that protect them."""

from bot.privacy.full_names import without_full_names
from bot.privacy.keys import derive
from bot.privacy.masking import Masked, MaskedItem, kind_of, mask, readable, tokens_in
from bot.privacy.names import A_NAME, without_titled_names
from bot.privacy.vault import Cipher, UnreadableValueError, Vault

__all__ = [
    "A_NAME",
    "Cipher",
    "Masked",
    "MaskedItem",
    "UnreadableValueError",
    "Vault",
    "derive",
    "kind_of",
    "mask",
    "readable",
    "tokens_in",
    "without_full_names",
    "without_titled_names",
]
