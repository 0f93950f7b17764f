# make run     the app, in a virtual environment of its own
# make check   style, types and the tests without a browser: under 90 seconds, for the hand
# make test    all of it, the browser's tests among them
# make models  train the shipped models again (needs MNIST and, in $PEN_DIGITS, the pen digits; two hours on two cores)
# make words   collect all sentences for translators into dashboard/locale/digit-lab.pot
# make latency how soon page and training follow the hand, and how long a visitor on a slow link waits: four tables, one of costs
# make shots   a picture of every page, wide and narrow, light and dark, into shots/; the README's into dashboard/pictures/

PYTHON ?= python3
BIN := .venv/bin
LINTER := $(if $(shell command -v npm),tests/javascript/node_modules)

PYTEST = $(BIN)/python -m pytest --dist loadfile --no-loadscope-reorder
# The processes that tests start would each compile all modules anew where this is set.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run check test quick all style models words shots latency browser vulkan proxies clean

run: .venv/runtime
	$(BIN)/streamlit run streamlit_app.py

check:
	$(MAKE) --no-print-directory --jobs 2 style quick

test: browser vulkan $(if $(CI),proxies)
	$(MAKE) --no-print-directory --jobs 2 style all

# A test often waits for a process that it has started: three at a time keep two cores busy.
quick: .venv/development
	$(PYTEST) --numprocesses 3 --ignore tests/browser -m "not slow"

all: .venv/development
	$(PYTEST) --numprocesses 2

# The page's scripts are looked through where Node's npm is at hand; the app needs neither.
style: .venv/development $(LINTER)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(if $(LINTER),$(LINTER)/.bin/eslint --config tests/javascript/eslint.config.mjs dashboard,@echo "npm was not found: the page's scripts are not looked through.")

models: .venv/runtime
	$(BIN)/python -m core train --recipe everybody --seed 0 --title "Digit Lab" --storage float16 --out models/default.safetensors
	$(BIN)/python -m core train --recipe guard --seed 0 --title "Digit or not" --storage float16 --out models/guard.safetensors
	$(BIN)/python -m core train --recipe blog-a-200-4 --seed 0 --title "Blog-style, 200 units" --storage float16 --out models/blog.safetensors
	$(BIN)/python -m core train --recipe backwards --seed 0 --title "Rashid's network" --out models/rashid.safetensors
	$(BIN)/python -m core train --recipe course-d-numpy --seed 0 --title "Small, 8 × 8" --out models/small.safetensors
	$(BIN)/python -m core record --seed 0
	$(BIN)/python -m core train --recipe everybody --hidden 500,300 --epochs 40 --seed 7 --title "The judge" --storage float16 --out models/judge.safetensors
	$(BIN)/python -m core doubt-score --keep
	$(BIN)/python -m core keep-back-queries
	$(BIN)/python -m core keep-films
	$(BIN)/python -m core keep-misread
	$(BIN)/python -m core keep-maps
	$(BIN)/python -m core pen-score

# Only sentences and their order: a sentence that moves within its file, or to another, changes nothing in it.
words: .venv/runtime
	$(BIN)/pybabel --quiet extract --no-default-keywords --keyword say --keyword say_many:1,2 --keyword N_ --keyword message \
	--keyword Message --keyword DigitLabError --no-location --sort-output --no-wrap --omit-header \
	--output dashboard/locale/digit-lab.pot core dashboard streamlit_app.py

shots: .venv/development browser
	$(BIN)/python -m tests.browser.shots

latency: .venv/development browser
	$(BIN)/python -m tests.browser.latency
	$(BIN)/python -m tests.browser.slow_link
	$(BIN)/python -m tests.browser.wheel_latency
	$(BIN)/python -m tests.browser.mistakes_latency
	$(BIN)/python -m tests.browser.past_latency
	$(BIN)/python -m tests.browser.backwards_latency
	$(BIN)/python -m tests.browser.live_cost

# A browser, and a driver of Vulkan for the graphics card's kernels, are used as they are found; where none is found and
# Debian's packages may be installed, chromium is, and a driver that computes on the processor.
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null 2>&1 || \
	$(call debian,chromium,No browser was found: the browser tests will be skipped. Install chromium to run them.)

vulkan:
	@find /usr/share/vulkan/icd.d /etc/vulkan/icd.d -name "*.json" 2>/dev/null | grep -q . || \
	$(call debian,mesa-vulkan-drivers,No driver of Vulkan was found: the graphics card's kernels will not be tried out.)

# The proxies whose files ship; not on somebody's own computer, where Debian would begin to serve with them.
proxies:
	-@command -v caddy >/dev/null 2>&1 && command -v nginx >/dev/null 2>&1 || \
	$(call debian,caddy nginx,Caddy or nginx was not found: the tests of the proxies will be skipped.)

# $(call debian,PACKAGE,WHAT TO SAY) installs a package of Debian's where that may be done, or says what its lack means.
define debian
if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1) >/dev/null; \
else \
	echo "$(2)"; \
fi
endef

tests/javascript/node_modules: tests/javascript/package.json
	npm install --prefix tests/javascript --no-package-lock --no-audit --no-fund --loglevel error
	touch $@

.venv/runtime: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/development: requirements.txt requirements-distributed.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

clean:
	rm -rf .venv .pytest_cache .ruff_cache .cache shots
