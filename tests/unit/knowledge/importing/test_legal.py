"""The table of legal documents: titles and numbers that run together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.importing.legal import read_legal_basis
from tests.support.portal_page import NOTHING, legal


def pairs(*rows: tuple[str, str]) -> list[tuple[str, str | None]]:
    return [(item.title, item.number) for item in read_legal_basis(legal(*rows))]


def test_a_title_ends_where_its_number_begins() -> None:
    rows = [
        ("Nghị định về nuôi ong", "12/2020/NĐ-CP"),
        ("Thông tư số 3/2021/TT-BTC ngày 01/02/2021 của Bộ trưởng về tổ ong", "3/2021/TT-BTC"),
        ("sửa đổi một số điều của Nghị định số 12/2020/NĐ-CP về nuôi ong", "45/2023/NĐ-CP"),
    ]
    assert pairs(*rows) == rows


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("Luật 54/2014/QH13", "54/2014/QH13"),
        ("Luật Nuôi ong 2020", "76/2025/QH15"),
        ("Nghị định 12/2020/NĐ-CP", "12/2020/NĐ-CP"),
        ("Luật số 43/2024/QH15 ngày 29/6/2024", "43/2024/QH15"),
        ("26/2005/PL-UBTVQH11 - Ưu đãi người nuôi ong", "26/2005/PL-UBTVQH11"),
        ("LUẬT NUÔI ONG", "58/2014/QH13"),
        ("Quy trình giải quyết", "2222/QĐ-BHXH"),
        ("Thông tư liên tịch về ong", "105/2016/TTLT-BQP-BCA-BLĐTBXH"),
        ("Cắt giảm thủ tục", "66.7/2025/NQ-CP"),
    ],
)
def test_numbers_of_all_sorts(title: str, number: str) -> None:
    assert pairs((title, number), ("Thông tư về mật", "01/2022/TT-BTP")) == [
        (title, number),
        ("Thông tư về mật", "01/2022/TT-BTP"),
    ]


def test_a_number_with_the_kind_of_act_before_it_is_kept_bare() -> None:
    assert pairs(("Luật Nuôi ong", "Luật số 32/2024/QH15"), ("Thông tư về mật", "Thông tư số 5/2025/TT-NHNN")) == [
        ("Luật Nuôi ong", "32/2024/QH15"),
        ("Thông tư về mật", "5/2025/TT-NHNN"),
    ]


def test_a_document_listed_twice_is_kept_once() -> None:
    assert len(pairs(("Luật Nuôi ong", "1/2020/QH14"), ("Luật Nuôi ong", "1/2020/QH14"))) == 1


def test_a_title_without_a_number_is_kept() -> None:
    assert pairs(("Luật Nuôi ong", "1/2020/QH14"), ("Lệ làng về mật ong", "")) == [
        ("Luật Nuôi ong", "1/2020/QH14"),
        ("Lệ làng về mật ong", None),
    ]
    assert pairs(("BỘ LUẬT NUÔI ONG", "BỘ LUẬT NUÔI ONG")) == [("BỘ LUẬT NUÔI ONG", None)]


def test_nothing() -> None:
    assert read_legal_basis(NOTHING) == ()


titles = st.sampled_from(
    [
        "Nghị định về nuôi ong",
        "Thông tư số 9/2019/TT-BTC ngày 01/3/2019 về mật",
        "Luật Nuôi ong",
        "sửa đổi, bổ sung một số điều của Luật Nuôi ong",
        "QUY ĐỊNH VỀ SÁP ONG",
    ]
)
numbers = st.sampled_from(
    ["12/2020/NĐ-CP", "5/2025/TT-BCA", "66.7/2025/NQ-CP", "163/QĐ-BTP", "61/2014/QH13", "7/2000/QĐ-TTg"]
)


@given(st.lists(st.tuples(titles, numbers), min_size=1, unique=True))
def test_what_is_flattened_is_read_back(rows: list[tuple[str, str]]) -> None:
    assert pairs(*rows) == rows
