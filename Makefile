# `make test` is all of it on a fresh clone: set-up, checks, then every test in one pytest run.
PYTHON := .venv/bin/python
COMPOSE := $(PYTHON) -c 'import compose, os, pathlib, sys; os.execv(pathlib.Path(compose.__file__).with_name("docker-compose"), ["docker-compose", *sys.argv[1:]])'
OURS := orderflow streams flink tests

.PHONY: test histories install check format up down

test: install check
	$(PYTHON) -m pytest tests/unit tests/component tests/contract tests/integration tests/e2e

histories: ## random histories of the worker, far more than `make test` takes
	HISTORIES=10000 $(PYTHON) -m pytest tests/unit/streams/test_any_history.py

install:
	scripts/install.sh

check:
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(COMPOSE) --env-file .env config --quiet

format:
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

up:
	.venv/bin/orderflow up

down:
	.venv/bin/orderflow down
