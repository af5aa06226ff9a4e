"""Vietnamese text as people type it: normalising, folding, tokens. Pure Python; runs in both environments.

>>> message = normalise("lm gks cho be can j")
>>> message.text
'làm giấy khai sinh cho be can gì'
>>> message.folded
'lam giay khai sinh cho be can gi'
>>> message.tokens[1].text, message.tokens[1].start, message.tokens[1].end   # "gks" as typed
('giấy', 3, 6)
>>> normalise("đổi cmnd").hints                                             # dated terms and today's names
(Hint(term='chứng minh nhân dân', today=('căn cước',)),)
>>> fold("Đăng ký")
'dang ky'
>>> syllables("Đăng kí Hộ kinh doanh")   # canonical, nothing expanded: index titles and aliases with it
('đăng', 'ký', 'hộ', 'kinh', 'doanh')
"""

from bot.text.folding import fold, has_marks
from bot.text.normalise import Hint, Normalised, Token, normalise, syllables
from bot.text.syllable import is_syllable

__all__ = ["Hint", "Normalised", "Token", "fold", "has_marks", "is_syllable", "normalise", "syllables"]
