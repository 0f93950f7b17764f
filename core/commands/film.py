"""`python -m core film`: how the ten pictures of a run came to be, as a GIF or a PNG sheet."""

import time
from pathlib import Path

import click

from core.catalog import load_guard, load_judge
from core.commands.reporting import JSON, report, tell
from core.errors import DigitLabError
from core.explain.back_query.methods import METHODS
from core.files import write_atomically
from core.film.export import to_gif, to_sheet
from core.film.film import Film, film_path, keep_film, kept_film, shipped_film_path
from core.film.making import FILMED, make_film
from core.runs.run import RECORDING, Run, open_run

SHIPPED = ("seen", "written")  # films of the recording that come with the project


@click.command("film")
@click.argument("run")
@click.option(
    "--method", type=click.Choice(list(FILMED)), default="seen", show_default=True, help="How its networks are asked."
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write: .gif or .png."
)
@JSON
def film_command(run: str, method: str, out: Path, as_json: bool) -> None:
    """Ask the networks that RUN (an id, or "recording") kept on its way for the ten digits, and make a film of them."""
    makers = {".gif": to_gif, ".png": to_sheet}
    if out.suffix not in makers:
        raise DigitLabError("A film is a .gif, which moves, or a .png, which shows all of it at once.")
    started = time.perf_counter()
    film = _made(open_run(run), method, kept_film(run, method))
    keep_film(film, film_path(run, method))
    content = makers[out.suffix](film)
    write_atomically(out, content)
    fields = {"run": run, "method": method, "out": str(out), "moments": film.moments.tolist(), "read": film.read.tolist(),
              "bytes": len(content), "seconds": time.perf_counter() - started}  # fmt: skip
    lines = [
        f"{moment:>10g} epochs: it reads {read} of 10 as it meant them"
        for moment, read in zip(film.moments, film.read, strict=True)
    ]
    report(fields, "\n".join([*lines, f"{METHODS[method].title}: {len(content):,} bytes in {out}."]), as_json)


def _made(run: Run, method: str, before: Film | None) -> Film:
    made = None
    for done, film in make_film(run, method, load_guard(), load_judge(), before):
        made = film
        tell(f"{100 * done:3.0f} %")
    if made is None:
        raise DigitLabError("The moments of this run went away while the film was made. Try again.")
    return made


@click.command("keep-films")
def keep_films() -> None:
    """Make anew the films of the recording that ship with the project."""
    for method in SHIPPED:
        keep_film(_made(open_run(RECORDING), method, None), shipped_film_path(method))
