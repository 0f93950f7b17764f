"""The engine `auto`: whichever is quicker for this training, compile time counted; found out by trying both.

NumPy is tried here. Taichi is tried in a process of its own, as everywhere, and only where the training is so long that it
could make up for compiling.
"""

import json
import os
import subprocess
import sys
from typing import Any

from core.config import AUTO, Config
from core.datasets import TrainingData
from core.engines import check
from core.errors import DigitLabError
from core.folders import PROJECT
from core.training.estimate import Estimate, estimate

WORTH_A_TRY = 60.0  # seconds of training with NumPy, in which Taichi could win back what it takes to compile
A_LOOK = 0.2  # seconds of steps, which show whether a training is as long as that
PATIENCE = 15.0  # seconds that a try of Taichi may take, kernels and all: a start waits for it
CLEARLY = 0.9  # of NumPy's time: for less than that nothing is changed


def resolved(config: Config, data: TrainingData, *, step_seconds: float = A_LOOK) -> tuple[Config, list[Estimate]]:
    """The configuration with an engine in the place of `auto`, and what was estimated to choose it; others stay as they are.

    A look is enough to choose by, and a training that is over in some seconds should not wait long for its choice.
    """
    if config.training.engine != AUTO:
        return config, []
    if config.training.device != "cpu":
        return config.with_training(engine="taichi"), []  # a graphics card is Taichi's
    numpy, taichi = config.with_training(engine="numpy"), config.with_training(engine="taichi")
    first = estimate(numpy, data, step_seconds=step_seconds)
    if first.seconds < WORTH_A_TRY:
        return numpy, [first]
    second = tried(taichi)
    if second is None:
        return numpy, [first]
    return (taichi if second.seconds < CLEARLY * first.seconds else numpy), [first, second]


def tried(config: Config) -> Estimate | None:
    """The estimate for a training from a process of its own; None where it cannot be had."""
    try:
        check(config.network, config.training)
        outcome = subprocess.run(
            [sys.executable, "-m", "core", "estimate", "--config", "-", "--json"],
            input=config.to_json(), capture_output=True, text=True, timeout=PATIENCE, cwd=PROJECT, env=dict(os.environ),
        )  # fmt: skip
        fields: dict[str, Any] = json.loads(outcome.stdout.splitlines()[-1])
        return Estimate(**{name: fields[name] for name in Estimate.__dataclass_fields__})
    except (DigitLabError, OSError, subprocess.SubprocessError, ValueError, LookupError):
        return None
