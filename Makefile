# 践诺 Jiannuo. `make help` lists what can be made.
PYTHON ?= python3
START ?= demo
PORT ?= 8000
PY := .venv/bin/python
export JIANNUO_CITY := $(START)

.DEFAULT_GOAL := help
.PHONY: help run test test-all lint bench docs install install-dev install-bench clean-data

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: install ## a city on this machine: START=demo (fictional 云川市) or START=benxi (real registry); PORT=8000
	@exec $(PY) -m jiannuo run --port $(PORT)

test: install-dev ## the suite on SQLite and on PostgreSQL, the journeys in a browser
	@$(PY) tools/test.py

test-all: install-bench ## and what is slow: kill -9 at every point, long fuzzing, the fresh clone
	@$(PY) tools/test.py --all

lint: install-dev ## ruff, mypy, imports, catalogue
	@.venv/bin/ruff check . && .venv/bin/ruff format --check -q . && .venv/bin/mypy && .venv/bin/lint-imports
	@$(PY) tools/messages.py check && $(PY) -m jiannuo check --fail-level WARNING && $(PY) -m jiannuo makemigrations --check --dry-run

bench: install-bench ## the figures of bench/, each beside a peer, into bench/RESULTS.md
	@$(PY) bench/run.py

docs: install-dev ## what is generated in docs/: state diagrams, pictures of the README
	@$(PY) tools/docs.py

install:
	@$(PYTHON) tools/bootstrap.py run
	@$(PY) tools/messages.py compile

install-dev:
	@$(PYTHON) tools/bootstrap.py dev
	@$(PY) tools/messages.py compile

install-bench:
	@$(PYTHON) tools/bootstrap.py bench
	@$(PY) tools/messages.py compile

clean-data: ## throw away the data of START (asks nothing of production: only var/START)
	rm -rf var/$(START)
