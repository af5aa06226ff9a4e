"""The whole path, as a citizen walks it: the running system, through its public API.

The `system` fixture is the real thing, started by `bot run` in a data directory of its own.
"""

from __future__ import annotations

import os
import re
import signal
import time
import uuid
from typing import Any

import httpx
import pytest

from tests.support.system import System

QUESTIONS: list[tuple[str, str, str, str]] = [
    # text, aspect, procedure, what the answer must hold
    ("làm giấy khai sinh cho con mới sinh cần mang theo giấy tờ gì", "documents", "1.001193", "chứng sinh"),
    ("dang ky ket hon co mat le phi khong", "fee", "1.000894", "miễn"),
    ("xin giấy xác nhận độc thân thì bao lâu có", "duration", "1.004873", "3"),
    ("xin xac nhan thong tin cu tru nop qua mang duoc khong", "online", "1.010041", "trực tuyến"),
    ("khai tử cho ông nội thì tới đâu nộp hồ sơ", "place", "1.000656", "xã"),
    ("các bước đăng ký tạm trú như thế nào", "steps", "1.004194", "Công an"),
    ("cap the can cuoc cho chau 9 tuoi mat may ngay", "duration", "1.014062", "7 ngày làm việc"),
    ("sao y bản chính giấy tờ ở phường bao nhiêu tiền một trang", "fee", "2.000815", "2.000"),
    ("đăng ký hộ kinh doanh căn cứ theo văn bản pháp luật nào", "legal_basis", "1.001612", "168/2025/NĐ-CP"),
    ("đăng ký thường trú xong thì nhận được kết quả gì", "result", "1.004222", "thông báo"),
]


def words(answer: dict[str, Any]) -> str:
    return "\n".join(reply["text"] for reply in answer["replies"])


@pytest.mark.parametrize(("text", "aspect", "procedure", "holds"), QUESTIONS)
def test_question_gets_the_fact_of_the_record(
    system: System, text: str, aspect: str, procedure: str, holds: str
) -> None:
    answer = system.say(text)
    understanding = answer["understanding"]
    assert understanding["status"] == "answered", words(answer)
    assert understanding["procedures"][0] == procedure
    assert aspect in understanding["aspects"]
    assert holds.lower() in words(answer).lower()
    assert procedure in words(answer), "the answer names the code"
    assert re.search(r"\d{2}/\d{2}/\d{4}", words(answer)), "the answer is dated"


def test_a_follow_up_keeps_the_procedure(system: System) -> None:
    first = system.say("đăng ký kết hôn cần những giấy tờ gì")
    second = system.say("vậy còn lệ phí thì sao", first["conversation"])
    assert second["understanding"]["procedures"][0] == "1.000894"
    assert second["understanding"]["aspects"] == ["fee"]


def test_fee_that_nobody_confirmed_is_never_called_free(system: System) -> None:
    answer = system.say("lệ phí xin giấy xác nhận tình trạng hôn nhân là bao nhiêu")
    assert answer["understanding"]["procedures"][0] == "1.004873"
    assert "Hội đồng nhân dân" in words(answer) or "HĐND" in words(answer)


def test_what_is_ambiguous_is_asked_back_with_at_most_three_buttons(system: System) -> None:
    answer = system.say("làm giấy tờ xe")
    assert answer["understanding"]["status"] == "clarify"
    assert 2 <= len([b for r in answer["replies"] for b in r["buttons"] if b["payload"].startswith("pick:")]) <= 3


def test_pressed_button_answers_what_was_asked(system: System) -> None:
    asked = system.say("làm giấy tờ xe cần gì")
    button = next(b for r in asked["replies"] for b in r["buttons"] if b["payload"].startswith("pick:"))
    answer = system.press(button["payload"], asked["conversation"])
    assert answer["understanding"]["status"] == "answered"
    assert answer["understanding"]["procedures"][0] == button["payload"].split(":")[1]


def test_nothing_found_is_said_and_a_human_offered(system: System) -> None:
    answer = system.say("xin cấp phép nuôi khủng long trên sao hoả")
    assert answer["understanding"]["status"] == "unresolved"
    assert any(b["payload"] == "menu:handoff" for r in answer["replies"] for b in r["buttons"])
    with system.database() as connection:
        row = connection.execute(
            "select u.reason from unresolved_cases u join messages m on m.id = u.message_id where m.body like %s",
            ("%khủng long%",),
        ).fetchone()
    assert row is not None


CHOICES = ("form:confirm", "form:new", "form:anonymous", "form:skip")


def file_report(system: System, text: str, place: str = "trước nhà số 7 đường Hoa Mai, tổ dân phố 3") -> dict[str, Any]:
    """Walk through a report until it is filed, answering what is asked; returns the last answer."""
    return finish_report(system, system.say(text), place)


def finish_report(system: System, answer: dict[str, Any], place: str) -> dict[str, Any]:
    """Go on with a report that has begun: press what files it, else say where it is."""
    for _ in range(6):
        if answer["understanding"]["status"] == "filed":
            return answer
        payloads = [b["payload"] for r in answer["replies"] for b in r["buttons"]]
        choice = next((p for p in CHOICES if p in payloads), None)
        answer = system.press(choice, answer["conversation"]) if choice else system.say(place, answer["conversation"])
    raise AssertionError(f"not filed: {words(answer)}")


