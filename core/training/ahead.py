"""The digits of the next epoch, changed by a thread while the engine trains on those of this one.

NumPy lets go of Python's lock in its long operations, so that both go on at once where there are two processors: changing
digits costs no time as long as it is the quicker of the two. What is made is the same, whoever makes it and when.
"""

import threading
from collections.abc import Callable

from core.datasets import Dataset
from core.processors import processors


class Ahead:
    """Makes digits one epoch ahead.

    Parameters
    ----------
    make : the digits of an epoch, counted from 0.
    epochs : how many there are; nothing is made for one that never comes.
    """

    def __init__(self, make: Callable[[int], Dataset], epochs: int) -> None:
        self._make, self._epochs = make, epochs
        self._next: _Making | None = None

    def get(self, epoch: int) -> Dataset:
        """The digits of an epoch; those of the next are begun. What went wrong in making them is raised here."""
        made, self._next = self._next, None
        digits = made.result() if made and made.epoch == epoch else self._make(epoch)
        if epoch + 1 < self._epochs and processors() > 1:
            self._next = _Making(self._make, epoch + 1)
        return digits


class _Making:
    """A thread that makes the digits of one epoch. It ends by itself, and holds up no process that ends before it."""

    def __init__(self, make: Callable[[int], Dataset], epoch: int) -> None:
        self.epoch = epoch
        self._made: Dataset | None = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(make,), name="digits", daemon=True)
        self._thread.start()

    def _run(self, make: Callable[[int], Dataset]) -> None:
        try:
            self._made = make(self.epoch)
        except (MemoryError, ValueError, OSError) as error:  # a DigitLabError is a ValueError
            self._error = error

    def result(self) -> Dataset:
        self._thread.join()
        if self._error:
            raise self._error
        assert self._made is not None  # or there was an error
        return self._made
