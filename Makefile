# Everything a contributor runs. `make` alone lists it. Only Python >= 3.11 and make are needed.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
LOWEST := .venv-lowest
TRYTON := .venv-tryton

# What `make run` starts, and what proves that an installed wheel carries its data files.
RUN         = counterfoil serve
WHEEL_PROOF = counterfoil schema invoice

MAKEFLAGS += --no-print-directory
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# A test process for each core, few enough for the servers that the tests start.
PYTEST = python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

# $(call quietly,command,what it shows,what to do when it fails): output only on failure.
quietly = @out=$$($(1) 2>&1) && echo "ok: $(2)" || \
	{ printf '%s\n' "$$out"; echo "failed: $(2); $(3)" >&2; exit 1; }

# $(call make_venv,folder): a virtual environment, or the reason why there is none.
make_venv = $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	{ echo "'$(PYTHON)' is missing or older than Python 3.11; try: make PYTHON=python3.12" >&2; exit 1; }; \
	$(PYTHON) -m venv $(1) || \
	{ echo "no virtual environment could be made; on Debian or Ubuntu install python3-venv" >&2; exit 1; }

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test test-deep test-lowest test-tryton test-wheel test-n8n check-n8n test-node-red check generate generated bench build clean

help: ## list these targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r name text; do printf '%-20s %s\n' "$$name" "$$text"; done

install: $(VENV)/.installed ## make .venv and install the package into it (the others do this)

$(VENV)/.installed: pyproject.toml canonical_model/version.py
	@$(call make_venv,$(VENV))
	@echo "installing into $(VENV)"
	@$(BIN)/python -m pip install -qq --editable '.[test]'
	@touch $@

run: install ## start the product
	@$(BIN)/$(RUN)

test: install ## run the test suite, quick tests first
	@$(BIN)/$(PYTEST)

test-deep: install ## run the suite with many more generated examples
	@HYPOTHESIS_PROFILE=deep $(BIN)/$(PYTEST)

test-lowest: $(LOWEST)/.installed ## run the quick tests on the oldest dependencies we declare
	$(call quietly,$(LOWEST)/bin/$(PYTEST) -m 'not slow' -k 'not services and not simulators',the quick tests pass on the oldest declared dependencies,raise the bound in pyproject.toml or mend the code)

$(LOWEST)/.installed: pyproject.toml canonical_model/version.py tests/lowest_requirements.py
	@$(call make_venv,$(LOWEST))
	@echo "installing the oldest declared dependencies into $(LOWEST)"
	@$(LOWEST)/bin/python tests/lowest_requirements.py > $(LOWEST)/lowest.txt
	@$(LOWEST)/bin/python -m pip install -qq --constraint $(LOWEST)/lowest.txt --editable '.[test]'
	@touch $@

test-tryton: install $(TRYTON)/.installed ## post to a real ERP, a Tryton of its own
	@TRYTON_VENV=$(TRYTON) $(BIN)/python -m pytest -s tests/tryton

$(TRYTON)/.installed: tests/tryton/requirements.txt
	@$(call make_venv,$(TRYTON))
	@echo "installing Tryton into $(TRYTON)"
	@$(TRYTON)/bin/python -m pip install -qq --requirement $<
	@touch $@

test-n8n: install ## run the package for n8n in a real n8n (npm installs it the first time)
	@N8N_FOR_TESTS=$$(sh tests/n8n/install.sh) $(BIN)/python -m pytest tests/n8n

check-n8n: install ## build the package for n8n and let n8n's own judges look at it
	@N8N_FOR_TESTS=$$(sh tests/n8n/install.sh tools) $(BIN)/python -m pytest tests/n8n/test_package.py

test-node-red: install ## run the subflows in a real Node-RED (npm installs it the first time)
	@NODE_RED_FOR_TESTS=$$(sh tests/node_red/install.sh) $(BIN)/python -m pytest tests/node_red

test-wheel: build ## install the wheel elsewhere and use it there
	$(call quietly,PYTHON=$(PYTHON) sh -ec '$(try_wheel)',the installed wheel works from another folder,look for a data file that the wheel leaves out)

# `set -e` throughout: a step that fails ends the shell, and the trap still tidies up.
define try_wheel
folder=$$(mktemp -d); trap "rm -rf $$folder" EXIT; \
wheel=$$(ls "$$PWD"/dist/*.whl); \
$$PYTHON -m venv $$folder/venv; \
$$folder/venv/bin/python -m pip install -qq $$wheel; \
cd $$folder; \
venv/bin/counterfoil --version; \
venv/bin/$(WHEEL_PROOF) > /dev/null
endef

check: install ## lint, formatting, types, import direction, generated files
	$(call quietly,$(BIN)/ruff check --quiet .,lint,many findings mend themselves with: $(BIN)/ruff check --fix .)
	$(call quietly,$(BIN)/ruff format --check --quiet .,formatting,run: $(BIN)/ruff format .)
	$(call quietly,$(BIN)/mypy,types,every function is typed and mypy is strict)
	$(call quietly,$(BIN)/lint-imports --no-cache,import direction,the rooms and their order are in pyproject.toml)
	@$(MAKE) generated

generate: install ## write the generated files anew
	@$(BIN)/python -m canonical_model.schemas --write
	@$(BIN)/python -m connectors._engine.learning --write
	@$(BIN)/python docs/generate.py --write

generated: install ## fail if a generated file is stale
	$(call quietly,$(BIN)/python -m canonical_model.schemas --check,generated schemas,run: make generate)
	$(call quietly,$(BIN)/python -m connectors._engine.learning --check,what is known of the connectors,run: make generate)
	$(call quietly,$(BIN)/python docs/generate.py --check,generated pages,run: make generate)

bench: install ## run every benchmark
	@$(BIN)/python -m pip install -qq --editable '.[benchmark]'
	@for script in benchmarks/[a-z]*.py; do \
		[ -e "$$script" ] || { echo "no benchmark found; write benchmarks/<what>.py" >&2; exit 1; }; \
		echo "== $$script"; $(BIN)/python "$$script" || exit 1; \
	done

build: install ## build the source archive and the wheel into dist/
	@rm -rf dist
	$(call quietly,$(BIN)/python -m build --outdir dist,sdist and wheel are in dist/,the reason is above)

clean: ## remove everything that can be made again
	@rm -rf $(VENV) $(LOWEST) $(TRYTON) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
