"""The ten pictures from which other questions to a network begin: what it was once found to want, if anybody has asked it."""

from pathlib import Path

import numpy as np

from core.explain.back_query.ink import ink_for
from core.explain.back_query.kept import kept

ASKED_BEFORE = ("seen", "written", "typical")  # the best of these that is kept


def starting_pictures(model: Path, sha256: str, shape: tuple[int, int]) -> np.ndarray:
    """Ten pictures (10, h, w) for the network in this file with this hash; those of a network never asked are the mean digits."""
    for method in ASKED_BEFORE:
        if found := kept(model, sha256, method):
            return found.pictures
    return ink_for(shape).digits
