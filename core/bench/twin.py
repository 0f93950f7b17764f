"""The twin check: are the slopes right that training goes down, and do both engines learn the same from the same start?

`python -m core twin-check` compares on this very machine. Slopes are held against finite differences (nudge a weight, see
what the loss does) in double precision; then both engines train the same network a hundred steps, in double precision,
where they must agree, and in single, where each may stray from that exact result as far as rounding takes it. Taichi comes
into the process that asks, which should therefore be one of its own.
"""

import importlib.util
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from core.config import NetworkConfig, TrainingConfig
from core.datasets import Dataset
from core.engines import Engine, create_engine
from core.messages import N_, Message, message
from core.models.parameters import Parameters
from core.network.activations import ACTIVATIONS
from core.network.losses import LOSSES

NUDGE = 1e-5
STEPS, BATCH = 100, 32
SAMPLES = 640
SLOPE_BOUND = 1e-6  # what finite differences leave, and a wrong term exceeds a thousandfold
TWIN_BOUND = 1e-9
SPREAD_BOUND = 3.0  # so many times NumPy's own rounding
TAICHI_SLOPES = (("relu", ("softmax", "cross_entropy")),)  # compiling takes seconds each; the tests compare all
DOUBLE = ("cpu", "cuda")  # devices that compute in double precision
TWINS = N_(
    "Both engines trained the same network {steps} steps from the same start. Its {count:,} weights then differ "
    "by at most {part} of the largest: they are twins."
)
NO_TWINS = N_(
    "Both engines trained the same network {steps} steps from the same start. Its {count:,} weights then differ "
    "by at most {part} of the largest, which is too much."
)
PARTS = (  # what is large in a word, and how one part of so many is said: with a figure after the point, and without
    (1e12, N_("one part in {count:.1f} trillion"), N_("one part in {count:,.0f} trillion")),
    (1e9, N_("one part in {count:.1f} billion"), N_("one part in {count:,.0f} billion")),
    (1e6, N_("one part in {count:.1f} million"), N_("one part in {count:,.0f} million")),
    (1.0, N_("one part in {count:.1f}"), N_("one part in {count:,.0f}")),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One comparison.

    Attributes
    ----------
    key : which comparison it is: `numpy_slopes`, `taichi_slopes`, `exact_steps` or `rounded_steps`.
    title : what was compared.
    difference : the largest one found, in parts of the largest value compared.
    bound : what it may be at most.
    count : how many numbers were compared.
    meaning : a sentence for a person.
    """

    key: str
    title: Message
    difference: float
    bound: float
    count: int
    meaning: Message

    @property
    def compares_engines(self) -> bool:
        """Whether it holds one engine against the other."""
        return self.key in ("exact_steps", "rounded_steps")

    @property
    def passed(self) -> bool:
        return self.difference <= self.bound  # false for what is no number

    def to_dict(self) -> dict[str, Any]:
        """All of it in plain types, its sentences in English."""
        said = {"title": str(self.title), "meaning": str(self.meaning)}
        return {field.name: getattr(self, field.name) for field in fields(self)} | said | {"passed": self.passed}


Progress = Callable[[int, int, Message], None]  # parts done, parts in all, what is next


def check(*, device: str = "cpu", taichi: bool | None = None, progress: Progress | None = None) -> Iterator[Finding]:
    """Compare everything that this machine can; without Taichi, NumPy's slopes only.

    Raises `DigitLabError` when Taichi is there and cannot compute on `device`.
    """
    taichi = importlib.util.find_spec("taichi") is not None if taichi is None else taichi
    parts: list[tuple[str, Callable[[], Finding]]] = [(N_("NumPy's sums"), numpy_slopes)]
    if taichi and device in DOUBLE:
        parts += [
            (N_("Taichi's sums"), lambda: taichi_slopes(device)),
            (N_("a hundred steps with 16 digits"), lambda: hundred_steps_exactly(device)),
        ]
    if taichi:
        parts.append((N_("a hundred steps with 7 digits"), lambda: hundred_steps_rounded(device)))
    for done, (name, part) in enumerate(parts):
        if progress:
            progress(done, len(parts), message(name))
        yield part()


def part_of(difference: float) -> Message:
    """ "one part in 31 billion", with two figures that count."""
    if not difference > 0.0:
        return message("no difference at all") if difference == 0.0 else message("no number")
    whole = 1.0 / difference
    if whole <= 1.5:
        return message("as much as the value itself, or more")
    size, fine, coarse = next(each for each in PARTS if whole >= each[0])
    count = float(f"{whole / size:.1e}")
    return message(fine, count=count) if count < 9.95 else message(coarse, count=count)


# -- slopes


def numpy_slopes() -> Finding:
    """Every activation with every output and true loss, on networks of 75 weights with everything switched on."""
    pairs = itertools.product(ACTIVATIONS, (pair for pair, loss in LOSSES.items() if loss.has_gradient))
    engines = [_slope_engine("numpy", "cpu", activation, pair) for activation, pair in pairs]
    return _slopes("numpy_slopes", "NumPy", engines)


def taichi_slopes(device: str) -> Finding:
    engines = [_slope_engine("taichi", device, activation, pair) for activation, pair in TAICHI_SLOPES]
    return _slopes("taichi_slopes", "Taichi", engines)


def _slopes(key: str, name: str, engines: list[Engine]) -> Finding:
    found = [slope_difference(engine) for engine in engines]
    count = sum(len(engine.parameters().flat) for engine in engines)
    worst = max(found)
    return Finding(
        key,
        message("{engine}: each sum against a nudge of its weight", engine=name),
        worst,
        SLOPE_BOUND,
        count,
        message(
            "How the error changes with each weight, worked out and found by nudging the weight, differs by at most {part}, "
            "over {count:,} weights.",
            part=part_of(worst),
            count=count,
        ),
    )


def slope_difference(engine: Engine) -> float:
    """The largest difference between the engine's gradient and central differences of its loss."""
    order, flat = np.arange(5), engine.parameters().flat
    gradient, numeric = engine.gradient(order)[1], np.empty_like(flat)
    for place in range(len(flat)):
        losses = []
        for nudge in (NUDGE, -NUDGE):
            moved = flat.copy()
            moved[place] += nudge
            engine.load_state(engine.state() | {"parameters": moved})
            losses.append(engine.gradient(order)[0])
        numeric[place] = (losses[0] - losses[1]) / (2 * NUDGE)
    engine.load_state(engine.state() | {"parameters": flat})
    return distance(gradient, numeric)


def _slope_engine(engine: str, device: str, activation: str, pair: tuple[str, str]) -> Engine:
    network = NetworkConfig(inputs=4, hidden=(4, 3), activation=activation, output=pair[0], initializer="glorot",
                            scaling="offset")  # fmt: skip
    training = TrainingConfig(engine=engine, device=device, loss=pair[1], dtype="float64", optimizer="sgd", l2=0.05,
                              batch_size=5, targets=(0.01, 0.99))  # fmt: skip
    return _engine(network, training)


# -- a hundred steps


def hundred_steps_exactly(device: str) -> Finding:
    """Both engines in double precision."""
    ours, theirs = trained("numpy", "cpu", "float64"), trained("taichi", device, "float64")
    found = distance(theirs, ours)
    meaning = TWINS if found <= TWIN_BOUND else NO_TWINS
    return Finding(
        "exact_steps",
        message("{steps} steps with 16 digits, Taichi against NumPy", steps=STEPS),
        found,
        TWIN_BOUND,
        len(ours),
        message(meaning, steps=STEPS, count=len(ours), part=part_of(found)),
    )


def hundred_steps_rounded(device: str) -> Finding:
    """Both engines in single precision, against NumPy's double, and each other only through it."""
    exact = trained("numpy", "cpu", "float64")
    ours, theirs = (distance(trained(*who, "float32"), exact) for who in (("numpy", "cpu"), ("taichi", device)))
    return Finding(
        "rounded_steps",
        message("{steps} steps with 7 digits, Taichi against the exact result", steps=STEPS),
        theirs,
        SPREAD_BOUND * ours,
        len(exact),
        message(
            "With numbers of seven digits, as in every run, rounding takes Taichi {theirs} away from the exact "
            "result, and NumPy {ours}. More than {bound:.0f} times NumPy's would be an error.",
            theirs=part_of(theirs),
            ours=part_of(ours),
            bound=SPREAD_BOUND,
        ),
    )


def trained(engine: str, device: str, dtype: str) -> np.ndarray:
    """The parameters (p,) after the hundred steps: 784-40-10, tanh, dropout, Adam, and a last short batch."""
    network = NetworkConfig(hidden=(40,), activation="tanh", dropout=0.2)
    training = TrainingConfig(engine=engine, device=device, dtype=dtype, batch_size=BATCH)
    worker = _engine(network, training)
    order = np.random.default_rng(8).integers(0, SAMPLES, STEPS * BATCH - 7)
    worker.train(order, np.full(STEPS, 1e-3))
    parameters = worker.parameters().flat.astype(np.float64)
    worker.close()
    return parameters


def _engine(network: NetworkConfig, training: TrainingConfig) -> Engine:
    """An engine with the same weights, biases among them, and the same pictures of noise each time."""
    rng = np.random.default_rng(5)
    start = Parameters.initial(network, 3, training.dtype)
    start = Parameters(network, (start.flat + rng.normal(0.0, 0.1, len(start.flat))).astype(training.dtype))
    engine = create_engine(network, training, start)
    height, width = network.shape
    pixels = rng.integers(0, 256, (SAMPLES, height * width), dtype=np.uint8)
    engine.load(Dataset("noise", pixels, rng.integers(0, 10, SAMPLES), (height, width)))
    return engine


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """The largest difference in parts of the largest value of `b`."""
    return float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-300))
