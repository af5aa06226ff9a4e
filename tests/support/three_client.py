"""The independent client `three` (PyPI), made to run on Python 3: it was written for Python 2.

The shims change nothing about what it sends or accepts: `itertools.ifilter` is `filter` by now, a dict's keys are no
list any more, and neither do elements have `getchildren`.
"""

from __future__ import annotations

import itertools
import warnings
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder, XMLParser

if not hasattr(itertools, "ifilter"):
    itertools.ifilter = filter  # type: ignore[attr-defined]

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # about its own escapes
    from relaxml import XML2Dict
    from three.core import Three as Original

__all__ = ["Three"]


class _Element(Element):
    def getchildren(self) -> list[Element]:
        return list(self)


class Three(Original):  # type: ignore[misc]
    """The client."""

    def convert(self, content: bytes, conversion: bool) -> Any:
        """What was received, as Python has it."""
        if not (conversion and self.format == "xml"):
            return super().convert(content, conversion)
        parser = XMLParser(target=TreeBuilder(element_factory=_Element))  # noqa: S314 - our own server's
        parser.feed(content)
        return XML2Dict()._parse_node(parser.close())
