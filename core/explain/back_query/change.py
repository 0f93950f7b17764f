"""The smallest change: the least that must be added to a drawing, or erased from it, for a network to read another digit.

Some thousand short strokes are tried at once on what the network gets, by the slopes of its scores; of the most promising ones
the scores themselves are asked, the cheapest that do are made on the drawing itself, and that is prepared and read as every
drawing is. So what is found is true of the drawing, not of a picture that nobody could draw. What one stroke cannot do, two or
three can; the last is then shortened and thinned as long as the answer stays.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from core.drawings.ink import BlankDrawing, find_ink
from core.drawings.preprocess import Pair, stages
from core.errors import DigitLabError
from core.explain.back_query.marks import Frame, Mark, marks_for, on
from core.models.gradient import Score, input_gradient
from core.models.model import Model

ROUNDS = 4  # strokes at most
ASKED = 320  # marks in a round of which the network itself is asked, not the slopes of its scores
DRAWN = 36  # of these that are drawn at most, the cheapest first
AT_ONCE = 12
PRICE = 0.01  # of a pixel of ink, in scores, where no stroke is enough yet
SHORTER = (0.0, 0.2, 0.4, 0.6, 0.8)
THINNER = (1.0, 0.75, 0.55)
SIDE = 280  # pixels of a drawing that is made of a small picture


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A drawing and what became of it.

    Attributes
    ----------
    before, after : (H, W) float32 ink, 0 to 1.
    answer, changed_answer : the digits that the network reads in them by the common way of drawings.
    probability, changed_probability : how sure it is of these.
    marks : the strokes that were added or erased.
    """

    before: np.ndarray
    after: np.ndarray
    answer: int
    changed_answer: int
    probability: float
    changed_probability: float
    marks: tuple[Mark, ...]

    @property
    def added(self) -> float:
        """The ink that was added, as a share of the ink that was there."""
        return float(np.maximum(self.after - self.before, 0).sum() / self.before.sum())

    @property
    def erased(self) -> float:
        """The ink that was erased, as a share of the ink that was there."""
        return float(np.maximum(self.before - self.after, 0).sum() / self.before.sum())

    @property
    def share(self) -> float:
        """All ink that was added or erased, as a share of the ink that was there."""
        return self.added + self.erased


def as_pad(ink: np.ndarray) -> np.ndarray:
    """Ink (H, W) in 0..1 as a pad has it: (H, W, 4) uint8, what is opaque is ink."""
    picture = np.zeros((*ink.shape, 4), np.uint8)
    picture[..., 3] = np.round(np.clip(ink, 0, 1) * 255)
    return picture


