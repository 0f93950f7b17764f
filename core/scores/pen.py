"""How well a model reads digits drawn with a pen, by pen width and by writer."""

from dataclasses import dataclass

import numpy as np

from core.datasets.pen import PenDigit
from core.drawings.preprocess import from_drawing
from core.drawings.strokes import CANVAS, draw, fit
from core.models.model import Model, Score

WIDTHS = (10, 15, 20, 25, 30)  # pixels on the canvas of 280
SIZE = 200  # pixels, the longer side of a digit


@dataclass(frozen=True, slots=True)
class PenScore:
    """A model's answers on pen digits.

    Attributes
    ----------
    by_width : score for each pen width in pixels.
    by_writer, by_site : score for each over all widths.
    """

    by_width: dict[int, Score]
    by_writer: dict[str, Score]
    by_site: dict[str, Score]

    @property
    def total(self) -> Score:
        return Score.total(self.by_width.values())

    def writer_quantiles(self, shares: tuple[float, ...] = (0.0, 0.1, 0.25, 0.5, 1.0)) -> list[float]:
        """Accuracy of the writer that this share of the writers are read worse than."""
        return [float(q) for q in np.quantile([score.accuracy for score in self.by_writer.values()], shares)]


def pen_score(
    model: Model, digits: list[PenDigit], *, widths: tuple[int, ...] = WIDTHS, size: float = SIZE
) -> PenScore:
    """Draw every digit in the middle of the canvas with each pen, prepare it as a visitor's drawing, and read it."""
    labels = np.array([digit.label for digit in digits])
    placed = [fit(digit.strokes, size=size, centre=(CANVAS / 2, CANVAS / 2)) for digit in digits]
    right = {}
    for width in widths:
        pictures = np.stack([from_drawing(draw(strokes, width=width), model.shape) for strokes in placed])
        right[width] = model.predict(pictures).argmax(axis=1) == labels
    table = np.stack(list(right.values()))
    return PenScore(
        {width: Score(len(hits), int(hits.sum())) for width, hits in right.items()},
        _by([digit.writer for digit in digits], table),
        _by([digit.site for digit in digits], table),
    )


def _by(names: list[str], table: np.ndarray) -> dict[str, Score]:
    owner = np.array(names)
    return {
        name: Score(table[:, owner == name].size, int(table[:, owner == name].sum())) for name in sorted(set(names))
    }
