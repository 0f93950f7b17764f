"""What a map of digits tells in numbers: where the digits of each kind lie, which kind is next to them, and who lies astray."""

from dataclasses import dataclass

import numpy as np

from core.messages import N_, Message, message

DIGITS = 10
PLACES = {  # (to the right, upwards) -> what each ninth of a map is called
    (-1, 1): N_("top left"), (0, 1): N_("top"), (1, 1): N_("top right"),
    (-1, 0): N_("left"), (0, 0): N_("middle"), (1, 0): N_("right"),
    (-1, -1): N_("bottom left"), (0, -1): N_("bottom"), (1, -1): N_("bottom right"),
}  # fmt: skip
NEAREST = N_("Nearest to each other lie the groups of the {first} and of the {second}.")
ASTRAY = N_(
    "Of {wrong:,} misread digits, {wrong_astray:,} lie nearer to the middle of another digit's group than to that of their own; "
    "of {right:,} that are read right, {right_astray:,} do."
)


@dataclass(frozen=True, slots=True)
class Region:
    """The group of one digit on a map.

    Attributes
    ----------
    digit, n, wrong : which, how many there are, and how many of them are misread.
    middle : (x, y) in 0..1, y upwards: the medians of both, which a few that lie far away do not move.
    nearest : the digit whose group's middle is nearest; None where there is no other.
    """

    digit: int
    n: int
    wrong: int
    middle: tuple[float, float]
    nearest: int | None

    @property
    def place(self) -> str:
        """In which ninth of the map its middle is."""
        across, upwards = (min(int(3 * value), 2) - 1 for value in self.middle)
        return PLACES[across, upwards]


def regions(points: np.ndarray, labels: np.ndarray, wrong: np.ndarray) -> list[Region]:
    """The groups of digits with labels (n,) at points (n, 2) in 0..1, of which `wrong` (n,) bool are misread."""
    digits = [digit for digit in range(DIGITS) if (labels == digit).any()]
    middles = np.array([np.median(points[labels == digit], axis=0) for digit in digits])
    apart = _distances(middles, middles)
    np.fill_diagonal(apart, np.inf)
    found = []
    for number, digit in enumerate(digits):
        own = labels == digit
        nearest = digits[int(apart[number].argmin())] if len(digits) > 1 else None
        x, y = map(float, middles[number])
        found.append(Region(digit, int(own.sum()), int(wrong[own].sum()), (x, y), nearest))
    return found


def astray(points: np.ndarray, labels: np.ndarray, groups: list[Region]) -> np.ndarray:
    """Which points (n,) bool lie nearer to the middle of another group than to that of their own."""
    nearest = _distances(points, np.array([group.middle for group in groups])).argmin(axis=1)
    return np.array([group.digit for group in groups])[nearest] != labels


def in_words(points: np.ndarray, labels: np.ndarray, wrong: np.ndarray, groups: list[Region]) -> list[Message]:
    """Which two groups are nearest to each other, and how many lie astray of those misread and of those read right."""
    told = []
    if len(groups) > 1:
        middles = np.array([group.middle for group in groups])
        apart = _distances(middles, middles)
        np.fill_diagonal(apart, np.inf)
        first, second = np.unravel_index(apart.argmin(), apart.shape)
        told.append(message(NEAREST, first=groups[int(first)].digit, second=groups[int(second)].digit))
    lost = astray(points, labels, groups)
    told.append(
        message(
            ASTRAY,
            wrong=int(wrong.sum()),
            wrong_astray=int((lost & wrong).sum()),
            right=int((~wrong).sum()),
            right_astray=int((lost & ~wrong).sum()),
        )
    )
    return told


def _distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """How far each of the points (n, 2) is from each of (k, 2): (n, k)."""
    return np.linalg.norm(first[:, None, :] - second[None, :, :], axis=2)
