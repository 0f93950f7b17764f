"""A sweep that is over, to look at before one has been begun: the blog's table, as it was trained here."""

from core.bench.reproduction import KEPT, Trained, kept
from core.models.model import Score
from core.sweep.grid import Cell
from core.sweep.looks import Looked
from core.sweep.presets import BLOG, preset


def example() -> list[Looked]:
    """The rows of the blog's table with what was kept of their training: `models/reproduced.json`.

    `python -m core reproduce --keep` trains them again. Empty where one of them was not trained. Raises `DigitLabError` where
    what was kept is damaged.
    """
    rows, cells = kept(KEPT).rows, preset(BLOG).cells()
    if any(cell.values["recipe"] not in rows for cell in cells):
        return []
    return [_trained(cell, rows[str(cell.values["recipe"])]) for cell in cells]


def _trained(cell: Cell, found: Trained) -> Looked:
    scores = {seed: Score(found.n, correct) for seed, correct in zip(found.seeds, found.correct, strict=True)}
    return Looked(cell, states=dict.fromkeys(scores, "finished"), done=1.0, test=scores)
