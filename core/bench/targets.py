"""What we hold our engines to: ratios within one race, which carry over from one machine to another as seconds do not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.bench.measure import Row


@dataclass(frozen=True, slots=True)
class Target:
    """In this case `engine` must be at least `factor` times as fast as `other`, by their seconds per epoch.

    The other one trains the same network with batches of the same size, or of `other_batch_size`.
    """

    engine: str
    hidden: int
    batch_size: int
    other: str
    factor: float
    other_batch_size: int | None = None

    @property
    def other_case(self) -> tuple[int, int]:
        """Hidden size and batch size of the other one."""
        return self.hidden, self.other_batch_size or self.batch_size

    def __str__(self) -> str:
        case = f"784-{self.hidden}-10, batch {self.batch_size}"
        apart = f" with batch {self.other_batch_size}" if self.other_batch_size else ""
        return f"{case}: {self.engine} at least {self.factor:g} x as fast as {self.other}{apart}"


TARGETS = (
    Target("numpy", 200, 128, "pytorch", 1.5),
    Target("numpy", 200, 128, "floor", 0.85),
    Target("numpy", 100, 32, "pytorch", 2.5),
    Target("numpy", 500, 100, "pytorch", 1.3),
    Target("numpy", 500, 100, "floor", 0.9),
    Target("numpy", 200, 1, "blog", 3.0),
    Target("taichi", 200, 128, "pytorch", 1.0),
    Target("taichi", 200, 128, "blog-taichi", 40.0, other_batch_size=1),
    Target("taichi", 500, 100, "numpy", 1 / 1.5),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target and the ratio that was measured, None where one of the two did not run."""

    target: Target
    ratio: float | None

    @property
    def met(self) -> bool:
        return self.ratio is not None and self.ratio >= self.target.factor

    def __str__(self) -> str:
        if self.ratio is None:
            return f"not measured  {self.target}"
        return f"{'met' if self.met else 'FALLS SHORT':<12}  {self.target}: {self.ratio:.2f} x"


def cases() -> list[tuple[int, int]]:
    """Hidden size and batch size of every case that a target speaks of."""
    ours = [(target.hidden, target.batch_size) for target in TARGETS]
    return list(dict.fromkeys(ours + [target.other_case for target in TARGETS]))


def judge(rows: Iterable[Row], targets: Iterable[Target] = TARGETS) -> Iterator[Verdict]:
    """Hold the rows against the targets."""
    seconds = {(row.engine, row.hidden, row.batch_size): row.seconds_per_epoch for row in rows}
    for target in targets:
        ours = seconds.get((target.engine, target.hidden, target.batch_size))
        theirs = seconds.get((target.other, *target.other_case))
        yield Verdict(target, theirs / ours if ours and theirs else None)
