"""A map of digits in a process of its own: `python -m core.explain.map_worker MODEL FOLDER DIGITS`.

MODEL is a file, FOLDER holds the digits to lay out (`prepare`), DIGITS is the hash of the data set that they are of. The map
is kept in the data folder (`core.explain.maps`). It prints one JSON object a line, `{"done": 0.4}`, at the end
`{"result": true}`, or `{"error": {"template": "...", "values": {...}}}`, which `core.messages.received` takes.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save

from core.datasets import Dataset
from core.explain.back_query.kept import file_hash
from core.explain.maps import keep_map
from core.explain.neighbours import lay_out_neighbours
from core.explain.plane import views
from core.files import write_atomically
from core.messages import N_, message
from core.models.files import read_model
from core.telling import carried_out, tell

OUT_OF_MEMORY = N_("The machine ran out of memory. Choose a smaller network.")
NO_FILES = N_("The map could not be kept: {reason}.")
FILE = "digits.safetensors"


def prepare(folder: Path, digits: Dataset) -> None:
    """Put digits into a folder, for `digits_in`."""
    arrays = {"pixels": np.ascontiguousarray(digits.pixels), "labels": digits.labels.astype(np.uint8),
              "form": np.array([*digits.shape, digits.pixel_max])}  # fmt: skip
    write_atomically(folder / FILE, save(arrays), lasting=False)


def digits_in(folder: Path) -> Dataset:
    """The digits that were put into a folder."""
    arrays = load_file(folder / FILE)
    height, width, largest = map(int, arrays["form"])
    return Dataset("map", arrays["pixels"], arrays["labels"].astype(np.int64), (height, width), largest)


def work(model: Path, folder: Path, digits_sha256: str, threads: int) -> None:
    """Lay digits out as the model in a file sees them, and keep the map."""
    tell(done=0.0)
    sha256 = file_hash(model)
    seen = views(read_model(model), digits_in(folder))
    keep_map(lay_out_neighbours(seen, lambda done: tell(done=round(done, 3)), threads=threads), sha256, digits_sha256)
    tell(result=True)


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m core.explain.map_worker", description="Lay digits out on a map.")
    parser.add_argument("model", type=Path, help="the file of the network that looks at the digits")
    parser.add_argument("folder", type=Path, help="where the digits are")
    parser.add_argument("digits", help="the hash of the data set that they are of")
    parser.add_argument("--threads", type=int, default=1, help="threads to compute with")
    given = parser.parse_args(words)
    return carried_out(
        lambda: work(given.model, given.folder, given.digits, given.threads),
        out_of_memory=message(OUT_OF_MEMORY),
        no_files=NO_FILES,
    )


if __name__ == "__main__":
    sys.exit(main())
