"""The run that ships with the project is made: a small network on MNIST, slow enough that its learning can be watched."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from core.config import Config, NetworkConfig, TrainingConfig
from core.runs import worker
from core.runs.run import Run, create_run
from core.training.events import Event

MOST_BYTES = 1_500_000  # of all its files
TITLE = "A recorded training"
# A low rate: most of a network's learning is over within the first epoch, and here one wants to see it. The pull to zero
# takes away the random numbers of the start, so that strokes are left.
CONFIG = Config(
    NetworkConfig(hidden=(32,)),
    TrainingConfig(optimizer="sgd", learning_rate=0.006, batch_size=10, l2=0.005, epochs=13, validation=True),
)
KEPT = ("run.json", "config.json", "status.json", "metrics.jsonl", "summary.json", "model.safetensors", "snapshots")


def record(
    place: Path, *, seed: int = 0, config: Config = CONFIG, on_event: Callable[[Event], None] | None = None
) -> Run:
    """Train it, and put what can be watched of it in place of what is at `place`: no checkpoint, no log."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".recording-") as folder:
        run = create_run(config.with_training(seed=seed), Path(folder), title=TITLE)
        worker.execute(run, on_event=on_event)
        run.set_status(msgspec.structs.replace(run.status(), machine=""))  # it was here, which is nobody's business
        for path in run.path.iterdir():
            if path.name not in KEPT:
                path.unlink()
        shutil.rmtree(place, ignore_errors=True)
        os.rename(run.path, place)
    return Run(place)
