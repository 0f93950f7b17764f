"""`python -m tests.fuzz.quick COUNT`: all files that were ever findings, and COUNT changed ones of each reader.

Those that are small are kept in `tests/corpus/`, the others are made (`tests.fuzz.large`).

All in this one process, for a test that takes seconds. It prints what it finds, one JSON object a line, and how much it tried.
"""

import json
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from tests.fuzz.child import Trial, limit_memory, place_of_its_own

CORPUS = Path(__file__).parent.parent / "corpus"
DEAR = {
    "run-archive": 0.2,
    "run-figures": 0.2,
    "run-config": 0.5,
    "address": 0.2,
    "form": 0.2,
    "picture-zip": 0.5,
}  # shares of COUNT


def main(count: int, seed: int = 0) -> None:
    from tests.fuzz.readers import READERS

    kept = changed = 0
    with place_of_its_own() as folder:
        trials = {name: Trial(name, folder) for name in READERS}
        limit_memory()
        for name, trial in trials.items():
            for label, content in chain(_kept(name), _made(name)):
                kept += 1
                trial.look_anew()
                _try(trial, label, content)
            for number in range(round(count * DEAR.get(name, 1.0))):
                changed += 1
                _try(trial, str(number), trial.content(seed, number))
    print(json.dumps({"kept": kept, "changed": changed}))


def _kept(name: str) -> Iterator[tuple[str, bytes]]:
    return ((path.name, path.read_bytes()) for path in sorted((CORPUS / name).glob("*")))


def _made(name: str) -> Iterator[tuple[str, bytes]]:
    from tests.fuzz.large import LARGE

    return ((label, make()) for label, make in LARGE.get(name, {}).items())


def _try(trial: Trial, label: str, content: bytes) -> None:
    if finding := trial.read(content):
        print(json.dumps(finding | {"reader": trial.name, "file": label}), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
