"""The plain engine, and the other engines held to it, on networks and trainings that nobody chose.

Hypothesis draws the configurations; `derandomize` makes them the same in every run. Taichi must not come into pytest's
process, so that this file is also a script that holds the Taichi engine to the plain one on a device, part by part:
`python tests/test_plain.py drawn cpu`.
"""

import ast
import dataclasses
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from core.config import NetworkConfig, TrainingConfig
from core.datasets import Dataset
from core.engines import Totals, create_engine, devices, plain
from core.engines.numpy.passes import Passes
from core.folders import PROJECT
from core.models.forward import scale_inputs
from core.models.parameters import Parameters
from core.network.activations import ACTIVATIONS
from core.network.initializers import INITIALIZERS
from core.network.losses import LOSSES, one_hot
from core.network.optimizers import OPTIMIZERS
from core.network.scaling import SCALINGS

# A fault in a shortcut of one optimiser, scaling and batch size was found by 800 and missed by 400. Each that is drawn for
# Taichi compiles kernels of its own, which takes two seconds and more.
DRAWN, DRAWN_FOR_SLOPES, DRAWN_FOR_TAICHI = 1_000, 200, 10
SMOOTH = ("sigmoid", "tanh", "identity")
# Deterministic, without a data base beside the project, and without a limit of time for a first, compiling, example.
DRAWING = {"derandomize": True, "database": None, "deadline": None, "suppress_health_check": list(HealthCheck)}


@dataclass(frozen=True)
class Case:
    """A network, a training, what it learns from, and in which steps."""

    network: NetworkConfig
    training: TrainingConfig
    data: Dataset
    order: np.ndarray
    rates: np.ndarray


@st.composite
def cases(draw: st.DrawFn, **fixed: Any) -> Case:
    """Anything that a configuration admits, but small: up to twelve hidden layers, and pixels of which some are always
    dark. `fixed` are settings of the training."""
    side = draw(st.integers(1, 5))
    output, loss = draw(st.sampled_from(list(LOSSES)))
    network = NetworkConfig(
        inputs=side * side,
        hidden=tuple(draw(st.lists(st.integers(1, 20), max_size=12))),
        outputs=draw(st.integers(2, 10)),
        activation=draw(st.sampled_from(list(ACTIVATIONS))),
        output=output,
        bias=draw(st.booleans()),
        initializer=draw(st.sampled_from(list(INITIALIZERS))),
        dropout=draw(st.sampled_from([0.0, 0.0, 0.2, 0.5, 0.9])),
        scaling=draw(st.sampled_from(list(SCALINGS))),
        mean=0.2,
        std=0.4,
    )
    batch_size = draw(st.one_of(st.just(1), st.integers(2, 40)))
    drawn = dict(
        loss=loss,
        targets=draw(st.sampled_from([(0.0, 1.0), (0.01, 0.99), (0.2, 0.5)])),
        optimizer=draw(st.sampled_from(list(OPTIMIZERS))),
        momentum=draw(st.sampled_from([0.0, 0.5, 0.9])),
        weight_decay=draw(st.sampled_from([0.0, 0.01, 1.0])),
        batch_size=batch_size,
        l2=draw(st.sampled_from([0.0, 0.0, 1e-3, 0.1])),
        seed=draw(st.integers(0, 2**32)),
        dtype=draw(st.sampled_from(["float64", "float32"])),
    )
    training = TrainingConfig(**drawn | fixed)
    n, steps = draw(st.integers(1, 60)), draw(st.integers(1, 40 if batch_size == 1 else 4))
    count = steps * batch_size - draw(st.integers(0, batch_size - 1))  # the last batch may be short
    rate, pixel_max = draw(st.sampled_from([1e-3, 1e-2])), draw(st.sampled_from([16, 255]))
    return case_of(network, training, n, count, rate, draw(st.integers(0, 2**32)), pixel_max)


