"""`teach`: a copy of a model learns drawings from files, as the Draw page teaches it a visitor's own."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np

from core.catalog import load_model
from core.commands.reporting import JSON, report, score_fields
from core.drawings.pictures import read_picture
from core.drawings.preprocess import from_drawing
from core.errors import DigitLabError
from core.models.files import save_model
from core.models.model import Model, Score
from core.teach.finetune import fine_tune
from core.teach.outcome import FineTuned
from core.teach.samples import PHOTO, Sample, from_lines, sample_of
from core.teach.typed import typed_samples

KINDS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff")
MOST_PICTURES = 2_000


@click.command("teach")
@click.argument("model")
@click.argument("drawings", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--label", type=click.IntRange(0, 9), help="The digit that the pictures show. [default: their folder's name]"
)
@click.option("--typed", is_flag=True, help="Teach typed digits 0 to 4, mostly those that it misreads.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file for the copy.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0))
@JSON
def teach_command(
    model: str, drawings: tuple[Path, ...], label: int | None, typed: bool, out: Path, seed: int, as_json: bool
) -> None:
    """Teach a copy of MODEL (a file or a name) the digits in DRAWINGS.

    DRAWINGS are files of drawings that were saved on the Draw page (.jsonl), pictures of one digit each, or folders of
    them, in which each picture lies in a folder named by its digit: digits/3/first.png.
    """
    loaded = load_model(model)
    samples = [sample for path in drawings for sample in _samples(loaded, path, label)]
    if typed:
        samples += typed_samples(loaded, rng=np.random.default_rng(seed))
    with click.progressbar(length=100, label="Teaching", file=sys.stderr) as bar:
        tuned = fine_tune(loaded, samples, seed=seed, tell=lambda done, phase: bar.update(int(100 * done) - bar.pos))
        bar.update(100 - bar.pos)
    if refusal := tuned.refusal:
        raise DigitLabError(refusal)
    out.parent.mkdir(parents=True, exist_ok=True)
    save_model(tuned.model, out)
    fields = {"model": model, "out": str(out), "taught": tuned.learned.n, "known": tuned.known,
              "before": _fields(tuned, "before"), "after": _fields(tuned, "after")}  # fmt: skip
    report(fields, f"{_words(tuned)}\nThe copy is in {out}.", as_json)


def _samples(model: Model, path: Path, label: int | None) -> list[Sample]:
    """The drawings of a file or folder, as the model gets them."""
    if path.suffix == ".jsonl":
        return from_lines(path.read_bytes())
    pictures = sorted(_pictures(path)) if path.is_dir() else [path]
    if not pictures:
        raise DigitLabError("There are no pictures in the folder {path}.", path=path)
    if len(pictures) > MOST_PICTURES:
        raise DigitLabError("{path} holds {count} pictures; at most {most} can be taught at once.",
                            path=path, count=len(pictures), most=MOST_PICTURES)  # fmt: skip
    return [_sample(model, picture, label) for picture in pictures]


def _pictures(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.suffix.lower() in KINDS and path.is_file())


def _sample(model: Model, path: Path, label: int | None) -> Sample:
    if label is None:
        named = path.resolve().parent.name
        if len(named) != 1 or named not in "0123456789":
            raise DigitLabError(
                "What digit does {path} show? Put it into a folder named by the digit, or give --label.", path=path
            )
        label = int(named)
    try:
        seen = from_drawing(read_picture(path), model.shape)
    except DigitLabError as error:
        raise DigitLabError("{path}: {why}", path=path, why=error) from error
    return sample_of(seen, label, int(model.predict(seen[None])[0].argmax()), source=PHOTO)


def _fields(tuned: FineTuned, when: str) -> dict[str, Any]:
    scores = getattr(tuned, when)
    return {name: score and score_fields(score) for name in ("own", "validation", "test")
            for score in [getattr(scores, name)]}  # fmt: skip


def _words(tuned: FineTuned) -> str:
    """Before and after, a line for each part."""
    parts = (
        ("Drawings that it was not taught", "own"),
        ("Digits that settle whether it is kept", "validation"),
        ("Test digits", "test"),
    )
    lines = [f"{'Read right':<40}{'before':>18}{'after':>18}"]
    for title, part in parts:
        before, after = getattr(tuned.before, part), getattr(tuned.after, part)
        lines.append(f"{title:<40}{_of(before):>18}{_of(after):>18}")
    if tuned.known:
        lines.append(f"{tuned.known} of the drawings had been learned in an earlier lesson: they are not counted.")
    return "\n".join(lines)


def _of(score: Score | None) -> str:
    return f"{score.correct:,} of {score.n:,}" if score else "-"
