"""A remark, and the rule that makes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.messages import Message
from core.training.remarks.curves import Curves

Found = tuple[int, dict[str, Any]]  # the epoch that it is about, counted from 1, and the numbers of its sentence


@dataclass(frozen=True, slots=True)
class Remark:
    """What is worth saying about a run.

    Attributes
    ----------
    key : names the rule.
    message : the sentence with its numbers.
    step, epoch : where on the curves it happened.
    """

    key: str
    message: Message
    step: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: `find` looks at curves of at least `epochs` epochs, and gives what its sentence needs, or None.

    `held_back` rules look at digits held back; where there are none they have nothing to say.
    """

    key: str
    sentence: str
    find: Callable[[Curves], Found | None]
    epochs: int = 1
    held_back: bool = False
