# make up       from a bare machine to a cloud that answers (virtual environment, container engine, skylift up)
# make check    style, types, import contracts, unit and contract tests: no engine needed
# make e2e      the scenarios on a real cloud on this machine
# make test     check, then e2e: what CI runs
# make bench    measure, and draw the chart of a run
# make bench-faults     break a running cloud on purpose, again and again: ARGS='--config DIR'
# make bench-planning   measure planning of large clouds in memory: no engine needed
# make docs     generated pages and the README's picture
# make lock     choose the newest versions anew and write requirements.lock
# make down     remove the cloud; images and journal stay
# make clean    remove what the tools above left in this folder
#
# Arguments for skylift up:  make up ARGS='--no-verify --config ./config'

SHELL  := /bin/sh
PYTHON ?= python3
BIN    := .venv/bin
READY  := .venv/ready
ARGS   ?=

.PHONY: up down test check ruff format types imports unit e2e bench bench-grow bench-faults bench-planning docs lock engine clean
.DELETE_ON_ERROR:

up: $(READY) engine
	@$(BIN)/skylift up $(ARGS)

down: $(READY)
	@$(BIN)/skylift down $(ARGS)

$(READY): requirements.lock pyproject.toml scripts/venv.sh
	@PYTHON='$(PYTHON)' sh scripts/venv.sh
	@touch $@

.PHONY: environment
environment: $(READY)

engine:
	@sh scripts/engine.sh

test: check
	@$(MAKE) --no-print-directory e2e

# Two lines of work, one for each core. Tools that find nothing say nothing.
check: $(READY)
	@$(MAKE) --no-print-directory --jobs=2 types-and-units unit-and-style

.PHONY: unit-and-style types-and-units
unit-and-style:
	@$(MAKE) --no-print-directory ruff format imports
	@$(BIN)/python -m pytest -q -m 'not e2e' $(BESIDE:%=--ignore=%)

# The tests that take as long as mypy saves.
BESIDE := tests/unit/settings tests/unit/doctor tests/unit/app tests/unit/plan tests/unit/journal
types-and-units:
	@$(MAKE) --no-print-directory types
	@out=$$($(BIN)/python -m pytest -q $(BESIDE) 2>&1) || { printf '%s\n' "$$out"; exit 1; }; printf '%s\n' "$$out" | tail -n 1

QUIET = out=$$($(1) 2>&1) || { printf '%s\n' "$$out"; exit 1; }

ruff:
	@$(call QUIET,$(BIN)/ruff check .)

format:
	@$(call QUIET,$(BIN)/ruff format --check .)

types:
	@$(call QUIET,$(BIN)/mypy)

imports:
	@$(call QUIET,$(BIN)/lint-imports --no-logo)

unit:
	@$(BIN)/python -m pytest -q -m 'not e2e'

e2e: $(READY) engine
	@sh scripts/browser.sh
	@$(BIN)/python -m pytest -v -m e2e --durations=20

bench: $(READY) engine
	@$(BIN)/python -m bench.run $(ARGS)

bench-grow: $(READY) engine
	@$(BIN)/python -m bench.grow $(ARGS)

bench-faults: $(READY)
	@$(BIN)/python -m bench.faults $(ARGS)

bench-planning: $(READY)
	@$(BIN)/python -m bench.planning $(ARGS)

docs: $(READY)
	@$(BIN)/python scripts/gen_errors.py
	@$(BIN)/python scripts/gen_settings.py
	@$(BIN)/python scripts/gen_prechecks.py
	@$(BIN)/python scripts/gen_rules.py
	@$(BIN)/python scripts/picture.py

# Runtime, tools and the services' clients in one lock, for every Python from 3.11, with hashes and without the address
# of any index. LOCK= keeps the versions that are locked, and adds what is new.
LOCK ?= --upgrade
lock: $(READY)
	@mkdir -p build && $(BIN)/python scripts/declared.py client >build/clients.in
	@$(BIN)/uv pip compile pyproject.toml build/clients.in --group pyproject.toml:dev --universal --python-version 3.11 $(LOCK) --quiet \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --output-file requirements.lock
	@touch $(READY)
	@$(MAKE) --no-print-directory --assume-new=requirements.lock $(READY)

clean:
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
