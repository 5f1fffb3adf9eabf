# The whole house by one command each. `make demo` shows it, `make test` proves it.

PYTHON ?= python3
NPM ?= npm
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
RESIDENTS ?= 50000
SERVE ?= yes
DATA ?=

SOURCES := guanjia tests bench
VENDOR := guanjia/web/static/vendor/tabler.min.css
# The types of models are read from the settings, which want a database's name but no database.
TYPES := DATABASE_URL=postgresql:///types GUANJIA_DATA=$(CURDIR)/build/types

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo serve test check bench format languages lock clean browser

help: ## Show these lines
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

install: $(VENV)/base.stamp $(VENDOR) ## What serving needs: Python packages and what pages are made of
install-dev: $(VENV)/dev.stamp $(VENDOR) browser ## What testing needs on top

demo: install ## A synthetic city, paid and explained: SERVE=no ends after the statement
	@$(BIN)/guanjia demo --port $(PORT) --residents $(RESIDENTS) --serve $(SERVE) $(if $(DATA),--data "$(DATA)")

serve: install ## Pages and jobs on PORT
	@$(BIN)/guanjia serve --port $(PORT)

test: install-dev ## Everything, the browser included
	$(BIN)/python -m pytest tests

check: $(VENV)/dev.stamp $(VENDOR) ## The quick part: format, lint, types, contracts, house rules, unit tests
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(TYPES) $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet guanjia
	$(BIN)/python -m pytest tests -m "not browser and not slow and not database"

bench: $(VENV)/dev.stamp ## Speed and memory at full size; fills docs/benchmarks.md
	$(BIN)/python -m bench.all

format: $(VENV)/dev.stamp ## Put the code in order
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

languages: $(VENV)/base.stamp ## Gather every word of the pages, convert Traditional, name what English lacks
	$(BIN)/python -m guanjia.web.languages

LOCK := uv pip compile pyproject.toml --group build --generate-hashes --universal --python-version 3.11 --quiet
lock: ## Write the hashed locks anew after a change of dependencies (needs uv)
	$(LOCK) --group dev -o requirements/dev.txt
	$(LOCK) -c requirements/dev.txt -o requirements/base.txt
	@! grep -l http requirements/*.txt || { echo "锁文件里不能有网址。 A lock names an address."; exit 1; }

clean: ## Remove what was made here; data folders stay
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -rf $(VENV) node_modules guanjia/web/static/vendor

$(VENV)/bin/python:
	@sh .ci/venv $(PYTHON) $(VENV)

# One lock holds the other: whichever came last, the packages that serve are the same.
$(VENV)/base.stamp: requirements/base.txt pyproject.toml | $(VENV)/bin/python
	@echo "安装 Python 组件 / Python packages …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	@echo "安装开发组件 / packages for tests …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/base.stamp

node_modules/.stamp: package.json package-lock.json .npmrc
	@command -v node >/dev/null && command -v $(NPM) >/dev/null || \
	  { echo "需要 Node 20 和 npm。Node 20 with npm is needed."; exit 1; }
	@echo "取网页组件 / front-end packages …"
	@$(NPM) ci --silent --no-progress
	@touch $@

$(VENDOR): node_modules/.stamp $(wildcard frontend/*.mjs)
	@node frontend/vendor.mjs
	@touch $@

browser:
	@sh .ci/browser
