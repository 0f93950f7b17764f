"""Two commands that train: `train` begins a run, `resume` goes on with one."""

import sys
from pathlib import Path
from typing import Any

import click

from core.commands.data import fetch_mnist
from core.commands.reporting import JSON, report, score_fields, score_words, tell
from core.commands.runs import find_run
from core.config import AUTO, DEVICES, ENGINES, Config
from core.datasets import DATASETS, described, load_training, named, needs_mnist
from core.datasets.pen import pen_path
from core.drawings.augment import AUGMENTATIONS
from core.errors import DigitLabError
from core.models.files import save_model
from core.network.activations import ACTIVATIONS
from core.network.initializers import INITIALIZERS
from core.network.losses import LOSSES, OUTPUTS
from core.network.optimizers import OPTIMIZERS
from core.network.scaling import SCALINGS
from core.network.schedules import SCHEDULES
from core.runs.resume import make_ready, rate_to_try
from core.runs.run import Run, create_run
from core.runs.status import DIVERGED
from core.runs.stopper import Stopper
from core.runs.tensorboard import Writer
from core.runs.worker import execute
from core.training.events import BatchEvent, EpochEvent, Event
from core.training.recipes import RECIPES, default_recipe, recipe
from core.training.warnings import warnings


def _sizes(context: click.Context, parameter: click.Parameter, text: str | None) -> tuple[int, ...] | None:
    return None if text is None else sizes_of(text)


def sizes_of(text: str) -> tuple[int, ...]:
    """ "500,300" to (500, 300)."""
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise click.BadParameter("give whole numbers with commas between them, for example 500,300") from error


def _choice(table: Any) -> click.Choice:
    return click.Choice(sorted(table))


NETWORK_OPTIONS = (
    click.option("--hidden", callback=_sizes, help="Units of each layer, for example 200 or 500,300."),
    click.option("--activation", type=_choice(ACTIVATIONS), help="What a unit does with its sum."),
    click.option("--output", type=_choice(OUTPUTS), help="What the ten outputs do with theirs."),
    click.option("--bias/--no-bias", default=None, help="Give each unit an adjustable starting value (bias)."),
    click.option("--initializer", type=_choice(INITIALIZERS), help="How weights start."),
    click.option("--dropout", type=float, help="Share of units silenced at random in training."),
    click.option("--scaling", type=_choice(SCALINGS), help="What the network does to pixels first."),
)
TRAINING_OPTIONS = (
    click.option(
        "--engine", type=click.Choice((AUTO, *ENGINES)), help="Who does the arithmetic; auto is the quicker one."
    ),
    click.option("--device", type=click.Choice(DEVICES), help="Where it is done."),
    click.option("--loss", type=_choice({loss for _, loss in LOSSES}), help="What training makes small."),
    click.option("--optimizer", type=_choice(OPTIMIZERS), help="How a gradient becomes a step."),
    click.option("--learning-rate", type=float, help="Size of a step."),
    click.option("--momentum", type=float, help="How much of the last step carries over (momentum, nesterov)."),
    click.option("--weight-decay", type=float, help="How fast weights shrink (adamw)."),
    click.option("--schedule", type=_choice(SCHEDULES), help="How the step size changes on the way."),
    click.option("--batch-size", type=int, help="Digits per step."),
    click.option("--epochs", type=int, help="How often to go through all digits."),
    click.option("--l2", type=float, help="Penalty on large weights."),
    click.option("--augmentation", type=_choice(AUGMENTATIONS), help="How digits are changed in each epoch."),
    click.option("--shuffle/--file-order", default=None, help="A new order in each epoch, or always the file's."),
    click.option("--drop-last/--keep-last", default=None, help="Leave out an epoch's last batch when it is not full."),
    click.option("--validation/--all-data", default=None, help="Hold back a twelfth to watch, or train on everything."),
    click.option("--patience", type=int, help="End when held-back digits were read no better for so many epochs."),
    click.option("--seed", type=int, help="The same seed gives the same network again."),
    click.option("--dtype", type=click.Choice(["float32", "float64"]), help="Precision of the arithmetic."),
)
NETWORK_NAMES = ("hidden", "activation", "output", "bias", "initializer", "dropout", "scaling")


