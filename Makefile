# The two commands are `make run` and `make test`; each does its own set-up.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
# The newest interpreter that the stream engine supports (3.11 to 3.13).
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && { echo $$p; break; }; done)
ARGS ?=

.PHONY: help setup run test unit faults check format schemas bench smoke clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  \033[1m%-9s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.ready ## make .venv from the lock file

$(VENV)/.ready: requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Pactwatch needs Python 3.11, 3.12 or 3.13 on the PATH (or PYTHON=/path/to/python)." >&2; exit 1; }
	@echo "setting up $(VENV) with $$($(PYTHON) --version)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

run: setup ## broker, topics, feeds, stages, sinks: alerts on the terminal (ARGS='--once', …)
	@exec $(BIN)/pactwatch run $(ARGS)

test: setup ## every test, with a real Kafka
	@$(BIN)/python -m pytest $(ARGS)

unit: setup ## the tests that need no Kafka
	@$(BIN)/python -m pytest tests/unit tests/topology tests/contract $(ARGS)

check: setup ## format, lint, types, import contracts, schema drift
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pactwatch schemas check

format: setup ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schemas: setup ## write schemas/ from the record types
	$(BIN)/pactwatch schemas export

bench: setup ## articles a second of each stage and of the whole flow
	@exec $(BIN)/pactwatch bench $(ARGS)

faults: setup ## kill workers and break producers; the last line counts what was lost (KILLS=10)
	@PACTWATCH_FAULT_KILLS=$(or $(KILLS),10) $(BIN)/python -m pytest tests/faults $(ARGS)

smoke: ## bring up deploy/ with Docker, publish, see an alert, take it down
	@deploy/smoke.sh

clean: ## remove the virtual environment and caches (keeps .pactwatch, the data)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
