"""What reading a picture costs: run as a script with a folder of pictures, and with "digit" or "number".

Each picture is read in a process of its own, forked from one that has read an ordinary one: what is measured is what the
picture adds. For each a line of JSON: its name, seconds of the processor, megabytes at the peak, and what was said.
"""

import json
import os
import resource
import sys
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a thread that waits burns as much as one that works

import numpy as np  # noqa: E402

from core.catalog import load_model  # noqa: E402
from core.drawings.pictures import read_picture  # noqa: E402
from core.drawings.preprocess import from_drawing  # noqa: E402
from core.errors import DigitLabError  # noqa: E402
from core.numbers.reading import read_number  # noqa: E402

MODEL = load_model("default")


def read(picture: np.ndarray, what: str) -> str:
    if what == "number":
        return read_number(MODEL, picture).text
    return str(MODEL.predict(from_drawing(picture, MODEL.shape)[None])[0].argmax())


def resident() -> float:
    """Megabytes of this process now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def cost(path: Path, what: str) -> dict[str, object]:
    before = resident()
    said, was_read = "", False
    try:
        picture = read_picture(path)
        was_read = True
        said = read(picture, what)
    except DigitLabError as error:
        said = str(error)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "name": path.name,
        "seconds": used.ru_utime + used.ru_stime,
        "megabytes": used.ru_maxrss * 1024 / 1e6 - before,
        "read": was_read,
        "said": said,
    }


def main(folder: Path, what: str) -> None:
    sheet = np.full((200, 200, 4), 255, np.uint8)
    sheet[50:150, 90:110, :3] = 0
    read(sheet, what)
    for path in sorted(folder.iterdir()):
        sys.stdout.flush()
        child = os.fork()
        if not child:
            print(json.dumps(cost(path, what)), flush=True)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            print(
                json.dumps(
                    {"name": path.name, "seconds": 0.0, "megabytes": 0.0, "read": False, "said": f"ended: {status}"}
                )
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
