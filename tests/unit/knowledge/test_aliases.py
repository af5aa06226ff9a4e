"""The aliases as files: what is refused, and what the project's own must hold."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from bot.knowledge.aliases import read_aliases
from bot.knowledge.importing.reading import SourceError
from bot.runtime.project import ALIASES, STARTER
from bot.text import fold


def write(path: Path, text: str) -> Path:
    path.mkdir(exist_ok=True)
    (path / "some.yml").write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n", "map of codes"),
        ("1.000001: [a]\n", "is no code"),
        ('"1.000001": nuôi ong\n', "a list of aliases"),
        ('"1.000001": []\n', "a list of aliases"),
        ('"1.000001": [7]\n', "is no alias"),
        ('"1.000001": [a, a]\n', "stands there twice"),
        (f'"1.000001": [{"x" * 121}]\n', "is no alias"),
        ("[", "some.yml"),
    ],
)
def test_what_is_no_file_of_aliases_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_aliases(write(tmp_path, text))


def test_a_code_in_two_files_is_refused(tmp_path: Path) -> None:
    write(tmp_path, '"1.000001": [nuôi ong]\n')
    (tmp_path / "other.yml").write_text('"1.000001": [thả ong]\n', encoding="utf-8")
    with pytest.raises(SourceError, match="in another file too"):
        read_aliases(tmp_path)


def test_every_procedure_of_the_national_catalogue_has_its_plain_names() -> None:
    found = read_aliases(ALIASES)
    assert len(found) >= 2600
    assert not [code for code, aliases in found.items() if len(aliases) < 3]


def test_our_aliases_repeat_neither_the_starter_catalogue_nor_each_other() -> None:
    starter = {
        entry["code"]: {fold(alias) for alias in entry.get("aliases", ())}
        for file in sorted(STARTER.glob("*.yml"))
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))
    }
    owners: dict[str, list[str]] = defaultdict(list)
    for code, aliases in read_aliases(ALIASES).items():
        for alias in aliases:
            assert fold(alias) not in starter.get(code, ()), f"{code}: {alias}"
            owners[fold(alias)].append(code)
    shared = {alias: codes for alias, codes in owners.items() if len(codes) > 1}
    # A few phrases really are common to records that are one thing to a citizen.
    assert len(shared) <= 60, list(shared.items())[:20]
