"""The command line: train, evaluate, predict, back-query, models and bench, each with --help and --json.

With --json the last line of standard output is one JSON object; progress and remarks go to standard error.
"""

import sys
from pathlib import Path
from typing import Any

import click

from core import __version__
from core.catalog import load_model, runs_with_models, shipped_models
from core.commands.bench import bench
from core.commands.numbers import number_score, read_number_command
from core.commands.reporting import JSON, report, score_fields
from core.commands.scores import doubt, pen
from core.commands.teach import teach_command
from core.commands.twin import twin_check
from core.config import DEVICES, ENGINES, Config
from core.datasets import DATASETS, load_training
from core.datasets.pen import pen_path
from core.drawings.augment import AUGMENTATIONS
from core.drawings.pictures import contact_sheet, read_picture, write_png
from core.drawings.preprocess import from_drawing
from core.errors import DigitLabError
from core.explain.back_query.inverse import back_query_all
from core.models.files import save_model
from core.network.activations import ACTIVATIONS
from core.network.initializers import INITIALIZERS
from core.network.losses import LOSSES, OUTPUTS
from core.network.optimizers import OPTIMIZERS
from core.network.scaling import SCALINGS
from core.network.schedules import SCHEDULES
from core.runs.run import create_run
from core.runs.worker import Stopper, execute
from core.scores.evaluation import class_scores, evaluate_on, interval
from core.training.events import BatchEvent, EpochEvent, Event
from core.training.recipes import RECIPES, default_recipe, recipe


