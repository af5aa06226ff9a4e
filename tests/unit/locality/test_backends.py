"""The key `backend`: the examples of the documentation hold, and mistakes are named at their place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.locality import LocalityError, Open311Backend, RestBackend, load

ROOT = Path(__file__).parents[3]
EXAMPLES = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "backends.md").read_text(encoding="utf-8"), re.DOTALL)
LOCAL, OPEN311, REST = EXAMPLES


def place(folder: Path, block: str) -> Path:
    text = (ROOT / "localities" / "phuong-mau.yml").read_text(encoding="utf-8")
    path = folder / "place.yml"
    path.write_text(text.replace("backend: {kind: local}\n", block), encoding="utf-8")
    return path


@pytest.mark.parametrize(("block", "kind"), [(LOCAL, "local"), (OPEN311, "open311"), (REST, "rest")])
def test_each_example_holds(tmp_path: Path, block: str, kind: str) -> None:
    assert load(place(tmp_path, block)).backend.kind == kind


def test_only_what_is_named_is_handed_over_and_nothing_restricted(tmp_path: Path) -> None:
    for block in (OPEN311, REST):
        locality = load(place(tmp_path, block))
        taken = [item.code for item in locality.categories if locality.backend.takes(item)]
        assert taken == ["giao_thong", "chieu_sang"]
        assert not any(locality.backend.takes(item, private=True) for item in locality.categories)
    everything = re.sub(r"  categories: .*\n", "", REST)
    locality = load(place(tmp_path, everything))
    kept = [item for item in locality.categories if not locality.backend.takes(item)]
    assert kept
    assert all(item.restricted or item.private for item in kept)


def test_words_mean_what_the_file_says_or_the_standard(tmp_path: Path) -> None:
    backend = load(place(tmp_path, OPEN311)).backend
    assert isinstance(backend, Open311Backend)
    words = ("open", "CLOSED", "Planned", "no further action", "lạ")
    assert [backend.target(word) for word in words] == ["forwarded", "done", "in_progress", "refused", None]
    rest = load(place(tmp_path, REST)).backend
    assert isinstance(rest, RestBackend)
    assert [rest.target(word) for word in ("hoan_thanh", "HOAN_THANH")] == ["done", None]


@pytest.mark.parametrize(
    ("block", "old", "new", "key", "says"),
    [
        (OPEN311, "https://phan", "http://phan", "backend.url", "this machine only"),
        (OPEN311, "https://phan", "https://ai:mat-khau@phan", "backend.url", "no password"),
        (OPEN311, "giao_thong:", "giao_thongg:", "backend.services.giao_thongg", "unknown code"),
        (OPEN311, "giao_thong:", "can_bo:", "backend.services.can_bo", "restricted or private"),
        (OPEN311, "{tat:", "{tatt:", "backend.services.chieu_sang.values.hien_tuong.tatt", "unknown code"),
        (OPEN311, "look_up: list", "look_up: external_id", "backend", "wants key_in"),
        (OPEN311, "key_in: description", "key_in: attribute", "backend.key_in", "attribute:CODE"),
        (OPEN311, "planned: in_progress", "planned: closed", "backend.statuses.planned", "must be one of these"),
        (OPEN311, "contact: false", "settle: 5", "backend", "shorter than timeout"),
        (OPEN311, "contact: false", "api_key: xyz", "backend.api_key", "unknown key"),
        (REST, "id: data.id", 'id: "data..id"', "backend.submit.id", "data.id"),
        (REST, "dia_chi: address", "dia_chi: adress", "backend.submit.fields.dia_chi", "unknown field"),
        (REST, "dia_chi: address", "nguon: address", "backend.submit", "one lies in the other"),
        (REST, "nguon.ma: key, ", "", "backend.submit", "must send 'key'"),
        (REST, "dia_chi: address", "ai: contact.name", "backend", "wants contact: true"),
        (REST, "path: /phan-anh\n", "path: //ai.example/x\n", "backend.submit.path", "must begin with '/'"),
        (REST, "giao_thong: 3", "giao_thongg: 3", "backend.categories.giao_thongg", "unknown code"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, block: str, old: str, new: str, key: str, says: str) -> None:
    assert old in block
    with pytest.raises(LocalityError) as caught:
        load(place(tmp_path, block.replace(old, new, 1)))
    line = next(line for line in str(caught.value).splitlines() if f": {key}: " in line)
    assert says in line


def test_the_documentation_names_every_key() -> None:
    text = (ROOT / "docs" / "backends.md").read_text(encoding="utf-8")
    names: set[str] = {*Open311Backend.model_fields, *RestBackend.model_fields}
    assert not [name for name in names if name not in text]
