"""The models at hand: those shipped in `models/`, those of runs, taught copies, and those given in a file, each by its name.

`RUN@7` is the network of a run after its epoch 7, if a snapshot of it was kept, `RUN@0.25` a quarter into its first, and
`RUN@now` the one that it has at present, while it goes on and somebody watches.
"""

import os
import re
from pathlib import Path

from core.errors import DigitLabError
from core.folders import MODELS, runs_folder
from core.models.files import SUFFIX, read_model
from core.models.given import GIVEN_ID, find_given
from core.models.model import Model
from core.runs import present
from core.runs.glances import glances
from core.runs.present import NOW
from core.runs.run import RECORDING, RUN_ID, Run, open_run
from core.runs.snapshots import Snapshots
from core.runs.summary import Summary
from core.teach.copies import COPY_ID, find_copy
from core.training.guessing import is_guessing

DEFAULT = "default"
SMALL = "small"  # needs no MNIST
INVERTIBLE = "rashid"  # can be run backwards
GUARD = "guard"  # which tells digits from what is none, see `core.scores.doubt`: not for a page to read with
RUN_NAME = re.compile(rf"(?:{RUN_ID.pattern}|{RECORDING})", re.ASCII)
MOMENT = re.compile(rf"{RUN_NAME.pattern}@(?:{NOW}|\d{{1,4}}(?:\.\d{{1,6}})?)", re.ASCII)
JUDGE = "judge"  # which says of pictures that others have imagined what they are: not for a page to read with
DIGITS = 10
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


def load_model(path_or_name: Path | str = DEFAULT) -> Model:
    """A model from a file, or by name: `default`, another shipped model, or the id of a run that made one.

    Raises `DigitLabError` when there is no such model, or its file is damaged or of another kind.
    """
    model = read_model(find_model(path_or_name))
    if not model.network.is_square:
        raise DigitLabError(
            "{name} does not read pictures: its {inputs} inputs make no square.",
            name=path_or_name,
            inputs=model.network.inputs,
        )
    if model.network.outputs != 10:
        raise DigitLabError(
            "{path_or_name} does not read the ten digits: it has {outputs} outputs.",
            path_or_name=path_or_name,
            outputs=model.network.outputs,
        )
    return model


def load_guard() -> Model:
    """The shipped network that tells digits (1) from what is none (0)."""
    return read_model(MODELS / f"{GUARD}{SUFFIX}")


def load_judge() -> Model:
    """The shipped network that no search ever asks: it says what pictures are that other networks have imagined."""
    return read_model(MODELS / f"{JUDGE}{SUFFIX}")


def find_model(path_or_name: Path | str) -> Path:
    """The file of a model given by path or by name."""
    name = str(path_or_name)
    if RUN_NAME.fullmatch(name):
        path = open_run(name).model_path
        if path.is_file():
            return path
        raise DigitLabError("The run {name} has not made a model yet.", name=name)
    if MOMENT.fullmatch(name):
        return _find_moment(*name.split("@"))
    if COPY_ID.fullmatch(name):
        return find_copy(name)
    if GIVEN_ID.fullmatch(name):
        return find_given(name)
    if NAME.fullmatch(name) and (MODELS / f"{name}{SUFFIX}").is_file():
        return MODELS / f"{name}{SUFFIX}"
    if os.path.isfile(path_or_name):  # unlike Path.is_file, it takes any text a person may type
        return Path(path_or_name)
    raise DigitLabError(
        "There is no model {name}. Give a file, or one of: {shipped_models}.",
        name=repr(name),
        shipped_models=", ".join(shipped_models()),
    )


def _find_moment(run_id: str, number: str) -> Path:
    run = open_run(run_id)
    path = present.path_of(run) if number == NOW else Snapshots(run).path(float(number))
    if path.is_file():
        return path
    if number == NOW:
        raise DigitLabError("The run {run} does not go on at present, or nobody watches it.", run=run_id)
    kept = ", ".join(f"{each:g}" for each in Snapshots(run).moments()) or "none"
    raise DigitLabError(
        "The run {run} has no snapshot after epoch {number}. There are: {kept}.", run=run_id, number=number, kept=kept
    )


def moment_in(name: str) -> tuple[str, float] | None:
    """The run and the moment, in epochs, of a name such as `RUN@0.25`; None of any other, and of `RUN@now`."""
    run_id, _, moment = name.partition("@")
    return (run_id, float(moment)) if MOMENT.fullmatch(name) and moment != NOW else None


def is_moment(name: str) -> bool:
    """Whether this is the name of a network on its way that was kept."""
    found = moment_in(name)
    if found is None:
        return False
    try:
        find_model(name)
    except DigitLabError:
        return False
    return True


def shipped_models() -> list[str]:
    """Names of the models in `models/`, the default one first."""
    names = (path.stem for path in MODELS.glob(f"*{SUFFIX}"))
    return sorted((name for name in names if name not in (GUARD, JUDGE)), key=lambda name: (name != DEFAULT, name))


def runs_that_read() -> list[Run]:
    """The runs whose model is worth reading with, the newest first: it knows the ten digits, and does better than guess.

    Their summaries say so; no model is opened.
    """
    root = runs_folder()
    return [Run(root / glance.id) for glance in glances(root) if _reads(glance.summary)]


def _reads(found: Summary) -> bool:
    return found.reads_digits and not (found.test and is_guessing(found.test, DIGITS))
