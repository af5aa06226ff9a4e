"""The menus (`nlu_data/menus.yml`) and the known gaps (`nlu_data/gaps.yml`), one by one and over the real catalogue."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.knowledge.search import SearchIndex
from bot.knowledge.search.lexicon import DATA
from bot.knowledge.search.menus import MOST_BUTTONS
from bot.knowledge.search.question import Query
from bot.text import fold
from bot.training.ranking import catalogue
from tests.support.catalogue import record, row

FILE = Path(__file__).parents[5] / "shared" / "data" / "procedures-2026-07.jsonl.gz"
over_real_file = pytest.mark.skipif(not FILE.is_file(), reason="the portal's pages are not beside the project")
one_worker = pytest.mark.xdist_group("real-file")

MENUS: dict[str, dict[str, Any]] = {
    menu["id"]: menu for menu in yaml.safe_load((DATA / "menus.yml").read_text(encoding="utf-8"))["menus"]
}
GAPS: dict[str, dict[str, Any]] = {
    gap["id"]: gap for gap in yaml.safe_load((DATA / "gaps.yml").read_text(encoding="utf-8"))["gaps"]
}
TOPICS = [(menu["id"], topic) for menu in MENUS.values() for topic in menu.get("topic", ())]
SAID = [(menu["id"], phrase) for menu in MENUS.values() for phrase in menu.get("said", ())]
LOST_WITHOUT_MARKS = {
    *("thẻ tạm trú", "con mới sinh", "mới sinh con", "con dấu"),
    *("bố mất", "bố qua đời", "chứng chỉ hành nghề"),
}
"""Typed bare, "thẻ" and "con" are taken for talk (thế, còn), "bố" for "bỏ", "chỉ" for "gì" (chi, as in Huế)."""

DECIDED = {
    "residence_abbreviation": "gia hạn tt cho sinh viên",
    "cc_abbreviation": "mất cc làm lại",
    "hc_abbreviation": "mất hc thì trình báo ở đâu",
    "cn_abbreviation": "đăng ký cn công ty luật",
    "ct_abbreviation": "giải thể ct",
    "qt_abbreviation": "thôi qt việt nam",
    "extend": "gia hạn tạm trú",
    "expired": "bằng lái hết hạn",
    "reissue": "cấp lại bằng lái",
    "exchange": "cấp đổi căn cước",
    "register": "đăng ký khai tử",
    "unregister": "xóa đăng ký tạm trú",
    "correct_data": "sửa thông tin trên bảo hiểm xã hội",
    "correct_error": "đính chính sổ đỏ",
    "change_name": "đổi tên trong sổ đỏ",
    "transfer": "sang tên xe máy",
    "move": "chuyển đi Hà Nội thì cắt khẩu thế nào",
    "confirm": "giấy xác nhận độc thân",
    "permit": "xin giấy phép xây dựng",
    "change_birthday": "sửa ngày sinh trên sổ đỏ",
    "adopt_or_acknowledge": "nhận con nuôi",
    "electronic_identity": "mở khóa tài khoản vneid bị khóa",
    "health_insurance": "mua bảo hiểm y tế hộ gia đình",
    "poor_household": "rà soát hộ nghèo cuối năm",
    "shared_out": "từ chối nhận đất cha mẹ để lại",
    "rebuild": "sơn sửa nhà cũ",
    "shop": "mở quán karaoke",
    "shop_closed": "nghỉ bán tạm ngừng sáu tháng",
    "land_dispute": "hòa giải tranh chấp đất ở xã",
    "inspection": "đăng kiểm xe máy khí thải",
    "residence": "xác nhận thông tin cư trú",
    "foreigner_residence": "gia hạn thẻ tạm trú",
    "household_book": "tách hộ khẩu",
    "split_book": "tách sổ đỏ",
    "identity_card": "mất căn cước",
    "civil_status": "trích lục hộ tịch",
    "newborn": "khai sinh cho bé mới sinh",
    "death": "mẹ mất làm khai tử",
    "marriage_papers": "xác nhận tình trạng hôn nhân",
    "nationality": "thôi quốc tịch",
    "going_abroad": "làm hộ chiếu đi nước ngoài",
    "visa": "gia hạn visa",
    "notary": "miễn nhiệm công chứng viên",
    "certify": "chứng thực chữ ký",
    "translation": "đăng ký cộng tác viên dịch thuật",
    "copies": "bản sao giấy khai sinh",
    "contract": "sửa đổi hợp đồng đã chứng thực",
    "authorisation": "ủy quyền lĩnh lương hưu",
    "inheritance": "từ chối nhận thừa kế",
    "legal_help": "cấp lại chứng chỉ luật sư bị mất",
    "enforcement": "thay đổi chấp hành viên thi hành án",
    "vehicle_sale": "bán xe cho công ty nước ngoài",
    "vehicle_purchase": "mua xe cũ",
    "plate": "mất biển số",
    "vehicle_papers": "sang tên xe",
    "driving_licence": "đổi bằng lái",
    "fishing_boat": "xóa đăng ký tàu cá",
    "boats": "xóa đăng ký tàu thuyền",
    "land_sale": "bán đất cho người nước ngoài",
    "land_gift": "hiến đất làm đường",
    "land_tax": "miễn thuế đất cho hộ nghèo",
    "land_papers": "tách thửa đất",
    "land_certificate_again": "mất sổ đỏ làm lại",
    "letting": "cho thuê nhà đóng thuế thế nào",
    "construction": "gia hạn giấy phép xây dựng",
    "works": "thi công trên đường quốc lộ",
    "well": "trả lại giấy phép giếng khoan",
    "fire_safety": "nghiệm thu phòng cháy chữa cháy",
    "environment": "đánh giá tác động môi trường",
    "insurance": "đổi thẻ bảo hiểm y tế",
    "social_insurance": "rút bảo hiểm xã hội một lần",
    "insurance_benefits": "hưởng chế độ thai sản",
    "pension": "chuyển lương hưu về quê",
    "tax_refund": "hoàn thuế giá trị gia tăng",
    "income_tax": "quyết toán thuế thu nhập cá nhân",
    "registration_fee": "lệ phí trước bạ xe máy",
    "tax": "mã số thuế cá nhân",
    "invoices": "hóa đơn điện tử lập sai",
    "business": "tạm ngừng kinh doanh",
    "company_kind": "giải thể công ty trách nhiệm hữu hạn",
    "company": "thành lập công ty cổ phần",
    "cooperative": "giải thể hợp tác xã",
    "professional_certificate": "chứng chỉ hành nghề môi giới bất động sản",
    "veterinary": "kiểm dịch thú y chở heo đi tỉnh khác",
    "quarantine": "kiểm dịch heo",
    "livestock": "mã số cơ sở chăn nuôi",
    "fish_farming": "nuôi tôm trên biển",
    "fertiliser": "nhập khẩu phân bón",
    "forest": "chuyển mục đích rừng",
    "security_certificate": "cấp đổi giấy an ninh trật tự",
    "seal": "đăng ký lại mẫu con dấu",
    "weapons": "khai báo vũ khí thô sơ",
    "fireworks": "vận chuyển pháo hoa",
}

TOLD = {
    "social_allowance": ("bà em 82 tuổi muốn xin trợ cấp người cao tuổi", "con tự kỷ xin giấy khuyết tật ở đâu"),
    "people_with_merit": ("ông là thương binh mất rồi con cháu được gì", "me toi la vo liet si co duoc tien khong"),
    "hardship": (
        "xin giấy xác nhận hoàn cảnh khó khăn để giảm viện phí",
        "xa co cap giay kho khan cho sinh vien khong",
    ),
    "schooling": ("con em 6 tuổi vào lớp 1 cần gì", "cho be chuyen truong ve que nop o dau"),
    "conscription": ("em vừa nhận giấy gọi nghĩa vụ quân sự", "dang hoc dai hoc co hoan nghia vu duoc ko"),
    "unemployment": ("nghỉ việc rồi muốn lãnh thất nghiệp", "xin tro cap that nghiep can giay gi"),
    "labour": ("sếp nợ lương ba tháng thì kêu ai", "thuê chuyên gia Hàn xin giấy phép lao động ở đâu"),
    "retirement": ("bố em 62 tuổi làm hồ sơ nghỉ hưu", "muốn nghỉ hưu trước tuổi có được không"),
    "civil_service": ("năm nay xã có thi công chức không", "bao gio tinh tuyen dung vien chuc"),
    "vocational_training": ("em muốn đăng ký học nghề sửa xe", "phường có lớp dạy nghề nào không"),
    "health": ("mở phòng khám tư cần giấy phép gì", "làm giấy khám sức khỏe ở đâu để xin việc"),
    "food_safety": ("mở quán cơm cần giấy vệ sinh an toàn thực phẩm không", "xin giay an toan thuc pham cho quan oc"),
    "entertainment": ("xin giay phep mo quan karaoke", "khai trương muốn treo băng rôn trước cửa"),
    "sport_tourism": ("làm thẻ hướng dẫn viên du lịch", "mo phong tap gym can xin phep ai"),
    "press_printing": ("mở cơ sở in ấn cần giấy gì", "tôi viết thơ muốn xin giấy phép xuất bản"),
    "telecommunications": ("ba mất rồi sang tên sim cho em", "làm sao đăng ký sim chính chủ"),
    "trade": ("nhà nấu rượu bán trong xóm có phải xin phép không", "toi muon mo cua hang gas"),
    "commerce": ("tiệm làm chương trình khuyến mãi phải báo ai", "bán hàng online có phải đăng ký website không"),
    "solar_power": ("lắp điện mặt trời mái nhà bán cho điện lực", "nha toi muon gan dien mat troi"),
    "market_stall": ("muốn thuê sạp ở chợ phường", "sang ki ốt chợ cho người khác"),
    "intellectual_property": ("đăng ký thương hiệu cho tiệm bánh", "bài hát tôi viết muốn đăng ký bản quyền"),
    "barcode": ("bán hàng siêu thị cần mã vạch", "kiểm định cân ở chợ"),
    "religion": ("tập trung sinh hoạt tôn giáo tại nhà", "muốn thành lập hội đồng hương ở phường"),
    "ethnic_affairs": ("người có uy tín trong bản được gì", "bản em hỏi chính sách dân tộc mới"),
    "utilities": ("nhà mới xây xin lắp đồng hồ nước", "sang ten hop dong dien cho con"),
    "divorce": ("vợ chồng thuận tình ly hôn nộp đơn đâu", "muon ly hon ma chong khong ky"),
    "foreign_affairs": ("bằng đại học cần hợp pháp hóa lãnh sự", "xin dấu lãnh sự để đi làm bên Nhật"),
    "foreign_visa": ("xin visa đi Nhật du lịch", "con đi học bên đó làm visa du học ở đâu"),
    "traffic_fines": ("bị phạt nguội thì đóng ở đâu", "xe máy bị tạm giữ muốn lấy về"),
    "plate_auction": ("muốn đấu giá biển số ngũ quý", "mua biển đẹp thì làm sao"),
    "burial": ("ba em vừa mất nhà muốn hỏa táng", "bốc mộ ông bà đem về quê"),
    "pets": ("khai báo nuôi chó ở đâu", "phường có tiêm phòng dại không"),
    "policy_loans": ("hộ tôi muốn vay vốn ngân hàng chính sách", "cho con vay vốn sinh viên"),
    "digital_signature": ("em cần làm chữ ký số cá nhân", "mua chữ ký số cho tiệm"),
    "land_data": ("xin trích đo thửa ruộng", "nhờ cán bộ xuống đo đạc đất"),
    "environment_registration": (
        "xưởng mộc nhỏ có phải đăng ký môi trường không",
        "lam cam ket bao ve moi truong cho quan",
    ),
    "fertiliser_shop": ("mở cửa hàng phân bón cần giấy gì", "tôi muốn bán phân bón ở quê"),
}

HAVE_PROCEDURES = (
    "vào lớp 1 trường đòi giấy xác nhận cư trú",
    "dịch bằng tốt nghiệp rồi chứng thực chữ ký người dịch",
    "đi lính về đổi bằng lái",
    "ủy quyền cho con nhận trợ cấp thất nghiệp",
    "đi xuất khẩu lao động cần lý lịch tư pháp",
    "nhà liệt sĩ xin giảm thuế đất",
    "nhận trẻ mồ côi làm con nuôi",
    "karaoke làm giấy an ninh trật tự",
    "đổi bằng lái có cần đi khám sức khỏe không",
    "đăng ký cho em bé sơ sinh",
)


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    """Over the offered procedures alone, each named by its label."""
    offers = {offer["code"]: offer["label"] for menu in MENUS.values() for offer in menu["offers"]}
    return SearchIndex([row(record(code, label, levels=("commune",))) for code, label in offers.items()])


def _opened(index: SearchIndex, text: str) -> str | None:
    found = index.nodes.menu(index.analyse(text), index)
    return None if found is None else found[0].id


@pytest.mark.parametrize(("menu", "topic"), TOPICS)
def test_a_bare_topic_opens_its_menu_whatever_is_asked_of_it(index: SearchIndex, menu: str, topic: str) -> None:
    forms = [topic]
    if not MENUS[menu].get("bare"):
        forms += [f"cho hỏi {topic} cần những giấy tờ gì", f"thủ tục {topic} mất bao lâu ạ"]
    forms += [fold(form) for form in forms if topic not in LOST_WITHOUT_MARKS]
    assert {form: _opened(index, form) for form in forms} == dict.fromkeys(forms, menu)


@pytest.mark.parametrize(("menu", "phrase"), SAID)
def test_a_whole_phrase_opens_its_menu(index: SearchIndex, menu: str, phrase: str) -> None:
    forms = (phrase, f"dạ {phrase} ạ")
    assert {form: _opened(index, form) for form in forms} == dict.fromkeys(forms, menu)


@pytest.mark.parametrize("menu", [menu for menu, data in MENUS.items() if data.get("bare")])
def test_a_menu_for_bare_topics_stays_shut_where_something_is_asked(index: SearchIndex, menu: str) -> None:
    topic = (*MENUS[menu].get("topic", ()), *MENUS[menu].get("said", ()))[0]
    assert _opened(index, f"{topic} mất bao lâu ạ") is None


def test_every_menu_has_a_question_that_it_leaves_alone() -> None:
    assert DECIDED.keys() == MENUS.keys()


@pytest.mark.parametrize("menu", DECIDED)
def test_a_deciding_word_closes_the_menu(index: SearchIndex, menu: str) -> None:
    assert _opened(index, DECIDED[menu]) is None
    if menu not in {"death", "newborn"}:  # "me", "be" without marks are many words
        assert _opened(index, fold(DECIDED[menu])) is None


@pytest.mark.parametrize("text", ["tôi muốn chết", "nói chuyện đi", "mất 5 ngày hả", "đợi lâu quá", "bạn ơi"])
def test_talk_opens_no_menu(index: SearchIndex, text: str) -> None:
    assert _opened(index, text) is None


@pytest.mark.parametrize("menu", MENUS.values(), ids=lambda menu: str(menu["id"]))
def test_a_menu_asks_one_short_question_and_its_buttons_differ(menu: dict[str, Any]) -> None:
    offers = menu["offers"]
    assert menu["ask"].endswith("?")
    assert len(menu["ask"]) <= 80
    assert 2 <= len(offers) <= MOST_BUTTONS
    assert len({offer["code"] for offer in offers}) == len({offer["label"] for offer in offers}) == len(offers)
    assert all(len(offer["label"]) <= 36 for offer in offers)


def test_every_gap_is_tried() -> None:
    assert TOLD.keys() == GAPS.keys()


@pytest.mark.parametrize(("gap", "text"), [(gap, text) for gap, texts in TOLD.items() for text in texts])
def test_a_gap_is_named_however_it_is_asked(index: SearchIndex, gap: str, text: str) -> None:
    assert fold(text).lower() not in {fold(phrase).lower() for phrase in GAPS[gap]["any"]}
    match = index.search(text)
    assert match.kind == "none"
    assert match.gap is not None
    assert (match.gap.id, bool(match.gap.ask)) == (gap, True)


@pytest.mark.parametrize("text", HAVE_PROCEDURES)
def test_the_words_of_a_gap_on_the_way_to_a_procedure_are_no_gap(index: SearchIndex, text: str) -> None:
    assert index.nodes.gap(index.analyse(text)) is None


Whole = tuple[SearchIndex, list[tuple[str, str, Query]]]


@pytest.fixture(scope="module")
def whole() -> Whole:
    """Over the real catalogue, and every title and plain name with the code that it stands for."""
    rows = catalogue(FILE)
    made = SearchIndex(rows)
    names = [(found.code, name) for found in rows for name in (found.name, found.plain_name, *found.aliases) if name]
    return made, [(code, name, made.analyse(name)) for code, name in names]


@over_real_file
@one_worker
def test_every_offer_is_a_procedure_in_force(whole: Whole) -> None:
    index = whole[0]
    offered = {offer["code"] for menu in MENUS.values() for offer in menu["offers"]}
    assert {code for code in offered if code not in index or index.current(code) != code} == set()


@over_real_file
@one_worker
def test_the_names_of_procedures_open_no_menu_of_others(whole: Whole) -> None:
    index, names = whole
    own: list[tuple[str, str, str]] = []
    others: list[tuple[str, str, str]] = []
    for code, name, query in names:
        opened = index.nodes.menu(query, index)
        if opened is not None:
            mine = index.current(code) in {offer.code for offer in opened[1]}
            (own if mine else others).append((opened[0].id, code, name))
    assert len(others) <= 2e-4 * len(names), others
    assert len(own) <= 2e-3 * len(names), own


@over_real_file
@one_worker
def test_the_names_of_procedures_are_no_gaps(whole: Whole) -> None:
    index, names = whole
    near = [(code, name, query) for code, name, query in names if index.nodes.gap(query)]
    taken = [(gap.id, code, name) for code, name, query in near if (gap := index.match(query).gap)]
    assert len(taken) <= 1e-4 * len(names), taken


@over_real_file
@one_worker
def test_questions_about_procedures_are_answered_and_not_asked_back(whole: Whole) -> None:
    index = whole[0]
    lines = (DATA / "linking" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line)["text"] for line in lines]
    opened = [(menu, text) for text in asked if (menu := _opened(index, text))]
    near = [(text, query) for text in asked if index.nodes.gap(query := index.analyse(text))]
    taken = [(gap.id, text) for text, query in near if (gap := index.match(query).gap)]
    assert len(opened) <= 0.01 * len(asked), opened
    assert len(taken) <= 0.005 * len(asked), taken
