"""What a map of digits tells in numbers: where the digits of each kind lie, who is beside them, and who lies astray.

It is told by each digit's nearest on the map, for these are what both layouts keep; how far groups are apart is not.
"""

from dataclasses import dataclass

import numpy as np

from core.messages import N_, Message, message

DIGITS = 10
BESIDE = 10  # digits on the map that are nearest to one
PLACES = {  # (to the right, upwards) -> what each ninth of a map is called
    (-1, 1): N_("top left"), (0, 1): N_("top"), (1, 1): N_("top right"),
    (-1, 0): N_("left"), (0, 0): N_("middle"), (1, 0): N_("right"),
    (-1, -1): N_("bottom left"), (0, -1): N_("bottom"), (1, -1): N_("bottom right"),
}  # fmt: skip
MIXED = N_("The {first} and the {second} are mixed most: they lie beside each other more often than any other two.")
ASTRAY = N_(
    "Of {wrong:,} digits that are read wrong, {wrong_astray:,} lie mostly among other digits than their own; of {right:,} that "
    "are read right, {right_astray:,} do."
)


@dataclass(frozen=True, slots=True)
class Region:
    """The digits of one kind on a map.

    Attributes
    ----------
    digit, n, wrong : which, how many there are, and how many of them are misread.
    middle : (x, y) in 0..1, y upwards: the medians of both, which a few that lie far away do not move.
    beside : the other digit that is most often among the nearest of these; None where none ever is.
    """

    digit: int
    n: int
    wrong: int
    middle: tuple[float, float]
    beside: int | None

    @property
    def place(self) -> str:
        """In which ninth of the map its middle is."""
        across, upwards = (min(int(3 * value), 2) - 1 for value in self.middle)
        return PLACES[across, upwards]


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What a map tells: of each kind of digit, and of all in sentences."""

    regions: tuple[Region, ...]
    sentences: tuple[Message, ...]


def told_by(points: np.ndarray, labels: np.ndarray, wrong: np.ndarray) -> Told:
    """What digits with labels (n,) at points (n, 2) in 0..1 tell, of which `wrong` (n,) bool are misread."""
    near = labels[nearest_on_map(points)]  # (n, k)
    meetings = np.zeros((DIGITS, DIGITS), int)  # how often a digit of a row has one of a column among its nearest
    np.add.at(meetings, (np.repeat(labels, near.shape[1]), near.ravel()), 1)
    np.fill_diagonal(meetings, 0)
    regions = tuple(
        _region(digit, points, labels, wrong, meetings[digit]) for digit in range(DIGITS) if (labels == digit).any()
    )
    sentences = []
    if meetings.any():
        first, second = np.unravel_index((np.triu(meetings + meetings.T)).argmax(), meetings.shape)
        sentences.append(message(MIXED, first=int(first), second=int(second)))
    lost = 2 * (near == labels[:, None]).sum(axis=1) < near.shape[1]
    sentences.append(
        message(
            ASTRAY,
            wrong=int(wrong.sum()),
            wrong_astray=int((lost & wrong).sum()),
            right=int((~wrong).sum()),
            right_astray=int((lost & ~wrong).sum()),
        )
    )
    return Told(regions, tuple(sentences))


def nearest_on_map(points: np.ndarray, count: int = BESIDE) -> np.ndarray:
    """For each of the points (n, 2) the others that are nearest to it, as many as there are up to `count`: (n, k) places."""
    from scipy.spatial import KDTree

    count = min(count, len(points) - 1)
    if not count:
        return np.empty((len(points), 0), int)
    found = KDTree(points).query(points, k=count + 1)[1]
    own = found == np.arange(len(points))[:, None]
    own[~own.any(axis=1), -1] = True  # among many at one place, it may not be among its own nearest
    return found[~own].reshape(len(points), count)


def _region(digit: int, points: np.ndarray, labels: np.ndarray, wrong: np.ndarray, meetings: np.ndarray) -> Region:
    own = labels == digit
    x, y = map(float, np.median(points[own], axis=0))
    beside = int(meetings.argmax()) if meetings.any() else None
    return Region(digit, int(own.sum()), int(wrong[own].sum()), (x, y), beside)