def test_street_lamp_report_gets_a_code_and_its_status_is_found(system: System) -> None:
    filed = file_report(system, "đèn đường trước nhà tôi hỏng cả tuần nay, tối không thấy gì")
    understanding = filed["understanding"]
    assert understanding["category"] == "chieu_sang"
    code = understanding["ticket"]
    assert re.fullmatch(r"PA-\d{4}-\d{6}", code)
    assert code in words(filed)
    status = system.say(f"phản ánh {code} của tôi tới đâu rồi", filed["conversation"])
    assert status["understanding"]["status"] == "lookup"
    assert code in words(status)
    assert "tiếp nhận" in words(status).lower() or "chuyển" in words(status).lower()


def test_status_by_code_needs_the_same_citizen_or_the_pin(system: System) -> None:
    filed = file_report(system, "nắp cống trước nhà bị mất, xe dễ sụp")
    code = filed["understanding"]["ticket"]
    pin = re.search(r"\b(\d{6})\b", words(filed).replace(code, ""))
    assert pin is not None
    stranger = system.say(f"tra cứu {code}")
    assert "Hoa Mai" not in words(stranger)
    assert "tiếp nhận" not in words(stranger).lower()
    allowed = system.say(f"tra cứu {code} mã bí mật {pin.group(1)}")
    assert code in words(allowed)


def test_phone_number_reaches_the_ticket_encrypted_and_nothing_else(system: System) -> None:
    number = "0912 345 678"
    opened = system.say(f"tôi muốn phản ánh rác chất đống ở đầu hẻm 45 đường Hoa Cúc, gọi tôi số {number}")
    filed = finish_report(system, opened, "ở đầu hẻm 45 đường Hoa Cúc")
    with system.database() as connection:
        for table in ("messages", "tickets", "ticket_events", "masked_values", "engine.trackers", "outbox"):
            dump = str(connection.execute(f"select * from {table}").fetchall())
            assert "345 678" not in dump, table
            assert "0912345678" not in dump, table
        contact = connection.execute(
            "select contact from tickets where code = %s", (filed["understanding"]["ticket"],)
        ).fetchone()
    assert contact is not None
    assert contact[0] is not None
    assert "345 678" not in system.logs()
    assert "0912345678" not in system.logs()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("cháy lớn ở chung cư cứu với", "114"),
        ("co nguoi bi dien giat bat tinh roi", "115"),
        ("thấy người ta đang cướp giật trước chợ", "113"),
        ("bé gái bị cha dượng hành hạ", "111"),
    ],
)
def test_emergency_gets_its_number_first(system: System, text: str, number: str) -> None:
    answer = system.say(text)
    assert answer["understanding"]["status"] == "guided"
    assert number in answer["replies"][0]["text"][:80]


def test_denunciation_is_guided_and_nothing_of_it_is_stored(system: System) -> None:
    answer = system.say("tôi muốn tố cáo ông Trần Văn Bưởi kế toán nhận hối lộ hai chục triệu")
    assert answer["understanding"]["status"] == "guided"
    with system.database() as connection:
        for table in ("messages", "tickets", "unresolved_cases", "engine.trackers"):
            assert "Bưởi" not in str(connection.execute(f"select * from {table}").fetchall()), table


def test_the_same_message_id_gives_the_same_answer_and_no_second_turn(system: System) -> None:
    body = {"conversation": None, "text": "giờ làm việc của ủy ban", "message_id": str(uuid.uuid4())}
    first = httpx.post(f"{system.url}/api/chat", json=body, timeout=40).json()
    again = httpx.post(f"{system.url}/api/chat", json=body | {"conversation": first["conversation"]}, timeout=40).json()
    repeated = httpx.post(f"{system.url}/api/chat", json=body, timeout=40).json()
    assert again == first
    assert repeated == first
    with system.database() as connection:
        row = connection.execute(
            "select count(*) from messages where message_id = %s", (body["message_id"],)
        ).fetchone()
    assert row == (1,)


@pytest.mark.parametrize("victim", ["worker", "actions", "engine"])
def test_killed_in_the_middle_of_a_turn_the_citizen_is_answered_once(system: System, victim: str) -> None:
    opened = system.say("xin chào")
    pid = system.pid(victim)
    body = {
        "conversation": opened["conversation"],
        "text": "đăng ký kết hôn ở đâu",
        "message_id": str(uuid.uuid4()),
    }
    with httpx.Client(timeout=60) as client:
        os.kill(pid, signal.SIGKILL)
        answer = None
        until = time.monotonic() + 60
        while time.monotonic() < until:
            response = client.post(f"{system.url}/api/chat", json=body)
            if response.status_code == 200:
                answer = response.json()
                break
            assert response.status_code == 503
            time.sleep(0.5)
    assert answer is not None
    assert answer["understanding"]["procedures"][0] == "1.000894"
    with system.database() as connection:
        rows = connection.execute("select state from messages where message_id = %s", (body["message_id"],)).fetchall()
    assert rows == [("done",)]
    system.wait_ready()
    assert system.pid(victim) != pid


def test_phone_given_before_a_question_in_between_still_reaches_the_ticket(system: System) -> None:
    opened = system.say("phản ánh rác chất đống ở đầu hẻm 45 đường Hoa Cúc, gọi tôi số 0987 654 321")
    between = system.say("à lệ phí đăng ký kết hôn bao nhiêu vậy?", opened["conversation"])
    assert between["understanding"]["status"] == "answered"
    filed = finish_report(system, between, "ở đầu hẻm 45 đường Hoa Cúc")
    with system.database() as connection:
        row = connection.execute(
            "select contact is not null from tickets where code = %s", (filed["understanding"]["ticket"],)
        ).fetchone()
    assert row == (True,)
