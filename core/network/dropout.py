"""Dropout: in training each hidden unit falls silent at random, so that no unit leans on another (Srivastava et al. 2014).

Whether a unit falls silent is a hash of seed, step, layer and place, not a draw from a stream: any engine can work it
out for itself, in any order, and all engines drop the same units.
"""

import numpy as np

from core.seeding import DROPOUT

_MULTIPLIERS = (np.uint32(0x7FEB352D), np.uint32(0x846CA68B))


def mix(x: np.ndarray) -> np.ndarray:
    """Scramble 32-bit integers (the "lowbias32" hash of C. Wellons, public domain). Overwrites and returns `x`."""
    x ^= x >> np.uint32(16)
    x *= _MULTIPLIERS[0]
    x ^= x >> np.uint32(15)
    x *= _MULTIPLIERS[1]
    x ^= x >> np.uint32(16)
    return x


def key(seed: int, step: int, layer: int) -> int:
    """The 32-bit key of one layer's mask at one step."""
    words = np.random.SeedSequence((seed, DROPOUT, step, layer)).generate_state(1)
    return int(words[0])


def threshold(dropout: float) -> int:
    """A unit is kept when its hash is at least this 32-bit number."""
    return int(dropout * 2**32)


def keep_mask(seed: int, step: int, layer: int, shape: tuple[int, int], dropout: float, dtype: str) -> np.ndarray:
    """Factors (n, units) for one layer at one step: 0 for a dropped unit, 1 / (1 - dropout) for a kept one."""
    places = np.arange(shape[0] * shape[1], dtype=np.uint32)
    places ^= np.uint32(key(seed, step, layer))
    kept = mix(places) >= np.uint32(threshold(dropout))
    return kept.reshape(shape).astype(dtype) / np.asarray(1.0 - dropout, dtype=dtype)
