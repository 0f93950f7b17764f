"""The doubtful labels of a data set, looked for in a process of its own: `python -m core.heldout.worker DATASET`.

It prints one JSON object a line: `{"done": 0.4}` on the way, at the end `{"result": {...}}` with the fields of
`core.heldout.labels.Doubts`, or `{"error": {"template": "...", "values": {...}}}`, which `core.messages.received` takes.
"""

import sys
from typing import Any

import msgspec

from core.heldout.labels import Doubts, by_folds
from core.messages import N_, message
from core.scores.evaluation import everything
from core.telling import carried_out, now_and_then, tell

LEAST = 0.2  # seconds between two lines that tell how far it is
OUT_OF_MEMORY = N_("The machine ran out of memory. Give fewer digits.")
NO_FILES = N_("The digits could not be read: {reason}.")


def work(dataset: str) -> None:
    @now_and_then(LEAST)
    def how_far(done: float) -> None:
        tell(done=round(done, 3))

    tell(result=msgspec.to_builtins(by_folds(everything(dataset), tell=how_far)))


def doubts_of(result: Any) -> Doubts:
    """What a line has told."""
    return msgspec.convert(result, Doubts)


def main(dataset: str) -> int:
    return carried_out(lambda: work(dataset), out_of_memory=message(OUT_OF_MEMORY), no_files=NO_FILES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
