"""The staff handbook inside the console, the menu's groups, and the sentence that says what a page is for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.console.handbook import FOLDER, Handbook, leads
from bot.console.permissions import TABLE
from tests.integration.console.conftest import Town

MARKUP = """# <script>alert(1)</script> Tiêu đề

<img src=x onerror=alert(1)> [lạ](javascript:alert(1)) [ngoài](https://example.org/) [chương](index.md#mục)
[tệp](../../etc/passwd) ![ngoài](https://example.org/a.png) ![trong](anh/index.png)
[trang](/console/tickets?status=open)
[lừa](/console/../..//example.org)
"""


def test_a_chapter_is_rendered_without_anything_that_acts(tmp_path: Path) -> None:
    (tmp_path / "thu.md").write_text(MARKUP, encoding="utf-8")
    chapter = Handbook(tmp_path).chapter("thu")
    assert chapter is not None
    assert "<script" not in chapter.html
    assert "<img src=x" not in chapter.html
    assert re.findall(r'href="([^"]*)"', chapter.html) == [
        "https://example.org/",
        "/console/handbook#m%E1%BB%A5c",
        "/console/tickets?status=open",
    ]
    assert re.findall(r'src="([^"]*)"', chapter.html) == ["/console/handbook/anh/index.png"]


@pytest.mark.parametrize("name", ["", "..", "../index", "index.md", "Index", "a/b", "nothing"])
def test_what_is_no_chapter_is_not_found(name: str) -> None:
    assert Handbook().chapter(name) is None
    assert Handbook().picture(f"{name}.png") is None


@pytest.mark.parametrize("role", TABLE)
def test_every_page_of_the_menu_says_what_it_is_for(town: Town, role: str) -> None:
    """And leads to its chapter, which is there."""
    browser = town.people[role]
    menu = re.search(r'<nav class="menu".*?</nav>', browser.get("/password").text, re.DOTALL)
    assert menu is not None
    for address in re.findall(r'href="/console([^"]*)"', menu[0]):
        page = browser.get(address)
        assert page.status_code == 200, address
        if address == "/handbook":
            continue
        assert re.search(r'<p class="guide"><a href="/console/handbook/[a-z0-9-]+">', page.text), (
            f"{address}: no chapter"
        )
        assert re.search(r'<p class="(purpose|lead)">[^<]{20,}', page.text), address
        assert 'aria-current="page"' in page.text, address


def test_the_handbook_is_read_in_the_console(town: Town) -> None:
    page = town.people["auditor"].get("/handbook")
    assert page.status_code == 200
    assert "<h1" in page.text
    assert (FOLDER / "index.md").read_text(encoding="utf-8").splitlines()[0].lstrip("# ") in page.text


LARGEST = 150_000
"""Bytes of a picture."""
CHAPTERS = sorted(path.stem for path in FOLDER.glob("*.md"))


@pytest.mark.parametrize("name", CHAPTERS)
def test_what_a_chapter_leads_to_is_there(name: str) -> None:
    said = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    targets = re.findall(r"(?<!!)\[[^\]]*\]\(([^)]*)\)", said)
    assert [there for there in targets if leads(there) is None] == []
    chapters = [there.partition("#")[0].removesuffix(".md") for there in targets if ".md" in there]
    assert set(chapters) <= set(CHAPTERS)
    for picture in re.findall(r"!\[[^\]]+\]\(anh/([^)]*)\)", said):
        found = Handbook().picture(picture)
        assert found is not None, f"{picture}: scripts/screenshots.py --handbook makes it"
        assert found.stat().st_size <= LARGEST
    assert said.count("![") == len(re.findall(r"!\[[^\]]+\]\(anh/[^)]*\)", said)), "each says what it shows"
    if name == "index":
        assert set(chapters) | {"index"} == set(CHAPTERS), "the table of contents names every chapter"


def test_lists_say_values_in_words(town: Town) -> None:
    page = town.people["admin"].get("/staff/list").text
    assert "cán bộ xử lý" in page
    assert "[&#39;" not in page
    assert "-null-" not in page
