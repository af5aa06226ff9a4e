# Everything that a person does with the project. `make help` lists it.
.POSIX:
.PHONY: help setup setup-dev run demo-channels test lint format bench lock migration clean
.DEFAULT_GOAL := help

PYTHON = .venv/bin/python

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

setup: ## make both environments from the lock files (only what changed)
	@scripts/bootstrap

setup-dev: ## the same, with what tests and linters need
	@scripts/bootstrap --dev

run: setup ## start everything; Ctrl-C stops everything
	@exec .venv/bin/bot run

demo-channels: setup ## the bot on stand-ins of Telegram and Zalo, with a page to write on; Ctrl-C stops it
	@exec $(PYTHON) -m tests.standins.demo

test: setup-dev ## the whole test suite, two to four processes at a time
	$(PYTHON) -m pytest -n auto --dist loadfile

lint: setup-dev ## ruff, mypy, import-linter
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

format: setup-dev ## format the code
	.venv/bin/ruff check --fix --quiet . || true
	.venv/bin/ruff format .

bench: setup-dev ## the benchmarks; results in bench/results
	$(PYTHON) -m bench

lock: ## compile the lock files again (newest versions)
	@uv=$$(scripts/bootstrap --uv) && set -x && \
	$$uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes requirements/bot.in -o requirements.txt && \
	$$uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes requirements/dev.in -o requirements-dev.txt && \
	$$uv pip compile --quiet --upgrade --generate-hashes --python-version 3.10 --override requirements/engine-overrides.txt requirements/engine.in -o requirements-engine.txt && \
	$$uv pip compile --quiet --upgrade --universal --python-version 3.8 --generate-hashes requirements/tools.in -o requirements/tools.txt

migration: setup-dev ## make a migration from the models: make migration message="what changes"
	$(PYTHON) -m bot.storage.migrations.generate "$(message)"

clean: ## remove environments and caches; the data in var/ stays
	rm -rf .venv .venv-engine .tools .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
