"""What was drawn a moment ago, for one visitor: made anew only when what it is about has changed."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from dashboard.say import language
from dashboard.visitor import Key

T = TypeVar("T")
KEPT: Key[dict[str, tuple[Hashable, Any]]] = Key("_kept", dict)


def unless_kept(name: str, about: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives; what it gave before, if it was about the same and in the same language."""
    kept, about = KEPT.get(), (about, language())
    if name not in kept or kept[name][0] != about:
        kept[name] = about, make()
    made: T = kept[name][1]
    return made
