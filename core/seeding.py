"""Randomness by purpose and position: every random choice of a run follows from its seed, what it is for, and where it is.

Nothing has to be remembered to go on exactly where a run stopped, because no generator lives longer than one choice.
"""

import numpy as np

INITIAL_WEIGHTS, SHUFFLE, AUGMENT, DROPOUT, TEACH, BACK_QUERY, FOLDS = range(7)


def generator(seed: int, purpose: int, position: int = 0) -> np.random.Generator:
    """A generator for one purpose at one position (an epoch, say) of the run with this seed."""
    return np.random.default_rng((seed, purpose, position))
