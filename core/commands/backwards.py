"""Commands that ask a network back: from an answer to a picture, and what ships of that."""

import time
from pathlib import Path
from typing import Any

import click
import numpy as np

from core.catalog import find_model, load_guard, load_judge, load_model, shipped_models
from core.commands.reporting import JSON, report, tell
from core.datasets import load_training
from core.drawings.pictures import contact_sheet, write_png
from core.drawings.svg import to_svg
from core.errors import DigitLabError
from core.explain.back_query.found import Found, save_found
from core.explain.back_query.ink import DIRECTIONS, keep_ink, measured
from core.explain.back_query.inverse import can_back_query
from core.explain.back_query.kept import file_hash, shipped_path
from core.explain.back_query.methods import asked, find
from core.explain.back_query.written import PEN, strokes
from core.files import write_atomically

ASKED = ["inverse", "seen", "typical", "written"]


@click.command("back-query")
@click.argument("model")
@click.option("--method", type=click.Choice(ASKED), default="inverse", show_default=True, help="The way back.")
@click.option("--no-prior", is_flag=True, help="With seen: any pixels will do, whether they look like ink or not.")
@click.option("--seed", type=int, default=0, show_default=True, help="Where the random numbers start.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write: .png a sheet, .npy the pictures (10, h, w) in 0..1, .svg the strokes of what was written.",
)
@JSON
def back_query(model: str, method: str, no_prior: bool, seed: int, out: Path, as_json: bool) -> None:
    """Run MODEL (a file or a name) from the ten answers back to ten pictures, and let it and a judge read them."""
    if no_prior and method != "seen":
        raise DigitLabError("--no-prior goes with --method seen.")
    started = time.perf_counter()
    company = asked(load_model(model), load_guard(), load_judge(), seed)
    found = find("tricks" if no_prior else method, company)
    seconds = time.perf_counter() - started
    _write(found, out)
    fields = {"model": model, "method": method, "prior": not no_prior, "seed": seed, "out": str(out), "seconds": seconds,
              "read": found.proof.read, "judged": found.proof.judged, "digits": _rows(found)}  # fmt: skip
    report(fields, "\n".join(_lines(found, out, seconds)), as_json)


def _write(found: Found, out: Path) -> None:
    if out.suffix == ".npy":
        with open(out, "wb") as file:
            np.save(file, found.pictures)
    elif out.suffix == ".svg":
        if found.written is None:
            raise DigitLabError("Only what was written has strokes. Choose --method written, or write a .png.")
        drawings = [strokes(found.written, digit) for digit in range(10)]
        write_atomically(out, to_svg(drawings, width=PEN).encode())
    else:
        write_png(contact_sheet(found.pictures), out)


def _rows(found: Found) -> list[dict[str, Any]]:
    proof = found.proof
    return [
        {
            "digit": digit,
            "own": float(proof.own[digit]),
            "answer": int(proof.answers[digit]),
            "judge": float(proof.judge[digit]),
            "judge_answer": int(proof.judge_answers[digit]),
            "likeness": float(proof.likeness[digit]),
            **({"strokes": int(found.written.used[digit].sum())} if found.written else {}),
        }
        for digit in range(10)
    ]


def _lines(found: Found, out: Path, seconds: float) -> list[str]:
    table = [
        f"{row['digit']:>5}  {row['answer']:>8}  {100 * row['own']:5.1f} %  {row['judge_answer']:>9}  "
        f"{100 * row['judge']:5.1f} %  {row['likeness']:8.2f}"
        for row in _rows(found)
    ]
    return [
        "digit  it reads     sure  judge reads    sure  likeness",
        *table,
        f"The network reads {found.proof.read} of 10 as wanted, the judge {found.proof.judged}; {seconds:.1f} s.",
        f"The ten pictures are in {out}.",
    ]


@click.command("keep-back-queries")
def keep_back_queries() -> None:
    """Make anew what ships for the page that runs networks backwards: what ink looks like, and the shipped networks' digits."""
    for dataset in ("mnist", "digits"):
        digits = load_training(dataset).train
        keep_ink(measured(digits, DIRECTIONS[digits.shape]))
    guard, judge = load_guard(), load_judge()
    for name in shipped_models():
        path, model = find_model(name), load_model(name)
        for method in (*ASKED, "tricks"):
            if method != "inverse" or can_back_query(model):
                found = find(method, asked(model, guard, judge))
                save_found(found, shipped_path(path, method), file_hash(path))
                tell(f"{name} {method}: it reads {found.proof.read} of 10 as wanted, the judge {found.proof.judged}.")
