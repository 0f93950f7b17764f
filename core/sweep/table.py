"""A sweep as a table: a row a combination, as a terminal prints it and as CSV."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from core.bench.reproduced import reported
from core.messages import N_, Message, message
from core.scores.luck import Spread
from core.sentences import fine_share
from core.sweep.grid import AXES, told
from core.sweep.looks import PENDING, WAITS, Looked

NOTHING = N_("–")
HELD_BACK, TEST, REPORTED = N_("Digits kept apart"), N_("Test digits"), N_("Reported")
SPREAD = N_("{share} ± {points:.2f}")
STATES = {
    WAITS: N_("waits"),
    "queued": N_("waits"),
    "waiting": N_("begins"),
    "gone": N_("no run"),
    "failed": N_("failed"),
    "died": N_("broken off"),
    "stopped": N_("stopped"),
}
FIELDS = (
    "recipe",
    "hidden",
    "learning_rate",
    "epochs",
    "seed",
    "run",
    "state",
    "held_back",
    "n",
    "correct",
    "reported",
)


def columns(found: Sequence[Looked]) -> list[str]:
    """What stands over the columns, for what there is to say."""
    parts = [HELD_BACK, TEST, REPORTED]
    return [*(AXES[axis] for axis in _axes(found)), *(part for part in parts if _has(found, part))]


def row(found: Sequence[Looked], looked: Looked) -> list[Message]:
    """What stands in the row of a combination."""
    cells = [told(axis, looked.cell.values[axis]) for axis in _axes(found)]
    if _has(found, HELD_BACK):
        cells.append(_score(looked, held_back=True))
    if _has(found, TEST):
        cells.append(_score(looked, held_back=False))
    if _has(found, REPORTED):
        cells.append(_reported(looked))
    return cells


def where_it_stands(looked: Looked) -> Message:
    """What is said of a combination of which nothing is known yet: that it waits, how far it is, or why nothing comes."""
    states = list(looked.states.values())
    if any(state in PENDING for state in states):
        if looked.done > 0 or "running" in states:
            return message("{percent:.0f} % done", percent=100 * looked.done)
        return message(STATES[WAITS])
    lost = next((state for state in states if state in STATES), None)
    return message(STATES[lost]) if lost else message(NOTHING)


def with_spread(found: Spread) -> Message:
    """A mean, and how far one seed lies from it: "97.29 % ± 0.06"."""
    if found.n == 1:
        return fine_share(found.mean)
    return message(SPREAD, share=fine_share(found.mean), points=100 * found.deviation)


def _score(looked: Looked, *, held_back: bool) -> Message:
    found = looked.spread(held_back=held_back)
    if found:
        return with_spread(found)
    if looked.cell.epoch is not None and not held_back:
        return message(NOTHING)
    return where_it_stands(looked)


def _reported(looked: Looked) -> Message:
    found = looked.spread(held_back=False)
    if looked.reported is None:
        return message(NOTHING)
    return reported(found, looked.reported) if found and found.n > 1 else fine_share(looked.reported)


def _axes(found: Sequence[Looked]) -> list[str]:
    """All but the recipe, where there is only one: it would say the same in each row."""
    several = len({looked.cell.values["recipe"] for looked in found}) > 1
    return [axis for axis in AXES if several or axis != "recipe"]


def _has(found: Sequence[Looked], part: str) -> bool:
    if part == REPORTED:
        return any(looked.reported is not None for looked in found)
    if part == HELD_BACK:
        return any(looked.cell.config.training.validation for looked in found)
    return any(looked.cell.epoch is None for looked in found)


def as_text(found: Sequence[Looked]) -> str:
    """The table for a terminal."""
    lines = [[str(message(title)) for title in columns(found)], *([*map(str, row(found, each))] for each in found)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    return "\n".join(
        "  ".join(f"{part:<{width}}" for part, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def rows_of_runs(found: Sequence[Looked]) -> list[dict[str, Any]]:
    """A row a combination and seed, with plain values."""
    return [
        {
            "recipe": looked.cell.values["recipe"],
            "hidden": list(looked.cell.config.network.hidden),
            "learning_rate": looked.cell.config.training.learning_rate,
            "epochs": looked.cell.config.training.epochs,
            "seed": seed,
            "run": looked.runs.get(seed),
            "state": state,
            "held_back": looked.held_back.get(seed),
            "n": looked.test[seed].n if seed in looked.test else None,
            "correct": looked.test[seed].correct if seed in looked.test else None,
            "reported": looked.reported,
        }
        for looked in found
        for seed, state in looked.states.items()
    ]


def as_csv(found: Sequence[Looked]) -> str:
    """The rows of `rows_of_runs` as CSV; layers have a dash between them."""
    text = io.StringIO()
    writer = csv.DictWriter(text, FIELDS, lineterminator="\n")
    writer.writeheader()
    for each in rows_of_runs(found):
        writer.writerow(each | {"hidden": "-".join(map(str, each["hidden"]))})
    return text.getvalue()
