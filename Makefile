# `make run` and `make test` set everything up on a fresh machine with Python 3.11 or newer.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
KILLS ?= 1000
SEED ?= 1935

.PHONY: run test bench soak crash clean

run: .venv/run.stamp
	$(BIN)/coalface run $(ARGS)

test: .venv/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 $(ARGS)

bench: .venv/dev.stamp
	$(BIN)/python -m tests.benchmarks $(ARGS)

soak: .venv/dev.stamp
	HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest -n 2 -m "soak or not soak" $(ARGS)

crash: .venv/dev.stamp
	$(BIN)/python -m tests.crash --kills $(KILLS) --seed $(SEED) $(ARGS)

clean:
	rm -rf .venv .bench dist

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Coalface needs Python 3.11 or newer.") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.txt pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

.venv/dev.stamp: requirements-dev.txt .venv/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
