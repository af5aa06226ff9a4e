"""Made-up pages in the shape in which the portal's are scraped: tables whose cells run together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

METHODS = "Hình thức nộpThời gianPhí, lệ phíMô tả"
DOCUMENTS = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
LEGAL = "Tên văn bản pháp lýMã văn bản"
FOOT = (
    "Từ khóaKhông có thông tinMô tảKhông có thông tinChọn cơ quan thực hiệnTỉnh/ Thành phốBộ ngành"
    "-- Chọn Tỉnh/ Thành phố --Phường/ XãSở-- Chọn Phường/ Xã --Nộp hồ sơ"
)
NOTHING = "Không có thông tin"


def case(title: str, *rows: tuple[str, str]) -> str:
    """A case of the table of papers: its title, then (name with form, number)."""
    return title + DOCUMENTS + "".join(name + number for name, number in rows)


def legal(*rows: tuple[str, str]) -> str:
    """The table of legal documents: titles and numbers."""
    return LEGAL + "".join(title + number for title, number in rows) if rows else NOTHING


def results(*rows: tuple[str, str]) -> str:
    """The results with their codes, and the page's foot."""
    return "".join(f"{name}Mã: {code}" for name, code in rows) + FOOT


def page(
    code: str = "1.000001",
    name: str = "Đăng ký nuôi ong",
    *,
    shown_code: str | None = None,
    steps: str = "Bước 1: Người nuôi nộp đơn.\nBước 2: Cán bộ trả kết quả.",
    methods: Sequence[str] = ("Trực tiếp3 Ngày làm việcMiễn phí",),
    documents: str = case("--", ("Đơn đăng ký nuôi ong", "1 bản chính")),
    legal_basis: str = NOTHING,
    agency: str = "Ủy ban nhân dân cấp xã",
    conditions: str = NOTHING,
    outcome: str = results(("Giấy xác nhận", "KQ.G01.000001")),
    **others: Any,
) -> dict[str, Any]:
    """One scraped record, with its columns and the text of the whole page."""
    columns = {
        "trinh_tu_thuc_hien": steps,
        "cach_thuc_thuc_hien": METHODS + "".join(methods),
        "thanh_phan_ho_so": documents,
        "can_cu_phap_ly": legal_basis,
        "co_quan_thuc_hien": agency,
        "yeu_cau_dieu_kien": conditions,
        "ket_qua_xu_ly": outcome,
    }
    head = {
        "so_quyet_dinh": "12/QĐ-ABC",
        "cap_thuc_hien": "Cấp xã",
        "loai_thu_tuc": "Loại khác",
        "linh_vuc": "Chăn nuôi ong",
        "doi_tuong_thuc_hien": "Công dân Việt Nam, Tổ chức (không bao gồm doanh nghiệp, HTX)",
    }
    text = (
        f"{name}Tên thủ tục{name}Mã thủ tục{shown_code or code}Số quyết định{head['so_quyet_dinh']}"
        f"Cấp thực hiện{head['cap_thuc_hien']}Loại thủ tục{head['loai_thu_tuc']}Lĩnh vực{head['linh_vuc']}"
        f"Đối tượng thực hiện{head['doi_tuong_thuc_hien']}Cơ quan có thẩm quyềnĐịa chỉ tiếp nhận HS"
        f"Cơ quan được ủy quyềnCơ quan phối hợpThủ tục hành chính liên quan{NOTHING}"
        f"Trình Tự Thực Hiện {steps}\nCách Thức Thực Hiện{columns['cach_thuc_thuc_hien']}"
        f"Thành phần hồ sơ{documents}Căn cứ pháp lý{legal_basis}Cơ quan thực hiện{agency}"
        f"Yêu cầu, điều kiện thực hiện{conditions}Kết quả xử lý{outcome}"
    )
    return {
        "ma_thu_tuc": code,
        "ten_thu_tuc": name,
        "detail_url": f"https://portal.example/{code}",
        "co_quan_co_tham_quyen": "",
        "dia_chi_tiep_nhan": "",
        **head,
        **columns,
        "raw_text": text,
        **others,
    }
