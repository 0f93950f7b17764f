"""A pen in the network's hand: candidates of one or two strokes, how they are framed as a drawing is, and shaken.

Control points live in MNIST's square, whatever the network reads: 28 x 28 pixels, the digit in a box of 20, its centre of
mass in the middle. A network of another size sees them on a sheet of its own (`Sheet`), by the geometry of its digits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from core.drawings.preprocess import geometry_for
from core.explain.back_query.brush import paint
from core.explain.back_query.spline import basis, slopes

STROKES, CONTROLS = 2, 8
SAMPLES = 32  # points of a stroke that are painted; the longest strokes are some 60 pixels long
USUAL = (28, 28)
RADIUS = 1.25 / 20  # of the brush, over the height of the box


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Ways to write, many at once.

    Attributes
    ----------
    controls : (n, strokes, controls, 2) float32, points (x, y) in MNIST's square.
    used : (n, strokes) float32, 1 for a stroke that is there.
    """

    controls: np.ndarray
    used: np.ndarray

    def __getitem__(self, which: np.ndarray | slice | list[int]) -> "Candidates":
        return Candidates(self.controls[which], self.used[which])

    def __len__(self) -> int:
        return len(self.controls)


@dataclass(frozen=True, slots=True, eq=False)
class Shake:
    """How each of n drawings is held differently: turned, sheared and stretched by `turn` (n, 2, 2), moved by `move` (n, 2)
    in boxes, and drawn with a pen `thick` (n,) times as thick."""

    turn: np.ndarray
    move: np.ndarray
    thick: np.ndarray

    @classmethod
    def none(cls, n: int) -> "Shake":
        return cls(
            np.tile(np.eye(2, dtype=np.float32), (n, 1, 1)), np.zeros((n, 2), np.float32), np.ones(n, np.float32)
        )

    @classmethod
    def drawn(cls, n: int, rng: np.random.Generator) -> "Shake":
        """By some ten degrees and a tenth of the size, in a place within a pixel or two, and a quarter thicker or thinner."""
        angle, slant = rng.normal(0, 0.18, (2, n))
        wide, high = np.exp(rng.normal(0, 0.12, (2, n)))
        cosine, sine = np.cos(angle), np.sin(angle)
        turn = np.stack([cosine * wide, slant * cosine * wide - sine * high, sine * wide, cosine * high], axis=1)
        move = rng.normal(0, 0.06, (n, 2))
        return cls(*(a.astype(np.float32) for a in (turn.reshape(n, 2, 2), move, np.exp(rng.normal(0, 0.27, n)))))


@cache
def _matrices() -> tuple[np.ndarray, np.ndarray]:
    """From control points to the points of a stroke, and to the pen's steps between them: (samples, controls) each."""
    at = (np.arange(SAMPLES) + 0.5) / SAMPLES
    return basis(CONTROLS, at).astype(np.float32), (slopes(CONTROLS, at) / SAMPLES).astype(np.float32)


def _sampled(matrix: np.ndarray, controls: np.ndarray) -> np.ndarray:
    """(n, strokes, controls, 2) by (samples, controls): (n, strokes * samples, 2)."""
    n = len(controls)
    return np.matmul(matrix, controls).reshape(n, STROKES * len(matrix), 2)


def curve(controls: np.ndarray, points: int = 60) -> np.ndarray:
    """A stroke (controls, 2) as so many points along it, from end to end: (points, 2)."""
    return basis(len(controls), np.linspace(0, 1, points)) @ controls


