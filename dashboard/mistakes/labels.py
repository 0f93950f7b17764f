"""Wrong labels in words: what people say of a digit whose label they doubt, and the score on the corrected labels."""

from core.datasets import Dataset
from core.models.model import Score
from core.scores.labels import DOUBTFUL, PEOPLE, Doubtful, doubtful
from dashboard.look.numbers import listed, share
from dashboard.say import N_, say

MOST = N_("**A doubtful label**: MNIST says {given}; most of {people} people say {seen}.")
UNDECIDED = N_("**A doubtful label**: MNIST says {given}; {people} people could not agree between {between}.")
NO_DIGIT = N_("**A doubtful label**: MNIST says {given}; most of {people} people see no digit in it.")
CORRECTED = N_(
    "With the labels that people give, it gets {correct:,} of {n:,} right ({share}): of {doubtful} test digits whose label "
    "{people} people doubted, {changed} have their label changed and {left_out} are left out."
)


def doubt_about(digits: Dataset, index: int) -> str:
    """What people say of a digit with a doubtful label; nothing of the others."""
    found = doubtful(digits).get(index)
    return say_doubt(found) if found else ""


def say_doubt(found: Doubtful) -> str:
    """What people say of a digit that is labelled otherwise."""
    if found.people_say is not None:
        return say(MOST, given=found.given, people=PEOPLE, seen=found.people_say)
    if found.between:
        return say(UNDECIDED, given=found.given, people=PEOPLE, between=listed([str(digit) for digit in found.between]))
    return say(NO_DIGIT, given=found.given, people=PEOPLE)


def corrected_score(score: Score) -> str:
    """The score on the corrected labels, and what was corrected."""
    left_out = sum(found.people_say is None for found in DOUBTFUL.values())
    return say(
        CORRECTED,
        correct=score.correct,
        n=score.n,
        share=share(score.accuracy),
        doubtful=len(DOUBTFUL),
        people=PEOPLE,
        changed=len(DOUBTFUL) - left_out,
        left_out=left_out,
    )
