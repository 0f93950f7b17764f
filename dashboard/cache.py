"""What the server keeps for all visitors, bounded in bytes: what was not asked for longest goes first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Cache(Generic[T]):
    """Values by key, of at most so many bytes together; any number of threads may ask.

    A value is made by whoever asks for it first, and others who ask meanwhile wait for it. The last one is kept even if it
    is larger than all that is allowed: it would be made again and again for one visitor.

    Parameters
    ----------
    most : bytes of all values together.
    size : how many bytes a value has.
    """

    def __init__(self, most: int, size: Callable[[T], int]) -> None:
        self._most, self._size = most, size
        self._values: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of this key, made now if it is not kept. What `make` raises is raised, and nothing is kept."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key][0]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._values:
                    self._values.move_to_end(key)
                    return self._values[key][0]
            try:
                value = make()
                self._put(key, value)
                return value
            finally:
                with self._lock:
                    self._making.pop(key, None)

    def _put(self, key: Hashable, value: T) -> None:
        with self._lock:
            self._values[key] = value, self._size(value)
            while self._held() > self._most and len(self._values) > 1:
                self._values.popitem(last=False)

    def _held(self) -> int:
        return sum(size for _, size in self._values.values())

    @property
    def held(self) -> int:
        """Bytes of all values that are kept."""
        with self._lock:
            return self._held()

    def __contains__(self, key: Hashable) -> bool:
        with self._lock:
            return key in self._values
