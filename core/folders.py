"""Where the project keeps things."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
MODELS = PROJECT / "models"
SHIPPED_DATA = PROJECT / "data"  # what comes with the project, wherever data of one's own are kept


def mnist_home() -> Path:
    """Where the project keeps its own MNIST files: `mnist` in `$DIGITLAB_DATA`, or in the project's `data`."""
    return _data() / "mnist"


def uploads_folder() -> Path:
    """Where data of one's own lie that were taken in: `uploads` in `$DIGITLAB_DATA`, or in the project's `data`."""
    return _data() / "uploads"


def given_models_folder() -> Path:
    """Where models lie that visitors gave: `models` beside the runs."""
    return runs_folder() / "models"


def back_queries_folder() -> Path:
    """Where it is kept what networks wrote that are not shipped: `back-query` in `$DIGITLAB_DATA`, or in the project's `data`."""
    return _data() / "back-query"


def maps_folder() -> Path:
    """Where maps of test digits are kept that are not shipped: `maps` in `$DIGITLAB_DATA`, or in the project's `data`."""
    return _data() / "maps"


def films_folder() -> Path:
    """Where films of runs are kept: `films` in `$DIGITLAB_DATA`, or in the project's `data`."""
    return _data() / "films"


def _data() -> Path:
    return Path(os.environ.get("DIGITLAB_DATA") or PROJECT / "data")


def runs_folder() -> Path:
    """Where runs lie: `$DIGITLAB_RUNS`, or `runs` in the project."""
    return Path(os.environ.get("DIGITLAB_RUNS") or PROJECT / "runs")


def queue_folder() -> Path:
    """Where servers that have one runs folder keep what waits and what goes on: `.queue` beside the runs."""
    return runs_folder() / ".queue"
