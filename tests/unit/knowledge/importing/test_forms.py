"""Form files glued to the names of their documents."""

from __future__ import annotations

import pytest

from bot.knowledge.importing.forms import separate_forms


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("Đơn đăng ký theo Nghị định số 1/2020/NĐ-CP", ["Mẫu số 01.docx"]),
        ("Đơn đăng ký theo Thông tư số 1/2020/TT-ABCD", ["Phụ lục II.docx"]),
        ("Đơn đăng ký theo mẫu", ["Maudon_BCC (1).doc"]),
        ("Đơn đăng ký ngày 25/01/2026", ["Mau so 01.docx"]),
        ("Đơn đăng ký;", ["Mẫu số 1.1 To trinh.docx", "Mẫu số 1.2- Bien ban.docx", "Mẫu 1.4. BC.docx"]),
        ("Tờ khai (Mẫu T01 theo Thông tư số 53/2025/TT-ABC).", ["1.MuT01theoThngts53.doc"]),
        ("Đơn theo quy định", ["văn bản đề nghị (vị trí, quy mô).docx"]),
        ("Đơn theo mẫu", ["1.003850.docx"]),
        ("Đơn của chủ tổ ong", ["103-Mẫu số 103.docx"]),
    ],
)
def test_the_border_is_found(name: str, files: list[str]) -> None:
    assert separate_forms(name + "".join(files)) == (name, tuple(files), True)


def test_no_form_no_split() -> None:
    assert separate_forms("Đơn đăng ký, tệp .docx hoặc .pdf đều được") == (
        "Đơn đăng ký, tệp .docx hoặc .pdf đều được",
        (),
        True,
    )


def test_a_border_that_cannot_be_seen_is_not_invented() -> None:
    assert separate_forms("đơn xin nuôi ong.docx") == ("đơn xin nuôi ong.docx", (), False)
