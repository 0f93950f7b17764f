"""Early stopping: training ends when digits kept apart were read no better for a while, and the best weights are kept.

"Better" is more of them read rightly, and of two epochs with as many the one with the smaller loss (Prechelt: Early
stopping, but when?, 1998). What is looked for is looked for on digits held back, never on test digits.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.engines import Totals
from core.messages import N_, Message, message
from core.training.events import FinishEvent, Kept

EARLY = N_(
    "It ended early: after epoch {epoch} the digits kept apart were read no better. The weights of then are kept, which "
    "read {correct:,} of {n:,} right."
)
LATE = N_(
    "All epochs are done. The weights after epoch {epoch} are kept, which read most of the digits kept apart: {correct:,} of "
    "{n:,}."
)


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """The best epoch so far.

    Attributes
    ----------
    epoch : counted from 1; totals : over the digits held back, after it; flat : (p,) the parameters of then.
    """

    epoch: int
    totals: Totals
    flat: np.ndarray

    @property
    def kept(self) -> Kept:
        return Kept(self.epoch, self.totals.correct, self.totals.n)


class EarlyStopping:
    """Remembers the best epoch, and says when to end.

    Parameters
    ----------
    patience : so many epochs in a row without a better one are the end; 0 looks for none.
    """

    def __init__(self, patience: int) -> None:
        self._patience = patience
        self.best: Best | None = None

    def see(self, epoch: int, totals: Totals, flat: Callable[[], np.ndarray]) -> None:
        """Take note of an epoch; `flat` gives a copy of the parameters and is asked only where they are kept."""
        if self._patience and (self.best is None or _rank(totals) > _rank(self.best.totals)):
            self.best = Best(epoch, totals, flat())

    def is_over(self, epochs: int) -> bool:
        """Whether patience has run out after so many epochs."""
        return self.best is not None and epochs - self.best.epoch >= self._patience

    def state(self) -> dict[str, np.ndarray]:
        """What a checkpoint keeps of it, by name."""
        if self.best is None:
            return {}
        totals = self.best.totals
        figures = np.array([self.best.epoch, totals.n, totals.correct, totals.loss])
        return {"best": self.best.flat, "best_figures": figures}

    def load_state(self, state: dict[str, np.ndarray]) -> None:
        self.best = None
        if self._patience and "best" in state:
            epoch, n, correct, loss = state["best_figures"].tolist()
            self.best = Best(int(epoch), Totals(int(n), loss, int(correct)), state["best"].copy())


def _rank(totals: Totals) -> tuple[int, float]:
    return totals.correct, -totals.loss


def told(finish: FinishEvent) -> Message | None:
    """What a person is told of the end: which weights are kept, where these are not simply the last."""
    if finish.kept is None or not (finish.early or finish.kept.epoch < finish.epoch):
        return None
    sentence = EARLY if finish.early else LATE
    return message(sentence, epoch=finish.kept.epoch, correct=finish.kept.correct, n=finish.kept.n)
