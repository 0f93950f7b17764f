"""What a sweep found: the best combination, how many were tried, and how much of its lead is luck.

The digits kept apart choose; the test digits, which have chosen nothing, then say what it is worth. Where nothing was held
back the test digits have to do both, and it is said that their number is then too good.
"""

import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.messages import N_, Message, message
from core.scores.evaluation import interval
from core.scores.luck import Spread, spread_of
from core.sentences import fine_share
from core.sweep.grid import AXES, told
from core.sweep.looks import PENDING, Looked
from core.sweep.luck import luck_of, luckiest_of, no_worse

BEST = N_(
    "Best of the {tried} combinations tried: {what}, with {share} of the digits kept apart, on average over {n} seeds."
)
BEST_ONCE = N_("Best of the {tried} combinations tried: {what}, with {share} of the digits kept apart.")
BEST_TEST = N_(
    "Best of the {tried} combinations tried: {what}, with {share} of the test digits, on average over {n} seeds."
)
BEST_TEST_ONCE = N_("Best of the {tried} combinations tried: {what}, with {share} of the test digits.")
ONLY = N_("One combination is over so far: {what}, with {share}.")
GAIN = N_(
    "The best of {tried} looks better than it is: if all were equally good, luck alone would put the first {points:.2f} "
    "points above their mean."
)
AHEAD = N_("It is ahead of all the others by more than luck, as many as they are.")
CLOSE = N_("From {count} of the others it cannot be told by these seeds: {whats}.")
CLOSE_MANY = N_("From {count} of the others it cannot be told by these seeds.")
ONE_SEED = N_("With one seed for each, nobody can tell what of its lead is luck. Take three seeds or more.")
TEST = N_("The test digits, which have chosen nothing, say {share}, and over many more seeds between {low} and {high}.")
TEST_ONCE = N_("The test digits, which have chosen nothing, say {share} (95 % interval {low} to {high}).")
TEST_NOT = N_("Its test digits were not counted: it is read from the curve of a longer training.")
TEST_CHOSE = N_(
    "No digits were kept apart, so the test digits have chosen it too: of other digits expect it to read somewhat fewer."
)
ASTRAY = N_("{count} of the combinations came to nothing: they went astray, were stopped or deleted.")
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """What can be said of a sweep.

    Attributes
    ----------
    tried : combinations of which something is known.
    held_back : whether the digits kept apart have chosen; else the test digits.
    best : the number of the best combination.
    chosen : its mean and spread over seeds, of the digits that have chosen.
    gain : how many of one the luckiest of so many equals stands above their mean; None with one seed.
    close : the numbers of those that cannot be told from it; None with one seed.
    test : mean and spread of its test digits, where they were counted.
    sentences : it in words.
    """

    tried: int
    held_back: bool
    best: int
    chosen: Spread
    gain: float | None
    close: tuple[int, ...] | None
    test: Spread | None
    sentences: tuple[Message, ...]


def finding(found: Sequence[Looked]) -> Finding | None:
    """What can be said so far; None as long as no run is over.

    Compared are the seeds of which nothing is still to come, and the combinations that have all of them.
    """
    counted = [looked for looked in found if looked.held_back or looked.test]
    if not counted:
        return None
    held_back = all(looked.held_back for looked in counted)
    seeds = _seeds(found, held_back)
    rivals = [number for number, looked in enumerate(found) if seeds <= looked.shares(held_back=held_back).keys()]
    table = np.array([[found[number].shares(held_back=held_back)[seed] for seed in sorted(seeds)] for number in rivals])
    best = rivals[int(np.argmax(table.mean(axis=1)))]
    chosen = spread_of([found[best].shares(held_back=held_back)[seed] for seed in sorted(seeds)])
    gain, close = _luck(table, rivals, best)
    test = found[best].spread(held_back=False)
    tried = len(counted)
    sentences = [_best(found, tried, best, chosen, held_back)]
    if tried > 1:
        sentences += [message(ONE_SEED)] if gain is None or close is None else _words(found, tried, gain, close)
    sentences += _tested(found[best], test, held_back, tried)
    if lost := sum(looked.is_over and not looked.held_back and not looked.test for looked in found):
        sentences.append(message(ASTRAY, count=lost))
    return Finding(tried, held_back, best, chosen, gain, close, test, tuple(sentences))


