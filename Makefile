# `make test` is all of it on a fresh clone: set-up, checks, then every test in one pytest run.
PYTHON := .venv/bin/python
COMPOSE := $(PYTHON) -c 'import compose, os, pathlib, sys; os.execv(pathlib.Path(compose.__file__).with_name("docker-compose"), ["docker-compose", *sys.argv[1:]])'
OURS := orderflow streams flink tests

.PHONY: test install check format up down bench

test: install check
	$(PYTHON) -m pytest tests/unit tests/component tests/contract tests/integration tests/e2e

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

# on the running, otherwise idle stack: CPU an event of the worker, then of every process of the line
bench:
	$(PYTHON) -m tests.bench.worker
	$(PYTHON) -m tests.bench.line

up:
	.venv/bin/orderflow up

down:
	.venv/bin/orderflow down
