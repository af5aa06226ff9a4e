"""A report made on Telegram, photo and all, through the whole product: the photo reaches the ticket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.standins.control import Standin, telegram_standin
from tests.standins.telegram import TOKEN
from tests.support.pictures import with_metadata
from tests.support.system import System, new_system

CHAT = 77
CAPTION = "Đèn đường trước số 12 Nguyễn Trãi bị hỏng mấy hôm nay, tối om"


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[System, Standin]]:
    with (
        telegram_standin() as platform,
        new_system({"BOT_TELEGRAM_TOKEN": TOKEN, "BOT_TELEGRAM_API_BASE": platform.url}) as system,
    ):
        yield system, platform


class Citizen:
    """Answers what is asked last, on Telegram."""

    def __init__(self, platform: Standin) -> None:
        self._platform = platform
        self._read = 0
        self.said: list[dict[str, Any]] = []

    def hears(self, *, until: str) -> str:
        """Wait until a message says this; everything said since."""
        while True:
            self.said += self._platform.until(len(self.said) + 1, chat=CHAT)[len(self.said) :]
            texts = [one["text"] for one in self.said[self._read :]]
            if any(until in text for text in texts):
                self._read = len(self.said)
                return "\n".join(texts)

    def types(self, text: str) -> None:
        self._platform.write(chat=CHAT, text=text)


def test_a_photo_sent_on_telegram_is_in_the_report(both: tuple[System, Standin]) -> None:
    system, platform = both
    citizen = Citizen(platform)
    platform.photo(chat=CHAT, body=with_metadata(), caption=CAPTION)
    citizen.hears(until="kèm vào phản ánh")
    platform.press(chat=CHAT, data="form:skip")  # the number on the pole
    asked = citizen.hears(until="số điện thoại")
    assert "Đèn bị gì?" not in asked, "the story said it"
    assert citizen.said[-1]["keyboard"], "one press would share the citizen's own number"
    # The contact is asked for with keys; a key says its title, which is taken as the button.
    citizen.types("Ẩn danh")
    summary = citizen.hears(until="Ảnh")
    assert "12 Nguyễn Trãi" in summary
    citizen.types("1")  # the first choice below the summary: send
    citizen.hears(until="PA-")
    with system.database() as database:
        found = database.execute(
            "SELECT t.channel, t.category, p.key, p.width FROM tickets t JOIN ticket_photos p ON p.ticket_id = t.id"
        ).fetchall()
        first = database.execute("SELECT kind, body FROM messages ORDER BY id LIMIT 2").fetchall()
    [(channel, category, key, _)] = found
    assert (channel, category) == ("telegram", "chieu_sang")
    assert first == [("text", CAPTION), ("payload", f"photo:{key}")], "the caption first, then the photo"
    kept = (system.data_dir / "photos" / key[:2] / f"{key}.jpg").read_bytes()
    assert kept.startswith(b"\xff\xd8\xff")
    assert b"BI MAT" not in kept and b"bi mat" not in kept, "metadata did not survive"
