"""The web process with its Open311 server, a place with questions of every kind, and both formats read alike."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import yaml
from pydantic import SecretStr

from bot.locality import load
from bot.settings import Settings
from bot.storage.database import connect_async
from bot.tickets import NewReport, TicketService
from bot.tickets.contacts import Contact
from tests.support.chat_system import ChatSystem
from tests.support.fake_engine import FakeEngine

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT.parent / "shared" / "data" / "open311-schemas"
"""The official JSON schemas, where somebody put them."""
SECRET = "a secret key for tests only"

WRITER = "writer-key-0123456789"
READER = "reader-key-0123456789"
UPDATER = "updater-key-0123456789"
OTHER = "other-key-0123456789"
KEYS = f"city:{WRITER}:write+read, look:{READER}:read\nfield:{UPDATER}:update; other:{OTHER}"

LISTS = frozenset({"services", "service_requests", "service_request_updates", "errors"})
NUMBERS = frozenset({"lat", "long"})
WHOLE = frozenset({"code", "order"})
TRUTHS = frozenset({"metadata", "required", "variable"})


def place_file(folder: Path) -> Path:
    """A locality with questions of every kind, a private category, a clock, and one that wants a photo."""
    data = yaml.safe_load((ROOT / "localities" / "phuong-mau.yml").read_text(encoding="utf-8"))
    by_code = {category["code"]: category for category in data["categories"]}
    by_code["chieu_sang"] |= {
        "group": "Hạ tầng",
        "keywords": ["đèn", "điện đường"],
        "notice": "Đừng chạm vào trụ đèn bị nghiêng & dây điện <hở>.",
        "clock": {"working_days": 3},
        "photo": "optional",
        "questions": [
            {"code": "so_tru", "ask": "Số trụ đèn?", "kind": "text"},
            {"code": "so_bong", "ask": "Mấy bóng?", "kind": "number"},
            {"code": "tu_ngay", "ask": "Từ ngày nào?", "kind": "date"},
            {
                "code": "tinh_trang",
                "ask": "Đèn bị gì?",
                "kind": "choice",
                "required": True,
                "options": [{"code": "tat", "label": "Tắt hẳn"}, {"code": "chap_chon", "label": "Chập chờn"}],
            },
            {
                "code": "buoi",
                "ask": "Vào lúc nào?",
                "kind": "choices",
                "options": [{"code": "toi", "label": "Buổi tối"}, {"code": "khuya", "label": "Đêm khuya"}],
            },
        ],
    }
    by_code["giao_thong"] |= {"photo": "after", "questions": []}
    by_code["rac_thai"] |= {"questions": [], "photo": "optional", "keywords": [], "group": None, "notice": None}
    by_code["an_ninh"] |= {"private": True, "questions": []}
    assert by_code["can_bo"]["restricted"]
    by_code["can_bo"]["questions"] = []
    path = folder / "place.yml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


class OpenServer(ChatSystem):
    """A web process alone."""

    def __init__(self, database_url: str, folder: Path, **settings: str) -> None:
        self.locality = place_file(folder)
        self.settings = Settings(
            data_dir=folder / "var",
            database_url=SecretStr(database_url),
            secret_key=SecretStr(SECRET),
            locality=self.locality,
        )
        nobody = cast(FakeEngine, SimpleNamespace(url="http://127.0.0.1:9"))
        super().__init__(
            database_url,
            nobody,
            {
                "BOT_DATA_DIR": str(folder / "var"),
                "BOT_LOCALITY": str(self.locality),
                "BOT_OPEN311_API_KEYS": KEYS,
                **settings,
            },
        )
        self.base = f"{self.url}/open311/v2"
        self.client = httpx.Client(timeout=30)

    def get(self, path: str, wanted: str = "json", **params: str) -> httpx.Response:
        """One GET."""
        return self.client.get(f"{self.base}/{path}.{wanted}", params=params)

    def post(
        self, path: str, wanted: str = "json", headers: dict[str, str] | None = None, **form: Any
    ) -> httpx.Response:
        """One POST of a form; `files` makes it multipart."""
        files = form.pop("files", None)
        return self.client.post(f"{self.base}/{path}.{wanted}", data=form, files=files, headers=headers)

    def file(self, **form: Any) -> str:
        """File a request; its id."""
        given = {"api_key": WRITER, "service_code": "rac_thai", "address_string": "12 Trần Phú", "description": "Rác"}
        response = self.post("requests", **(given | form))
        assert response.status_code == 200, response.text
        [answer] = response.json()
        return str(answer["service_request_id"])

    @asynccontextmanager
    async def tickets(self) -> AsyncIterator[TicketService]:
        """The service of the same tickets, in this process."""
        engine = connect_async(self.database_url, pool_size=2)
        yield TicketService(engine, self.settings, load(self.locality))
        await engine.dispose()


@contextmanager
def running_open311(database_url: str, folder: Path, **settings: str) -> Iterator[OpenServer]:
    """Start it, stop it."""
    server = OpenServer(database_url, folder, **settings)
    try:
        server.start_web()
        yield server
    finally:
        server.client.close()
        server.stop()


def report(**more: Any) -> NewReport:
    """A report of a citizen who wrote to the bot."""
    given: dict[str, Any] = {
        "conversation": "",
        "channel": "web",
        "category": "rac_thai",
        "description": "Rác chất đống trước chợ",
        "place": "chợ Mẫu",
        "contact": Contact(anonymous=True),
    }
    return NewReport(**(given | more))


def read(response: httpx.Response) -> Any:
    """The content of a response in either format, as JSON has it."""
    if response.headers["content-type"] == "application/json; charset=utf-8":
        return response.json()
    assert response.headers["content-type"] == "text/xml; charset=utf-8"
    assert response.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n')
    root = ElementTree.fromstring(response.content)  # noqa: S314 - our own server's
    return from_xml(root)


def from_xml(element: ElementTree.Element) -> Any:
    """An element as the JSON of the same reply is: lists bare, types as the schemas want them."""
    assert not element.attrib and "}" not in element.tag, "no attributes, no namespaces"
    children = list(element)
    if element.tag in LISTS | {"attributes", "values", "endpoints", "formats", "notes"}:
        return [from_xml(child) for child in children]
    if children:
        return {child.tag: _typed(child, element.tag) for child in children}
    return element.text


def _typed(child: ElementTree.Element, parent: str) -> Any:
    value = from_xml(child)
    if value is None or not isinstance(value, str):
        return value
    if child.tag in NUMBERS:
        return float(value)
    if child.tag == "order" or (child.tag == "code" and parent == "error"):
        return int(value)
    if child.tag in TRUTHS:
        return {"true": True, "false": False}[value]
    return value


def soon(text: str) -> bool:
    """Whether a moment lies in this minute."""
    assert text.endswith("Z")
    return abs((datetime.now(UTC) - datetime.fromisoformat(text)).total_seconds()) < 60
