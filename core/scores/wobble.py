"""How far a network's answers hold when digits are turned, moved, and drawn thicker or thinner: one number, and maps of it.

The digits are always the same ones, and nothing puts them back in their place afterwards, as a drawing is: what is asked is how
much the network itself bears.
"""

from dataclasses import dataclass

import numpy as np

from core.datasets.dataset import Dataset
from core.datasets.hundred import first_of_each, hundred
from core.drawings.preprocess import from_drawing
from core.drawings.warp import FULL_SIDE, affine_places, sample, thickened
from core.models.model import Model
from core.scores.evaluation import digits_of

TURNS = (-45, -30, -15, 0, 15, 30, 45)  # degrees, anticlockwise
MOVES = (-4, -2, 0, 2, 4)  # pixels of 28
THICKNESS = (-1.0, -0.5, 0.0, 0.5, 1.0)  # pixels by which the outline moves outwards
USUAL, SMALL = (28, 28), (8, 8)
LARGER = 8  # times, for a network that reads another size: the digits are given to it as drawings


@dataclass(frozen=True, slots=True, eq=False)
class Wobble:
    """How often a network still reads digits rightly.

    Attributes
    ----------
    turned : (10, turns, moves) share of the digits of each class that it reads rightly, turned and moved across.
    thickened : (10, thickness, moves) the same, drawn thicker or thinner and moved down.
    digits : how many digits there are.
    """

    turned: np.ndarray
    thickened: np.ndarray
    digits: int

    @property
    def plain(self) -> float:
        """The share that it reads rightly as they are."""
        return float(self.turned[:, TURNS.index(0), MOVES.index(0)].mean())

    @property
    def share(self) -> float:
        """The one number: the share of all changes, of all digits, under which it reads the digit rightly."""
        right = self.turned.sum() + self.thickened.sum() - 2 * 10 * self.plain
        return float(right / (self.turned.size + self.thickened.size - 2 * 10))

    @property
    def changes(self) -> int:
        """How many changes each digit goes through."""
        return (self.turned.size + self.thickened.size) // 10 - 2


def tried_digits(shape: tuple[int, int]) -> Dataset:
    """The digits that are always the same, ten of each class, for a network that reads this shape."""
    if shape == SMALL:
        return first_of_each(digits_of("digits"))
    digits = hundred()
    if shape == USUAL:
        return digits
    large = np.kron(digits.pixels.reshape(-1, *USUAL), np.ones((1, LARGER, LARGER), np.uint8))
    drawn = np.stack([from_drawing(each, shape) for each in large])
    pixels = np.round(drawn * 255).astype(np.uint8).reshape(len(drawn), -1)
    return Dataset(digits.name, pixels, digits.labels, shape)


def wobble(model: Model) -> Wobble:
    """Turn, move and thicken the digits, and count how often the model still reads them."""
    digits = tried_digits(model.shape)
    pixels = np.round(digits.x() * 255).astype(np.uint8).reshape(-1, *model.shape)
    scale = min(model.shape) / FULL_SIDE
    turned = [
        [_right(model, digits, moved(pixels, turn=turn, across=move * scale)) for move in MOVES] for turn in TURNS
    ]
    thick = [
        [_right(model, digits, moved(drawn, down=move * scale)) for move in MOVES]
        for drawn in (thickened(pixels, np.full(len(pixels), each * scale)) for each in THICKNESS)
    ]
    return Wobble(np.moveaxis(np.array(turned), 2, 0), np.moveaxis(np.array(thick), 2, 0), len(digits))


def moved(digits: np.ndarray, *, turn: float = 0.0, across: float = 0.0, down: float = 0.0) -> np.ndarray:
    """Digits (n, h, w) uint8 turned anticlockwise by degrees about their middle, and moved by pixels to the right and down."""
    turns = np.full(len(digits), np.deg2rad(turn))
    places = affine_places((digits.shape[1], digits.shape[2]), turns, shift=np.array([[down, across]]))
    return sample(digits, places)


def _right(model: Model, digits: Dataset, pixels: np.ndarray) -> np.ndarray:
    """Of each class, the share of these digits (n, h, w) uint8 that the model reads rightly (10,)."""
    answers = model.predict(pixels.astype(np.float32) / 255).argmax(axis=1)
    return np.array([(answers[digits.labels == digit] == digit).mean() for digit in range(10)])
