from __future__ import annotations

import re
from pathlib import Path

from starlette.requests import Request

from bot.channels.web.assets import FOLDER, Assets
from bot.channels.web.page import ChatPage
from bot.locality import load
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[3]


async def page(headers: list[tuple[bytes, bytes]] | None = None) -> tuple[int, str, str]:
    settings = Settings(retention_days=90)
    made = ChatPage(load(ROOT / "localities" / "phuong-mau.yml"), settings, Assets())
    response = await made.serve(Request({"type": "http", "method": "GET", "path": "/", "headers": headers or []}))
    return response.status_code, bytes(response.body).decode(), response.headers["etag"]


async def test_page_says_what_it_is_and_what_is_kept() -> None:
    _, html, _ = await page()
    assert '<html lang="vi">' in html
    assert "<title>Trợ lý ảo Phường Mẫu</title>" in html
    assert "Trợ lý tự động, không phải cán bộ" in html
    assert "tối đa 90 ngày" in html
    assert "Trang trò chuyện cần JavaScript" in html


async def test_page_needs_nothing_that_the_policy_forbids() -> None:
    _, html, _ = await page()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    addresses = re.findall(r'\s(?:src|href)="([^"]+)"', html)
    assert addresses
    assert all(address.startswith(("/static/", "/phan-anh", "tel:", "#")) for address in addresses)


def test_static_files_reach_for_nothing_outside_and_make_no_markup_from_text() -> None:
    for path in FOLDER.iterdir():
        if path.suffix == ".png":  # a picture says nothing to a browser but its pixels
            continue
        text = path.read_text(encoding="utf-8")
        outside = [url for url in re.findall(r"https?://[\w.]+", text) if "www.w3.org" not in url]
        assert not outside, path.name
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|@import|@font-face", text
        ), path.name


async def test_page_is_sent_once_while_it_does_not_change() -> None:
    _, _, etag = await page()
    status, body, _ = await page([(b"if-none-match", etag.encode())])
    assert (status, body) == (304, "")
