"""`python -m core doubtful DATASET`: the labels of a data set that are doubtful, and who doubts them."""

from typing import Any

import click
import numpy as np

from core.catalog import load_model
from core.commands.reporting import JSON, report, tell
from core.datasets import Dataset, described, measured_on, named
from core.heldout.labels import Doubts, by_folds, by_network, flipped
from core.scores.confident import DoubtfulLabel
from core.scores.evaluation import digits_of, everything

FOLDS = "five parts"
LINES = 30  # that are printed


@click.command("doubtful")
@click.argument("dataset")
@click.option("--model", help="A network (a file or a name); of what it learned from, the test part is looked at. "
              "[default: five quick networks]")  # fmt: skip
@click.option("--flip", type=click.FloatRange(0, 0.5), default=0.0, help="Change this share of the labels first, and count "
              "how many of these are found.")  # fmt: skip
@JSON
def doubtful_command(dataset: str, model: str | None, flip: float, as_json: bool) -> None:
    """Name the digits of DATASET (a name, or a file) whose label is doubtful, by confident learning as in cleanlab.

    A digit is doubted where a network that has not learned from it gives another digit at least the probability that it
    usually gives that digit (the mean over the digits labelled so), and more than any other that reaches its own mean. By
    default five quick networks learn from four fifths each and look at the rest. 10,000 digits at most are looked at.
    """
    name = named(dataset)
    loaded = load_model(model) if model else None
    learned = loaded is not None and measured_on(loaded.config.training.dataset) == measured_on(name)
    digits: Dataset = digits_of(name) if learned else everything(name)
    numbers, about = digits.numbers(), described(name)
    tested = about.test_count if about else 0
    places = np.zeros(0, dtype=int)
    if flip:
        digits, places = flipped(digits, flip)
    if loaded is None:
        tell(f"Five networks learn from four fifths of {len(digits):,} digits each.")
    found = by_network(loaded, digits) if loaded else by_folds(digits)
    rows = [_row(each, int(numbers[each.place]), tested) for each in found.first]
    fields = {"dataset": name, "n": found.n, "by": model or FOLDS, "count": found.count,
              "thresholds": list(found.thresholds), "doubtful": rows}  # fmt: skip
    lines = [*map(_line, rows[:LINES]), _sum(found, model)]
    if flip:
        hit = len({each.place for each in found.first} & set(places.tolist()))
        fields["flipped"] = {"n": len(places), "found": hit, "precision": hit / max(1, len(rows)),
                             "recall": hit / max(1, len(places))}  # fmt: skip
        lines.append(f"Of {len(places):,} labels that were changed {hit:,} are among the {len(rows):,} that are named.")
    report(fields, "\n".join(lines), as_json)


def _row(found: DoubtfulLabel, number: int, tested: int) -> dict[str, Any]:
    """A doubtful label, with its place in the part that it is of."""
    test = number < tested
    return {"part": "test" if test else "train", "index": number if test else number - tested, "label": found.label,
            "suggested": found.suggested, "label_probability": found.given, "suggested_probability": found.found,
            "margin": found.margin}  # fmt: skip


def _line(row: dict[str, Any]) -> str:
    return (
        f"{row['part']:<5} {row['index']:>6,}  labelled {row['label']}, rather a {row['suggested']}  "
        f"({100 * row['suggested_probability']:.1f} % against {100 * row['label_probability']:.1f} %)"
    )


def _sum(found: Doubts, model: str | None) -> str:
    by = f"the network {model}" if model else "networks that have not learned from them"
    return f"Doubtful, by {by}: {found.count:,} of {found.n:,} labels."
