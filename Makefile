# `make demo` and `make test` work from a clean clone; both set up what is missing in .venv first.
# uv is used where it is installed, else python3 -m venv and pip.

VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(shell command -v uv 2>/dev/null)
PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,\
            $(shell command -v $(p) >/dev/null 2>&1 && $(p) -c 'import sys; \
            print("$(p)" if sys.version_info >= (3, 11) else "")' 2>/dev/null)))
SAMPLE := sample_logs/login-lockout
OUT    := out/login-lockout
PYTEST_ARGS ?=

export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz lint docs figures bench clean

help:
	@echo "make demo   investigate the sample incident and write its report to $(OUT)"
	@echo "make test   run all tests"
	@echo "make fuzz   10,000 damaged records of every format, 1,000 folders of broken files (an hour)"
	@echo "make lint   ruff, ruff format --check, mypy --strict"
	@echo "make docs   write what is generated: tables, the summary, the chart, the notebooks"
	@echo "make figures draw the contact sheet: every figure, light and dark, into docs/figures"
	@echo "make bench  lines per second and peak memory beside others, as JSON, in out/bench"
	@echo "make clean  remove everything that was made here"

demo: $(VENV)/.core
	$(BIN)/authlogs investigate $(SAMPLE) --tz America/Bogota --year 2024 --out $(OUT) --force
	@echo
	@echo "The report: $(CURDIR)/$(OUT)/report.html"
	@echo "The chart:  $(CURDIR)/$(OUT)/timeline.png"

test: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 --no-loadscope-reorder $(PYTEST_ARGS)

fuzz: $(VENV)/.test
	$(BIN)/python tests/fuzz_formats.py --examples 10000
	$(BIN)/python tests/fuzz_directories.py --directories 1000
	AUTHLOGS_THOROUGH=1 $(BIN)/python -m pytest tests/parse/test_mixed_folder.py \
	  tests/engine/test_spark_reading.py

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict authlogs

docs: $(VENV)/.test
	$(BIN)/authlogs timeline $(SAMPLE) --tz America/Bogota --year 2024 --out docs/images/login-lockout.png
	$(BIN)/python docs/generated.py
	$(BIN)/python tests/parse/formats_page.py
	$(BIN)/python docs/notebooks.py

figures: $(VENV)/.test
	$(BIN)/python docs/figures.py

# Small figures in about two minutes, in out/bench; docs/performance.md says how the large ones are made.
bench: $(VENV)/.bench
	@mkdir -p out/bench
	@$(BIN)/python benchmarks/parse.py --lines 20000 --repeat 1 | tee out/bench/parse.json
	@$(BIN)/python benchmarks/store.py --events 1000000 --repeat 1 | tee out/bench/store.json
	@$(BIN)/python benchmarks/search.py --repeat 1 | tee out/bench/search.json
	@$(BIN)/python benchmarks/growth.py --sizes 10000,20000,40000 | tee out/bench/growth.json
	@$(BIN)/python benchmarks/investigate.py --repeat 1 | tee out/bench/investigate.json

clean:
	rm -rf $(VENV) out build dist htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp a set of packages. The demo needs the core alone.
$(VENV)/.core: EXTRA :=
$(VENV)/.test: EXTRA := test
$(VENV)/.dev:  EXTRA := dev
$(VENV)/.bench: EXTRA := bench
$(VENV)/.spark: EXTRA := spark
SETS := $(VENV)/.core $(VENV)/.test $(VENV)/.dev $(VENV)/.bench $(VENV)/.spark
$(SETS): pyproject.toml uv.lock | $(BIN)/python
ifdef UV
	uv sync --quiet --locked --inexact $(if $(EXTRA),--extra $(EXTRA))
else
	$(BIN)/python -m pip install --quiet --editable '.$(if $(EXTRA),[$(EXTRA)])'
endif
	@touch $@

$(BIN)/python:
ifeq ($(strip $(PYTHON)),)
	@echo "authlogs needs Python 3.11 or newer, and none was found. On Debian 12 or newer:" >&2
	@echo "  sudo apt-get install python3 python3-venv" >&2
	@exit 1
else ifdef UV
	uv venv --quiet --python $(PYTHON) $(VENV)
else
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv; \
	  else \
	    echo "Python's venv module is missing. Run this, then make again:" >&2; \
	    echo "  sudo apt-get install python3-venv" >&2; exit 1; \
	  fi; }
	$(PYTHON) -m venv $(VENV)
endif
