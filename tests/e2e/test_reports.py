"""Reports as citizens write them: the running system with the real engine, through its public API.

The place is the example of a ward, with the names of the whole country that the first start loads.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.support.pictures import with_metadata
from tests.support.system import System

PASS = ("form:new", "form:skip", "form:anonymous")
"""What a citizen presses who wants to get on."""


@dataclass
class Talk:
    """A conversation over HTTP."""

    system: System
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def token(self) -> str | None:
        return self.answer.get("conversation")

    def says(self, text: str) -> Talk:
        self.answer = self.system.say(text, self.token)
        return self

    def presses(self, payload: str) -> Talk:
        self.answer = self.system.press(payload, self.token)
        return self

    def sends_picture(self, data: bytes) -> str:
        response = httpx.post(
            f"{self.system.url}/api/photos", content=data, headers={"Authorization": f"Bearer {self.token}"}, timeout=30
        )
        assert response.status_code == 201, response.text
        key = str(response.json()["photo"])
        self.presses(f"photo:{key}")
        return key

    @property
    def words(self) -> str:
        return "\n".join(reply["text"] for reply in self.answer["replies"])

    @property
    def buttons(self) -> list[str]:
        return [button["payload"] for reply in self.answer["replies"] for button in reply["buttons"]]

    @property
    def status(self) -> str:
        return str(self.answer["understanding"]["status"])

    @property
    def category(self) -> str | None:
        found: str | None = self.answer["understanding"]["category"]
        return found

    def until(self, payload: str, place: str = "số 7 đường Hoa Mai") -> Talk:
        """Go on, answering what is asked, until a button is offered."""
        for _ in range(8):
            if payload in self.buttons:
                return self
            assert self.status == "form", self.words
            choice = next((one for one in PASS if one in self.buttons), None)
            if "Địa chỉ" in self.words or "ở đâu" in self.words.lower() or choice is None:
                self.says(place)
            else:
                self.presses(choice)
        raise AssertionError(f"{payload} is not offered: {self.words}")

    def file(self, place: str = "số 7 đường Hoa Mai") -> str:
        self.until("form:confirm", place).presses("form:confirm")
        assert self.status == "filed", self.words
        return str(self.answer["understanding"]["ticket"])

    def ticket(self, code: str) -> dict[str, Any]:
        with self.system.database() as connection:
            cursor = connection.execute("select * from tickets where code = %s", (code,))
            row = cursor.fetchone()
            assert row is not None
            assert cursor.description is not None
            return dict(zip([column.name for column in cursor.description], row, strict=True))


@pytest.fixture
def talk(system: System) -> Talk:
    return Talk(system)


def tickets(system: System) -> int:
    with system.database() as connection:
        row = connection.execute("select count(*) from tickets").fetchone()
        assert row is not None
        return int(row[0])


def test_the_straight_path(talk: Talk) -> None:
    talk.says("rác chất đống bốc mùi trước số 7 đường Hoa Mai cả tuần nay không ai dọn")
    assert talk.category == "rac_thai"
    assert "rác thải" in talk.words.lower(), "the field is told, not asked"
    code = talk.file()
    assert re.fullmatch(r"PA-\d{4}-\d{6}", code)
    assert re.search(r"PIN: \d{6}", talk.words)
    ticket = talk.ticket(code)
    assert ticket["category"] == "rac_thai"
    assert "số 7 đường Hoa Mai" in ticket["place"]
    assert ticket["ward"] == "phuong-mau"
    assert ticket["anonymous"]


def test_several_facts_in_one_message_fill_several_slots(talk: Talk) -> None:
    talk.says("cống nghẹt tràn nước đen trước số 12 đường Hoa Cúc, tôi tên Hoa, sđt của tôi 0912 345 678")
    assert talk.category == "cap_thoat_nuoc"
    talk.until("form:confirm")
    assert "Hoa, số điện thoại" in talk.words
    assert "đường Hoa Cúc" in talk.words
    code = talk.presses("form:confirm").answer["understanding"]["ticket"]
    assert not talk.ticket(code)["anonymous"]


def test_a_correction_at_the_summary(talk: Talk) -> None:
    talk.says("cây xanh nghiêng sắp đổ trước số 3 đường Hoa Đào").until("form:confirm")
    talk.says("sửa địa điểm thành số 5 đường Hoa Lan").until("form:confirm")
    assert "số 5 đường Hoa Lan" in talk.words
    assert "Hoa Đào" in talk.words, "the story stays as it was told"
    talk.presses("form:edit").presses("form:description")
    talk.says("hai cây me lớn nghiêng ra đường").until("form:confirm")
    assert "hai cây me" in talk.words
    assert talk.ticket(talk.file())["place"] == "số 5 đường Hoa Lan"


def test_going_back_and_cancelling(talk: Talk, system: System) -> None:
    before = tickets(system)
    talk.says("tôi muốn gửi phản ánh")
    assert talk.status == "form"
    talk.presses("report:rac_thai").says("xe rác hai tuần không tới").says("quay lại")
    assert "mô tả" in talk.words.lower()
    talk.says("thôi hủy đi")
    assert talk.status == "smalltalk"
    assert "chưa gửi" in talk.words
    assert tickets(system) == before
    assert talk.says("đăng ký kết hôn cần giấy tờ gì").status == "answered"


def test_a_question_in_the_middle_is_answered_and_the_report_goes_on(talk: Talk) -> None:
    talk.says("tôi muốn phản ánh về rác thải").says("lệ phí đăng ký kết hôn bao nhiêu vậy?")
    assert talk.status == "answered"
    assert talk.answer["understanding"]["procedures"][0] == "1.000894"
    assert "mô tả" in talk.answer["replies"][-1]["text"].lower(), "the open question is asked again"
    talk.says("bãi rác tự phát bốc mùi").says("mấy giờ phường mở cửa vậy?")
    talk.says("số 21 đường Hoa Sữa")
    assert talk.ticket(talk.file())["place"] == "số 21 đường Hoa Sữa"


def test_anonymity_on_request(talk: Talk) -> None:
    talk.says("quán karaoke hát ồn suốt đêm ở số 9 đường Hoa Hồng, tôi xin giấu tên").until("form:confirm")
    assert "Liên hệ: ẩn danh" in talk.words
    ticket = talk.ticket(talk.file())
    assert ticket["anonymous"]
    assert ticket["contact"] is None


@pytest.mark.parametrize("place", ["số 31 đường Hoa Nhài, phường Mẫu Một", "so 31 duong hoa nhai xa mau ha"])
def test_an_old_ward_name_is_shown_with_todays_and_confirmed(talk: Talk, place: str) -> None:
    talk.says("tôi muốn phản ánh").presses("report:rac_thai").says("rác đổ bừa bãi").until("form:skip").says(place)
    assert "nay thuộc Phường Mẫu, tỉnh Ví Dụ" in talk.words
    talk.says("đúng rồi")
    ticket = talk.ticket(talk.file())
    assert ticket["ward"] == "phuong-mau"
    assert ticket["address"] == f"{place}, Phường Mẫu, tỉnh Ví Dụ"


def test_a_place_outside_says_who_is_responsible(talk: Talk) -> None:
    talk.says("tôi muốn phản ánh").presses("report:rac_thai").says("rác đổ bừa bãi").until("form:skip")
    talk.says("số 5 p12 quan go vap tphcm")
    assert "UBND Phường An Hội Tây, Thành phố Hồ Chí Minh" in talk.words
    assert talk.buttons == ["form:place", "form:insist", "form:cancel"]
    ticket = talk.ticket(talk.says("vẫn gửi ở đây").file())
    assert ticket["ward"] is None
    assert ticket["address"].endswith("Phường An Hội Tây, Thành phố Hồ Chí Minh")


def test_the_same_report_nearby_is_offered_and_joined(talk: Talk, system: System) -> None:
    first = Talk(system).says("nắp cống bể sụp trước số 77 đường Hoa Phượng, bà Tư bán bún té hôm qua")
    code = first.file()
    before = tickets(system)
    talk.says("nắp cống hư trước số 79 đường hoa phượng nguy hiểm quá").until("form:join:1")
    assert "đường hoa phượng" in talk.words.lower()
    for secret in (code, "bà Tư", "bún", "77"):
        assert secret not in talk.words
    talk.presses("form:join:1")
    assert talk.answer["understanding"]["ticket"] == code
    assert tickets(system) == before
    assert code in talk.says("phản ánh của tôi").words
    stranger = Talk(system).says(f"tra cứu {code}")
    assert "đang" not in stranger.words
    assert "tiếp nhận" not in stranger.words


def test_conduct_of_officials_is_a_restricted_ticket(talk: Talk, system: System) -> None:
    talk.says("cán bộ hộ tịch ở quầy số 2 quát mắng, hách dịch với người dân")
    assert talk.category == "can_bo"
    assert "được giao nhiệm vụ" in talk.words
    code = talk.file("quầy số 2")
    assert talk.ticket(code)["restricted"]
    again = Talk(system).says("cán bộ hộ tịch ở quầy số 2 quát mắng, hách dịch với người dân").until("form:confirm")
    assert "Cùng việc" not in again.words


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("cháy nhà rồi cứu với", "114"),
        ("co nguoi bi tai nan bat tinh ngoai duong", "115"),
        ("có hai người đang đánh nhau chém nhau", "113"),
    ],
)
def test_an_emergency_gets_its_number_first_also_inside_a_report(talk: Talk, text: str, number: str) -> None:
    talk.says("tôi muốn phản ánh về rác thải").says(text)
    assert number in talk.answer["replies"][0]["text"][:80]
    assert talk.status in ("guided", "form")


def test_a_crime_is_for_the_police(talk: Talk, system: System) -> None:
    before = tickets(system)
    talk.says("thấy người ta đang bán ma túy trong hẻm")
    assert talk.status == "guided"
    assert "113" in talk.words
    assert tickets(system) == before


def test_a_denunciation_in_the_middle_ends_the_report_and_nothing_stays(talk: Talk, system: System) -> None:
    before = tickets(system)
    talk.says("tôi muốn gửi phản ánh").says("tôi tố cáo ông Lê Văn Mít trưởng phòng nhận hối lộ năm chục triệu")
    assert talk.status == "guided"
    assert "Tố cáo" in talk.words
    with system.database() as connection:
        for table in ("messages", "tickets", "unresolved_cases", "engine.trackers", "outbox"):
            assert "Mít" not in str(connection.execute(f"select * from {table}").fetchall()), table
    assert "Mít" not in system.logs()
    assert tickets(system) == before


def test_a_complaint_against_a_decision_is_guided_to_lodging_and_reception(talk: Talk, system: System) -> None:
    before = tickets(system)
    talk.says("tôi không đồng ý với quyết định xử phạt hành chính của phường, muốn khiếu nại quyết định này")
    assert talk.status == "guided"
    assert "đơn khiếu nại" in talk.words
    assert "thứ" in talk.words.lower(), "the hours of citizen reception"
    assert tickets(system) == before


def test_a_picture_reaches_the_ticket_without_its_metadata(talk: Talk, system: System) -> None:
    talk.says("ổ gà sâu trước số 15 đường Hoa Huệ")
    key = talk.sends_picture(with_metadata())
    assert "nhận ảnh" in talk.words
    code = talk.until("form:confirm").file()
    with system.database() as connection:
        row = connection.execute(
            "select t.code, p.stage, p.width, p.height from ticket_photos p join tickets t on t.id = p.ticket_id"
            " where p.key = %s",
            (key,),
        ).fetchone()
    assert row == (code, "before", 200, 400)
    stored = [path.read_bytes() for path in (system.data_dir / "photos").rglob(f"{key}*.jpg")]
    assert len(stored) == 2
    assert all(b"bi mat" not in body.lower() for body in stored)


def test_a_picture_first_begins_a_report(talk: Talk) -> None:
    talk.says("xin chào")
    talk.sends_picture(with_metadata())
    assert talk.status == "form"
    talk.says("đèn đường tắt ngúm trước số 2 đường Hoa Ban")
    assert talk.category == "chieu_sang"
    talk.until("form:confirm")
    assert "Ảnh: 1" in talk.words


def test_a_shared_location_is_a_place(talk: Talk, system: System) -> None:
    talk.says("tôi muốn phản ánh").presses("report:rac_thai").says("rác đổ bừa bãi ven đường").until("form:skip")
    talk.presses("location:10.762622,106.660172")
    assert "nhận vị trí" in talk.words
    ticket = talk.ticket(talk.file())
    assert (ticket["lat"], ticket["long"]) == (10.762622, 106.660172)
    near = Talk(system).says("tôi muốn phản ánh").presses("report:rac_thai").says("bãi rác tự phát").until("form:skip")
    near.presses("location:10.763000,106.660172")
    assert "form:join:1" in near.buttons
    assert "khoảng 40 m" in near.words


def test_the_categorys_own_questions_are_asked(talk: Talk) -> None:
    talk.says("đèn đường trước số 4 đường Hoa Trà không sáng")
    assert "số trụ" in talk.words
    talk.says("trụ số 15")
    code = talk.file()
    assert "trụ số 15" in json.dumps(talk.ticket(code)["answers"], ensure_ascii=False)
