"""Teaching in a process of its own: `python -m core.teach.worker FOLDER` teaches the model in a folder the drawings there.

It prints one JSON object a line: `{"done": 0.4, "phase": "teaching"}`, at the end `{"result": {...}}`, or
`{"error": {"template": "...", "values": {...}}}`, which `core.messages.received` takes.
The drawings are deleted as soon as they are read; whoever made the folder deletes the rest.

    FOLDER/before.safetensors   the model to teach
    FOLDER/drawings.jsonl       the drawings (read, then deleted)
    FOLDER/after.safetensors    the taught copy, when it is done
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.files import write_atomically
from core.messages import N_, message
from core.models.files import read_model, save_model
from core.models.model import Model, Score
from core.teach.finetune import FineTuned, Scores, fine_tune
from core.teach.samples import Sample, from_lines, to_lines
from core.telling import carried_out, tell

BEFORE, DRAWINGS, AFTER = "before.safetensors", "drawings.jsonl", "after.safetensors"
OUT_OF_MEMORY = N_("The machine ran out of memory. Choose a smaller network.")
NO_FILES = N_("The files of the teaching could not be read or written: {reason}.")


def prepare(folder: Path, model: Model, samples: Sequence[Sample]) -> None:
    """Fill a folder for the worker."""
    save_model(model, folder / BEFORE)
    write_atomically(folder / DRAWINGS, to_lines(samples).encode())


def collect(folder: Path, result: dict[str, Any]) -> FineTuned:
    """The taught copy of a folder, from what the worker said of it at the end."""
    before, after = (
        Scores(**{part: pair and Score(*pair) for part, pair in result[name].items()}) for name in ("before", "after")
    )
    learned, known = Score(*result["learned"]), result["known"]
    return FineTuned(read_model(folder / AFTER), result["dataset"], before, after, learned, known)


def work(folder: Path, seed: int) -> None:
    """Teach the model in a folder."""
    model, drawings = read_model(folder / BEFORE), folder / DRAWINGS
    try:
        content = drawings.read_bytes()
    finally:
        drawings.unlink(missing_ok=True)
    tuned = fine_tune(model, from_lines(content), seed=seed, tell=lambda done, phase: tell(done=done, phase=phase))
    save_model(tuned.model, folder / AFTER)
    tell(
        result={
            "dataset": tuned.dataset,
            "before": _fields(tuned.before),
            "after": _fields(tuned.after),
            "learned": _pair(tuned.learned),
            "known": tuned.known,
        }
    )


def _fields(scores: Scores) -> dict[str, tuple[int, int] | None]:
    return {"own": _pair(scores.own), "validation": _pair(scores.validation), "test": _pair(scores.test)}


def _pair(score: Score | None) -> tuple[int, int] | None:
    return (score.n, score.correct) if score else None


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m core.teach.worker", description="Teach the model in a folder.")
    parser.add_argument("folder", type=Path, help=f"a folder with {BEFORE} and {DRAWINGS}")
    parser.add_argument("--seed", type=int, default=0, help="where the random numbers start")
    arguments = parser.parse_args(words)
    return carried_out(
        lambda: work(arguments.folder, arguments.seed), out_of_memory=message(OUT_OF_MEMORY), no_files=NO_FILES
    )


if __name__ == "__main__":
    sys.exit(main())
