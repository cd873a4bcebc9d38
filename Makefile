.DEFAULT_GOAL := help
PY ?= python3
BIN := .venv/bin

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: ## make .venv with panocam in it, the native kernel if a compiler is here, and the web interface
	@$(PY) scripts/setup.py $(ARGS)

run: ## set everything up and show the camera (ARGS="--source ... --mount ...")
	@$(PY) scripts/setup.py
	@$(BIN)/panocam run $(ARGS)

test: ## set everything up and run all tests (ARGS="-k rtsp")
	@$(PY) scripts/setup.py --dev
	@$(BIN)/pytest $(ARGS)

check: ## lint, types, layers, file sizes, generated pages up to date
	@$(PY) scripts/setup.py --dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python scripts/sizes.py
	@$(BIN)/python scripts/features.py --check

features: ## write docs/features.md from features.toml and the tests' markers
	@$(BIN)/python scripts/features.py

bench: ## measure against rivals in the same run; a table and benchmarks/results/*.json
	@$(PY) scripts/setup.py --dev
	@$(BIN)/python -m benchmarks $(ARGS)

web: ## build the web interface anew
	@$(PY) scripts/setup.py --web

clean: ## remove what the other commands made
	@rm -rf .venv build dist web/node_modules panocam/api/web/static native/build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.PHONY: help setup run test check features bench web clean
