"""`series` trains one configuration with several seeds, and another beside it; `runs compare` holds two series together."""

from typing import Any

import click

from core.commands.data import fetch_mnist
from core.commands.reporting import JSON, report, score_words, tell
from core.commands.runs import runs
from core.commands.train import NETWORK_NAMES, NETWORK_OPTIONS, TRAINING_OPTIONS, add_options, configuration
from core.config import Config
from core.datasets import needs_mnist
from core.errors import DigitLabError
from core.runs.run import create_run
from core.runs.series import new_series, runs_of, scores_of, with_seeds
from core.runs.stopper import Stopper
from core.runs.worker import execute
from core.scores.luck import difference, spread
from core.training.recipes import RECIPES


@click.command()
@click.option("--seeds", type=click.IntRange(1, 100), default=5, show_default=True, help="How many, from --seed on.")
@click.option("--recipe", "recipe_name", type=click.Choice(list(RECIPES)), help="The configuration to start from.")
@click.option("--dataset", help="As for train.")
@add_options(NETWORK_OPTIONS)
@add_options(TRAINING_OPTIONS)
@click.option(
    "--versus", multiple=True, metavar="NAME=VALUE", help="A setting of the other training, to compare; repeatable."
)
@JSON
def series(
    seeds: int, recipe_name: str | None, dataset: str | None, versus: tuple[str, ...], as_json: bool, **settings: Any
) -> None:
    """Train a network with several seeds, and say how much luck there is in its score.

    With --versus, train another one with the same seeds, and say whether the difference is more than luck.
    """
    first = configuration(recipe_name, dataset, settings)
    configs = [first, changed(first, versus)] if versus else [first]
    if any(needs_mnist(config.training.dataset) for config in configs):
        fetch_mnist()
    names = [new_series() for _ in configs]
    stop = Stopper(with_parent=False)
    lots = [with_seeds(config, seeds) for config in configs]
    for pair in zip(*lots, strict=True):  # in turns, so that both have been trained equally often when it is stopped
        for name, config in zip(names, pair, strict=True):
            run = create_run(config, owner="terminal", series=name)
            execute(run, stop=stop)
            if run.status().state == "stopped":
                raise SystemExit(130)
            tell(f"{name}, seed {config.training.seed}: {score_words(run.model().provenance.scores['test'])}")
    _report(names, as_json)


def changed(config: Config, settings: tuple[str, ...]) -> Config:
    """The configuration with settings as a person writes them: `learning_rate=0.01`, `hidden=200,100`."""
    command = click.Command("versus", params=[*click.Command("all", params=_parameters()).params])
    given = []
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise DigitLabError(
                "Write a setting as name=value, for example learning_rate=0.01, not {setting}.", setting=setting
            )
        given += [f"--{name.strip().replace('_', '-')}", value.strip()]
    try:
        values = command.make_context("versus", given).params
    except click.ClickException as error:
        raise DigitLabError("{reason}", reason=error.format_message()) from error
    chosen = {name: value for name, value in values.items() if value is not None}
    network = {name: chosen.pop(name) for name in NETWORK_NAMES if name in chosen}
    return config.with_changes(network=network, training=chosen)


def _parameters() -> list[click.Parameter]:
    """The options of settings that have a value."""

    @add_options(NETWORK_OPTIONS)
    @add_options(TRAINING_OPTIONS)
    def none() -> None:
        """Holds the options."""

    return [option for option in none.__click_params__ if not option.is_flag]


@runs.command()
@click.argument("first")
@click.argument("second", required=False)
@JSON
def compare(first: str, second: str | None, as_json: bool) -> None:
    """Say how far the runs of a series (FIRST) spread, and whether those of SECOND differ by more than luck."""
    _report([first, second] if second else [first], as_json)


def _report(names: list[str], as_json: bool) -> None:
    scores = [scores_of(runs_of(name)) for name in names]
    spreads = [spread(list(each.values())) for each in scores]
    lines = [f"{name}: {each.message}" for name, each in zip(names, spreads, strict=True)]
    fields: dict[str, Any] = {
        "series": [
            {"name": name, "seeds": sorted(each), "accuracies": [each[seed].accuracy for seed in sorted(each)],
             "mean": one.mean, "deviation": one.deviation}
            for name, each, one in zip(names, scores, spreads, strict=True)
        ]
    }  # fmt: skip
    if len(scores) == 2:
        found = difference(*scores)
        fields["difference"] = {
            "n": found.n,
            "mean": found.mean,
            "low": found.low,
            "high": found.high,
            "real": found.real,
        }
        lines.append(str(found.message))
    report(fields, "\n".join(lines), as_json)
