"""What rows mean: the earlier system's own table, who wins where, and two sentences that say so and why.

Pure functions from numbers to numbers and messages; `times` below are seconds per epoch by hidden size.
"""

from collections.abc import Iterable, Mapping, Sequence

from core.bench.contenders import BLOG_TAICHI
from core.bench.race import LIKE, seconds
from core.messages import N_, Message, message

# Blog A's table: seconds per epoch of 60,000, one sample at a time, NumPy on the processor, Taichi on a graphics card.
THEIRS = {
    "numpy": {100: 14.2, 200: 47.5, 300: 68.0},
    "taichi": {100: 42.4, 200: 44.2, 300: 44.7},
}
SIZES = (100, 200, 300)
BATCH = 128
NAMES = {"numpy": "NumPy", "taichi": "Taichi"}
UNSTEADY = 0.4  # a spread of turns from which on times say little

ALONE_ONE_BY_ONE = N_(
    "One digit at a time, NumPy needs {time} an epoch at {size:,} units, where the earlier system took {theirs}: "
    "a step on one digit is so little work that the cost of starting it decides."
)
ONE_BY_ONE = N_(
    "One digit at a time, {who_wins} (at {size:,}, NumPy needs {numpy} an epoch and Taichi {taichi}): "
    "a step on one digit is so little work that the cost of starting it decides, and the earlier Taichi paid it for every "
    "product of every digit (the NumPy beside it was faster up to about {crossing:.0f} units)."
)
ONE_BY_ONE_AND_LOOP = N_(
    "One digit at a time, {who_wins} (at {size:,}, NumPy needs {numpy} an epoch and Taichi {taichi}): "
    "a step on one digit is so little work that the cost of starting it decides, and the earlier Taichi paid it for every "
    "product of every digit (the NumPy beside it was faster up to about {crossing:.0f} units; "
    "run here, that Taichi loop needs {loop} at {size:,})."
)
ALONE_IN_BATCHES = N_(
    "In batches of {batch:,}, NumPy needs {time} an epoch at {size:,} units: one large product takes the place of "
    "{batch:,} thin ones, and each weight is fetched once for all of them."
)
ALONE_IN_BATCHES_AND_GAIN = N_(
    "In batches of {batch:,}, NumPy needs {time} an epoch at {size:,} units, {gain:.0f} times as fast as one at a "
    "time: one large product takes the place of {batch:,} thin ones, and each weight is fetched once for all of them."
)
IN_BATCHES = N_(
    "In batches of {batch:,}, {who_wins} (at {size:,}, NumPy needs {numpy} an epoch and Taichi {taichi}): one large product "
    "takes the place of {batch:,} thin ones, and each weight is fetched once for all of them; {library}."
)
IN_BATCHES_AND_GAINS = N_(
    "In batches of {batch:,}, {who_wins} (at {size:,}, NumPy needs {numpy} an epoch and Taichi {taichi}, {gain:.0f} and "
    "{taichis_gain:.0f} times as fast as one at a time): one large product takes the place of {batch:,} thin ones, and each "
    "weight is fetched once for all of them; {library}."
)
BY_HAND = N_("NumPy's come from a library tuned to this processor by hand, Taichi's are compiled from our own source")
ON_A_CARD = N_("NumPy's run on the processor, Taichi's on the graphics card, which does thousands of sums side by side")

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


def who_wins(numpy: Times, taichi: Times) -> Message:
    """ "NumPy is faster at 100 and 200 units, Taichi at 300"; what differs by less than 5 % counts as equal."""
    places: dict[str, list[int]] = {"NumPy": [], "Taichi": [], "": []}
    for size in sorted(set(numpy) & set(taichi)):
        a, b = numpy[size], taichi[size]
        places["" if max(a, b) < LIKE * min(a, b) else "NumPy" if a < b else "Taichi"].append(size)
    equal = _list(places.pop(""))
    winners = [(name, sizes) for name, sizes in places.items() if sizes]
    if not winners:
        return message("they are as good as equal at {equal} units", equal=equal)
    values: dict[str, object] = {"winner": winners[0][0], "sizes": _list(winners[0][1]), "equal": equal}
    if len(winners) == 2:
        values |= {"other": winners[1][0], "others": _list(winners[1][1])}
    match len(winners), bool(equal):
        case 1, False:
            return message("{winner} is faster at {sizes} units", **values)
        case 1, True:
            return message("{winner} is faster at {sizes} units, they are as good as equal at {equal}", **values)
        case 2, False:
            return message("{winner} is faster at {sizes} units, {other} at {others}", **values)
    return message(
        "{winner} is faster at {sizes} units, {other} at {others}, they are as good as equal at {equal}",
        **values,
    )


