"""Fewer points of a curve, which still looks the same: more than a chart has pixels for only cost time."""

import numpy as np

MOST_POINTS = 500


def thin(x: np.ndarray, y: np.ndarray, most: int = MOST_POINTS) -> tuple[np.ndarray, np.ndarray]:
    """At most `most` (>= 4) points of the curve x, y (n,): of each stretch its lowest and its highest, and both ends.

    A peak of one point stays. A stretch is a power of two of points, counted from the first one: as a curve grows, what is
    drawn of its beginning stays as it is, until stretches become twice as long. What is not a number is never the lowest.
    """
    n = len(y)
    if n <= most:
        return x, y
    length = 2
    while 2 * -(-n // length) + 2 > most:
        length *= 2
    starts = np.arange(0, n, length)
    padded = np.full(len(starts) * length, np.nan)
    padded[:n] = y
    stretches = padded.reshape(len(starts), length)
    known = ~np.isnan(stretches)
    lowest = starts + np.where(known, stretches, np.inf).argmin(axis=1)
    highest = starts + np.where(known, stretches, -np.inf).argmax(axis=1)
    kept = np.unique(np.concatenate([[0, n - 1], lowest, highest]))
    return x[kept], y[kept]


def smooth(y: np.ndarray, share: float) -> np.ndarray:
    """A curve (n,) made calm: each point becomes a mean of itself and all before it.

    The point before counts `share` (0..1) times as much, the one before that `share`² times, and so on. The first points
    are means of what there is.
    """
    if not share or not len(y):
        return y
    smoothed = np.empty(len(y))
    total = weight = 0.0
    for at, value in enumerate(y):
        total, weight = share * total + value, share * weight + 1.0
        smoothed[at] = total / weight
    return smoothed
