"""What a list or a table of runs shows of one, in a small file of its own: to list runs no model and no events are read."""

import contextlib
import math
import os
from pathlib import Path
from typing import Annotated

import msgspec

from core.config import MAX_SEED, Config
from core.errors import DigitLabError
from core.files import DAMAGED, write_atomically
from core.messages import Message
from core.models.files import read_card
from core.models.model import Score
from core.runs.run import Run
from core.training.events import Count, EpochEvent, Epochs, Seconds, Share

Size = Annotated[int, msgspec.Meta(ge=1, le=65_536)]
NUMBERS = {"learning_rate", "batch_size", "epochs", "l2", "seed", "dropout"}  # among the settings


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A run at a glance; where it stands is its status's to say, and what it is called its record's.

    Attributes
    ----------
    settings : the settings that a table compares, by their names in `core.config`; empty where they cannot be read.
    sizes : units per layer, input first.
    parameters : how many trained values it has.
    epochs : epochs done, a fraction where it was stopped within one.
    seconds : of training.
    train_accuracy, validation_accuracy : at the end of the last whole epoch.
    scores : (n, correct) by part of the data set, "test" and "validation".
    model_title : the title in the model's file.
    model_bytes : the size of the model's file; None as long as there is none.
    problem : why its configuration or its model cannot be read.
    """

    settings: dict[str, str | int | float | bool] = {}
    sizes: tuple[Size, ...] = ()
    parameters: Count = 0
    epochs: Epochs = 0.0
    seconds: Seconds = 0.0
    train_accuracy: Share | None = None
    validation_accuracy: Share | None = None
    scores: dict[str, tuple[int, int]] = {}
    model_title: str = ""
    model_bytes: Count | None = None
    problem: Message | None = None

    def __post_init__(self) -> None:
        """Raises `ValueError` for what no run can have: a file may say anything."""
        for score in self.scores.values():
            Score(*score)
        for name in NUMBERS & self.settings.keys():
            value = self.settings[name]
            if isinstance(value, str | bool) or not abs(value) <= MAX_SEED:
                raise ValueError(name)

    @property
    def test(self) -> Score | None:
        return Score(*self.scores["test"]) if "test" in self.scores else None

    @property
    def reads_digits(self) -> bool:
        """Whether it has made a model that pages can use: one that can be read, and knows the ten digits."""
        return (
            self.model_bytes is not None
            and self.problem is None
            and self.sizes[-1:] == (10,)
            and _is_square(self.sizes[0])
        )


def _is_square(inputs: int) -> bool:
    return math.isqrt(inputs) ** 2 == inputs


TABLED = ("dataset", "engine", "device", "loss", "optimizer", "learning_rate", "schedule", "batch_size", "epochs", "l2",
          "augmentation", "seed")  # fmt: skip
TABLED_OF_NETWORK = ("activation", "output", "bias", "initializer", "dropout", "scaling")


def summary(run: Run) -> Summary:
    """The summary of a run; where it has none, or an older one than its model, it is made now and kept."""
    kept, written = _kept(run)
    if kept and run.is_recording:  # its files are as old as the project's copy here
        return kept
    size, changed = _size_and_time(run.path, "model.safetensors")
    if kept and kept.model_bytes == size and (size is None or written >= changed):
        return kept
    return write_summary(run)


def write_summary(run: Run) -> Summary:
    """Make the summary of a run from its files, and keep it where it can be written."""
    made = _made(run)
    with contextlib.suppress(OSError):  # it is made again whenever it is asked for
        write_atomically(run.path / "summary.json", msgspec.json.encode(made))
    return made


def _kept(run: Run) -> tuple[Summary | None, int]:
    """The summary that is kept, and when it was written; a list opens thousands of them, hence no `Path`."""
    try:
        with open(os.path.join(run.path, "summary.json"), "rb", buffering=0) as file:
            return msgspec.json.decode(file.read(), type=Summary), os.fstat(file.fileno()).st_mtime_ns
    except (OSError, *DAMAGED):
        return None, 0


def _size_and_time(folder: Path, name: str) -> tuple[int | None, int]:
    try:
        about = os.stat(os.path.join(folder, name))
    except OSError:
        return None, 0
    return about.st_size, about.st_mtime_ns


def _made(run: Run) -> Summary:
    try:
        fields = _of_config(run.config())
    except DigitLabError as error:
        fields = {"problem": error.message}
    epochs = [event for event in run.events()[0] if isinstance(event, EpochEvent)]
    if epochs:
        last = epochs[-1]
        fields |= {"epochs": float(last.epoch), "seconds": last.seconds, "train_accuracy": last.train_accuracy,
                   "validation_accuracy": last.validation_accuracy}  # fmt: skip
    if run.model_path.is_file():
        fields |= _of_model(run)
    return Summary(**fields)


def _of_config(config: Config) -> dict:
    settings = {name: getattr(config.training, name) for name in TABLED}
    settings |= {name: getattr(config.network, name) for name in TABLED_OF_NETWORK}
    return {"settings": settings, "sizes": config.network.sizes, "parameters": config.network.parameter_count}


def _of_model(run: Run) -> dict:
    try:
        card = read_card(run.model_path)
    except DigitLabError as error:
        return {"model_bytes": run.model_path.stat().st_size, "problem": error.message}
    scores = {part: (score.n, score.correct) for part, score in card.provenance.scores.items()}
    return {"model_bytes": card.bytes, "model_title": card.provenance.title, "scores": scores,
            "epochs": card.provenance.epochs, "sizes": card.config.network.sizes,
            "parameters": card.config.network.parameter_count}  # fmt: skip
