"""A film in a process of its own: `python -m core.film.worker RUN METHOD --guard G --judge J`.

RUN is a run's id, G and J are files. The film is kept as it grows (`core.film.film`). It prints one JSON object a line,
`{"done": 0.4}`, and at the end `{"result": true}`, or `{"error": {"template": "...", "values": {...}}}`, which
`core.messages.received` takes.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from core.film.film import film_path, keep_film, kept_film
from core.film.making import FILMED, make_film
from core.messages import N_, message
from core.models.files import read_model
from core.runs.run import open_run
from core.telling import carried_out, tell

LEAST = 0.5  # seconds between two times that it is kept
OUT_OF_MEMORY = N_("The machine ran out of memory. Choose a smaller network.")
NO_FILES = N_("The film could not be kept: {reason}.")


def work(run_id: str, method: str, guard: Path, judge: Path) -> None:
    """Make the film, and keep it now and then, as soon as it is longer than what there was."""
    path, before, at = film_path(run_id, method), kept_film(run_id, method), 0.0
    film = None
    for done, film in make_film(open_run(run_id), method, read_model(guard), read_model(judge), before):
        if len(film) > (len(before) if before else 0) and time.monotonic() - at >= LEAST:
            keep_film(film, path)
            at = time.monotonic()
        tell(done=done)
    if film is not None:
        keep_film(film, path)
    tell(result=True)


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m core.film.worker", description="Film how a network learned.")
    parser.add_argument("run", help="the id of the run")
    parser.add_argument("method", choices=FILMED, help="how its networks are asked")
    parser.add_argument(
        "--guard", type=Path, required=True, help="the file of the network that tells digits from what is none"
    )
    parser.add_argument("--judge", type=Path, required=True, help="the file of the network that judges")
    given = parser.parse_args(words)
    return carried_out(
        lambda: work(given.run, given.method, given.guard, given.judge),
        out_of_memory=message(OUT_OF_MEMORY),
        no_files=NO_FILES,
    )


if __name__ == "__main__":
    sys.exit(main())
