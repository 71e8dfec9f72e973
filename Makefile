# Everything here sets itself up in .venv; Python 3.11 or later with pip is all it needs.
#
#   make setup   install jointsky and its tools        make bench   measure speed, tables in out/bench
#   make demo    two nations' sky, simulated and tracked   make fuzz    feed damaged input to the readers
#   make test    run the tests                         make docs    make and check the documentation
#   make check   format, lint, types, floors, docs     make clean   remove all that make has made
#
#   make bench-peers   other programs, for make bench to run beside ours

PYTHON ?= python3
PYTHON312 ?= python3.12
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := setup

BIN := .venv/bin
USABLE := .venv/.usable
READY := .venv/.ready
EXAMPLE := examples/two-nations
WARM := out/warm
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: setup demo test check bench bench-peers fuzz docs clean warm

setup: $(READY)

$(USABLE): pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit(f"jointsky needs Python 3.11 or later and this is {v[0]}.{v[1]}: try make PYTHON=python3.12")'
	@echo "== setting up .venv (about a minute the first time)"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --progress-bar off --quiet --editable .
	@touch $(USABLE)

$(READY): $(USABLE)
	@echo "== setting up the tools of its developers in .venv"
	$(BIN)/python -m pip install --progress-bar off --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --progress-bar off --quiet --group dev
	@touch $(READY)

demo: $(USABLE)
	@echo "== five minutes over two nations that share all plots: flights, sensors, every site's tracks"
	@echo "   (the first run compiles the kernels for two or three minutes)"
	@$(BIN)/python tests/sim/short_sky.py out/demo-scenario 300 picture > /dev/null
	$(BIN)/jointsky run out/demo-scenario/union-sky.yaml --out out/demo --fresh
	@echo
	@echo "== seven minutes of two crews that decide together, and the same with each for itself"
	$(BIN)/jointsky run scenarios/two-towns.yaml --out out/demo-duty --fresh
	@echo
	@echo "Now open out/demo/report.html and out/demo-duty/report.html in a browser, or look at"
	@echo "out/demo/picture.png and out/demo-duty/duty.png; jointsky replay out/demo-duty tells it"

# Two test workers that start with cold kernels would compile each of them twice.
warm: $(READY)
	@echo "== compiling kernels, unless they are in the cache"
	@$(BIN)/jointsky track $(EXAMPLE)/north.ast $(EXAMPLE)/south.ast $(EXAMPLE)/adsb.ast --out $(WARM) --quiet --json > /dev/null
	@$(BIN)/python tests/sim/short_sky.py $(WARM)-scenario 30 > /dev/null
	@$(BIN)/jointsky run $(WARM)-scenario/union-sky.yaml --out $(WARM)-sky --fresh --quiet --json > /dev/null
	@$(BIN)/jointsky run scenarios/two-towns.yaml --out $(WARM)-duty --fresh --quiet --json > /dev/null
	@$(BIN)/jointsky score $(WARM) $(EXAMPLE)/truth.parquet --out $(WARM)/score --quiet --json > /dev/null

test: warm
	$(BIN)/python -m pytest -n 2

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/test_architecture.py tests/test_reference.py tests/test_docs.py

bench: $(READY)
	@mkdir -p out/bench
	@for file in benchmarks/*.py; do \
	    echo "== $$file"; \
	    $(BIN)/python "$$file" | tee "out/bench/$$(basename "$$file" .py).txt"; \
	done
	@echo "The tables and pictures are in out/bench, all figures in out/bench/bench.json"

# The peers that make bench runs beside ours; they clash with nothing, in environments of their own.
bench-peers:
	@echo "== setting up the tracker's peers in .venv-peers"
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --progress-bar off --quiet stonesoup==1.9.1 pyehm==2.2 scipy numpy pandas pyarrow numba
	@echo "== setting up the peer of flight in .venv-peers-flight"
	$(PYTHON) -m venv .venv-peers-flight
	.venv-peers-flight/bin/python -m pip install --progress-bar off --quiet bluesky-simulator==1.1.1
	@if command -v $(PYTHON312) > /dev/null && $(PYTHON312) -c 'import sys; sys.exit(sys.version_info < (3, 12))'; then \
	    $(PYTHON312) -m venv .venv-peers-other && \
	    .venv-peers-other/bin/python -m pip install --progress-bar off --quiet nrl-tracker==2.11.1 pandas pyarrow; \
	else \
	    echo "nrl-tracker is left out: it needs Python 3.12 (make bench-peers PYTHON312=PATH)"; \
	fi

fuzz: $(READY)
	$(BIN)/python tests/fuzz/fuzz_readers.py --seconds 60

docs: $(READY)
	$(BIN)/python docs/make_reference.py
	$(BIN)/python -m pytest tests/test_docs.py tests/test_reference.py
	@echo "Begin with docs/index.md"

clean:
	rm -rf .venv .venv-peers .venv-peers-other .venv-peers-flight out build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests docs examples benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
