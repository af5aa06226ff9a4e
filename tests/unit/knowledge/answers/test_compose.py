"""The frame of an answer: source, warnings, lengths, buttons; and the remaining aspects."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot.knowledge.answers import Here, compose, preview
from bot.knowledge.answers.compose import CHUNK, SHORT
from bot.knowledge.answers.preview import newest
from bot.knowledge.answers.wording import mended, shorten, without_districts
from bot.knowledge.records import ASPECTS, Aspect, ProcedureRecord
from tests.support.catalogue import PORTAL, TODAY, fee, method, record, stored


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
    assert text.index("kết quả là Giấy khai sinh") < text.index("mức thu")
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


@pytest.mark.parametrize("full", [False, True])
def test_a_procedure_that_is_no_more_says_so_before_everything_else(full: bool) -> None:
    assert said(record(status="abolished"), "fee", full=full).startswith("Chú ý: thủ tục này đã bị bãi bỏ")
    replaced = record(status="replaced", replaced_by="2.000002")
    assert said(replaced, "fee", full=full).startswith("Chú ý: thủ tục này đã được thay thế bằng mã 2.000002.")


@pytest.mark.parametrize(
    ("decision", "shown"),
    [
        ({"number": "12/QĐ-BTP", "date": "2026-01-02"}, "QĐ 12/QĐ-BTP ngày 02/01/2026;"),
        ({"number": "QĐ/0001-BCA"}, "; QĐ/0001-BCA;"),
        ({"number": "Quyết định số 64/QĐ-NHNN"}, "; QĐ 64/QĐ-NHNN;"),
        ({"number": "SỐ 64/QĐ-NHNN"}, "; QĐ 64/QĐ-NHNN;"),
    ],
)
def test_the_decision_is_shown_with_its_date_and_one_mark(decision: dict[str, str], shown: str) -> None:
    assert shown in said(record(decision=decision), "fee")


def test_a_first_line_is_short_and_a_long_item_stands_below_it() -> None:
    long = "Quyết định " + "về việc này " * 30
    found = record(results=(long,), summary="Ghi vào sổ " * 30)
    for aspect in ("result", "overview"):
        first, second = said(found, aspect, full=True).splitlines()[:2]
        assert len(first) <= 200
        assert "…" not in second


def test_all_aspects_at_once_are_sent_in_messages_that_zalo_takes() -> None:
    found = record(
        name="Cấp giấy phép " + "và chấp thuận " * 8,
        steps=[{"text": f"Việc {n} " + "làm " * 50} for n in range(9)],
        conditions="\n".join(f"Điều kiện {n} " + "đủ " * 40 for n in range(9)),
        results=tuple(f"Kết quả {n} " + "nhận " * 30 for n in range(9)),
    )
    replies = compose(stored(found), ASPECTS, Here(TODAY))
    assert len(replies) > 1
    assert all(len(reply.text) <= 2000 for reply in replies)
    assert not any(reply.buttons for reply in replies[:-1])


def test_a_heading_goes_over_to_the_next_message_with_what_it_heads() -> None:
    papers = [{"name": "Giấy " + "dài " * 330, "originals": 1}]
    found = record(cases=[{"name": f"Trường hợp {n}", "documents": papers} for n in range(3)])
    replies = compose(stored(found), ("documents",), Here(TODAY), full=True)
    assert len(replies) == 3
    assert not any(reply.text.splitlines()[-1].endswith(":") for reply in replies)
    assert replies[1].text.startswith("Trường hợp 1:\n")


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
        ("Cơ sở y tế từ cấp huyện trở lên xác nhận", "Cơ sở y tế có thẩm quyền xác nhận"),
        ("cơ quan y tế có thẩm quyền cấp quận, huyện trở lên cấp", "cơ quan y tế có thẩm quyền cấp"),
        ("Ủy ban nhân dân cấp huyện, cấp xã nơi có rừng", "Ủy ban nhân dân cấp xã nơi có rừng"),
        ("cấp tỉnh hoặc cấp huyện", "cấp tỉnh"),
        ("địa bàn các huyện nghèo", "địa bàn các địa phương nghèo"),
        ("số 19 Nguyễn Sơn, quận Long Biên, Hà Nội", "số 19 Nguyễn Sơn, Hà Nội"),
        ("phường Tân Định, quận 1, thành phố", "phường Tân Định, thành phố"),
        ("tại huyện/tỉnh khác", "tại tỉnh khác"),
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


def test_several_offices_are_alternatives_and_many_are_a_list() -> None:
    text = said(record(agency={"receives": "Cục Chất lượng, Chế biến, Công an tỉnh, Công an cấp xã"}), "place")
    assert text.startswith(
        "Đăng ký thử: nộp tại Cục Chất lượng, Chế biến, Công an tỉnh hoặc Công an cấp xã, tùy trường"
    )
    many = ", ".join(f"Sở Nông nghiệp và Môi trường số {n}" for n in range(8))
    assert "một trong 8 cơ quan.\n• Sở Nông nghiệp" in said(record(agency={"receives": many}), "place")


@pytest.mark.parametrize(
    ("named", "province", "shown"),
    [
        ("Sở Tư pháp Thành phố Hà Nội", "Hải Phòng", "nộp tại Sở Tư pháp.\n"),
        ("Sở Tư pháp Thành phố Hà Nội", "Hà Nội", "nộp tại Sở Tư pháp Thành phố Hà Nội.\n"),
        ("Sở Xây dựng, Sở Giao thông công chánh - TP.HCM", "Hải Phòng", "nộp tại Sở Xây dựng.\n"),
        ("Cục Hải quan tỉnh, thành phố", "Hải Phòng", "nộp tại Cục Hải quan tỉnh, thành phố.\n"),
        ("Chủ tịch UBND cấp xã", "Hải Phòng", "nộp tại UBND cấp xã.\n"),
    ],
)
def test_no_office_of_another_province_and_no_chairman_is_named(named: str, province: str, shown: str) -> None:
    (reply,) = compose(stored(record(agency={"receives": named})), ("place",), Here(TODAY, province))
    assert shown in reply.text


def test_who_decides_is_not_where_to_hand_in() -> None:
    found = record(agency={"decides": "Chủ tịch Ủy ban nhân dân cấp tỉnh"}, levels=("commune",))
    text = said(found, "place")
    assert text.startswith("Đăng ký thử: thực hiện ở cấp xã")
    assert "Cơ quan giải quyết: Chủ tịch Ủy ban nhân dân cấp tỉnh." in text
    assert "nộp tại" not in text
    assert "Nơi nộp: cấp xã" in said(found, "overview")


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


def test_a_line_of_a_step_that_is_its_title_ends_in_a_colon_and_items_stand_below() -> None:
    steps = [{"name": "Bước 1", "text": "Nộp hồ sơ\nBạn gửi 01 bộ.\n+ Nếu thiếu thì bổ sung."}, {"text": "Nhận"}]
    assert "1. Nộp hồ sơ: Bạn gửi 01 bộ.\n– Nếu thiếu thì bổ sung.\n2. Nhận" in said(
        record(steps=steps), "steps", full=True
    )


def test_parts_that_are_no_steps_are_not_counted_as_steps() -> None:
    steps = [{"text": "a) Đối với dự án nhóm A"}, {"text": "b) Đối với dự án nhóm B"}]
    assert said(record(steps=steps), "steps").startswith("Đăng ký thử: trình tự gồm 2 mục.\na) Đối với dự án nhóm A")


def test_what_the_province_sets_goes_into_the_answer_about_the_net_too() -> None:
    made: dict[str, Any] = {"province": "Hải Phòng", "valid_from": "2026-08-08", "channel": "online"}
    amount = {"status": "amount", "amount": 0, "currency": "VND"}
    overlays = [
        made | {"field": "fee", "fee": amount},
        made | {"field": "time", "time": {"quantity": 1, "unit": "working_day"}},
    ]
    online = method("online", fee("amount", amount=8_000), time={"quantity": 3, "unit": "working_day"})
    found = record(methods=[online], overlays=overlays)
    text = compose(stored(found), ("online",), Here(TODAY, "Hải Phòng"))[0].text
    assert "Phí khi nộp trực tuyến: tại Hải Phòng, 0 đồng." in text
    assert "Thời hạn khi nộp trực tuyến: 1 ngày làm việc." in text
    elsewhere = compose(stored(found), ("online",), Here(TODAY, "Nghệ An"))[0].text
    assert "Phí khi nộp trực tuyến: 8.000 đồng." in elsewhere


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("hết hạn ;", "hết hạn;"),
        ("một..", "một."),
        ("một.; hai", "một; hai"),
        ("dài….", "dài…"),
        ("và ...", "và …"),
        ("1.5, v.v.;", "1.5, v.v.;"),
    ],
)
def test_doubled_and_loose_signs_are_mended(raw: str, clean: str) -> None:
    assert mended(raw) == clean


def test_a_cut_leaves_no_bracket_open() -> None:
    assert shorten("Cấp phép xây nhà ở riêng lẻ (đối với công trình cấp bốn)", 40) == "Cấp phép xây nhà ở riêng lẻ…"
    assert shorten("Cấp (đối với công trình cấp bốn ở nông thôn)", 30) == "Cấp (đối với công trình cấp…)"


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


def test_the_preview_follows_a_replaced_code_to_the_newest_that_there_is() -> None:
    def replaced(code: str, by: str) -> ProcedureRecord:
        return record(code, status="replaced", replaced_by=by)

    found = [replaced("1.000001", "1.000002"), replaced("1.000002", "1.000003"), record("1.000003")]
    catalogue = {item.code: stored(item) for item in found}
    assert newest(catalogue["1.000001"], catalogue).record.code == "1.000003"
    del catalogue["1.000003"]
    assert newest(catalogue["1.000001"], catalogue).record.code == "1.000002"
    ring = {code: stored(replaced(code, by)) for code, by in (("1.000001", "1.000002"), ("1.000002", "1.000001"))}
    assert newest(ring["1.000001"], ring).record.code == "1.000002"


def test_the_preview_shows_texts_buttons_and_what_is_too_long_for_a_channel() -> None:
    shown = preview(stored(record()), "fee", "zalo", today=TODAY)
    assert "[Giấy tờ cần có] → aspect:documents" in shown
    assert "!!" not in shown
