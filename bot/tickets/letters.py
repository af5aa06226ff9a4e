"""Pages in letters that every machine shows alike: Noto Sans (SIL Open Font License 1.1), the used ones embedded."""

from __future__ import annotations

import io
import logging
import unicodedata
from functools import lru_cache
from pathlib import Path

import pymupdf_fonts
from fontTools.ttLib import TTFont
from fpdf import FPDF

_FAMILY = "Noto Sans"
_STYLES = {"": "notos", "B": "notosbo"}
_INK = (34, 28, 24)

logging.getLogger("fontTools").setLevel(logging.ERROR)  # it warns of tables that it leaves out


class Letters(FPDF):
    """A document with our letters.

    Args:
        folder: for the font files, which the PDF library wants to have until the output.
        size: of a page, in millimetres.
        margin: of a page, in millimetres.
    """

    def __init__(self, folder: Path, size: tuple[float, float], margin: float) -> None:
        super().__init__(format=size)
        self.set_margins(margin, margin, margin)
        self.set_auto_page_break(True, margin)
        for style, name in _STYLES.items():
            path = folder / f"{name}.ttf"
            path.write_bytes(_font(style))
            self.add_font(_FAMILY, style, path)
        self._letters = _letters()
        self.ink(9.5)

    def ink(self, size: float, style: str = "", color: tuple[int, int, int] = _INK) -> None:
        """What is written from now on."""
        self.set_font(_FAMILY, style, size)
        self.set_text_color(*color)

    def clean(self, text: str) -> str:
        """The text in letters that there are."""
        text = unicodedata.normalize("NFC", " ".join(text.split()))
        return " ".join("".join(letter for letter in text if ord(letter) in self._letters).split())

    def say(self, text: str, width: float, height: float, align: str = "L") -> None:
        """A paragraph; lines have this height."""
        self.multi_cell(width, height, self.clean(text), align=align, new_x="LMARGIN", new_y="NEXT")


@lru_cache(maxsize=2)
def _font(style: str) -> bytes:
    """A font file, as the package has it."""
    return bytes(pymupdf_fonts.myfont(_STYLES[style]))


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    """The code points that the regular font has."""
    with TTFont(io.BytesIO(_font(""))) as font:
        return frozenset(font.getBestCmap())
