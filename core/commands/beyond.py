"""Four commands that count what the page Backwards shows beyond ten pictures: blends, blind walks, smallest changes, wobble."""

import itertools
import time
from typing import Any

import click
import numpy as np

from core.catalog import find_model, load_model
from core.commands.reporting import JSON, report, tell
from core.errors import DigitLabError
from core.explain.back_query.blend import CLOSE, blend
from core.explain.back_query.blind import HELD, walk
from core.explain.back_query.change import as_drawing, smallest_change
from core.explain.back_query.ink import ink_for
from core.explain.back_query.kept import file_hash
from core.explain.back_query.marks import marks_for
from core.explain.back_query.starts import starting_pictures
from core.explain.nearest import digits_for
from core.models.model import Model
from core.scores.evaluation import digits_of
from core.scores.wobble import wobble

LEAST_INK = 0.15  # of the ink that a walk has to change
IN_TIME = 2.0  # seconds for a smallest change
QUANTILE = 0.95


def _loaded(name: str) -> tuple[Model, np.ndarray]:
    """A network, and the ten pictures that its blends and walks begin with."""
    path = find_model(name)
    model = load_model(name)
    return model, starting_pictures(path, file_hash(path), model.shape)


@click.command("blend")
@click.argument("model")
@JSON
def blend_command(model: str, as_json: bool) -> None:
    """Blend all 45 pairs of digits as MODEL (a file or a name) sees them, and count those whose frames say what they should."""
    network, pictures = _loaded(model)
    ink, off, seconds = ink_for(network.shape), [], []
    for first, second in itertools.combinations(range(10), 2):
        started = time.process_time()
        off.append(blend(network, ink, pictures, first, second).off)
        seconds.append(time.process_time() - started)
    close = sum(each <= CLOSE for each in off)
    fields = {"model": model, "pairs": len(off), "close": close, "worst": max(off), "median": float(np.median(off)),
              "seconds": float(np.quantile(seconds, QUANTILE))}  # fmt: skip
    words = (f"{close} of {len(off)} pairs within {CLOSE:g} of the wanted probabilities in all frames; half within "
             f"{fields['median']:.3f}, all within {max(off):.3f}. "
             f"19 of 20 took less than {fields['seconds']:.1f} s of a processor.")  # fmt: skip
    report(fields, words, as_json)


@click.command("blind-walk")
@click.argument("model")
@JSON
def blind_walk(model: str, as_json: bool) -> None:
    """Walk from each digit towards each other one along directions in which MODEL is blind, and count how far that goes."""
    network, pictures = _loaded(model)
    walks, started = [], time.process_time()
    for start, goal in itertools.permutations(range(10), 2):
        found = walk(network, pictures[start], pictures[goal])
        walks.append((found.changed, found.moved))
    changed, moved = np.array(walks).T
    far = int(((changed >= LEAST_INK) & (moved <= HELD)).sum())
    fields = {"model": model, "walks": len(walks), "far": far, "changed": float(np.median(changed)),
              "least": float(changed.min()), "moved": float(moved.max()),
              "seconds": (time.process_time() - started) / len(walks)}  # fmt: skip
    words = (f"{far} of {len(walks)} walks change {LEAST_INK:.0%} of the ink or more (half of them "
             f"{fields['changed']:.0%}, the least {fields['least']:.0%}), and no probability by more than "
             f"{moved.max():.1e}. {fields['seconds']:.1f} s of a processor each.")  # fmt: skip
    report(fields, words, as_json)


@click.command("smallest-change")
@click.argument("model")
@click.option("--digits", type=click.IntRange(1, 10_000), default=200, show_default=True, help="How many test digits.")
@click.option("--to", type=click.IntRange(0, 9), help="The answer that is wanted; by default any other.")
@JSON
def smallest_change_command(model: str, digits: int, to: int | None, as_json: bool) -> None:
    """Find the least stroke that makes MODEL read test digits as other ones, drawn and read as every drawing is."""
    network = load_model(model)
    drawings = _test_digits(network, digits)
    marks_for(network.shape)  # made once
    shares, seconds = [], []
    for picture in drawings:
        started = time.perf_counter()
        shares.append(_share(network, picture, to))
        seconds.append(time.perf_counter() - started)
        if len(seconds) % 50 == 0:
            tell(f"{len(seconds)} of {len(drawings)} digits.")
    fields = _changes(shares, seconds) | {"model": model}
    words = (f"{fields['in_time']} of {len(shares)} digits get another answer within {IN_TIME:g} s ({fields['found']} in any "
             f"time); half of them by {fields['ink']:.1%} of their ink or less. "
             f"19 of 20 take less than {fields['seconds']:.2f} s.")  # fmt: skip
    report(fields, words, as_json)


def _test_digits(network: Model, count: int) -> np.ndarray:
    """The first so many test digits of the set that the network learned from (n, h, w) in 0..1."""
    test = digits_of(digits_for(network))
    return test.x(np.arange(min(count, len(test)))).reshape(-1, *test.shape)


def _share(network: Model, picture: np.ndarray, to: int | None) -> float | None:
    """How much of a digit's ink has to change; None where the answer does not change, or is the wanted one already."""
    try:
        return smallest_change(network, as_drawing(picture), to).share
    except DigitLabError:
        return None


def _changes(shares: list[float | None], seconds: list[float]) -> dict[str, Any]:
    found = [share for share in shares if share is not None]
    in_time = sum(share is not None and spent <= IN_TIME for share, spent in zip(shares, seconds, strict=True))
    return {"digits": len(shares), "found": len(found), "in_time": in_time, "share": in_time / len(shares),
            "ink": float(np.median(found)) if found else 0.0, "seconds": float(np.quantile(seconds, QUANTILE))}  # fmt: skip


@click.command("wobble")
@click.argument("model", nargs=-1, required=True)
@JSON
def wobble_command(model: tuple[str, ...], as_json: bool) -> None:
    """Turn, move and thicken a hundred digits, and count how often each MODEL still reads them: one number to compare by."""
    rows, lines = [], []
    for name in model:
        started = time.process_time()
        found = wobble(load_model(name))
        seconds = time.process_time() - started
        rows.append({"model": name, "digits": found.digits, "changes": found.changes, "share": found.share, "plain": found.plain,
                     "turned": found.turned.mean(axis=0).tolist(), "thickened": found.thickened.mean(axis=0).tolist(),
                     "seconds": seconds})  # fmt: skip
        lines.append(f"{name:<12} holds under {found.share:6.1%} of {found.changes} changes of {found.digits} digits "
                     f"({found.plain:.0%} right as they are; {seconds:.1f} s of a processor)")  # fmt: skip
    report({"models": rows}, "\n".join(lines), as_json)
