"""Wrong labels in words: what people say of a digit whose label they doubt, and the score on the corrected labels."""

from core.datasets import Dataset
from core.models.model import Score
from core.scores.labels import DOUBTFUL, Doubtful, doubtful
from dashboard.look.numbers import a, listed, share
from dashboard.say import N_, say

DOUBT = N_("**A doubtful label**: MNIST says {given}. Five people were asked: {votes}.")
COUNTS = (
    N_("none"),
    N_("one"),
    N_("two"),
    N_("three"),
    N_("four"),
    N_("all five"),
)  # in words: digits are what is voted on
CORRECTED = N_(
    "With the labels that people give, it gets {correct:,} of {n:,} right ({share}): of the {doubtful} test digits whose label "
    "most of five people do not give, {changed} have theirs changed, and {left_out} on which they do not agree are left out."
)


def doubt_about(digits: Dataset, index: int) -> str:
    """What people say of a digit with a doubtful label; nothing of the others."""
    found = doubtful(digits).get(index)
    return say_doubt(found) if found else ""


def say_doubt(found: Doubtful) -> str:
    """What people say of a digit that is labelled otherwise."""
    return say(DOUBT, given=found.given, votes=say_votes(found))


def say_votes(found: Doubtful) -> str:
    """How many said what: "three for a 3, one for a 5 and one for neither". Where some said neither, both digits are named."""
    given, other, neither = found.votes
    digits = sorted([(other, found.other), (given, found.given)], reverse=True)
    parts = [
        say("{count} for {a_digit}", count=say(COUNTS[votes]), a_digit=a(digit))
        for votes, digit in digits
        if votes or neither
    ]
    return listed([*parts, *([say("{count} for neither", count=say(COUNTS[neither]))] if neither else [])])


def corrected_score(score: Score) -> str:
    """The score on the corrected labels, and what was corrected."""
    left_out = sum(found.people_say is None for found in DOUBTFUL.values())
    return say(
        CORRECTED,
        correct=score.correct,
        n=score.n,
        share=share(score.accuracy),
        doubtful=len(DOUBTFUL),
        changed=len(DOUBTFUL) - left_out,
        left_out=left_out,
    )
