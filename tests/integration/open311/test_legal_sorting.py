"""What is posted over Open311 and is no service request: refused with the way to go, and nothing of it is kept."""

from __future__ import annotations

import psycopg
import pytest

from tests.support.open311 import WRITER, OpenServer, read


def form(description: str, **more: str) -> dict[str, str]:
    return {
        "api_key": WRITER,
        "service_code": "rac_thai",
        "address_string": "số 9 đường Hoa Mai",
        "description": description,
    } | more


@pytest.mark.parametrize(
    ("description", "told"),
    [
        ("Cháy nhà số 5, cứu với", "114"),
        ("Đang chém nhau trước chợ", "113"),
        ("Tôi tố cáo ông Xoài Tượng nhận hối lộ", "Tố cáo được nhận trực tiếp"),
        ("Tôi khiếu nại quyết định xử phạt", "đơn khiếu nại"),
    ],
)
def test_it_is_refused_with_the_way_to_go_and_nothing_is_stored(
    server: OpenServer, wanted: str, description: str, told: str
) -> None:
    def count() -> int:
        with psycopg.connect(server.database_url) as connection:
            return int(connection.execute("SELECT count(*) FROM tickets").fetchall()[0][0])

    before = count()
    response = server.post("requests", wanted, **form(description))
    assert response.status_code == 400
    [error] = read(response)
    assert str(error["code"]) == "400"
    assert told in error["description"]
    assert "Xoài" not in response.text
    assert count() == before


def test_conduct_of_officials_under_another_service_is_for_the_office_alone(server: OpenServer) -> None:
    [made] = read(server.post("requests", "json", **form("Cán bộ ở quầy 2 hách dịch với dân")))
    code = made["service_request_id"]
    assert server.get(f"requests/{code}").status_code == 404
    with psycopg.connect(server.database_url) as connection:
        assert connection.execute("SELECT private, ward FROM tickets WHERE code = %s", [code]).fetchall() == [
            (True, "phuong-mau")
        ]


def test_names_of_persons_after_a_title_are_not_published(server: OpenServer, wanted: str) -> None:
    text = "Rác trước nhà ông Trịnh Hoài Lãng, đường Bà Triệu"
    [made] = read(server.post("requests", "json", **form(text, address_string="nhà bà Lê Thị Ổi, đường Ông Ích Khiêm")))
    [found] = read(server.get(f"requests/{made['service_request_id']}", wanted))
    assert found["description"] == "Rác trước nhà ông (tên), đường Bà Triệu"
    assert "Ổi" not in found["address"]
    assert "đường Ông Ích Khiêm" in found["address"]
