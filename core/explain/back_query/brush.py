"""A round brush that can be differentiated: from strokes to the ink of every pixel, and from ink back to the strokes.

How near a pixel is to a curve is a smallest distance, which jumps from one part of the curve to another. A soft one does
not: bells of width s along the curve, added up, F = integral of exp(-d^2 / 2 s^2) dl / (s sqrt(2 pi)), are exp(-d^2 / 2 s^2)
beside a straight line, so -2 s^2 log F is the square of the distance. Ink is a logistic step of it at the brush's radius r:

    ink = 1 / (1 + exp((d^2 - r^2) / s^2)) = F^2 / (F^2 + exp(-r^2 / s^2))

A bell of the distance is one of the rows times one of the columns, so that F is a product of matrices for each picture.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

SOFT = 0.65  # s as a share of the radius: an edge some two thirds of the radius wide
_STEP = float(np.exp(-1.0 / SOFT**2))
_SMALLEST = 1e-6  # square of a step of the pen, in pixels, that counts as no step

Pull = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """What a brush has painted.

    Attributes
    ----------
    ink : (n, h, w) float32, 0 to 1.
    pull : from a derivative by the ink (n, h, w) to those by the `points` and `steps` (n, m, 2) that it was painted from.
    """

    ink: np.ndarray
    pull: Pull


def paint(
    points: np.ndarray, steps: np.ndarray, radius: np.ndarray, pressed: np.ndarray, shape: tuple[int, int]
) -> Painted:
    """Paint n pictures, each along its own curve.

    Parameters
    ----------
    points : (n, m, 2) places (x, y) along the curve in pixels; (0, 0) is the middle of the first pixel.
    steps : (n, m, 2) how far the pen comes from one of them to the next: their lengths make up the curve's.
    radius : (n,) of the brush in pixels.
    pressed : (n, m) 1 where the pen is down, 0 where it leaves nothing.
    shape : rows and columns.
    """
    soft = (SOFT * radius)[:, None]
    across, row = _bells(points[..., 0], soft, shape[1])
    down, column = _bells(points[..., 1], soft, shape[0])
    length = np.sqrt((steps * steps).sum(axis=2) + _SMALLEST)
    share = pressed / (soft * np.float32(np.sqrt(2 * np.pi)))
    weight = length * share
    nearness = np.matmul((column * weight[..., None]).transpose(0, 2, 1), row)
    square = nearness * nearness
    whole = np.float32(1 + _STEP)  # so that the middle of a line is 1
    ink = whole * square / (square + np.float32(_STEP))

    def pull(by_ink: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        by_nearness = by_ink * (2 * whole * np.float32(_STEP)) * nearness / (square + np.float32(_STEP)) ** 2
        along_row = np.matmul(column, by_nearness) * row
        along_column = np.matmul(row, by_nearness.transpose(0, 2, 1)) * column
        by_x = weight * (along_row * across).sum(axis=2) / soft
        by_y = weight * (along_column * down).sum(axis=2) / soft
        by_length = along_row.sum(axis=2) * share / length
        return np.stack([by_x, by_y], axis=2), by_length[..., None] * steps

    return Painted(ink, pull)


def _bells(places: np.ndarray, soft: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """How far each pixel of a line is from each place, in widths of the bell (n, m, count), and the bell's height there."""
    apart = (np.arange(count, dtype=places.dtype) - places[..., None]) / soft[..., None]
    return apart, np.exp(-0.5 * apart * apart)
