# Two commands matter: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app wsgi
PYTEST := $(BIN)/python -m pytest -q
WORKERS ?= 2

.PHONY: help run setup setup-dev test lint types imports unit kill journeys sweep bench bench-planner bench-assessment screenshots migration clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

$(VENV)/.run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

setup: $(VENV)/.run ## Make the virtual environment with what the product needs

setup-dev: $(VENV)/.dev ## Add what tests and checks need: tools, browser code, a browser
	@$(BIN)/python tools/fetch_browser_code.py
	@$(BIN)/python tools/find_browser.py
	@$(FLASK) planner warm-up >/dev/null

run: setup ## Serve the product with a demo organisation (PORT=8000)
	@$(FLASK) planner warm-up >/dev/null 2>&1 & $(FLASK) start

test: setup-dev lint types imports unit kill journeys ## Everything: checks, both databases, browser journeys

lint: $(VENV)/.dev ## Style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev ## Static types
	$(BIN)/mypy

imports: $(VENV)/.dev ## Directions between layers and domains
	$(BIN)/lint-imports

unit: $(VENV)/.dev ## Unit, service, view and convention tests on SQLite, then on PostgreSQL
	TEST_DATABASE=sqlite $(PYTEST) -n $(WORKERS) -m "not journey and not sweep and not kill" tests
	TEST_DATABASE=postgresql $(PYTEST) -n $(WORKERS) -m "not journey and not sweep and not kill" tests

kill: $(VENV)/.dev ## Kill real servers, loads and schedulers, and look at what they leave
	$(PYTEST) tests/kill

journeys: $(VENV)/.dev ## Browser journeys and accessibility checks
	$(PYTEST) -m journey tests/journeys

sweep: setup-dev ## Every page of every kind of person in a browser: axe, HTML, overflow (ten minutes)
	$(PYTEST) -m sweep tests/journeys

bench: $(VENV)/.dev ## Requests per second and p95 beside a bare page, and queries per page
	$(BIN)/python -m bench.web

bench-planner: $(VENV)/.dev ## Planner quality, time and memory
	$(BIN)/python -m bench.planner

bench-assessment: $(VENV)/.dev ## Question formats and statistics
	$(BIN)/python -m bench.assessment

screenshots: setup-dev ## Make the pictures of the README
	$(BIN)/python tools/screenshots.py

migration: $(VENV)/.dev ## Write a migration for changed models: make migration name=what-changes
	$(BIN)/python tools/new_migration.py "$(name)"

clean: ## Remove the environment, caches and the local database
	rm -rf $(VENV) node_modules instance .pytest_cache .mypy_cache .ruff_cache .hypothesis
