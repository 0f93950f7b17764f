"""`python -m core estimate`: how long a training will take and how much memory it will hold, and whether that comes true."""

import dataclasses
import json
import resource
import subprocess
import sys
import time
from typing import Any

import click

from core.commands.reporting import JSON, report, tell
from core.commands.train import NETWORK_OPTIONS, TRAINING_OPTIONS, add_options, configuration
from core.config import AUTO, Config
from core.datasets import TrainingData, available, load_training
from core.errors import DigitLabError
from core.folders import PROJECT
from core.training.choice import resolved, tried
from core.training.estimate import STEP_SECONDS, Estimate, estimate
from core.training.loop import Training
from core.training.recipes import RECIPES

WITHIN = 0.25
OF_TEN = 8
# Networks, optimisers, batches and changed digits of all kinds, each for so long that its time can be measured.
CHECKED: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"hidden": (200,)}, {"batch_size": 128, "epochs": 3}),
    ({"hidden": (100,)}, {"batch_size": 32, "optimizer": "sgd", "learning_rate": 0.1, "epochs": 3}),
    ({"hidden": (500,)}, {"batch_size": 100, "epochs": 2}),
    ({"hidden": (500, 300)}, {"batch_size": 256, "epochs": 2}),
    ({"hidden": (200,), "activation": "tanh"}, {"optimizer": "momentum", "learning_rate": 0.01, "epochs": 3}),
    ({"hidden": (100,)}, {"batch_size": 1, "optimizer": "sgd", "learning_rate": 0.01, "epochs": 1}),
    ({"hidden": (200,), "dropout": 0.2}, {"batch_size": 128, "epochs": 2}),
    ({"hidden": (200,)}, {"batch_size": 128, "augmentation": "affine", "epochs": 2}),
    ({"hidden": (100,)}, {"batch_size": 64, "augmentation": "rotations", "epochs": 1}),
    ({"hidden": ()}, {"batch_size": 64, "optimizer": "rmsprop", "epochs": 3}),
)  # fmt: skip


@click.command("estimate")
@click.option("--recipe", "recipe_name", type=click.Choice(list(RECIPES)), help="The configuration to start from.")
@click.option("--dataset", help="As for train.")
@add_options(NETWORK_OPTIONS)
@add_options(TRAINING_OPTIONS)
@click.option("--config", "given", type=click.File("r"), help="A configuration as JSON instead; - reads it from here.")
@click.option("--check", is_flag=True, help="Estimate ten trainings, carry them out, and say how many came true.")
@click.option("--carry-out", is_flag=True, hidden=True, help="Train, and tell what it really took.")
@JSON
def estimate_command(
    recipe_name: str | None,
    dataset: str | None,
    given: Any,
    check: bool,
    carry_out: bool,
    as_json: bool,
    **settings: Any,
) -> None:
    """Say how long a training would take here, and how much memory it would hold, after a try of two seconds."""
    if check:
        _check(as_json)
        return
    config = Config.from_json(given.read()) if given else configuration(recipe_name, dataset, settings)
    data = load_training(config.training.dataset, validation=config.training.validation)
    if carry_out:
        click.echo(json.dumps(_truth(config, data)))
        return
    chosen, told = resolved(config, data, step_seconds=STEP_SECONDS)
    told = told or [estimate(chosen, data)]
    best = next((each for each in told if each.engine == chosen.training.engine), told[0])
    fields = dataclasses.asdict(best) | {"tried": [dataclasses.asdict(each) for each in told]}
    lines = [_line(each) for each in told]
    if config.training.engine == AUTO:
        lines.append(f"The engine would be {best.engine}.")
    report(fields, "\n".join(lines), as_json)


def _line(told: Estimate) -> str:
    return (
        f"{told.engine}: about {told.seconds:.1f} s ({told.prepare:.1f} s to prepare, {told.epoch:.2f} s an epoch), "
        f"and {told.megabytes:.0f} MB of memory."
    )


def _truth(config: Config, data: TrainingData) -> dict[str, float]:
    """Carry a training out, and tell the seconds and megabytes that it took."""
    started = time.perf_counter()
    training = Training(config, data)
    for _ in training:
        pass
    training.state()
    seconds = time.perf_counter() - started
    unit = 1.0 if sys.platform == "darwin" else 1024.0
    return {"seconds": seconds, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6}


def _check(as_json: bool) -> None:
    """Hold ten estimates against what came of them, each in processes of its own."""
    if not available("mnist"):
        raise DigitLabError("This is measured on MNIST, which is not here: python -m core data mnist fetches it.")
    rows: list[dict[str, Any]] = []
    for network, training in CHECKED:
        config = Config().with_changes(network=network, training=training)
        told = tried(config)
        outcome = subprocess.run(
            [sys.executable, "-m", "core", "estimate", "--config", "-", "--carry-out"],
            input=config.to_json(), capture_output=True, text=True, cwd=PROJECT,
        )  # fmt: skip
        if told is None or outcome.returncode:
            raise DigitLabError(
                "A training could not be estimated: {network}, {training}.", network=network, training=training
            )
        truth = json.loads(outcome.stdout.splitlines()[-1])
        row = {
            "network": network,
            "training": training,
            "seconds": told.seconds,
            "megabytes": told.megabytes,
            "truth": truth,
        }
        row["off"] = {name: row[name] / truth[name] - 1.0 for name in ("seconds", "megabytes")}
        rows.append(row)
        tell(f"{told.seconds:6.1f} s, was {truth['seconds']:6.1f} s ({100 * row['off']['seconds']:+.0f} %);  "
             f"{told.megabytes:5.0f} MB, was {truth['megabytes']:5.0f} MB ({100 * row['off']['megabytes']:+.0f} %)  "
             f"{network} {training}")  # fmt: skip
    right = {name: sum(abs(row["off"][name]) <= WITHIN for row in rows) for name in ("seconds", "megabytes")}
    words = f"Within 25 % of the truth: {right['seconds']} of {len(rows)} times, {right['megabytes']} of {len(rows)} memories."
    report({"rows": rows, "right": right}, words, as_json)
    if min(right.values()) < OF_TEN:
        raise SystemExit(1)
