"""Small catalogues for tests of the search and of the answers: made-up records, no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from bot.knowledge.records import Fee, Method, ProcedureRecord
from bot.knowledge.search import SearchIndex
from bot.knowledge.store import IndexRow, StoredProcedure

TODAY = dt.date(2026, 11, 22)
FETCHED = dt.date(2026, 7, 31)
PORTAL = "https://dichvucong.gov.vn/thu-tuc/1"


def record(code: str = "1.000001", name: str = "Thủ tục đăng ký thử", **fields: Any) -> ProcedureRecord:
    """A record with a source and a decision, unless told otherwise."""
    made: dict[str, Any] = {
        "provenance": {"source_url": PORTAL, "fetched_at": FETCHED},
        "decision": {"number": "12/QĐ-BTP"},
    }
    return ProcedureRecord.model_validate({"code": code, "name": name} | made | fields)


def stored(found: ProcedureRecord, source: str = "portal") -> StoredProcedure:
    """The record as the store gives it."""
    return StoredProcedure(found, source, "", dt.datetime(2026, 8, 1, tzinfo=dt.UTC))  # type: ignore[arg-type]


def fee(status: str, **fields: Any) -> Fee:
    """A fee."""
    return Fee.model_validate({"status": status} | fields)


def method(channel: str, *fees: Fee, **fields: Any) -> Method:
    """A row of a channel."""
    return Method.model_validate({"channel": channel, "fees": fees} | fields)


def row(found: ProcedureRecord) -> IndexRow:
    """What the index sees of a record."""
    return IndexRow(
        code=found.code,
        name=found.name,
        plain_name=found.plain_name,
        summary=found.summary,
        aliases=found.aliases,
        field=found.field,
        levels=found.levels,
        audience=found.audience,
        status=found.status,
        replaced_by=found.replaced_by,
        source="portal",
    )


class Catalogue:
    """Records in memory: the index and the records of a service."""

    revision = 1

    def __init__(self, records: Sequence[ProcedureRecord]) -> None:
        self.records = {found.code: stored(found) for found in records}
        self.current = SearchIndex([row(found) for found in records])

    async def read(self, codes: Sequence[str]) -> Mapping[str, StoredProcedure]:
        """The records that there are, by code."""
        return {code: self.records[code] for code in codes if code in self.records}


def _commune(code: str, name: str, *aliases: str, **fields: Any) -> ProcedureRecord:
    return record(code, name, levels=("commune",), aliases=aliases, **fields)


TOWN = [
    _commune("1.001193", "Thủ tục đăng ký khai sinh", "làm giấy cho em bé"),
    _commune("2.000528", "Thủ tục đăng ký khai sinh có yếu tố nước ngoài"),
    _commune("1.004884", "Thủ tục đăng ký lại khai sinh"),
    _commune("1.000894", "Thủ tục đăng ký kết hôn"),
    _commune("2.000806", "Thủ tục đăng ký kết hôn có yếu tố nước ngoài"),
    _commune("1.000656", "Thủ tục đăng ký khai tử"),
    _commune("1.004222", "Đăng ký thường trú"),
    _commune("1.004194", "Đăng ký tạm trú"),
    _commune("1.002755", "Gia hạn tạm trú"),
    _commune("1.003197", "Xóa đăng ký thường trú"),
    _commune("1.010039", "Điều chỉnh thông tin về cư trú trong Cơ sở dữ liệu về cư trú"),
    _commune("1.010038", "Tách hộ"),
    _commune("1.014061", "Cấp thẻ căn cước cho người từ đủ 14 tuổi trở lên"),
    _commune("1.014062", "Cấp thẻ căn cước cho người dưới 14 tuổi"),
    _commune("1.014063", "Cấp đổi thẻ căn cước"),
    _commune("1.014064", "Cấp lại thẻ căn cước"),
    _commune("1.010386", "Trình báo mất hộ chiếu phổ thông (thực hiện tại cấp xã)"),
    record("1.001445", "Trình báo mất hộ chiếu phổ thông (thực hiện tại cấp tỉnh)", levels=("province",)),
    record("1.001456", "Cấp hộ chiếu phổ thông ở trong nước (thực hiện tại cấp tỉnh)", levels=("province",)),
    record("3.000347", "Đổi giấy phép lái xe", levels=("ministry",), aliases=("đổi bằng",)),
    record("3.000348", "Cấp lại giấy phép lái xe", levels=("ministry",)),
    _commune("1.001612", "Đăng ký thành lập hộ kinh doanh"),
    _commune("1.116214", "Rà soát hộ nghèo, hộ cận nghèo"),
    _commune("1.011606", "Công nhận hộ nghèo, hộ cận nghèo", status="replaced", replaced_by="1.116214"),
    record("1.000014", "Thủ tục hải quan đối với xăng dầu, hóa chất nhập khẩu", levels=("ministry",)),
    record("1.009792", "Mua lại cổ phiếu của công ty đại chúng", levels=("ministry",)),
    record("1.013657", "Tiêu hủy biên lai", levels=("province",)),
    record("1.004363", "Cấp Giấy chứng nhận đủ điều kiện buôn bán thuốc bảo vệ thực vật", levels=("province",)),
    record("1.002693", "Cấp giấy phép chặt hạ, dịch chuyển cây xanh", levels=("province", "commune")),
    record("2.000693", "Giải quyết hưởng chế độ thai sản", levels=("province",)),
]
