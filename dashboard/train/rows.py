"""The rows of the table of runs: which runs are in it, in what order, and what is said of each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.network.optimizers import OPTIMIZERS
from core.runs.glances import Glance
from core.runs.summary import Summary
from core.scores.evaluation import interval
from dashboard import visitor, words
from dashboard.look.numbers import moment, share
from dashboard.say import N_, say

WHICH: dict[str, tuple[str, Callable[[Glance], bool]]] = {  # what a visitor may want to see, and how it is told
    "all": (N_("All"), lambda glance: True),
    "starred": (N_("Starred"), lambda glance: glance.record.starred),
    "active": (N_("Under way"), lambda glance: glance.status.active),
    "over": (N_("Finished"), lambda glance: glance.status.state == "finished"),
    "other": (N_("Not finished"), lambda glance: glance.status.state in ("stopped", "failed", "died")),
}
COLUMNS: dict[
    str, tuple[str, Callable[[Glance], Any], bool]
] = {  # title, what it sorts by, whether the most comes first
    "starred": (N_("Star"), lambda glance: glance.record.starred, True),
    "name": (N_("Name"), lambda glance: glance.title.casefold(), False),
    "score": (N_("Test digits right"), lambda glance: _accuracy(glance.summary), True),
    "time": (N_("Time"), lambda glance: glance.summary.seconds, True),
    "created": (N_("Begun"), lambda glance: glance.record.created, True),
}
NEWEST = "created"


@dataclass(frozen=True, slots=True)
class Order:
    """By which column the table is sorted, and whether the other way round than one expects of it."""

    column: str = NEWEST
    reversed: bool = False


def chosen(found: list[Glance], *, text: str, which: str, order: Order) -> list[Glance]:
    """The runs that a visitor asked for, in their order; `text` may stand in the name, the note or the settings."""
    _, wanted = WHICH[which]
    parts = text.casefold().split()
    kept = [glance for glance in found if wanted(glance) and (not parts or _holds(glance, parts))]
    _, value, most_first = COLUMNS[order.column]
    kept.sort(key=lambda glance: glance.record.created, reverse=True)  # what is alike keeps the newest first
    kept.sort(key=value, reverse=most_first != order.reversed)
    return kept


def _holds(glance: Glance, parts: list[str]) -> bool:
    said = (glance.title, glance.record.note, settings(glance.summary), state(glance), glance.id)
    whole = "\n".join(said).casefold()
    return all(part in whole for part in parts)


def _accuracy(summary: Summary) -> float:
    return summary.test.accuracy if summary.test else -1.0


def settings(summary: Summary) -> str:
    """The settings that a table has room for, in words; or why they cannot be read."""
    if summary.problem and not summary.settings:
        return say(summary.problem)
    given = summary.settings
    optimizer = OPTIMIZERS.get(str(given.get("optimizer")))
    values = {
        "units": ", ".join(str(size) for size in summary.sizes[1:-1]), "rate": given.get("learning_rate", 0.0),
        "epochs": given.get("epochs", 0), "data": _digits(str(given.get("dataset", ""))), "seed": given.get("seed", 0),
        "optimizer": say(optimizer.title) if optimizer else str(given.get("optimizer", "")),
    }  # fmt: skip
    if not summary.sizes[1:-1]:
        return say("{data}, no units between, {optimizer}, rate {rate:g}, {epochs:g} epochs, seed {seed}", **values)
    return say("{data}, {units} units, {optimizer}, rate {rate:g}, {epochs:g} epochs, seed {seed}", **values)


def _digits(dataset: str) -> str:
    """A data set by the shortest name that it has."""
    return words.dataset_title(dataset).partition(":")[0]


def state(glance: Glance) -> str:
    return say(words.STATES[glance.status.state])


def score(summary: Summary) -> tuple[str, str]:
    """How many test digits it gets right, and between what the truth lies; two empty ones where that was not counted."""
    if not summary.test:
        return "", ""
    low, high = interval(summary.test)
    return share(summary.test.accuracy), say("{low:.1f} to {high:.1f} %", low=100 * low, high=100 * high)


def row(glance: Glance, title: str, *, watched: str, compared: list[str]) -> dict[str, Any]:
    """What the table's script needs of a run (`table.js`)."""
    right, between = score(glance.summary)
    return {
        "id": glance.id,
        "title": title,
        "note": glance.record.note.partition("\n")[0],
        "settings": settings(glance.summary),
        "score": right,
        "between": between,
        "time": words.short_duration(glance.summary.seconds) if glance.summary.seconds else "",
        "begun": moment(glance.record.created),
        "state": state(glance),
        "active": glance.status.active,
        "starred": glance.record.starred,
        "mine": visitor.holds(glance.record),
        "watched": glance.id == watched,
        "compared": glance.id in compared,
    }