def differing(found: Sequence[Looked]) -> list[str]:
    """The axes on which combinations differ, in the order of `AXES`."""
    return [axis for axis in AXES if len({looked.cell.values[axis] for looked in found}) > 1]


def name_of(found: Sequence[Looked], number: int) -> Message:
    """A combination by what differs among them: "200 units, rate 0.1"."""
    values = [looked.cell.values for looked in found]
    varying = differing(found) or ["hidden"]
    if "recipe" in varying:
        varying = ["recipe"] if len({each["recipe"] for each in values}) == len(values) else varying
    return _joined(TOGETHER, [message(NAMED[axis], value=told(axis, values[number][axis])) for axis in varying])


def _joined(words: str, parts: Sequence[Message]) -> Message:
    return functools.reduce(lambda first, second: message(words, first=first, second=second), parts)


TOGETHER, APART = N_("{first}, {second}"), N_("{first}; {second}")
NAMED = {
    "recipe": N_("“{value}”"),
    "hidden": N_("{value} units"),
    "learning_rate": N_("rate {value}"),
    "epochs": N_("{value} epochs"),
}


def _seeds(found: Sequence[Looked], held_back: bool) -> set[int]:
    """The seeds that are compared: those of which no score is still to come, or else the one with the most scores."""
    have = Counter(seed for looked in found for seed in looked.shares(held_back=held_back))
    most = max(have.values())
    ready = {seed for seed in have if not any(looked.states.get(seed) in PENDING for looked in found)}
    while ready and not any(ready <= looked.shares(held_back=held_back).keys() for looked in found):
        ready.remove(min(ready, key=lambda seed: (have[seed], seed)))
    return ready or {min(seed for seed in have if have[seed] == most)}


def _luck(table: np.ndarray, rivals: list[int], best: int) -> tuple[float | None, tuple[int, ...] | None]:
    rows, seeds = table.shape
    if seeds < 2 or rows < 2:
        return None, None
    gain = luckiest_of(rows) * luck_of(table) / seeds**0.5
    return gain, tuple(rivals[row] for row in no_worse(table, rivals.index(best)))


def _best(found: Sequence[Looked], tried: int, best: int, chosen: Spread, held_back: bool) -> Message:
    about = {"tried": tried, "what": name_of(found, best), "share": fine_share(chosen.mean), "n": chosen.n}
    if tried == 1:
        return message(ONLY, **about)
    words = (BEST_ONCE if chosen.n == 1 else BEST) if held_back else BEST_TEST_ONCE if chosen.n == 1 else BEST_TEST
    return message(words, **about)


def _words(found: Sequence[Looked], tried: int, gain: float, close: tuple[int, ...]) -> list[Message]:
    sentences = [message(GAIN, tried=tried, points=100 * gain)]
    if not close:
        return [*sentences, message(AHEAD)]
    if len(close) > MOST_NAMED:
        return [*sentences, message(CLOSE_MANY, count=len(close))]
    names = _joined(APART, [name_of(found, number) for number in close])
    return [*sentences, message(CLOSE, count=len(close), whats=names)]


def _tested(best: Looked, test: Spread | None, held_back: bool, tried: int) -> list[Message]:
    if not held_back:
        return [message(TEST_CHOSE)] if tried > 1 else []
    if test is None:
        return [message(TEST_NOT)]
    if test.n > 1:
        return [message(TEST, share=fine_share(test.mean), low=fine_share(test.low), high=fine_share(test.high))]
    low, high = interval(next(iter(best.test.values())))
    return [message(TEST_ONCE, share=fine_share(test.mean), low=fine_share(low), high=fine_share(high))]
