# make run     the app, in a virtual environment of its own
# make test    style and tests, the browser's among them
# make models  train the shipped models again (needs MNIST and, in $PEN_DIGITS, the pen digits; two hours on two cores)
# make shots   a picture of every page, wide and narrow, light and dark, into shots/

PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test models shots browser clean

run: .venv/runtime
	$(BIN)/streamlit run streamlit_app.py

test: .venv/development browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

models: .venv/runtime
	$(BIN)/python -m core train --recipe everybody --seed 0 --title "Digit Lab" --storage float16 --out models/default.safetensors
	$(BIN)/python -m core train --recipe guard --seed 0 --title "Digit or not" --storage float16 --out models/guard.safetensors
	$(BIN)/python -m core train --recipe blog-a-200-4 --seed 0 --title "Blog-style, 200 units" --storage float16 --out models/blog.safetensors
	$(BIN)/python -m core train --recipe backwards --seed 0 --title "Rashid's network" --out models/rashid.safetensors
	$(BIN)/python -m core train --recipe course-d-numpy --seed 0 --title "Small, 8 × 8" --out models/small.safetensors
	$(BIN)/python -m core doubt-score --keep
	$(BIN)/python -m core pen-score

shots: .venv/development browser
	$(BIN)/python -m tests.browser.shots

# A browser is used as it is found; where none is found and Debian's packages may be installed, chromium is.
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null 2>&1 || \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else \
		echo "No browser was found: the browser tests will be skipped. Install chromium to run them."; \
	fi

.venv/runtime: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/development: requirements.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

clean:
	rm -rf .venv .pytest_cache .ruff_cache .cache shots
