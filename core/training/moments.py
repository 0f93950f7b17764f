"""The moments within the first epoch, in which a network learns most of what it will ever know."""

import math

EARLY = (1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2)  # of the first epoch


def early_moments(steps: int) -> dict[int, float]:
    """The early moments of a training of so many steps an epoch, by the step at which each is reached.

    In a short epoch several fall on one step, which is the latest of them then; the epoch's end is none.
    """
    reached = {math.ceil(moment * steps): moment for moment in EARLY}
    return {step: moment for step, moment in reached.items() if step < steps}
