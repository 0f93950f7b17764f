"""Where the project keeps things."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
MODELS = PROJECT / "models"


def mnist_home() -> Path:
    """Where the project keeps its own MNIST files: `mnist` in `$DIGITLAB_DATA`, or in the project's `data`."""
    return Path(os.environ.get("DIGITLAB_DATA") or PROJECT / "data") / "mnist"


def runs_folder() -> Path:
    """Where runs lie: `$DIGITLAB_RUNS`, or `runs` in the project."""
    return Path(os.environ.get("DIGITLAB_RUNS") or PROJECT / "runs")
