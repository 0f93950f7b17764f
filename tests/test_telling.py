"""What a matrix tells first, by hand."""

import numpy as np

from core.scores.telling import most_telling


def counted(**cells: int) -> np.ndarray:
    """A matrix with ten of each digit read rightly, and these cells beside: `_49=8` is a 4 read as 9 eight times."""
    counts = np.diag(np.full(10, 10))
    for name, count in cells.items():
        counts[int(name[1]), int(name[2])] = count
    return counts


def test_the_three_most_telling_things():
    said = [str(sentence) for sentence in most_telling(counted(_94=8, _49=3, _27=4, _28=3))]
    assert said == [
        "It takes a 9 for a 4 (8 times) and a 4 for a 9 (3 times).",
        "The hardest for it is the 9: it misses 8 of 18.",  # 10 of 18, and of 2 and of 4: 10 of 17, 10 of 13
        "Believe it least when it says 4: 8 of 18 times that was wrong.",
    ]


def test_one_way_and_the_smaller_digit_of_equals():
    said = [str(sentence) for sentence in most_telling(counted(_86=1, _75=1))]
    assert said[0] == "It takes a 7 for a 5 (once), and never the other way round."
    assert said[1] == "The hardest for it is the 7: it misses 1 of 11."
    assert said[2] == "Believe it least when it says 5: 1 of 11 times that was wrong."


def test_a_pair_counts_both_ways_together():
    assert "It takes a 1 for a 2 (twice) and a 2 for a 1 (twice)." == str(most_telling(counted(_12=2, _21=2, _34=3))[0])


def test_no_mistake_and_digits_that_do_not_occur():
    assert [str(sentence) for sentence in most_telling(counted())] == ["It makes no mistake here."]
    few = np.zeros((10, 10), int)
    few[3, 5], few[3, 3] = 1, 4
    assert [str(sentence) for sentence in most_telling(few)][1:] == [
        "The hardest for it is the 3: it misses 1 of 5.",
        "Believe it least when it says 5: 1 of 1 times that was wrong.",
    ]
