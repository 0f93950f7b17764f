"""Where the project keeps things."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
MODELS = PROJECT / "models"
DATA = PROJECT / "data"


def runs_folder() -> Path:
    """Where runs lie: `$DIGITLAB_RUNS`, or `runs` in the project."""
    return Path(os.environ.get("DIGITLAB_RUNS") or PROJECT / "runs")
