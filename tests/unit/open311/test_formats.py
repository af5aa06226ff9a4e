"""XML and JSON of the same values."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

from hypothesis import given
from hypothesis import strategies as st

from bot.open311.formats import DECLARATION, respond


def xml(root: str, value: object) -> str:
    body = bytes(respond(root, value, "xml").body).decode()
    assert body.startswith(DECLARATION)
    return body.removeprefix(DECLARATION)


def test_list_is_bare_in_json_and_wrapped_in_xml() -> None:
    value = [{"a": 1, "b": None, "c": True, "d": "x & <y>", "e": 1.5}]
    assert json.loads(bytes(respond("services", value, "json").body)) == value
    assert xml("services", value) == (
        "<services><service><a>1</a><b/><c>true</c><d>x &amp; &lt;y&gt;</d><e>1.5</e></service></services>"
    )
    assert xml("services", []) == "<services/>"


def test_lists_inside() -> None:
    value = {"attributes": [{"code": "a", "values": [{"key": "k"}, {"key": "l"}]}, {"code": "b", "values": []}]}
    assert xml("service_definition", value) == (
        "<service_definition><attributes>"
        "<attribute><code>a</code><values><value><key>k</key></value><value><key>l</key></value></values></attribute>"
        "<attribute><code>b</code><values/></attribute>"
        "</attributes></service_definition>"
    )


@given(st.text())
def test_any_text_is_well_formed_and_comes_back(text: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        return
    whole = DECLARATION + xml("discovery", {"contact": text})
    read = ElementTree.fromstring(whole.encode()).findtext("contact")  # noqa: S314 - our own
    expected = "".join(
        c if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000" else "�"
        for c in text
    )
    assert (read or "") == expected
