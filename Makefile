# `make test` is all of it on a fresh clone: set-up, checks, then every test in one pytest run.
PYTHON := .venv/bin/python
COMPOSE := .venv/bin/compose
SCRIPTS := $(wildcard scripts/*.sh scripts/install/*.sh mysql-init/*.sh) .ci/run
LOCK := uv pip compile --generate-hashes --python-version 3.11 --no-emit-index-url


.PHONY: test histories install check format lock up down bench growth

test: install check
	$(PYTHON) -m pytest

histories: ## random histories of the worker, far more than `make test` takes
	HISTORIES=10000 $(PYTHON) -m pytest tests/unit/streams/test_any_history.py

install:
	scripts/install.sh

check:
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	for script in $(SCRIPTS); do bash -n $$script || exit; done
	.venv/bin/shellcheck $(SCRIPTS)
	$(COMPOSE) --env-file .env config --quiet

format:
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

# on the running, otherwise idle stack: CPU an event of the worker, then of every process of the line
bench:
	$(PYTHON) -m tests.bench.worker
	$(PYTHON) -m tests.bench.line

# The lock files anew, versions kept where they still fit; needs uv (`pip install uv`). Delete a lock file for the newest.
lock:
	for part in requirements requirements-flink requirements-check requirements-compose; do \
	  $(LOCK) $$part.in -o $$part.txt || exit; done

# 3,000,000 orders through the running line, half an hour and more: memory, checkpoints and rate as they come
growth:
	$(PYTHON) -m tests.bench.growth

up:
	.venv/bin/orderflow up

down:
	.venv/bin/orderflow down