def case_of(
    network: NetworkConfig, training: TrainingConfig, n: int, count: int, rate: float, seed: int, pixel_max: int = 255
) -> Case:
    """A case of n random pictures, a fifth of whose pixels are dark in all, of which `count` are learned at falling rates."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, pixel_max + 1, (n, network.inputs)) * (rng.random(network.inputs) < 0.8)
    labels = rng.integers(0, network.outputs, n)
    data = Dataset("drawn", pixels.astype(np.uint8), labels, network.shape, pixel_max)
    steps = -(-count // training.batch_size)
    return Case(network, training, data, rng.integers(0, n, count), rate * np.linspace(1.0, 0.5, steps))


def initial(case: Case) -> Parameters:
    """Weights as they are drawn, and biases that are not zero, which would hide one that is used wrongly."""
    parameters = Parameters.initial(case.network, case.training.seed % 1_000, case.training.dtype)
    for biases in parameters.biases:
        biases[...] = np.linspace(-0.1, 0.1, len(biases))
    return parameters


def from_plain(case: Case, dtype: str) -> dict[str, np.ndarray]:
    """What the plain engine makes of a case: slopes at its start, then the mean loss and the state after its steps."""
    network, training, data = case.network, dataclasses.replace(case.training, dtype=dtype), case.data
    parameters = initial(case)
    parameters = Parameters(network, parameters.flat.astype(dtype))
    x = scale_inputs(network, data.pixels / data.pixel_max, dtype)
    targets = one_hot(data.labels, training.targets, dtype, network.outputs)
    masks = plain.masks_of(network, training, 0, len(data))
    trace = plain.forward(network, parameters, x, masks)
    slopes = plain.backward(network, training, parameters, trace, targets, masks).flat
    silent = [np.ones_like(mask) for mask in masks]
    seen = plain.totals_of(network, training, plain.forward(network, parameters, x, silent), data.labels)
    optimizer = plain.optimizer_of(training, parameters)
    totals = plain.train(network, training, parameters, optimizer, data, case.order, case.rates)
    state = {"parameters": parameters.flat, "steps": np.array(optimizer.steps), **optimizer.state}
    return results(slopes, totals, seen) | state


def from_engine(case: Case) -> dict[str, np.ndarray]:
    """The same from the engine that the case names."""
    engine = create_engine(case.network, case.training, initial(case))
    engine.load(case.data)
    slopes, seen = engine.gradient(np.arange(len(case.data)))[1], engine.evaluate(case.data)
    totals, state = engine.train(case.order, case.rates), engine.state()
    engine.close()
    return results(slopes, totals, seen) | state


def results(slopes: np.ndarray, trained: Totals, evaluated: Totals) -> dict[str, np.ndarray]:
    losses = {"loss": np.array(trained.mean_loss), "evaluation": np.array(evaluated.mean_loss)}
    return {"slopes": slopes, "samples": np.array([trained.n, evaluated.n])} | losses


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """The largest difference, in parts of the largest value of `b` or of one. What overflows must overflow in both."""
    if not np.isfinite(b).all():
        return 0.0 if not np.isfinite(a).all() else np.inf
    return float(np.abs(a - b).max(initial=0.0) / max(float(np.abs(b).max(initial=0.0)), 1.0))


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def hold(case: Case) -> dict[str, np.ndarray]:
    """An engine agrees with the plain one to rounding: 1e-9 in double precision, and in single precision ten times what
    rounding makes of the plain engine itself."""
    found, expected = from_engine(case), from_plain(case, case.training.dtype)
    exact = from_plain(case, "float64")
    assert found.keys() == expected.keys()
    for name in expected:
        assert found[name].shape == expected[name].shape, name
        off, rounding = distance(found[name], expected[name]), distance(expected[name], exact[name])
        exactly = case.training.dtype == "float64" and name != "evaluation"  # which takes pixels as float32 everywhere
        allowed = 1e-9 if exactly else max(1e-5, 10 * rounding)
        assert off <= allowed, (name, off, allowed)
    return found


# -- Taichi, in a process of its own


def every_loss_and_width(device: str) -> Iterator[Case]:
    """Every output and loss with 2, 3, 7 and 10 outputs, in every precision that the device has, by SGD and by Adam."""
    dtypes = ("float32", "float64") if device in ("cpu", "cuda") else ("float32",)
    for dtype, (number, (output, loss)) in itertools.product(dtypes, enumerate(LOSSES)):
        for outputs in (2, 3, 7, 10):
            network = NetworkConfig(
                inputs=16, hidden=(9, 5), outputs=outputs, output=output, activation="tanh", dropout=0.3 * (number % 2)
            )
            training = TrainingConfig(
                engine="taichi",
                device=device,
                loss=loss,
                optimizer=("adam", "sgd")[number // 2 % 2],
                targets=(0.01, 0.99),
                batch_size=8,
                dtype=dtype,
            )
            yield case_of(network, training, 40, 77, 0.05, outputs)


def edges(device: str) -> Iterator[Case]:
    """The smallest and the deepest networks, and batches larger than there are pictures."""
    training = TrainingConfig(engine="taichi", device=device, optimizer="sgd", batch_size=1, dtype="float64")
    deep = NetworkConfig(inputs=1, hidden=(1,) * 12, outputs=2, activation="tanh")
    for network in (deep, dataclasses.replace(deep, hidden=())):
        yield case_of(network, training, 1, 3, 0.01, 0)
        yield case_of(network, dataclasses.replace(training, batch_size=3_000), 7, 2_000, 0.01, 1)


def few(device: str) -> Iterator[Case]:
    """What a software driver can do in seconds: ten steps each by SGD and, with dropout and L2, by Adam."""
    training = TrainingConfig(engine="taichi", device=device, batch_size=4, targets=(0.01, 0.99))
    network = NetworkConfig(inputs=16, hidden=(9, 5), activation="tanh")
    sgd = dataclasses.replace(training, optimizer="sgd", augmentation="rotations")  # whose pixels are reals on the card
    yield case_of(network, sgd, 20, 38, 0.1, 0)
    network = dataclasses.replace(network, hidden=(9,), outputs=2, output="sigmoid", dropout=0.3)
    adam = dataclasses.replace(training, optimizer="adam", loss="rashid", l2=1e-3)
    yield case_of(network, adam, 20, 38, 0.01, 1)


def agrees_to_the_last_digits(found: dict[str, np.ndarray], numpy: dict[str, np.ndarray]) -> None:
    """After ten steps all but two units in the last of single precision's digits are NumPy's: it was one, 1e-7."""
    assert len(numpy["parameters"]) > 100 and numpy["steps"] == 10
    for name, values in numpy.items():
        assert distance(found[name], values) <= 2 * np.finfo(np.float32).eps, (name, distance(found[name], values))


def main(part: str, device: str) -> None:
    from core.engines.taichi.network import DeviceNetwork

    DeviceNetwork.prepare = lambda *_: None  # compile only what is used
    if part == "widths":
        for case in itertools.chain(every_loss_and_width(device), edges(device)):
            hold(case)
    if part == "few":
        for case in few(device):
            found, training = hold(case), dataclasses.replace(case.training, engine="numpy", device="cpu")
            agrees_to_the_last_digits(found, from_engine(dataclasses.replace(case, training=training)))
    if part == "drawn":

        @settings(**DRAWING, max_examples=DRAWN_FOR_TAICHI, phases=[Phase.generate])
        @given(cases(engine="taichi", device=device))
        def held(case: Case) -> None:
            hold(case)

        held()


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.exit()


# -- the tests


def mean_loss(case: Case, flat: np.ndarray, masks: list[np.ndarray]) -> float:
    """The mean loss over all of a case's pictures, with the L2 term, for these parameters."""
    network, training, data = case.network, case.training, case.data
    parameters = Parameters(network, flat)
    x = scale_inputs(network, data.pixels / data.pixel_max, training.dtype)
    trace = plain.forward(network, parameters, x, masks)
    squares = sum(float(np.square(weights).sum()) for weights in parameters.weights)
    return plain.totals_of(network, training, trace, data.labels).mean_loss + 0.5 * training.l2 * squares


