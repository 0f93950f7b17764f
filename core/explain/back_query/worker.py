"""A back-query in a process of its own: `python -m core.explain.back_query.worker MODEL METHOD --guard G --judge J`.

MODEL, G and J are files; METHOD is one of `core.explain.back_query.methods`. What is found is kept in the data folder
(`core.explain.back_query.kept`). It prints one JSON object a line,
`{"done": 0.4, "controls": [...], "used": [...]}` while strokes are moved, `{"done": 0.4, "pictures": "base64", "shape": [h, w]}`
while pixels are, at the end `{"result": true}`, or `{"error": {"template": "...", "values": {...}}}`, which
`core.messages.received` takes.
"""

import argparse
import base64
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.explain.back_query.found import Step, in_bytes
from core.explain.back_query.kept import file_hash, keep
from core.explain.back_query.methods import METHODS, asked, find
from core.explain.back_query.pen import CONTROLS, STROKES, Candidates
from core.messages import N_, message
from core.models.files import read_model
from core.telling import carried_out, now_and_then, tell

LEAST = 0.15  # seconds between two steps that are told
OUT_OF_MEMORY = N_("The machine ran out of memory. Choose a smaller network.")
NO_FILES = N_("What the network wrote could not be kept: {reason}.")


def step_fields(step: Step) -> dict[str, Any]:
    """A step as a line tells it."""
    if step.written:
        return {
            "done": step.done,
            "controls": np.round(step.written.controls.astype(float), 2).tolist(),
            "used": step.written.used.astype(int).tolist(),
        }
    assert step.pictures is not None
    pictures = base64.b64encode(in_bytes(step.pictures).tobytes()).decode()
    return {"done": step.done, "pictures": pictures, "shape": list(step.pictures.shape[1:])}


def step_of(event: dict[str, Any]) -> Step:
    """What a line has told; the reader of `step_fields`."""
    if "controls" in event:
        controls = np.array(event["controls"], np.float32).reshape(10, STROKES, CONTROLS, 2)
        return Step(event["done"], Candidates(controls, np.array(event["used"], np.float32)))
    pixels = np.frombuffer(base64.b64decode(event["pictures"]), np.uint8).astype(np.float32) / 255
    return Step(event["done"], pictures=pixels.reshape(10, *event["shape"]))


def work(model: Path, method: str, guard: Path, judge: Path, seed: int) -> None:
    """Ask the model in a file, and keep what was found."""

    @now_and_then(LEAST)
    def how_far(step: Step) -> None:
        tell(**step_fields(step))

    sha256 = file_hash(model)
    company = asked(read_model(model), read_model(guard), read_model(judge), seed)
    keep(find(method, company, how_far), sha256)
    tell(result=True)


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m core.explain.back_query.worker", description="Ask a network back.")
    parser.add_argument("model", type=Path, help="the file of the network that is asked")
    parser.add_argument("method", choices=list(METHODS), help="how it is asked")
    parser.add_argument(
        "--guard", type=Path, required=True, help="the file of the network that tells digits from what is none"
    )
    parser.add_argument("--judge", type=Path, required=True, help="the file of the network that judges")
    parser.add_argument("--seed", type=int, default=0, help="where the random numbers start")
    given = parser.parse_args(words)
    return carried_out(
        lambda: work(given.model, given.method, given.guard, given.judge, given.seed),
        out_of_memory=message(OUT_OF_MEMORY),
        no_files=NO_FILES,
    )


if __name__ == "__main__":
    sys.exit(main())
