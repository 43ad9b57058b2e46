# `make demo`, `make test`, `make ui` are all a newcomer needs. Everything is installed into .venv, nothing elsewhere.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
BENCH_INSTALLED := $(VENV)/.bench-installed

.PHONY: help demo demo-purchases ui test test-slow test-browser bench lint check constraints demo-drop clean

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(INSTALLED): pyproject.toml constraints.txt
	@sh scripts/make-venv $(PYTHON) $(VENV)
	@touch $@

$(BENCH_INSTALLED): $(INSTALLED)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	@touch $@

demo: $(INSTALLED)  ## install, import the demo drop into SQLite through the Dagster job, show the report
	$(BIN)/freesport import data/demo-drop.zip

demo-purchases: $(INSTALLED)  ## cards, purchases and profiles of an invented 1C:УНФ, by a local emulator
	$(BIN)/freesport demo-purchases

ui: $(INSTALLED)  ## open the Dagster UI on the same data at http://127.0.0.1:3000, sensors on
	$(BIN)/dagster dev --host 127.0.0.1

test: $(INSTALLED)  ## all tests but the slow and the browser's, on SQLite and on a PostgreSQL of their own
	$(BIN)/pytest -n auto --dist loadgroup -m "not browser and not slow"

test-slow: $(INSTALLED)  ## kill at every stage, roll back 100,000 SKUs, long random histories
	$(BIN)/pytest -n auto --dist loadgroup -m slow

test-browser: $(INSTALLED)  ## the UI in a real Chromium (apt-get install chromium)
	$(BIN)/pytest -m browser

bench: GOODS = $(if $(filter full,$(SIZE)),170000,6000)
bench: $(BENCH_INSTALLED)  ## how fast it is on this machine; GOODS=170000 or SIZE=full for the full size
	$(BIN)/python -m benchmarks --goods $(GOODS) $(ARGS)

lint: $(INSTALLED)  ## ruff and strict types in the pure rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint test  ## what must pass before a commit

constraints: $(BENCH_INSTALLED)  ## pin what is installed now
	sh scripts/pin-constraints $(BIN)/pip > constraints.txt

demo-drop: $(INSTALLED)  ## write the committed demo drop again
	$(BIN)/freesport demo-data --goods 510 --offers-per-good 2 --properties-per-good 12 --out data/demo-drop.zip

clean:  ## remove the virtual environment and everything imported
	rm -rf $(VENV) build *.egg-info
	find data -mindepth 1 -maxdepth 1 ! -name README.md ! -name demo-drop.zip -exec rm -rf {} +
