"""Intents that staff made join the domain of a training, and no other."""

from __future__ import annotations

from pathlib import Path

import yaml

from bot.engine import own
from bot.engine.nlu import decide
from bot.knowledge.faqs import OWN
from bot.tickets import gate


def test_both_environments_and_the_form_know_them_by_the_same_beginning() -> None:
    assert own.PREFIX == decide.OWN == OWN == gate.OWN


def test_each_joins_a_copy_of_the_domain_with_a_rule(tmp_path: Path) -> None:
    domain, intents, work = tmp_path / "domain.yml", tmp_path / "intents", tmp_path / "work"
    domain.write_text("version: '3.1'\nintents:\n- hours\n", encoding="utf-8")
    intents.mkdir()
    work.mkdir()
    (intents / "hours.yml").touch()
    assert own.extend(domain, [intents], work) == (domain, [])
    (intents / "own_pool.yml").touch()
    (intents / "own_market.yml").touch()
    wider, (rules,) = own.extend(domain, [intents], work)
    assert yaml.safe_load(wider.read_text())["intents"] == ["hours", "own_market", "own_pool"]
    (rule,) = yaml.safe_load(rules.read_text())["rules"]
    assert rule["steps"] == [{"or": [{"intent": "own_market"}, {"intent": "own_pool"}]}, {"action": "action_answer"}]
    assert yaml.safe_load(domain.read_text())["intents"] == ["hours"]