def one_at_a_time(rows: Sequence[Mapping]) -> Message | None:
    """The sentence on training one digit at a time: who wins where, and why the earlier system's lines cross."""
    numpy, taichi = times(rows, "numpy", 1), times(rows, "taichi", 1)
    if not numpy:
        return None
    size = _middle(numpy)
    if not taichi:
        return message(ALONE_ONE_BY_ONE, time=seconds(numpy[size]), size=size, theirs=seconds(THEIRS["numpy"][size]))
    values = {
        "who_wins": who_wins(numpy, taichi),
        "size": size,
        "numpy": seconds(numpy[size]),
        "taichi": seconds(taichi[size]),
        "crossing": crossing(*THEIRS.values()),
    }
    if loop := times(rows, BLOG_TAICHI, 1).get(size):
        return message(ONE_BY_ONE_AND_LOOP, **values, loop=seconds(loop))
    return message(ONE_BY_ONE, **values)


def in_batches(rows: Sequence[Mapping], batch_size: int = BATCH) -> Message | None:
    """The sentence on training in batches: who wins where, what batches bring, and why."""
    numpy, taichi = times(rows, "numpy", batch_size), times(rows, "taichi", batch_size)
    if not numpy:
        return None
    size = _middle(numpy)
    gain, taichis_gain = (_gain(rows, name, batch_size, size) for name in ("numpy", "taichi"))
    if not taichi:
        values = {"batch": batch_size, "time": seconds(numpy[size]), "size": size}
        return message(ALONE_IN_BATCHES_AND_GAIN, **values, gain=gain) if gain else message(ALONE_IN_BATCHES, **values)
    values = {
        "batch": batch_size,
        "who_wins": who_wins(numpy, taichi),
        "size": size,
        "numpy": seconds(numpy[size]),
        "taichi": seconds(taichi[size]),
        "library": message(_library(rows, batch_size)),
    }
    if gain and taichis_gain:
        return message(IN_BATCHES_AND_GAINS, **values, gain=gain, taichis_gain=taichis_gain)
    return message(IN_BATCHES, **values)


def _gain(rows: Sequence[Mapping], engine: str, batch_size: int, size: int) -> float | None:
    """How many times as fast batches are as one digit at a time."""
    single, batch = times(rows, engine, 1).get(size), times(rows, engine, batch_size).get(size)
    return single / batch if single and batch else None


def _library(rows: Sequence[Mapping], batch_size: int) -> str:
    """Where each engine's products come from; on a graphics card that is another processor altogether."""
    devices = {row["device"] for row in rows if row["engine"] == "taichi" and row["batch_size"] == batch_size}
    return ON_A_CARD if devices - {"cpu"} else BY_HAND


def unsteady(rows: Iterable[Mapping]) -> float | None:
    """The largest spread between turns where it is too large to trust the times, else None."""
    worst = max((row["spread"] for row in rows), default=0.0)
    return worst if worst > UNSTEADY else None


def _middle(found: Times) -> int:
    return 200 if 200 in found else sorted(found)[len(found) // 2]


def _list(sizes: Sequence[int]) -> Message | None:
    """ "100, 200 and 300"."""
    if len(sizes) < 2:
        return message("{size:,}", size=sizes[0]) if sizes else None
    if len(sizes) == 2:
        return message("{size:,} and {last:,}", size=sizes[0], last=sizes[1])
    return message("{size:,}, {rest}", size=sizes[0], rest=_list(sizes[1:]))
