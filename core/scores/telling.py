"""What a confusion matrix tells first: the digits mixed up most, the hardest digit, and the answer least to be believed."""

import numpy as np

from core.messages import N_, Message, message
from core.scores.evaluation import class_scores
from core.sentences import a

NO_MISTAKE = N_("It makes no mistake here.")
BOTH_WAYS = N_("It takes {a_digit} for {another} ({often}) and {another} for {a_digit} ({back}).")
ONE_WAY = N_("It takes {a_digit} for {another} ({often}), and never the other way round.")
HARDEST = N_("The hardest for it is the {digit}: it misses {missed:,} of {n:,}.")
LEAST_BELIEVED = N_("Believe it least when it says {digit}: {wrong:,} of {said:,} times that was wrong.")


def most_telling(confusion: np.ndarray) -> list[Message]:
    """Up to three sentences on counts (10, 10), rows the true digits: the most frequent mix-up, the digit with the smallest
    share found, and the answer with the smallest share right. Of equal ones the smallest digit is named."""
    wrong = confusion * (1 - np.eye(len(confusion), dtype=int))
    if not wrong.any():
        return [message(NO_MISTAKE)]
    return [_mixed_up(wrong), _hardest(confusion), _least_believed(confusion)]


def _mixed_up(wrong: np.ndarray) -> Message:
    """The pair that is mixed up most often, both ways together; the more frequent way is said first."""
    both = np.triu(wrong + wrong.T)
    true, answer = (int(digit) for digit in np.unravel_index(both.argmax(), both.shape))
    if wrong[answer, true] > wrong[true, answer]:
        true, answer = answer, true
    often, back = int(wrong[true, answer]), int(wrong[answer, true])
    if not back:
        return message(ONE_WAY, a_digit=a(true), another=a(answer), often=times(often))
    return message(BOTH_WAYS, a_digit=a(true), another=a(answer), often=times(often), back=times(back))


def _hardest(confusion: np.ndarray) -> Message:
    scores = class_scores(confusion)
    digit = int(np.where(scores.support > 0, scores.recall, np.inf).argmin())
    n = int(scores.support[digit])
    return message(HARDEST, digit=digit, missed=n - int(confusion[digit, digit]), n=n)


def _least_believed(confusion: np.ndarray) -> Message:
    said = confusion.sum(axis=0)
    digit = int(np.where(said > 0, class_scores(confusion).precision, np.inf).argmin())
    return message(LEAST_BELIEVED, digit=digit, wrong=int(said[digit] - confusion[digit, digit]), said=int(said[digit]))


def times(count: int) -> Message:
    """How often: "never", "once", "twice", "8 times"."""
    words = {0: N_("never"), 1: N_("once"), 2: N_("twice")}
    return message(words[count]) if count in words else message("{count:,} times", count=count)
