"""The figures themselves: what was asked for in a period, as tables of rows.

Messages are read from their counts (`bot.figures.counting`), tickets and the rest from where they are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.figures import statements
from bot.locality import Locality
from bot.tickets.channels import CHANNELS
from bot.training import figures as quality

STATUSES = {
    "answered": "trả lời",
    "clarify": "hỏi lại cho rõ",
    "form": "đang nhận phản ánh",
    "filed": "đã gửi phản ánh",
    "guided": "hướng dẫn khẩn cấp, tố cáo, khiếu nại",
    "lookup": "tra cứu",
    "privacy": "dữ liệu cá nhân",
    "smalltalk": "chào hỏi, giờ giấc, liên hệ",
    "handoff": "chuyển cán bộ",
    "unresolved": "chưa trả lời được",
    "error": "lỗi",
    "failed": "không xử lý được",
    "staff": "cán bộ trả lời trực tiếp",
}
Cell = str | int | float | None


@dataclass(frozen=True)
class Asked:
    """A period, and what else narrows it down.

    Attributes:
        last: the last day that counts.
        channel: of messages and reports; empty: all.
        ward: a code, of reports, and of messages whose citizen had named it; empty: all.
        agency: a code, of reports alone. Empty: all.
    """

    first: date
    last: date
    channel: str = ""
    ward: str = ""
    agency: str = ""

    @property
    def before(self) -> Asked:
        """The period of the same length right before."""
        days = (self.last - self.first).days + 1
        return replace(self, first=self.first - timedelta(days=days), last=self.first - timedelta(days=1))


@dataclass(frozen=True)
class Figure:
    """A table with what it is called and where its rows come from.

    Attributes:
        chart: the column (from 0) whose numbers are drawn as bars; none: it is only a table.
        link: an address in the console, `{}` standing for a row's key; none: there is nothing to go to.
        keys: of the rows, for the link.
    """

    key: str
    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    chart: int | None = 1
    link: str = ""
    keys: list[str] = field(default_factory=list)


_TICKET_HEAD = (
    *("Phản ánh", "Đã trả lời", "Đã xử lý", "Đúng hạn", "Quá hạn"),
    *("Giờ đến trả lời", "Giờ đến xử lý", "Mở lại"),
)


@dataclass(frozen=True)
class KeyNumber:
    """A number for the top of the page, with the one of the period before."""

    label: str
    now: float | None
    before: float | None
    percent: bool = False


class Figures:
    """Reads figures.

    Args:
        session: of the database.
        place: names of categories, wards, agencies; the time zone.
    """

    def __init__(self, session: AsyncSession, place: Locality) -> None:
        self._session = session
        self._place = place

    async def key_numbers(self, asked: Asked) -> list[KeyNumber]:
        """What the page begins with."""
        now, before = await self._totals(asked), await self._totals(asked.before)
        made = [KeyNumber("Tin nhắn", now["all"], before["all"])]
        for status in ("answered", "clarify", "unresolved", "handoff"):
            label = STATUSES[status][:1].upper() + STATUSES[status][1:]
            made.append(KeyNumber(label, _share(now, status), _share(before, status), percent=True))
        made.append(KeyNumber("Trả lời trong 10 giây", _share(now, "quick"), _share(before, "quick"), percent=True))
        return made

    async def conversations(self, asked: Asked) -> list[Figure]:
        """Volumes, statuses, what was asked about, how quickly it was answered."""
        days = [
            (f"{row[0]:%d/%m}", int(row[1]), int(row[2] or 0), int(row[3] or 0))
            for row in await self._rows("day", asked)
        ]
        hours = {int(row[0]): int(row[1]) for row in await self._rows("hour", asked)}
        statuses = await self._rows("status", asked)
        total = sum(int(row[1]) for row in statuses) or 1
        procedures, fields = await self._rows("procedure", asked), await self._rows("field", asked)
        codes = [row[0] for row in procedures]
        names = {row.code: row.name for row in await self._session.execute(statements.NAMES, {"codes": codes})}
        speed = (await self._rows("speed", asked))[0]
        all_ = int(speed[3] or 0)
        return [
            Figure("day", "Tin nhắn theo ngày", ("Ngày", "Tin nhắn", "Trả lời", "Chưa trả lời được"), days),
            Figure(
                "hour",
                "Theo giờ trong ngày",
                ("Giờ", "Tin nhắn"),
                [(f"{hour:02d}h", hours.get(hour, 0)) for hour in range(24)],
            ),
            Figure(
                "channel",
                "Theo kênh",
                ("Kênh", "Tin nhắn"),
                [(CHANNELS.get(row[0], row[0]), int(row[1])) for row in await self._rows("channel", asked)],
            ),
            *await self._by_ward(asked),
            Figure(
                "status",
                "Kết quả từng lượt",
                ("Kết quả", "Tin nhắn", "Phần trăm"),
                [(STATUSES.get(row[0], row[0]), int(row[1]), round(100 * int(row[1]) / total, 1)) for row in statuses],
            ),
            Figure(
                "speed",
                "Trả lời nhanh đến đâu",
                ("Trong vòng", "Tin nhắn", "Phần trăm"),
                [
                    (label, int(value or 0), round(100 * int(value or 0) / all_, 1) if all_ else None)
                    for label, value in zip(("2 giây", "10 giây", "1 phút"), speed[:3], strict=True)
                ],
            ),
            Figure(
                "procedure",
                "Thủ tục được hỏi nhiều nhất",
                ("Thủ tục", "Lượt trả lời"),
                [(f"{row[0]} {names.get(row[0], '')}".strip(), int(row[1])) for row in procedures],
                link="/catalogue/{}",
                keys=[row[0] for row in procedures],
            ),
            Figure(
                "field",
                "Lĩnh vực của thủ tục được hỏi",
                ("Lĩnh vực", "Lượt trả lời"),
                [(row[0] or "chưa rõ", int(row[1])) for row in fields],
                link="/catalogue?field={}",
                keys=[row[0] or "" for row in fields],
            ),
            Figure(
                "aspect",
                "Hỏi về khía cạnh nào",
                ("Khía cạnh", "Lượt trả lời"),
                [(_ASPECTS.get(row[0], row[0]), int(row[1])) for row in await self._rows("aspect", asked)],
            ),
        ]

    async def _by_ward(self, asked: Asked) -> list[Figure]:
        """Messages by the ward that was named; nothing where the place has one ward, which nobody needs to name."""
        names = {ward.code: ward.name for ward in self._place.wards}
        if len(names) < 2:
            return []
        rows = [
            (names.get(row[0], row[0]) or "Chưa rõ", *(int(value or 0) for value in row[1:]))
            for row in await self._rows("ward", asked)
        ]
        head = ("Phường, xã", "Tin nhắn", "Trả lời", "Chưa trả lời được")
        return [Figure("ward", "Tin nhắn theo phường, xã", head, rows)]

    async def unanswered(self) -> Figure:
        """What waits for an answer now, the most asked first."""
        rows = list(await self._session.execute(statements.UNANSWERED))
        return Figure(
            "unanswered",
            "Câu chưa trả lời được nhiều người hỏi nhất (hiện nay)",
            ("Câu hỏi", "Người dân"),
            [(row.text[:160], row.citizens) for row in rows],
            link="/review/{}",
            keys=[str(row.id) for row in rows],
        )

    async def satisfaction(self, asked: Asked) -> list[Figure]:
        """Thumbs and stars."""
        up, down = (await self._session.execute(statements.THUMBS, self._range(asked))).one()
        stars: dict[tuple[str, int], int] = {
            (row[0], row[1]): row[2] for row in await self._session.execute(statements.STARS, self._range(asked))
        }
        return [
            Figure("thumbs", "Câu trả lời của bot", ("Ý kiến", "Lượt"), [("hữu ích", up), ("chưa hữu ích", down)]),
            *(
                Figure(
                    f"stars_{kind}",
                    title,
                    ("Số sao", "Lượt"),
                    [(str(star), stars.get((kind, star), 0)) for star in range(5, 0, -1)],
                )
                for kind, title in (("ticket", "Hài lòng với xử lý phản ánh"), ("chat", "Hài lòng với trò chuyện"))
            ),
        ]

    async def tickets(self, asked: Asked) -> list[Figure]:
        """Reports by category, ward and agency; restricted ones are not counted."""
        wards = {ward.code: ward.name for ward in self._place.wards}
        agencies = {agency.code: agency.name for agency in self._place.agencies}
        categories = {category.code: category.label for category in self._place.categories}
        narrowed = self._range(asked) | {"channel": asked.channel, "ward": asked.ward, "agency": asked.agency}
        found = []
        for key, title, names in (
            ("category", "Phản ánh theo lĩnh vực", categories),
            ("ward", "Phản ánh theo phường, xã", wards),
            ("agency", "Phản ánh theo đơn vị", agencies),
        ):
            query = text(statements.TICKETS.format(key=statements.TICKET_KEYS[key]))
            rows = list(await self._session.execute(query, narrowed))
            found.append(
                Figure(
                    f"tickets_{key}",
                    title,
                    (title.rpartition(" theo ")[2].capitalize(), *_TICKET_HEAD),
                    [
                        (
                            *(names.get(row[0], row[0] or "chưa rõ"), *row[1:6]),
                            *(_hours(row[6]), _hours(row[7]), int(row[8] or 0)),
                        )
                        for row in rows
                    ],
                    link=f"/tickets?{key}={{}}",
                    keys=[row[0] for row in rows],
                )
            )
        return found

    async def models(self, asked: Asked) -> Figure:
        """How well each judged model understood, by held-out set."""
        rows = []
        for at, number, sets in await self._session.execute(statements.MODELS, self._range(asked)):
            for name, both in sorted(sets.items()):
                measured = both.get("candidate")
                told = [quality.value(measured, measure) for measure in ("kind", "link@1", "precision")]
                rows.append((f"{self._place.now(at):%d/%m %H:%M}, số {number}, {name}", *told))
        head = ("Mô hình, tập", "Loại tin nhắn, %", "Đúng thủ tục, %", "Đúng khi trả lời, %")
        return Figure("models", "Chất lượng mô hình qua các lần đánh giá", head, rows)

    async def work(self, asked: Asked) -> Figure:
        """What staff did, by account."""
        rows = [tuple(row) for row in await self._session.execute(statements.WORK, self._range(asked))]
        head = ("Tài khoản", "Phản ánh", "Câu chưa trả lời", "Trò chuyện", "Dạy bot")
        return Figure("work", "Việc của cán bộ", head, rows)

    async def everything(self, asked: Asked) -> list[tuple[str, list[Figure]]]:
        """All of it, in sections."""
        return [
            ("Tin nhắn và câu trả lời", await self.conversations(asked)),
            ("Chưa trả lời được", [await self.unanswered()]),
            ("Hài lòng", await self.satisfaction(asked)),
            ("Phản ánh", await self.tickets(asked)),
            ("Mô hình và công việc", [await self.models(asked), await self.work(asked)]),
        ]

    async def one(self, key: str, asked: Asked) -> Figure | None:
        """One of them by its key, and nothing else worked out; none: there is no such one."""
        made: Sequence[Figure]
        if key == "unanswered":
            made = [await self.unanswered()]
        elif key == "models":
            made = [await self.models(asked)]
        elif key == "work":
            made = [await self.work(asked)]
        elif key.startswith("tickets_"):
            made = await self.tickets(asked)
        elif key.startswith(("thumbs", "stars_")):
            made = await self.satisfaction(asked)
        else:
            made = await self.conversations(asked)
        return next((figure for figure in made if figure.key == key), None)

    async def _totals(self, asked: Asked) -> dict[str, int]:
        found = {row[0]: int(row[1]) for row in await self._rows("status", asked)}
        speed = (await self._rows("speed", asked))[0]
        return found | {"all": sum(found.values()), "quick": int(speed[1] or 0)}

    async def _rows(self, key: str, asked: Asked) -> list[Any]:
        values = {"first": asked.first, "last": asked.last, "channel": asked.channel, "ward": asked.ward}
        return list(await self._session.execute(text(statements.BY[key]), values))

    def _range(self, asked: Asked) -> dict[str, Any]:
        return {"first": asked.first, "last": asked.last, "zone": self._place.timezone}


_ASPECTS = {
    "overview": "chung",
    "documents": "giấy tờ",
    "fee": "phí, lệ phí",
    "duration": "thời hạn",
    "place": "nơi nộp",
    "steps": "các bước",
    "online": "nộp qua mạng",
    "form": "mẫu đơn",
    "eligibility": "điều kiện",
    "legal_basis": "căn cứ pháp lý",
    "result": "kết quả",
}


def _share(totals: dict[str, int], key: str) -> float | None:
    return round(100 * totals.get(key, 0) / totals["all"], 1) if totals["all"] else None


def _hours(value: Any) -> float | None:
    return None if value is None else round(float(value), 1)


def month_of(day: date) -> Asked:
    """The whole month of a day."""
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return Asked(first, following - timedelta(days=1))
