"""The ways to divide a row of pieces into digits, and the likeliest of them: a lattice whose edges are candidates."""

from dataclasses import dataclass

import numpy as np

from core.numbers.segmentation import Box, Piece

WIDEST = 1.9  # of the line's height: no digit is wider
MOST_PIECES = 9  # that one digit is put together from


@dataclass(frozen=True, slots=True)
class Candidate:
    """Neighbouring pieces, `first` to before `end`, that may be one digit together.

    Attributes
    ----------
    box : around them
    cuts : how many of its two sides are cut through ink
    crossed : the ink that these cuts go through, in line heights
    joined : how many gaps between separate strokes it spans
    gap : the widest of these gaps, in line heights
    """

    first: int
    end: int
    box: Box
    cuts: int
    crossed: float
    joined: int
    gap: float


def candidates(pieces: list[Piece], height: float) -> list[Candidate]:
    """All runs of neighbouring pieces that are not too wide for a digit; every single piece is among them."""
    found = []
    for first, piece in enumerate(pieces):
        box, joined, gap = piece.box, 0, 0.0
        for end in range(first + 1, min(len(pieces), first + MOST_PIECES) + 1):
            last = pieces[end - 1]
            if end > first + 1:
                if last.cut_before is None:
                    joined, gap = joined + 1, max(gap, (last.box.left - box.right) / height)
                box = box.around(last.box)
                if box.width > WIDEST * height:
                    break
            sides = [side for side in (piece.cut_before, last.cut_after) if side is not None]
            found.append(Candidate(first, end, box, len(sides), sum(sides), joined, gap))
    return found


# What each feature of a candidate is worth: the weights of a conditional random field over the ways to divide a row (Lafferty,
# McCallum, Pereira 2001). They were fitted to 450 rows of MNIST's training digits and of pen digits, none of them test
# digits. `python -m core fit-number-reader` fits such weights again, to rows of MNIST's training digits alone, and counts
# both on held-back ones.
WEIGHTS = {
    "log_confidence": -0.91,
    "log_doubt": -0.64,
    "narrow": 4.42,
    "wide": -8.65,
    "very_wide": -8.19,
    "low": -19.61,
    "cuts": -2.22,
    "crossed": -6.66,
    "is_joined": -4.83,
    "joined": 5.22,
    "gap": -3.22,
    "digit": -0.17,
}


def features(candidate: Candidate, probabilities: np.ndarray, height: float) -> np.ndarray:
    """What there is to say of a candidate and of how it is read, (12,) in the order of `WEIGHTS`."""
    confidence = float(np.clip(probabilities.max(), 1e-4, 1 - 1e-4))
    width, tall = candidate.box.width / height, candidate.box.height / height
    return np.array([
        np.log(confidence),
        np.log(1 - confidence + 1e-3),
        0.0 if probabilities.argmax() == 1 else max(0.0, 0.45 - width),
        max(0.0, width - 0.8),
        max(0.0, width - 1.15),
        max(0.0, 0.75 - tall),
        candidate.cuts,
        candidate.crossed,
        candidate.joined > 0,
        candidate.joined,
        candidate.gap,
        1.0,
    ])  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """All ways to divide a line into digits.

    Attributes
    ----------
    found : the candidates, in the order of `first`
    features : (n, 12), what there is to say of each
    pieces : how many pieces the line has
    """

    found: list[Candidate]
    features: np.ndarray
    pieces: int

    def best(self, weights: np.ndarray) -> list[int]:
        """The likeliest way by these weights: indices of its candidates."""
        return best_path(self.found, (self.features @ weights).tolist(), self.pieces)


def lattice(found: list[Candidate], probabilities: np.ndarray, pieces: int, height: float) -> Lattice:
    """The lattice of candidates that are read with these probabilities (n, 10)."""
    rows = [features(candidate, each, height) for candidate, each in zip(found, probabilities, strict=True)]
    return Lattice(found, np.array(rows), pieces)


def best_path(found: list[Candidate], scores: list[float], pieces: int) -> list[int]:
    """Indices of the candidates that together use every piece once and have the largest sum of scores."""
    best, back = np.full(pieces + 1, -np.inf), np.zeros(pieces + 1, int)
    best[0] = 0
    for index, candidate in enumerate(found):  # in the order of `first`: what leads to it is settled
        score = best[candidate.first] + scores[index]
        if score > best[candidate.end]:
            best[candidate.end], back[candidate.end] = score, index
    path, at = [], pieces
    while at:
        path.append(int(back[at]))
        at = found[path[-1]].first
    return path[::-1]
