"""The weights of a number's lattice, fitted to rows whose digits are known: maximum likelihood of a conditional random field.

The probability of one way to divide a row is exp(its score) over the sum of exp(score) of all ways, and a way's score is
the sum over its digits of weights times features (J. Lafferty, A. McCallum, F. Pereira, "Conditional Random Fields", ICML 2001).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy

from core.models.model import Model
from core.numbers.lattice import WEIGHTS, Lattice
from core.numbers.reading import lattices
from core.numbers.rows import SAME_BOX, Row, overlap
from core.numbers.segmentation import Box

PENALTY = (
    0.01  # times half the squared weights: a normal prior, which keeps a feature that is rare from growing without end
)


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A row whose lattice holds the true digits: `path` are the indices of their candidates."""

    lattice: Lattice
    path: list[int]


def known_rows(model: Model, rows: Iterable[Row]) -> list[Known]:
    """The rows as a model finds them; left out are those whose true digits are not among the candidates."""
    found = []
    for row in rows:
        made, factor = lattices(model, row.picture)
        if len(made) == 1 and (path := true_path(made[0], row.boxes, factor)):
            found.append(Known(made[0], path))
    return found


def true_path(lattice: Lattice, boxes: tuple[Box, ...], factor: int = 1) -> list[int]:
    """The candidates that are the digits in these boxes; empty where they are no way to divide the line."""
    path: list[int] = []
    for box in boxes:
        box = Box(box.left // factor, box.top // factor, -(-box.right // factor), -(-box.bottom // factor))
        at = lattice.found[path[-1]].end if path else 0
        fitting = [(overlap(c.box, box), i) for i, c in enumerate(lattice.found) if c.first == at]
        share, best = max(fitting, default=(0.0, -1))
        if share < SAME_BOX:
            return []
        path.append(best)
    return path if path and lattice.found[path[-1]].end == lattice.pieces else []


def log_likelihood(weights: np.ndarray, known: Known) -> tuple[float, np.ndarray]:
    """The logarithm of the true way's probability, and its gradient (12,) by the weights.

    The gradient is the features of the true way less those expected of all ways (forward-backward).
    """
    lattice, scores = known.lattice, known.lattice.features @ weights
    before, behind = (np.full(lattice.pieces + 1, -np.inf) for _ in range(2))
    before[0] = behind[lattice.pieces] = 0.0
    for candidate, score in zip(lattice.found, scores, strict=True):  # in the order of `first`
        before[candidate.end] = np.logaddexp(before[candidate.end], before[candidate.first] + score)
    for candidate, score in zip(reversed(lattice.found), scores[::-1], strict=True):
        behind[candidate.first] = np.logaddexp(behind[candidate.first], behind[candidate.end] + score)
    total = before[lattice.pieces]
    expected = np.exp([before[c.first] + s + behind[c.end] - total for c, s in zip(lattice.found, scores, strict=True)])
    gradient = lattice.features[known.path].sum(axis=0) - expected @ lattice.features
    return float(scores[known.path].sum() - total), gradient


def fit(rows: list[Known], penalty: float = PENALTY) -> np.ndarray:
    """The weights (12,), in the order of `WEIGHTS`, under which the true ways of these rows are likeliest."""

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        values, gradients = zip(*(log_likelihood(weights, known) for known in rows), strict=True)
        return (
            0.5 * penalty * weights @ weights - np.mean(values),
            penalty * weights - np.mean(gradients, axis=0),
        )

    return scipy.optimize.minimize(loss, np.zeros(len(WEIGHTS)), jac=True, method="L-BFGS-B").x


def right(weights: np.ndarray, rows: list[Known]) -> int:
    """In how many rows the true way is the likeliest."""
    return sum(known.lattice.best(weights) == known.path for known in rows)
