"""Hard digits, for a person to read beside the network."""

import numpy as np

from core.scores.evaluation import Evaluation
from core.scores.orders import lead

COUNT, AMONG = 20, 60  # so many are drawn by lot, among so many


def hardest(evaluation: Evaluation, among: int = AMONG) -> np.ndarray:
    """The digits (places) that are read wrong, or with the smallest lead over the second answer; the hardest first."""
    ahead = lead(evaluation.probabilities) - (evaluation.answers != evaluation.data.labels)
    return np.argsort(ahead, kind="stable")[:among]


def draw_hard(evaluation: Evaluation, rng: np.random.Generator, count: int = COUNT) -> np.ndarray:
    """Some of the hardest digits, in an order drawn by lot; all of them where there are no more."""
    among = hardest(evaluation)
    return rng.permutation(among)[:count]
