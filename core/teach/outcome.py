"""What came of a lesson: the taught copy, what it gained, what it lost, and whether it may be kept."""

from dataclasses import dataclass

from core.messages import Message, message
from core.models.model import Model, Score

MOST_LOST = 0.002  # of the validation digits


@dataclass(frozen=True, slots=True)
class Scores:
    """What a model reads rightly.

    Attributes
    ----------
    own : of one's own drawings that neither it nor the model before was taught; None when there are none.
    validation : of the digits that decide whether a copy may be kept.
    test : of the test set, which decides nothing.
    """

    own: Score | None
    validation: Score
    test: Score


@dataclass(frozen=True, slots=True, eq=False)
class FineTuned:
    """A taught copy and what came of it.

    Attributes
    ----------
    model : the copy, taught all drawings.
    dataset : the data set of replay and test.
    before, after : the two models' scores; `after.own` is by copies that were each taught the other drawings only.
    learned : what the copy reads of the drawings that it was taught.
    known : how many of the drawings the model before had learned in earlier lessons: they are not counted in `own`.
    """

    model: Model
    dataset: str
    before: Scores
    after: Scores
    learned: Score
    known: int = 0

    @property
    def lost(self) -> int:
        """How many fewer test digits the copy reads rightly than the model before; below zero when it reads more."""
        return self.before.test.correct - self.after.test.correct

    @property
    def refused(self) -> bool:
        before, after = self.before.validation, self.after.validation
        return before.correct - after.correct > MOST_LOST * after.n

    @property
    def refusal(self) -> Message | None:
        """Why the copy cannot be kept; None when it can."""
        if not self.refused:
            return None
        before, after = self.before.validation, self.after.validation
        lost = before.correct - after.correct
        return message(
            "The copy has forgotten too much and is not kept: of the {n:,} digits kept apart to check it, it reads "
            "{correct:,} right, and before it was {before:,}. That is {points:.2f} points "
            "fewer; at most {most:.1f} may be lost. Draw some more digits and teach again.",
            n=after.n,
            correct=after.correct,
            before=before.correct,
            points=100 * lost / after.n,
            most=100 * MOST_LOST,
        )
