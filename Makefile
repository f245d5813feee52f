# make run | test | check | bench | docs: each sets up what it needs by itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test check bench docs lock wheel clean
.DELETE_ON_ERROR:

$(READY): requirements-dev.lock pyproject.toml tools/setup.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh tools/setup.sh
	@touch $@

run: $(READY)  ## the service with synthetic patients and a page to look at
	@$(BIN)/rert-cds demo

test: $(READY)  ## all tests
	@sh tools/browser.sh
	@sh tools/node_client.sh
	@sh tools/postgres.sh
	@$(BIN)/python -m pytest --cov --cov-report=term:skip-covered -q
	@$(BIN)/python -m coverage report --include='clinical_rules/*' --fail-under=100 --format=total > /dev/null \
	  || { echo "branch coverage of clinical_rules is below 100 %"; \
	       $(BIN)/python -m coverage report --include='clinical_rules/*' --skip-covered -m; exit 1; }

check: $(READY)  ## format, lint, types, import contracts, knowledge
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/rert-cds knowledge check

bench: $(READY)  ## speed as ratios against a floor measured in the same run
	@$(BIN)/python tools/bench.py

docs: $(READY)  ## pages that are generated from the code
	@$(BIN)/python tools/make_docs.py

wheel: $(READY)  ## builds the wheel and tries it in an empty environment outside the checkout
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh tools/try_wheel.sh

lock:  ## pins anew, with hashes; needs uv
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra dev pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) dist build .coverage .mypy_cache .pytest_cache .ruff_cache