def as_drawing(picture: np.ndarray) -> np.ndarray:
    """A small picture (h, w) in 0..1 as the ink of a drawing, by whole pixels."""
    times = max(1, SIDE // max(picture.shape))
    return np.kron(np.asarray(picture, np.float32), np.ones((times, times), np.float32))


def ink_of_pad(picture: np.ndarray) -> np.ndarray:
    """The ink (H, W) of what was drawn on a pad (H, W, 4) uint8. Raises `BlankDrawing` when there is none."""
    return find_ink(picture, drawn=True)


def smallest_change(model: Model, ink: np.ndarray, to: int | None = None) -> Change:
    """The least that is added to a drawing's ink (H, W), or erased from it, for another answer, or for the answer `to`.

    Raises `DigitLabError` where some strokes do not change the answer, or the answer is `to` already.
    """
    ink = np.round(np.clip(ink, 0, 1) * 255).astype(np.float32) / 255
    search = _Search(model, ink, to)
    for _ in range(ROUNDS):
        if search.round():
            search.trim()
            return search.change()
    if to is None:
        raise DigitLabError("{count} strokes are not enough to make the network read another digit.", count=ROUNDS)
    raise DigitLabError(
        "{count} strokes are not enough to make the network read this as {digit}.", count=ROUNDS, digit=to
    )


class _Search:
    """A drawing, and the marks that were made on it so far."""

    def __init__(self, model: Model, ink: np.ndarray, to: int | None) -> None:
        self._model, self._before, self._ink = model, ink, ink
        self._made: list[Mark] = []
        said = self._read([ink])[0]
        assert said is not None  # a blank drawing has raised
        self._said, self._answer = said, int(said.argmax())
        if to == self._answer:
            raise DigitLabError("The network reads this as {digit} already.", digit=to)
        outputs = model.network.outputs
        self._rivals = [to] if to is not None else [digit for digit in range(outputs) if digit != self._answer]

    def round(self) -> bool:
        """Make one more mark; whether the drawing has got another answer by it."""
        seen = stages(as_pad(self._ink), self._model.shape, drawn=True)
        self._frame, picture = Frame.of(seen, self._model.shape), seen.centred.reshape(-1)
        marks, leads, costs = self._promising(picture)
        done = np.flatnonzero(leads > 0)
        cheapest = done[np.argsort(costs[done], kind="stable")][:DRAWN]
        for first in range(0, len(cheapest), AT_ONCE):
            if self._make_cheapest([marks[each] for each in cheapest[first : first + AT_ONCE]]):
                return True
        best = marks[int((leads - PRICE * costs).argmax())]
        self._base, self._ink = self._ink, self._frame.drawn(self._ink, best)
        self._made.append(best)
        return False

    def _promising(self, picture: np.ndarray) -> tuple[list[Mark], np.ndarray, np.ndarray]:
        """Marks, how far a rival is ahead after each of them, and the ink that each takes, in pixels of the network's."""
        marks, strokes = marks_for(self._model.shape)
        leads, slopes = self._leads(picture)
        scale = self._model.shape[0] / 28  # a pixel of a small square is as much as many of a large one
        found: list[tuple[Mark, np.ndarray, float]] = []
        for erases in (False, True):
            change = on(picture, strokes, erases=erases) - picture
            costs = np.abs(change).sum(axis=1)
            expected = (change @ slopes.T + leads).max(axis=1)
            worth = expected - PRICE * costs / scale**2
            cheap = np.where(expected > 0.5 * leads.max(), (expected - leads.max()) / (costs + scale), -np.inf)
            half = ASKED // 4
            chosen = np.union1d(np.argsort(-worth, kind="stable")[:half], np.argsort(-cheap, kind="stable")[:half])
            found += [
                (replace(marks[each], erases=erases), change[each], costs[each]) for each in chosen if costs[each] > 0
            ]
        pictures = picture + np.stack([change for _, change, _ in found])
        sums = self._model.trace(pictures).sums[-1]
        return [mark for mark, _, _ in found], self._ahead(sums), np.array([cost for _, _, cost in found])

    def _leads(self, picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How far each rival is ahead of the answer (r,), below zero as long as none is, and the slopes (r, inputs)."""
        weights = np.stack([np.eye(self._model.network.outputs)[rival] for rival in self._rivals])
        weights[:, self._answer] -= 1
        return input_gradient(self._model, np.repeat(picture[None], len(weights), axis=0), Score(weights))

    def _ahead(self, scores: np.ndarray) -> np.ndarray:
        """How far the best rival is ahead of every other digit (n,), by scores or probabilities (n, 10)."""
        if len(self._rivals) > 1:
            return scores[:, self._rivals].max(axis=1) - scores[:, self._answer]
        others = np.delete(scores, self._rivals[0], axis=1)
        return scores[:, self._rivals[0]] - others.max(axis=1)

    def _read(self, drawings: list[np.ndarray]) -> list[np.ndarray | None]:
        """The probabilities that the network gives drawings (H, W), prepared as every drawing is; None of one without ink."""
        ready = [_prepared(each, self._model.shape) for each in drawings]
        there = [each for each in ready if each is not None]
        said = iter(self._model.predict(np.stack(there))) if there else iter(())
        return [None if each is None else next(said) for each in ready]

    def _make_cheapest(self, marks: list[Mark]) -> bool:
        """Make that one of the marks that takes the least ink of those that really lead to another answer, if any does."""
        drawings = [self._frame.drawn(self._ink, mark) for mark in marks]
        best = None
        for mark, drawing, said in zip(marks, drawings, self._read(drawings), strict=True):
            if said is not None and self._ahead(said[None])[0] > 0:
                cost = np.abs(drawing - self._before).sum()
                if best is None or cost < best[0]:
                    best = cost, mark, drawing
        if best is None:
            return False
        self._base, self._ink = self._ink, best[2]
        self._made.append(best[1])
        return True

    def trim(self) -> None:
        """Make the last mark shorter and thinner as long as the answer stays another one."""
        for _ in range(2):
            last, whole = self._made.pop(), self._ink
            self._ink = self._base
            self._make_cheapest([last, *_less(last)])
            if not self._made:  # none of them leads there: it stays
                self._made, self._ink = [last], whole

    def change(self) -> Change:
        said = self._read([self._ink])[0]
        assert said is not None  # it has been read
        changed = int(said.argmax())
        before, after = float(self._said[self._answer]), float(said[changed])
        return Change(self._before, self._ink, self._answer, changed, before, after, tuple(self._made))


def _prepared(ink: np.ndarray, shape: Pair) -> np.ndarray | None:
    try:
        return stages(as_pad(ink), shape, drawn=True).centred
    except BlankDrawing:
        return None


def _less(mark: Mark) -> Iterator[Mark]:
    """Shorter and thinner marks."""
    for thin in THINNER:
        for first in SHORTER:
            for last in SHORTER:
                if first + last <= 0.8 and (thin < 1 or first or last):
                    yield replace(mark, radius=thin * mark.radius).shortened(first, last)
