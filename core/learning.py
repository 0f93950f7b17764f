"""From a configuration to a trained model: in one line from a notebook, and the last step of every run."""

from collections.abc import Callable
from dataclasses import replace

from core import __version__
from core.config import Config
from core.datasets import load_training
from core.models.model import Model, Provenance
from core.scores.evaluation import calibrate, evaluate
from core.training.choice import resolved
from core.training.events import Event
from core.training.loop import Training
from core.training.recipes import recipe


def train(
    what: str | Config = "good", *, seed: int | None = None, on_event: Callable[[Event], None] | None = None
) -> Model:
    """Train a network here and now, without a run folder.

    Parameters
    ----------
    what : a recipe's name (`core.RECIPES` lists them) or a configuration.
    seed : of all random choices; by default the configuration's own.
    on_event : told what happens on the way: `core.training.events` has the kinds.

    Returns
    -------
    The model, with its scores on the test digits, and on those held back, in its `provenance`.

    Raises `DigitLabError` when the digits are not there or the training goes astray.
    """
    if isinstance(what, str):
        config, title = recipe(what).config, recipe(what).title
    else:
        config, title = what, "-".join(map(str, what.network.sizes))
    if seed is not None:
        config = config.with_training(seed=seed)
    data = load_training(config.training.dataset, validation=config.training.validation)
    training = Training(resolved(config, data)[0], data)
    try:
        for event in training:
            if on_event:
                on_event(event)
        return finished_model(training, title)
    finally:
        training.engine.close()


def finished_model(training: Training, title: str) -> Model:
    """The trained model, calibrated, with its scores: on the validation set where there is one, and on the test set."""
    config, validation = training.config, training.data.validation
    model, test = calibrate(Model(config, training.engine.parameters()), validation, config.training.dataset)
    scores = {"test": test.score}
    if validation:
        scores["validation"] = evaluate(model, validation).score
    sha256 = training.data.train.sha256
    provenance = Provenance(title, sha256, training.epochs_kept, scores, __version__, training.changes_kept)
    return replace(model, provenance=provenance)
