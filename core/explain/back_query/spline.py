"""Smooth strokes of a few control points: cubic B-splines, whose curve begins at the first point and ends at the last.

Each point of the curve is a mixture of four control points that lie beside each other, so a stroke is a matrix times its
control points, and the way back of a gradient is the same matrix transposed (de Boor, "A Practical Guide to Splines", 1978).
"""

import numpy as np

DEGREE = 3


def basis(controls: int, at: np.ndarray) -> np.ndarray:
    """How much each control point counts in the curve at the parameters `at` (m,) in 0..1: (m, controls), rows sum to one."""
    return _basis(controls, at, DEGREE)


def slopes(controls: int, at: np.ndarray) -> np.ndarray:
    """The derivative of `basis` by the parameter: (m, controls)."""
    knots, lower = _knots(controls), _basis(controls + 1, at, DEGREE - 1, _knots(controls))
    span = knots[DEGREE : DEGREE + controls + 1] - knots[: controls + 1]
    share = np.divide(lower, span, out=np.zeros_like(lower), where=span > 0)
    return DEGREE * (share[:, :-1] - share[:, 1:])


def _knots(controls: int) -> np.ndarray:
    """Where the pieces of the curve meet: evenly apart, and as often at either end as makes it begin and end there."""
    return np.concatenate([np.zeros(DEGREE), np.linspace(0, 1, controls - DEGREE + 1), np.ones(DEGREE)])


def _basis(count: int, at: np.ndarray, degree: int, knots: np.ndarray | None = None) -> np.ndarray:
    """De Boor's recursion: of each degree a mixture of two neighbours of the degree below."""
    knots = _knots(count) if knots is None else knots
    t = np.clip(np.asarray(at, dtype=np.float64), 0.0, 1.0 - 1e-12)[:, None]
    values = ((knots[:-1] <= t) & (t < knots[1:])).astype(np.float64)
    for order in range(1, degree + 1):
        rise, fall = knots[order:-1] - knots[: -order - 1], knots[order + 1 :] - knots[1:-order]
        up = np.divide(t - knots[: -order - 1], rise, out=np.zeros((len(t), len(rise))), where=rise > 0)
        down = np.divide(knots[order + 1 :] - t, fall, out=np.zeros((len(t), len(fall))), where=fall > 0)
        values = up * values[:, :-1] + down * values[:, 1:]
    return values[:, :count]
