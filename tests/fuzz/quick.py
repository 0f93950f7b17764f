"""`python -m tests.fuzz.quick COUNT`: all files that were ever findings (`tests/corpus/`), and COUNT changed ones of each reader.

All in this one process, for a test that takes seconds. It prints what it finds, one JSON object a line, and how much it tried.
"""

import json
import sys
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
            files = [(path.name, path.read_bytes()) for path in sorted((CORPUS / name).glob("*"))]
            kept += len(files)
            numbers = range(round(count * DEAR.get(name, 1.0)))
            changed += len(numbers)
            for label, content in (*files, *((str(number), trial.content(seed, number)) for number in numbers)):
                if finding := trial.read(content):
                    print(json.dumps(finding | {"reader": name, "file": label}), flush=True)
    print(json.dumps({"kept": kept, "changed": changed}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
