"""The frame of an answer: source, warnings, lengths, buttons; and the remaining aspects."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot.knowledge.answers import Here, compose, preview
from bot.knowledge.answers.compose import CHUNK, SHORT
from bot.knowledge.answers.wording import without_districts
from bot.knowledge.records import ASPECTS, Aspect, ProcedureRecord
from tests.support.catalogue import PORTAL, TODAY, method, record, stored


def said(found: ProcedureRecord, *aspects: Aspect, source: str = "portal", full: bool = False) -> str:
    replies = compose(stored(found, source), aspects, Here(TODAY), full=full)
    return "\n".join(reply.text for reply in replies)


@pytest.mark.parametrize("aspect", ASPECTS)
def test_every_answer_ends_with_its_source_date_decision_and_code(aspect: Aspect) -> None:
    source = "Theo Cổng Dịch vụ công quốc gia, cập nhật 31/07/2026; QĐ 12/QĐ-BTP; mã thủ tục 1.000001."
    assert said(record(), aspect).splitlines()[-1] == source


@pytest.mark.parametrize(
    ("url", "source", "named"),
    [
        (None, "yaml", "hồ sơ thủ tục của đơn vị"),
        ("https://example.gov.vn/x", "yaml", "example.gov.vn"),
        (PORTAL, "starter", "Cổng Dịch vụ công quốc gia"),
        (None, "api", "Cổng Dịch vụ công quốc gia"),
    ],
)
def test_the_source_is_named_by_where_it_was_read(url: str | None, source: str, named: str) -> None:
    found = record(provenance={"source_url": url}, decision={})
    last = said(found, "fee", source=source).splitlines()[-1]
    assert last == f"Theo {named}, nguồn không ghi ngày cập nhật; nguồn không ghi số quyết định; mã thủ tục 1.000001."


def test_nothing_asked_is_the_overview() -> None:
    found = record(summary="Ghi vào sổ.", levels=("commune",), methods=[method("online"), method("direct")])
    text = said(found)
    assert text.startswith("Đăng ký thử. Ghi vào sổ.\n")
    assert "• Cách nộp: trực tuyến hoặc trực tiếp." in text


def test_several_aspects_are_answered_in_the_order_asked_under_one_source() -> None:
    text = said(record(results=("Giấy khai sinh",)), "result", "fee")
    assert text.index("bạn nhận Giấy khai sinh") < text.index("mức thu")
    assert text.count("mã thủ tục") == 1


def test_a_long_answer_is_short_first_and_whole_behind_a_button() -> None:
    found = record(steps=[{"text": f"Bước thứ {n} " + "làm việc này " * 25} for n in range(20)])
    (reply,) = compose(stored(found), ("steps",), Here(TODAY))
    assert len(reply.text) <= SHORT + 150
    assert "mục nữa" in reply.text
    assert (reply.buttons[0].title, reply.buttons[0].payload) == ("Xem đầy đủ", "full:1.000001:steps")
    whole = compose(stored(found), ("steps",), Here(TODAY), full=True)
    assert len(whole) > 1
    assert all(len(reply.text) <= CHUNK + 150 for reply in whole)
    assert "Bước thứ 19" in "".join(reply.text for reply in whole)
    assert whole[-1].text.endswith("mã thủ tục 1.000001.")
    assert not any("full:" in button.payload for reply in whole for button in reply.buttons)


def test_what_is_beyond_every_chat_is_left_to_the_portal() -> None:
    found = record(steps=[{"text": f"Bước {n} " + "x " * 700} for n in range(40)])
    assert f"Phần còn lại xem tại trang thủ tục: {PORTAL}" in said(found, "steps", full=True)


def test_at_most_three_buttons_with_other_aspects() -> None:
    (reply,) = compose(stored(record()), ("fee",), Here(TODAY))
    assert len(reply.buttons) <= 3
    assert all(button.payload.startswith("aspect:") for button in reply.buttons)
    assert "aspect:fee" not in [button.payload for button in reply.buttons]


def test_an_expired_record_says_so() -> None:
    found = record(provenance={"source_url": PORTAL, "fetched_at": "2026-07-31", "expires_at": "2026-10-01"})
    assert "quá hạn kiểm tra từ 01/10/2026" in said(found, "fee")


def test_a_record_of_long_ago_says_so() -> None:
    found = record(provenance={"source_url": PORTAL, "fetched_at": dt.date(2025, 7, 31)})
    assert "cập nhật đã hơn một năm" in said(found, "fee")


def test_an_abolished_procedure_says_so() -> None:
    assert "đã bị bãi bỏ" in said(record(status="abolished"), "fee")


def test_an_office_of_the_abolished_level_is_not_named_and_the_citizen_is_told_to_ask() -> None:
    text = said(record(agency={"receives": "Phòng Tư pháp cấp huyện"}), "place")
    assert "huyện" not in text.lower()
    assert "đã bỏ từ 01/7/2025" in text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Ủy ban nhân dân xã, phường, thị trấn", "Ủy ban nhân dân xã, phường"),
        ("Công an cấp huyện tiếp nhận", "Công an có thẩm quyền tiếp nhận"),
        ("Công an quận, huyện, thị xã, thành phố thuộc tỉnh", "Công an có thẩm quyền"),
        ("44 Trần Phú, quận Ba Đình, thành phố Hà Nội", "44 Trần Phú, thành phố Hà Nội"),
        ("333 Nguyễn Trãi, Quận 1, Thành phố Hồ Chí Minh", "333 Nguyễn Trãi, Thành phố Hồ Chí Minh"),
        ("Trình báo (thực hiện tại cấp huyện)", "Trình báo"),
        ("cấp tỉnh, cấp huyện, cấp xã", "cấp tỉnh, cấp xã"),
        ("Nơi cư trú", "Nơi cư trú"),
    ],
)
def test_the_abolished_level_is_taken_out_of_words(old: str, new: str) -> None:
    assert without_districts(old) == new


def test_where_names_the_office_or_says_that_it_is_missing() -> None:
    text = said(record(agency={"receives": "Công an cấp xã", "decides": "Công an tỉnh"}), "place")
    assert text.startswith("Đăng ký thử: nộp tại Công an cấp xã.\n")
    assert "Cơ quan giải quyết: Công an tỉnh." in text
    assert "cấp xã (xã, phường, đặc khu)" in said(record(levels=("commune",)), "place")
    assert "không ghi nơi nộp" in said(record(), "place")


@pytest.mark.parametrize(
    ("channels", "words"),
    [
        (("online", "direct"), "nộp trực tuyến được"),
        (("online",), "chỉ nộp trực tuyến"),
        (("direct", "postal"), "không ghi cách nộp trực tuyến; nộp trực tiếp hoặc bưu chính"),
        ((), "không ghi cách nộp"),
    ],
)
def test_online_is_answered_with_yes_no_or_unknown(channels: tuple[str, ...], words: str) -> None:
    assert words in said(record(methods=[method(channel) for channel in channels]), "online")


def test_steps_are_numbered_once() -> None:
    text = said(record(steps=[{"text": "Bước 1: Chuẩn bị"}, {"text": "- Nộp", "name": "Bước 2"}]), "steps")
    assert "1. Chuẩn bị\n2. Nộp" in text


def test_a_law_that_has_ended_is_said_to_have() -> None:
    laws: list[dict[str, Any]] = [
        {"title": "Luật Hộ tịch", "number": "60/2014/QH13"},
        {"title": "Nghị định cũ", "number": "1/2010/NĐ-CP", "valid_to": "2020-01-01"},
        {"title": "Nghị định về Ủy ban nhân dân huyện", "number": "2/2014/NĐ-CP"},
    ]
    text = said(record(legal_basis=laws), "legal_basis")
    assert "• 60/2014/QH13 – Luật Hộ tịch" in text
    assert "1/2010/NĐ-CP – Nghị định cũ (hết hiệu lực từ 01/01/2020)" in text
    assert "• 2/2014/NĐ-CP\n" in text


def test_conditions_and_audience() -> None:
    text = said(record(conditions="Từ đủ 18 tuổi", audience=("Công dân Việt Nam",)), "eligibility")
    assert "• Từ đủ 18 tuổi" in text
    assert "Dành cho: Công dân Việt Nam." in text
    assert "không ghi điều kiện riêng" in said(record(), "eligibility")


def test_the_preview_shows_texts_buttons_and_what_is_too_long_for_a_channel() -> None:
    shown = preview(stored(record()), "fee", "zalo", today=TODAY)
    assert "[Giấy tờ cần có] → aspect:documents" in shown
    assert "!!" not in shown
