"""From a posted form to a report: what is kept of a person, and what is not."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.locality import load
from bot.open311.errors import BadRequestError, NotFoundError
from bot.open311.forms import Sent
from bot.open311.posting import read_post
from bot.tickets.published import without_names

LOCALITY = load(Path(__file__).parents[3] / "localities" / "phuong-mau.yml")
FORM = {"service_code": "rac_thai", "address_string": "chợ Mẫu", "description": "Rác"}


def post(attributes: dict[str, list[str]] | None = None, **values: str) -> Any:
    given = {name: value for name, value in (FORM | values).items() if value}
    return read_post(Sent(given, attributes or {}), LOCALITY, "hue", None).report


def test_person_is_in_the_contact_alone() -> None:
    report = post(
        first_name="Hoà",
        last_name="Trịnh Khắc",
        phone="0912 345 678",
        email="a.b@example.vn",
        device_id="may-123456",
        account_id="tk-987654",
        description="Trinh Khac Hoa, 0912345678, A.B@example.vn, may-123456, tk-987654",
    )
    assert report.contact == {"name": "Trịnh Khắc Hoà", "phone": "0912 345 678", "email": "a.b@example.vn"}
    assert report.description == "(tên), (số điện thoại), (…), (…), (…)"


def test_nobody_is_anonymous() -> None:
    assert post().contact == {"anonymous": True}


def test_one_word_of_a_name_is_left_alone() -> None:
    assert post(first_name="An", last_name="Hoà", description="An toàn giao thông, Hoà Bình").description == (
        "An toàn giao thông, Hoà Bình"
    )


def test_coordinates_alone_are_a_place() -> None:
    report = post(address_string="", lat="10.5", long="-106.25")
    assert (report.lat, report.long, report.place) == (10.5, -106.25, "10.500000, -106.250000")


def test_ids_of_a_caller_are_its_own() -> None:
    keys = {
        read_post(Sent(FORM | {"external_id": external}), LOCALITY, name, None).idempotency_key
        for name in ("hue", "danang")
        for external in ("1", "2")
    }
    assert len(keys) == 4
    one = read_post(Sent(FORM | {"external_id": "1"}), LOCALITY, "hue", None)
    assert read_post(Sent(FORM), LOCALITY, "hue", "1").idempotency_key == one.idempotency_key
    assert read_post(Sent(FORM), LOCALITY, "hue", None).idempotency_key != (
        read_post(Sent(FORM), LOCALITY, "hue", None).idempotency_key
    )


def test_unknown_service_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        post(service_code="khong_co")


@given(
    st.dictionaries(
        st.sampled_from(
            ["lat", "long", "email", "phone", "first_name", "last_name", "media_url", "description", "address_string"]
        ),
        st.text(min_size=1, max_size=50).map(lambda text: unicodedata.normalize("NFC", text)),
    )
)
def test_any_form_is_a_report_or_a_bad_request(values: dict[str, str]) -> None:
    try:
        report = post(**values)
    except BadRequestError as error:
        assert error.descriptions
    else:
        assert report.place
        assert len(report.description) <= 4000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tôi là Nguyễn Văn Hòa ở đây", "Tôi là (tên) ở đây"),
        ("nguyen  van\nhoa", "(tên)"),
        ("NGUYỄN VĂN HOÀ, Nguyễn Văn Hoà.", "(tên), (tên)."),
        ("Nguyễn Văn Hoàng", "Nguyễn Văn Hoàng"),
        ("Nguyễn Văn", "Nguyễn Văn"),
        ("", ""),
    ],
)
def test_names_are_taken_out_however_they_are_spelt(text: str, expected: str) -> None:
    assert without_names(text, ["Nguyễn Văn Hoà", "An", ""]) == expected