def add_options(options: tuple) -> Any:
    def add(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return add


@click.command()
@click.option("--recipe", "recipe_name", type=click.Choice(list(RECIPES)), help="The configuration to start from.")
@click.option(
    "--dataset", help=f"{', '.join(DATASETS)}, a name that a file was given, or the file. [default: the recipe's]"
)
@add_options(NETWORK_OPTIONS)
@add_options(TRAINING_OPTIONS)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Also write the model to this file.")
@click.option("--title", help="The model's name for people. [default: its sizes and the time]")
@click.option("--tensorboard", type=click.Path(file_okay=False, path_type=Path), help="Also write event files there.")
@click.option("--storage", type=click.Choice(["float32", "float16"]), help="Precision of the numbers in --out.")
@JSON
def train(
    recipe_name: str | None,
    dataset: str | None,
    out: Path | None,
    title: str | None,
    storage: str | None,
    tensorboard: Path | None,
    as_json: bool,
    **settings: Any,
) -> None:
    """Train a network. Ctrl-C stops it and keeps what it has learned."""
    config = configuration(recipe_name, dataset, settings)
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)  # a wrong path should fail before the training, not after it
    if needs_mnist(config.training.dataset):
        fetch_mnist()
    if config.training.dataset in ("mnist+pen", "digit-or-not") and pen_path() is None:
        tell("PEN_DIGITS names no file: the digits drawn with a pen are left out, and other hands are read less well.")
    _warn(config)
    run = create_run(config, title=title or "", owner="terminal")
    tell(f"Training {'-'.join(map(str, config.network.sizes))} on {config.training.dataset}, run {run.id}.")
    _carry_out(run, config, out, storage, as_json, Writer(run, tensorboard) if tensorboard else None)


@click.command()
@click.argument("run_id", metavar="RUN")
@click.option("--rate", type=float, help="Learn at this rate from there on: smaller, for a run that went astray.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Also write the model to this file.")
@click.option("--storage", type=click.Choice(["float32", "float16"]), help="Precision of the numbers in --out.")
@JSON
def resume(run_id: str, rate: float | None, out: Path | None, storage: str | None, as_json: bool) -> None:
    """Go on with RUN (an id, or a run's folder) that was stopped or has died, from its last checkpoint.

    It ends with the very same network as a run that was never interrupted, unless it is given another --rate.
    """
    run = find_run(run_id)
    config = run.config()
    if needs_mnist(config.training.dataset):
        fetch_mnist()
    make_ready(run, by="terminal", rate=rate)
    tell(f"Going on with {run.title()}, run {run.id}.")
    _carry_out(run, config, out, storage, as_json)


def _carry_out(
    run: Run, config: Config, out: Path | None, storage: str | None, as_json: bool, writer: Writer | None = None
) -> None:
    """Train in this process with a bar, and report what came of it; Ctrl-C ends with status 130."""

    def note(event: Event) -> None:
        _show(bar, event, config.training.epochs)
        if writer:
            writer(event)

    stop = Stopper(with_parent=False)
    with click.progressbar(length=1000, label="Training", file=sys.stderr) as bar:
        try:
            execute(run, stop=stop, on_event=note)
        except DigitLabError:
            if run.status().cause == DIVERGED:
                tell(f"\npython -m core resume {run.id} --rate {rate_to_try(run):g} goes on from its last good moment.")
            raise
    status = run.status()
    tell(status.detail or "Done.")
    if not run.model_path.is_file():  # stopped before it began
        raise SystemExit(130)
    model = run.model()
    if out:
        save_model(model, out, storage=storage)
    test = model.provenance.scores["test"]
    report(
        {
            "run": run.id,
            "state": status.state,
            "model": str(out or run.model_path),
            "epochs": model.provenance.epochs,
            **score_fields(test),
        },
        f"{score_words(test)} on the test digits. The model is in {out or run.model_path}.",
        as_json,
    )
    if status.state == "stopped":
        raise SystemExit(130)


def configuration(recipe_name: str | None, dataset: str | None, settings: dict[str, Any]) -> Config:
    """The recipe with everything that was given on the command line put in its place."""
    config = recipe(recipe_name or default_recipe(dataset or "mnist")).config
    if dataset:
        name = named(dataset)
        shape = about.shape if (about := described(name)) else load_training(name).train.shape
        config = config.with_training(dataset=name).with_network(inputs=shape[0] * shape[1])
    given = {name: value for name, value in settings.items() if value is not None}
    network = {name: given.pop(name) for name in NETWORK_NAMES if name in given}
    return config.with_changes(network=network, training=given)


def _warn(config: Config) -> None:
    """Say what will not work about it."""
    if about := described(config.training.dataset):
        for warning in warnings(config, about.training_count):
            tell(f"{warning.message}")


def _show(bar: Any, event: Event, epochs: int) -> None:
    if isinstance(event, EpochEvent):
        watched = event.train_accuracy if event.validation_accuracy is None else event.validation_accuracy
        bar.label = f"Epoch {event.epoch} of {epochs}, {100 * watched:.1f} % right"
    if isinstance(event, BatchEvent | EpochEvent):
        bar.update(max(0, int(1000 * event.epoch / epochs) - bar.pos))
    if isinstance(event, EpochEvent):
        bar.render_progress()  # `update` draws only what moves the bar, and the last epoch's report does not
