"""Taking in files in a process of its own: `python -m core.datasets.taking_in FOLDER [ROOM]` takes in the data in a folder.

What strangers give is read where it can take no memory from the pages; unpacked it may have ROOM bytes. It prints one JSON
object:
`{"result": {"name": "upload-3f8a09c211de"}}`, or `{"error": {"template": "...", "values": {...}}}`.
"""

import contextlib
import math
import sys
from pathlib import Path

import psutil

from core.datasets.files import TEST_WORD, TRAIN_WORD, read_file
from core.datasets.uploads import keep
from core.errors import DigitLabError
from core.messages import N_, message
from core.telling import carried_out, tell

MEMORY = 600_000_000  # bytes that reading may take: pictures that unpack to more are refused, not read
OUT_OF_MEMORY = N_("There is not enough memory to read so many pictures. Give fewer of them.")
NOT_ONE = N_("These files do not belong together. Give one file, or an IDX file of images with its labels, and a test file of "
             "the same kind.")  # fmt: skip
NOT_READ = N_("The files could not be read or kept: {reason}.")
ONLY_TEST = N_("{name} is a test file. Give the training file that belongs to it as well.")


def main(folder: Path, room: float) -> int:
    with contextlib.suppress(ImportError):  # a system without such limits
        import resource

        most = psutil.Process().memory_info().vms + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    return carried_out(lambda: work(folder, room), out_of_memory=message(OUT_OF_MEMORY), no_files=NOT_READ)


def work(folder: Path, room: float = math.inf) -> None:
    """Take in what is in a folder, and tell its name."""
    chosen = which(sorted(path for path in folder.iterdir() if path.is_file()))
    parts = read_file(chosen)
    if "train" not in parts:
        raise DigitLabError(ONLY_TEST, name=chosen.name)
    tell(result={"name": keep(parts, chosen.name, room)})


def which(files: list[Path]) -> Path:
    """The file that stands for all of them: of images, not of labels, and to learn from. Raises `DigitLabError`."""
    images = [path for path in files if "label" not in path.name.lower()]
    first = [path for path in images if not TEST_WORD.search(path.name)] or images
    if len(first) > 1:
        first = [path for path in first if TRAIN_WORD.search(path.name)]
    if len(first) != 1 or len(images) > 2:
        raise DigitLabError(NOT_ONE)
    return first[0]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else math.inf))
