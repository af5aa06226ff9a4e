"""The ward that a message names: ours, one, and said; everything else is unknown."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from sqlalchemy.exc import OperationalError

from bot.tickets.named_ward import NamedWard
from bot.tickets.place_names import Name, fold_name
from tests.support.localities import province, ward

PROVINCE, OFFICE = province(), ward()


class Country:
    """The names of the country, in memory; says how often it was asked."""

    def __init__(self, *names: Name, broken: bool = False) -> None:
        self.names = names
        self.broken = broken
        self.asked = 0

    async def find(self, folded: Collection[str]) -> list[Name]:
        self.asked += 1
        if self.broken:
            raise OperationalError("SELECT", {}, OSError("gone"))
        return [name for name in self.names if name.folded in folded]


def name(said: str, kind: str, province: str) -> Name:
    return Name(said, fold_name(said), kind, said, province)


ELSEWHERE = (
    name("Phường Sông Mẫu", "phuong", "Thành phố Hà Nội"),
    name("Thành phố Hà Nội", "tinh", "Thành phố Hà Nội"),
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("phường Sông Mẫu làm giấy khai sinh ở đâu", "90002"),
        ("o phuong song mau thi nop o dau", "90002"),
        ("nhà tôi ở thị trấn Sông Mẫu cũ, đăng ký kết hôn thế nào", "90002"),
        ("xã Đồng Mẫu hôm nay có làm việc không", "90003"),
        ("phường Sông Mẫu, Hà Nội làm giấy khai sinh ở đâu", None),
        ("phường Yên Hòa làm giấy khai sinh ở đâu", None),
        ("làm giấy khai sinh ở đâu", None),
        ("xã hội hóa là gì", None),
        ("chuyển từ xã Đồng Mẫu sang phường Sông Mẫu cần gì", "90003"),
    ],
)
async def test_only_a_ward_of_ours_that_is_named_counts(text: str, code: str | None) -> None:
    assert await NamedWard(Country(*ELSEWHERE), PROVINCE)(text) == code


@pytest.mark.parametrize(("category", "code"), [("rac_thai", "90002"), ("can_bo", None), ("unheard_of", "90002")])
async def test_nothing_is_said_of_a_report_that_only_few_may_read(category: str, code: str | None) -> None:
    assert await NamedWard(Country(*ELSEWHERE), PROVINCE)("ở phường Sông Mẫu", category) == code


async def test_the_country_is_asked_only_where_a_name_may_be_ours() -> None:
    country = Country(*ELSEWHERE)
    named = NamedWard(country, PROVINCE)
    await named("làm giấy khai sinh cần gì")
    assert country.asked == 0
    await named("phường Sông Mẫu có những ai làm việc")
    assert country.asked == 1


async def test_names_that_cannot_be_read_leave_it_unknown() -> None:
    assert await NamedWard(Country(broken=True), PROVINCE)("phường Sông Mẫu ở đâu") is None


async def test_a_place_of_one_ward_keeps_nothing() -> None:
    country = Country()
    assert await NamedWard(country, OFFICE)(f"{OFFICE.name} ở đâu") is None
    assert country.asked == 0
