"""What rows mean: the earlier system's own table, who wins where, and two sentences that say so and why.

Pure functions from numbers to numbers and words; `times` below are seconds per epoch by hidden size.
"""

from collections.abc import Iterable, Mapping, Sequence

from core.bench.contenders import BLOG_TAICHI
from core.bench.race import LIKE, seconds

# Blog A's table: seconds per epoch of 60,000, one sample at a time, NumPy on the processor, Taichi on a graphics card.
THEIRS = {
    "numpy": {100: 14.2, 200: 47.5, 300: 68.0},
    "taichi": {100: 42.4, 200: 44.2, 300: 44.7},
}
SIZES = (100, 200, 300)
BATCH = 128
NAMES = {"numpy": "NumPy", "taichi": "Taichi"}
UNSTEADY = 0.4  # a spread of turns from which on times say little

Times = Mapping[int, float]


def times(rows: Iterable[Mapping], engine: str, batch_size: int) -> dict[int, float]:
    """Seconds per epoch by hidden size, of one engine with one batch size."""
    found = [row for row in rows if row["engine"] == engine and row["batch_size"] == batch_size]
    return {row["hidden"]: row["seconds_per_epoch"] for row in found}


def crossing(one: Times, other: Times) -> float | None:
    """The hidden size at which two curves first cross, straight lines between sizes; None where they do not."""
    sizes = sorted(set(one) & set(other))
    for a, b in zip(sizes, sizes[1:], strict=False):
        before, after = one[a] - other[a], one[b] - other[b]
        if before * after < 0:
            return a + (b - a) * before / (before - after)
    return None


def who_wins(numpy: Times, taichi: Times) -> str:
    """ "NumPy is faster at 100 and 200 hidden nodes, Taichi at 300"; what differs by less than 5 % counts as equal."""
    places: dict[str, list[int]] = {"NumPy": [], "Taichi": [], "": []}
    for size in sorted(set(numpy) & set(taichi)):
        a, b = numpy[size], taichi[size]
        places["" if max(a, b) < LIKE * min(a, b) else "NumPy" if a < b else "Taichi"].append(size)
    winners = [(name, sizes) for name, sizes in places.items() if name and sizes]
    equal = f"they are as good as equal at {_list(places[''])}" if places[""] else ""
    if not winners:
        return f"{equal} hidden nodes"
    first = f"{winners[0][0]} is faster at {_list(winners[0][1])} hidden nodes"
    others = [f"{name} at {_list(sizes)}" for name, sizes in winners[1:]]
    return ", ".join(part for part in (first, *others, equal) if part)


def one_at_a_time(rows: Sequence[Mapping]) -> str:
    """The sentence on training one digit at a time: who wins where, and why the earlier system's lines cross."""
    numpy, taichi = times(rows, "numpy", 1), times(rows, "taichi", 1)
    if not numpy:
        return ""
    size = _middle(numpy)
    why = "a step on one digit is so little work that the cost of starting it decides"
    if not taichi:
        return (
            f"One digit at a time, NumPy needs {seconds(numpy[size])} an epoch at {size} hidden nodes, where the earlier "
            f"system took {seconds(THEIRS['numpy'][size])}: {why}."
        )
    blog = times(rows, BLOG_TAICHI, 1).get(size)
    loop = f"; run here, that Taichi loop needs {seconds(blog)} at {size}" if blog else ""
    return (
        f"One digit at a time, {who_wins(numpy, taichi)} ({_at(size, numpy, taichi)}): {why}, and the earlier Taichi paid "
        f"it for every product of every digit (the NumPy beside it was ahead up to about "
        f"{crossing(*THEIRS.values()):.0f} hidden nodes{loop})."
    )


def in_batches(rows: Sequence[Mapping], batch_size: int = BATCH) -> str:
    """The sentence on training in batches: who wins where, what batches bring, and why."""
    numpy, taichi = times(rows, "numpy", batch_size), times(rows, "taichi", batch_size)
    if not numpy:
        return ""
    size = _middle(numpy)
    why = (
        f"one large product takes the place of {batch_size} thin ones, and each weight is fetched once for all of them"
    )
    gains = [gain for name in ("numpy", "taichi") if (gain := _gain(rows, name, batch_size, size))]
    gain = f", {' and '.join(gains)} times as fast as one at a time" if gains else ""
    if not taichi:
        return f"In batches of {batch_size}, NumPy needs {seconds(numpy[size])} an epoch at {size} hidden nodes{gain}: {why}."
    return (
        f"In batches of {batch_size}, {who_wins(numpy, taichi)} ({_at(size, numpy, taichi)}{gain}): {why}; "
        f"{_library(rows, batch_size)}."
    )


def _at(size: int, numpy: Times, taichi: Times) -> str:
    return f"at {size}, NumPy needs {seconds(numpy[size])} an epoch and Taichi {seconds(taichi[size])}"


def _gain(rows: Sequence[Mapping], engine: str, batch_size: int, size: int) -> str:
    single, batch = times(rows, engine, 1).get(size), times(rows, engine, batch_size).get(size)
    return f"{single / batch:.0f}" if single and batch else ""


def _library(rows: Sequence[Mapping], batch_size: int) -> str:
    """Where each engine's products come from; on a graphics card that is another processor altogether."""
    devices = {row["device"] for row in rows if row["engine"] == "taichi" and row["batch_size"] == batch_size}
    if devices - {"cpu"}:
        return "NumPy's run on the processor, Taichi's on the graphics card, which does thousands of sums side by side"
    return "NumPy's come from a library tuned to this processor by hand, Taichi's are compiled from our own source"


def unsteady(rows: Iterable[Mapping]) -> float | None:
    """The largest spread between turns where it is too large to trust the times, else None."""
    worst = max((row["spread"] for row in rows), default=0.0)
    return worst if worst > UNSTEADY else None


def _middle(found: Times) -> int:
    return 200 if 200 in found else sorted(found)[len(found) // 2]


def _list(sizes: Sequence[int]) -> str:
    """ "100, 200 and 300"."""
    words = [f"{size:,}" for size in sizes]
    return " and ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} and {words[-1]}"
