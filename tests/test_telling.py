"""Work that is done once, whoever asks for it."""

import pytest

from core.errors import DigitLabError
from core.jobs.executor import CHECK, Work
from core.jobs.telling import MOST, Once, Telling
from core.jobs.ticket import Ticket
from core.messages import Message


class Piece(Telling):
    NOTHING = Message("It came to no end.")

    def __init__(self) -> None:
        super().__init__(Ticket(Work(CHECK, ("nothing",)), 1))
        self.goes_on = True

    @property
    def live(self) -> bool:
        return self.goes_on


def test_it_is_begun_once_as_long_as_it_goes_on_and_again_after() -> None:
    once: Once[str, Piece] = Once()
    first = once.begin("a", Piece)
    assert once.begin("a", Piece) is first is once.of("a")
    assert once.begin("b", Piece) is not first
    first.goes_on = False
    assert once.of("a") is first  # as the last one, so that its error can be read
    again = once.begin("a", Piece)
    assert again is not first and once.of("a") is again


def test_what_cannot_be_begun_leaves_the_last_one_where_it_was() -> None:
    def refused() -> Piece:
        raise DigitLabError("There is no room.")

    once: Once[str, Piece] = Once()
    first = once.begin("a", Piece)
    first.goes_on = False
    with pytest.raises(DigitLabError, match="no room"):
        once.begin("a", refused)
    assert once.of("a") is first


def test_what_is_over_is_forgotten_and_of_what_stands_the_oldest_beyond_a_bound() -> None:
    once: Once[int, Piece] = Once()
    once.begin(-1, Piece).goes_on = False
    for key in range(MOST + 1):
        once.begin(key, Piece)
    assert once.of(-1) is None and once.of(0) is None
    assert all(once.of(key) for key in range(1, MOST + 1))