class _Commands(click.Group):
    """A group whose commands answer a `DigitLabError` with its sentence and exit status 1."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except DigitLabError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Commands)
@click.version_option(__version__, prog_name="digit-lab")
def main() -> None:
    """Digit Lab: train a neural network to read handwritten digits, and look into it."""


def _sizes(context: click.Context, parameter: click.Parameter, text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise click.BadParameter("give whole numbers with commas between them, for example 500,300") from error


def _choice(table: Any) -> click.Choice:
    return click.Choice(sorted(table))


NETWORK_OPTIONS = (
    click.option("--hidden", callback=_sizes, help="Units of each hidden layer, for example 200 or 500,300."),
    click.option("--activation", type=_choice(ACTIVATIONS), help="What a hidden unit does with its sum."),
    click.option("--output", type=_choice(OUTPUTS), help="What the ten outputs do with theirs."),
    click.option("--bias/--no-bias", default=None, help="Give each unit an adjustable offset."),
    click.option("--initializer", type=_choice(INITIALIZERS), help="How weights start."),
    click.option("--dropout", type=float, help="Share of hidden units silenced at random in training."),
    click.option("--scaling", type=_choice(SCALINGS), help="What the network does to pixels first."),
)
TRAINING_OPTIONS = (
    click.option("--engine", type=click.Choice(ENGINES), help="Who does the arithmetic."),
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
    click.option("--seed", type=int, help="The same seed gives the same network again."),
    click.option("--dtype", type=click.Choice(["float32", "float64"]), help="Precision of the arithmetic."),
)
NETWORK_NAMES = ("hidden", "activation", "output", "bias", "initializer", "dropout", "scaling")


def _options(options: tuple) -> Any:
    def add(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return add


@main.command()
@click.option("--recipe", "recipe_name", type=click.Choice(list(RECIPES)), help="The configuration to start from.")
@click.option("--dataset", help=f"{', '.join(DATASETS)}, or a CSV, NPZ or IDX file. [default: the recipe's]")
@_options(NETWORK_OPTIONS)
@_options(TRAINING_OPTIONS)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Also write the model to this file.")
@click.option("--title", help="The model's name for people. [default: its sizes and the time]")
@click.option("--storage", type=click.Choice(["float32", "float16"]), help="Precision of the numbers in --out.")
@JSON
def train(
    recipe_name: str | None,
    dataset: str | None,
    out: Path | None,
    title: str | None,
    storage: str | None,
    as_json: bool,
    **settings: Any,
) -> None:
    """Train a network. Ctrl-C stops it and keeps what it has learned."""
    config = _configuration(recipe_name, dataset, settings)
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)  # a wrong path should fail before the training, not after it
    if config.training.dataset in ("mnist+pen", "digit-or-not") and pen_path() is None:
        _say("PEN_DIGITS names no file: the digits drawn with a pen are left out, and other hands are read less well.")
    run = create_run(config, title=title or "")
    stop = Stopper(with_parent=False)
    _say(f"Training {'-'.join(map(str, config.network.sizes))} on {config.training.dataset}, run {run.id}.")
    with click.progressbar(length=1000, label="Training", file=sys.stderr) as bar:
        execute(run, stop=stop, on_event=lambda event: _show(bar, event, config.training.epochs))
    model = run.model()
    if out:
        save_model(model, out, storage=storage)
    status = run.status()
    test = model.provenance.scores["test"]
    _say(status.detail or "Done.")
    report(
        {
            "run": run.id,
            "state": status.state,
            "model": str(out or run.model_path),
            "epochs": model.provenance.epochs,
            **score_fields(test),
        },
        f"{_score_words(test)} on the test digits. The model is in {out or run.model_path}.",
        as_json,
    )
    if stop():
        raise SystemExit(130)


def _configuration(recipe_name: str | None, dataset: str | None, settings: dict[str, Any]) -> Config:
    """The recipe with everything that was given on the command line put in its place."""
    config = recipe(recipe_name or default_recipe(dataset or "mnist")).config
    if dataset:
        shape = DATASETS[dataset].shape if dataset in DATASETS else load_training(dataset).train.shape
        config = config.with_training(dataset=dataset).with_network(inputs=shape[0] * shape[1])
    given = {name: value for name, value in settings.items() if value is not None}
    network = {name: given.pop(name) for name in NETWORK_NAMES if name in given}
    return config.with_changes(network=network, training=given)


def _show(bar: Any, event: Event, epochs: int) -> None:
    if isinstance(event, BatchEvent | EpochEvent):
        bar.update(max(0, int(1000 * event.epoch / epochs) - bar.pos))
    if isinstance(event, EpochEvent):
        watched = event.train_accuracy if event.validation_accuracy is None else event.validation_accuracy
        bar.label = f"Epoch {event.epoch} of {epochs}, {100 * watched:.1f} % right"


@main.command()
@click.argument("model")
@click.option("--dataset", help="The data set; pen for the digits of $PEN_DIGITS. [default: the one it was trained on]")
@click.option("--split", type=click.Choice(["test", "validation", "train"]), default="test", show_default=True)
@JSON
@click.pass_context
def evaluate(context: click.Context, model: str, dataset: str | None, split: str, as_json: bool) -> None:
    """Count how many digits MODEL (a file or a name) reads rightly."""
    if dataset == "pen":
        context.invoke(pen, model=model, as_json=as_json)
        return
    loaded = load_model(model)
    dataset = dataset or loaded.config.training.dataset
    evaluation = evaluate_on(loaded, dataset, split)
    scores = class_scores(evaluation.confusion())
    lines = [
        f"{_score_words(evaluation.score)} on the {split} digits of {dataset}.",
        "",
        "digit  precision  recall     F1",
    ]
    lines += [
        f"{digit:>5}  {scores.precision[digit]:9.3f}  {scores.recall[digit]:6.3f}  {scores.f1[digit]:5.3f}"
        for digit in range(10)
    ]
    fields = {
        "model": model,
        "dataset": dataset,
        "split": split,
        **score_fields(evaluation.score),
        "confusion": evaluation.confusion().tolist(),
        "precision": scores.precision.tolist(),
        "recall": scores.recall.tolist(),
        "f1": scores.f1.tolist(),
    }
    report(fields, "\n".join(lines), as_json)


@main.command()
@click.argument("model")
@click.argument("images", nargs=-1, required=True)
@JSON
def predict(model: str, images: tuple[str, ...], as_json: bool) -> None:
    """Let MODEL (a file or a name) read pictures of one digit each."""
    loaded = load_model(model)
    answers = []
    for image in images:
        probabilities = loaded.predict(from_drawing(read_picture(image), loaded.shape)[None])[0]
        digit = int(probabilities.argmax())
        answers.append({"image": image, "digit": digit, "probabilities": [float(p) for p in probabilities]})
    lines = [
        f"{answer['image']}: {answer['digit']}  ({' '.join(f'{100 * p:.1f}' for p in answer['probabilities'])} %)"
        for answer in answers
    ]
    report({"model": model, "answers": answers}, "\n".join(lines), as_json)


@main.command("back-query")
@click.argument("model")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The PNG file to write.")
@JSON
def back_query(model: str, out: Path, as_json: bool) -> None:
    """Run MODEL (a file or a name) backwards from the ten answers and write a sheet of the ten pictures."""
    write_png(contact_sheet(back_query_all(load_model(model))), out)
    report({"model": model, "out": str(out)}, f"The ten pictures are in {out}.", as_json)


@main.command()
@JSON
def models(as_json: bool) -> None:
    """List the models at hand: shipped ones and those of your runs."""
    rows = []
    for name in (*shipped_models(), *(run.id for run in runs_with_models())):
        model = load_model(name)
        test = model.provenance.scores.get("test")
        sizes = "-".join(str(size) for size in model.network.sizes)
        rows.append({"name": name, "title": model.provenance.title, "sizes": sizes,
                     "dataset": model.config.training.dataset, **(score_fields(test) if test else {})})  # fmt: skip
    lines = [
        f"{row['name']:<22} {row['sizes']:<20} {row['dataset']:<8} "
        + (f"{100 * row['accuracy']:.2f} %" if "accuracy" in row else "not scored")
        for row in rows
    ]
    report({"models": rows}, "\n".join(lines), as_json)


def _score_words(score: Any) -> str:
    low, high = interval(score)
    return (
        f"{score.correct:,} of {score.n:,} right ({100 * score.accuracy:.2f} %, "
        f"95 % interval {100 * low:.2f} to {100 * high:.2f} %)"
    )


def _say(words: str) -> None:
    click.echo(words, err=True)


main.add_command(bench)
main.add_command(number_score)
main.add_command(read_number_command)
main.add_command(teach_command)
main.add_command(pen)
main.add_command(doubt)
main.add_command(twin_check)
