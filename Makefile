# Short verbs. Each sets up what it needs: a virtual environment in .venv, and the Debian packages of the real servers.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help demo test check fmt docs bench build services clean

help: ## say what each verb does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP): pyproject.toml
	@tests/tools/python.sh "$(PYTHON)" "$(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

services: ## install Prometheus and PostgreSQL if they are missing (Debian, Ubuntu)
	@tests/tools/services.sh

demo: $(STAMP) ## the main job on examples/webshop, every command shown
	@tests/tools/demo.sh

check: $(STAMP) ## lint, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: $(STAMP) services ## everything above but the demo, and all tests, against real servers
	@$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest --cov --cov-report=term

fmt: $(STAMP) ## format the code
	$(BIN)/ruff check --fix-only --quiet . || true
	$(BIN)/ruff format .

docs: $(STAMP) ## the reference of the rules, docs/rules, from the rules and their examples
	$(BIN)/python tests/tools/rule_pages.py .

bench: $(STAMP) services ## figures at 1,000, 10,000 and 100,000 agreements; beside terraform where it is installed
	$(BIN)/python tests/bench/bench.py $(BENCH)

build: $(STAMP) ## wheel and source distribution in dist/, looked into
	$(BIN)/python -m build --outdir dist
	$(BIN)/python tests/tools/look_into_wheel.py dist

clean: ## remove what the verbs made
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .build
