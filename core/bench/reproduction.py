"""What the tutorials' recipes read here, trained with stated seeds, and what ours read: `models/reproduced.json`.

`python -m core reproduce --keep` trains and writes it; `core.bench.reproduced` tells it as a table.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import msgspec
import numpy as np

from core.errors import DigitLabError
from core.files import DAMAGED, write_atomically
from core.folders import MODELS, PROJECT
from core.learning import train
from core.models.model import Score
from core.processors import processors
from core.scores.luck import Spread, spread
from core.training.aims import AIMS
from core.training.events import Event
from core.training.recipes import RECIPES, Recipe

KEPT = MODELS / "reproduced.json"


class Trained(msgspec.Struct, frozen=True, kw_only=True):
    """One configuration, trained with several seeds.

    Attributes
    ----------
    seeds, correct, seconds : of each training its seed, the test digits that it reads, and how long it trained; for an aim
        of ours the seconds count from the start of the process.
    n : test digits.
    made, processors : on which day (ISO 8601), and on how many processors.
    """

    seeds: list[int]
    correct: list[int]
    seconds: list[float]
    n: int
    made: str
    processors: int

    @property
    def spread(self) -> Spread:
        return spread([Score(self.n, correct) for correct in self.correct])

    @property
    def mean_seconds(self) -> float:
        return float(np.mean(self.seconds))


class Reproduced(msgspec.Struct, frozen=True, kw_only=True):
    """All that was trained: the tutorials' recipes by name, and ours by aim."""

    rows: dict[str, Trained] = msgspec.field(default_factory=dict)
    ours: dict[str, Trained] = msgspec.field(default_factory=dict)


def tutorials() -> dict[str, Recipe]:
    """The recipes that follow a tutorial, by name."""
    return {name: known for name, known in RECIPES.items() if known.source}


def kept(path: Path = KEPT) -> Reproduced:
    """What was kept; nothing where there is no such file. Raises `DigitLabError` for a damaged one."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Reproduced)
    except FileNotFoundError:
        return Reproduced()
    except DAMAGED as error:
        raise DigitLabError("{path} is damaged. Train its rows again: `reproduce --keep`.", path=path) from error


def keep(outcome: Reproduced, path: Path = KEPT) -> None:
    write_atomically(path, msgspec.json.format(msgspec.json.encode(outcome)) + b"\n")


def reproduce(name: str, seeds: Iterable[int], on_training: Callable[[int, Score, float], None]) -> Trained:
    """Train a tutorial's recipe (its name) or ours for an aim with each of these seeds; told of each when it has been tested."""
    one = _race if name in AIMS else _train
    scores, seconds = list[Score](), list[float]()
    for seed in (seeds := list(seeds)):
        score, took = one(name, seed)
        scores.append(score)
        seconds.append(round(took, 2))
        on_training(seed, score, took)
    correct = [score.correct for score in scores]
    made = date.today().isoformat()
    return Trained(seeds=seeds, correct=correct, seconds=seconds, n=scores[0].n, made=made, processors=processors())


def _train(name: str, seed: int) -> tuple[Score, float]:
    seconds = 0.0

    def note(event: Event) -> None:
        nonlocal seconds
        seconds = event.seconds

    model = train(name, seed=seed, on_event=note)
    return model.provenance.scores["test"], seconds


def _race(name: str, seed: int) -> tuple[Score, float]:
    """In a process of its own, from whose start the seconds count."""
    command = [sys.executable, "-m", "core", "race-to", name, "--seed", str(seed), "--json"]
    outcome = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT)
    if outcome.returncode:
        raise DigitLabError("race-to {name} failed: {why}", name=name, why=outcome.stderr.strip()[-300:])
    fields = json.loads(outcome.stdout.splitlines()[-1])
    return Score(fields["n"], fields["correct"]), fields["seconds"]
