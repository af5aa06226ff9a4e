"""GeoReport's XML as the JSON of the same answer is: lists of objects."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any


def read(body: bytes) -> Any:
    """The content of an XML answer.

    Raises:
        ValueError: not XML, or XML that defines entities (which could be made to grow without end).
    """
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise ValueError("a document type is not expected")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - entities were refused above
    except ElementTree.ParseError as error:
        raise ValueError("not XML") from error
    return [_value(child) for child in root]


def _value(element: ElementTree.Element, depth: int = 0) -> Any:
    children = list(element)
    if not children:
        return element.text
    if depth > 8:
        raise ValueError("nested beyond measure")
    names = {child.tag for child in children}
    if len(names) == 1 and element.tag in (f"{children[0].tag}s", "attributes", "values", "notes"):
        return [_value(child, depth + 1) for child in children]
    return {child.tag: _value(child, depth + 1) for child in children}
