import numpy as np
import pytest

from core.config import Config, NetworkConfig
from core.datasets.pen import PenDigit
from core.models.model import Model
from core.models.parameters import Parameters
from core.scores.pen import pen_score


def reads_everything_as(digit: int) -> Model:
    network = NetworkConfig(hidden=())
    parameters = Parameters(network, np.zeros(network.parameter_count, np.float32))
    parameters.biases[0][digit] = 5
    return Model(Config(network), parameters)


def test_counts_by_width_writer_and_site():
    stroke = (np.array([[0.0, 0.0], [0.0, 100.0]]),)
    digits = [PenDigit(label, writer, stroke) for label, writer in ((1, "a/1"), (1, "a/1"), (7, "a/2"), (1, "b/1"))]
    score = pen_score(reads_everything_as(1), digits, widths=(10, 30))
    assert {width: (each.correct, each.n) for width, each in score.by_width.items()} == {10: (3, 4), 30: (3, 4)}
    assert {writer: (s.correct, s.n) for writer, s in score.by_writer.items()} == {
        "a/1": (4, 4), "a/2": (0, 2), "b/1": (2, 2)}  # fmt: skip
    assert {site: (s.correct, s.n) for site, s in score.by_site.items()} == {"a": (4, 6), "b": (2, 2)}
    assert (score.total.correct, score.total.n) == (6, 8)
    assert score.writer_quantiles((0.0, 0.5, 1.0)) == pytest.approx([0.0, 1.0, 1.0])