class Sheet:
    """The square that a network reads, as something to write on.

    Attributes
    ----------
    shape : (h, w) that the network reads.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self._geometry = geometry_for(shape)

    def frame(self, candidates: Candidates) -> tuple[np.ndarray, np.ndarray]:
        """By what control points are to be multiplied, and what to be added, to lie here as a drawing would, brush and all:
        (n, 1, 1, 2) each."""
        points, steps = (_sampled(matrix, candidates.controls) for matrix in _matrices())
        there = np.repeat(candidates.used, SAMPLES, axis=1)
        low = np.where(there[..., None] > 0, points, np.inf).min(axis=1)
        high = np.where(there[..., None] > 0, points, -np.inf).max(axis=1)
        rows, columns = self._geometry.box
        room = np.array([columns, rows], np.float32) - 2 * self._radius
        fits = room / np.maximum(high - low, 1e-2)
        scale = np.repeat(fits.min(axis=1, keepdims=True), 2, axis=1)
        if self._geometry.fills_rows:
            scale = np.stack([np.minimum(fits[:, 1], fits[:, 0]), fits[:, 1]], axis=1)
        length = np.sqrt((steps * steps).sum(axis=2) + 1e-6) * there
        mass = (points * length[..., None]).sum(axis=1) / length.sum(axis=1, keepdims=True)
        shift = np.array(self._geometry.middle[::-1]) - mass * scale
        dtype = candidates.controls.dtype
        return scale[:, None, None].astype(dtype), shift[:, None, None].astype(dtype)

    @property
    def _radius(self) -> float:
        return RADIUS * self._geometry.box[0]

    def paint(
        self, candidates: Candidates, shake: Shake, frame: tuple[np.ndarray, np.ndarray] | None = None
    ) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
        """Pictures (n, h, w), and the way back: from a derivative by their ink to that by the control points.

        The frame counts as given: that a longer stroke makes the whole drawing smaller is no reason to shorten it.
        """
        scale, shift = frame or self.frame(candidates)
        middle = np.array(self._geometry.middle[::-1], np.float32)
        turned = np.matmul(candidates.controls * scale + shift - middle, shake.turn.transpose(0, 2, 1)[:, None])
        held = turned + middle + (np.float32(self._geometry.box[0]) * shake.move)[:, None, None]
        to_points, to_steps = _matrices()
        painted = paint(
            _sampled(to_points, held),
            _sampled(to_steps, held),
            np.float32(self._radius) * shake.thick,
            np.repeat(candidates.used, SAMPLES, axis=1),
            (self.shape[0] * self._geometry.cells, self.shape[1] * self._geometry.cells),
        )

        def pull(by_ink: np.ndarray) -> np.ndarray:
            parts = [part.reshape(len(by_ink), STROKES, SAMPLES, 2) for part in painted.pull(self._by_cells(by_ink))]
            by_held = np.matmul(to_points.T, parts[0]) + np.matmul(to_steps.T, parts[1])
            return np.matmul(by_held, shake.turn[:, None]) * scale

        return self._in_pixels(painted.ink), pull

    def _in_pixels(self, cells: np.ndarray) -> np.ndarray:
        """A pixel is the mean of its cells."""
        if self._geometry.cells == 1:
            return cells
        (rows, columns), side = self.shape, self._geometry.cells
        return cells.reshape(len(cells), rows, side, columns, side).mean(axis=(2, 4))

    def _by_cells(self, by_ink: np.ndarray) -> np.ndarray:
        """A derivative by pixels (n, h, w) as one by their cells."""
        side = self._geometry.cells
        return by_ink if side == 1 else np.repeat(np.repeat(by_ink / side**2, side, axis=1), side, axis=2)


def framed(candidates: Candidates) -> Candidates:
    """The same drawings, lying in MNIST's square as MNIST's digits do."""
    scale, shift = Sheet(USUAL).frame(candidates)
    return Candidates(candidates.controls * scale + shift, candidates.used)


def random_strokes(n: int, rng: np.random.Generator) -> Candidates:
    """n drawings, half of one stroke and half of two, of a pen that keeps turning as it did, turns over, or bends sharply.

    Nothing in it knows a digit: arcs, hooks, coils and waves of any size, turned in any way.
    """
    moves = CONTROLS - 1
    used = np.ones((n, STROKES), np.float32)
    used[: n // 2, 1] = 0
    bend = np.repeat(rng.normal(0, 0.7, (n, STROKES, 1)), moves, axis=2)
    turns_over = np.arange(moves) >= rng.integers(1, 2 * CONTROLS, (n, STROKES, 1))
    bend = np.where(turns_over, bend * rng.choice([-1.0, 1.0, -0.3], (n, STROKES, 1)), bend)
    bend += rng.normal(0, 0.35, bend.shape)
    bend += (rng.random(bend.shape) < 0.08) * rng.uniform(-2.5, 2.5, bend.shape)
    heading = rng.uniform(0, 2 * np.pi, (n, STROKES, 1)) + np.cumsum(bend, axis=2)
    far = np.exp(rng.normal(0, 0.3, (n, STROKES, 1)) + rng.normal(0, 0.2, heading.shape))
    way = np.cumsum(far[..., None] * np.stack([np.cos(heading), np.sin(heading)], axis=-1), axis=2)
    controls = np.concatenate([np.zeros((n, STROKES, 1, 2)), way], axis=2)
    controls -= controls.mean(axis=2, keepdims=True)
    controls[:, 1] += rng.normal(0, 1.2, (n, 1, 2))
    return framed(Candidates(controls.astype(np.float32), used))