@settings(**DRAWING, max_examples=DRAWN_FOR_SLOPES)
@given(cases(dtype="float64"))
def test_the_plain_slopes_are_those_of_the_loss(case):
    """Along a random direction, against a central difference; where the function has a kink, nothing can be said."""
    assume(case.network.activation in SMOOTH and case.training.loss != "rashid")  # which is no gradient
    masks = plain.masks_of(case.network, case.training, 0, len(case.data))
    flat, slopes = initial(case).flat, from_plain(case, "float64")["slopes"]
    direction = np.random.default_rng(0).normal(size=flat.shape)
    direction /= np.linalg.norm(direction)
    ahead, behind = (mean_loss(case, flat + step * direction, masks) for step in (1e-5, -1e-5))
    assert (ahead - behind) / 2e-5 == pytest.approx(slopes @ direction, rel=1e-5, abs=1e-8)


@pytest.mark.slow
@settings(**DRAWING, max_examples=DRAWN)
@given(cases())
def test_the_numpy_engine_agrees_with_the_plain_one(case):
    hold(case)


def test_a_fault_in_an_engine_would_be_noticed(monkeypatch):
    """The test of the test above: an engine that forgets to drop is found out."""
    network = NetworkConfig(inputs=16, hidden=(9, 5), outputs=3, activation="tanh", dropout=0.3)
    case = case_of(network, TrainingConfig(optimizer="sgd", batch_size=8, dtype="float64"), 40, 77, 0.05, 0)
    hold(case)
    monkeypatch.setattr(Passes, "_drop", lambda self, batch, layer, step: batch.masks.__setitem__(layer, 1.0))
    with pytest.raises(AssertionError, match="slopes"):
        hold(case)


def test_the_plain_engine_is_short_enough_to_read():
    """About eighty lines of code, without its words."""
    tree = ast.parse(Path(plain.__file__).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if ast.get_docstring(node) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) else None:
            node.body = node.body[1:]
    assert len(ast.unparse(tree).splitlines()) < 100


def held(part: str, device: str) -> None:
    """Hold Taichi to the plain engine in a process of its own, on one core, where a neighbour costs it least."""
    command = [sys.executable, __file__, part, device]
    limit = {"PYTHONPATH": str(PROJECT), "TI_CPU_MAX_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    ended = subprocess.run(
        command, env=os.environ | limit, capture_output=True, text=True, errors="replace", timeout=280
    )
    assert ended.returncode == 0, ended.stdout[-2_000:] + ended.stderr[-6_000:]


@pytest.mark.slow
@pytest.mark.parametrize("part", ["widths", "drawn"])
def test_taichi_on_the_processor_agrees_with_the_plain_engine(part):
    held(part, "cpu")


@pytest.mark.slow
def test_a_graphics_card_s_kernels_agree_with_the_plain_engine_and_numpy(missing, monkeypatch):
    """On whatever Vulkan driver there is: a software driver computes with the same kernels, a thousand times slower."""
    monkeypatch.setenv(devices.ALLOW_SOFTWARE, "1")
    found = devices.trial("vulkan", timeout=60.0)
    if not found.available:
        missing("Vulkan driver", f"install one (Debian: mesa-vulkan-drivers). {found.reason}")
    held("few", "vulkan")
