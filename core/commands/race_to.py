"""`python -m core race-to 0.985`: train our recipe for an aim, and tell how long that took from the start of the process."""

import click

from core.commands.data import fetch_mnist
from core.commands.reporting import JSON, report, score_fields, score_words, tell
from core.datasets import needs_mnist
from core.learning import train
from core.runs.process import age
from core.training.aims import AIMS, DEFAULT, aim
from core.training.events import EpochEvent, Event


@click.command("race-to")
@click.argument("name", metavar="[0.98|0.985|0.99]", type=click.Choice(list(AIMS)), default=DEFAULT)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all its random choices.")
@JSON
def race_to(name: str, seed: int, as_json: bool) -> None:
    """Train our recipe for so many of MNIST's test digits right, as quickly as we know how.

    The seconds are from the start of this process to the finished model, before it is tested.
    """
    chosen = aim(name)
    if needs_mnist("mnist"):
        fetch_mnist()
    done = _Clock(chosen.config.training.epochs)
    model = train(chosen.config, seed=seed, on_event=done)
    score = model.provenance.scores["test"]
    met = score.accuracy >= chosen.accuracy and done.seconds <= chosen.seconds
    fields = {"aim": chosen.accuracy, "within": chosen.seconds, "seed": seed, "seconds": done.seconds,
              "epochs": chosen.config.training.epochs, "met": met, **score_fields(score)}  # fmt: skip
    report(fields, f"{done.seconds:.2f} s and {fields['epochs']} epochs: {score_words(score)}.", as_json)


class _Clock:
    """Is told what happens, and keeps how long the process had lived at the end of training."""

    def __init__(self, epochs: int) -> None:
        self._epochs = epochs
        self.seconds = 0.0

    def __call__(self, event: Event) -> None:
        self.seconds = age()
        if isinstance(event, EpochEvent):
            tell(f"Epoch {event.epoch} of {self._epochs}, {self.seconds:.1f} s")
