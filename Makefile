# Short verbs. Each sets up what it needs: a virtual environment in .venv, and the Debian packages of the real servers.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help demo demo-live test check fmt docs bench build packages services services-stop clean

help: ## say what each verb does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(STAMP): pyproject.toml
	@tests/tools/python.sh "$(PYTHON)" "$(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

packages: ## install the real servers of tests and demos where they are missing (Debian, Ubuntu); none is started
	@tests/tools/packages.sh

services: $(STAMP) packages ## start all of them to look at, and print addresses and logins
	@$(BIN)/python tests/tools/services.py start

services-stop: $(STAMP) ## end exactly those
	@$(BIN)/python tests/tools/services.py stop

demo: $(STAMP) ## the main job on examples/webshop, every command shown
	@tests/tools/demo.sh

demo-live: $(STAMP) packages ## an outage through Prometheus, VictoriaMetrics, Alertmanager, Zabbix and Icinga 2, and what each makes of it
	@$(BIN)/python tests/tools/demo_live.py

check: $(STAMP) ## lint, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: $(STAMP) packages ## everything above but the demo, and all tests, against real servers
	@$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest --cov --cov-report=term

fmt: $(STAMP) ## format the code
	$(BIN)/ruff check --fix-only --quiet . || true
	$(BIN)/ruff format .

docs: $(STAMP) ## the reference of the rules, docs/rules, from the rules and their examples
	$(BIN)/python tests/tools/rule_pages.py .

bench: $(STAMP) packages ## figures at 1,000, 10,000 and 100,000 agreements; beside terraform where it is installed
	$(BIN)/python tests/bench/bench.py $(BENCH)

build: $(STAMP) ## wheel and source distribution in dist/, looked into
	$(BIN)/python -m build --outdir dist
	$(BIN)/python tests/tools/look_into_wheel.py dist

clean: ## remove what the verbs made
	@[ ! -e .build/services.json ] || $(MAKE) --no-print-directory services-stop
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .build
