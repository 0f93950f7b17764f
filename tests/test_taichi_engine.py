"""The Taichi engine against the NumPy engine, number by number.

Taichi has one runtime per process and must not come into pytest's, so this file is two things: the tests, and, run as
a script on a device, the comparisons themselves, whose results it prints as one line of JSON.
"""

import hashlib
import inspect
import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.config import Config, NetworkConfig, TrainingConfig
from core.datasets import Dataset
from core.drawings.augment import AUGMENTATIONS
from core.engines import Engine, create_engine, devices
from core.engines.numpy import engine as numpy_engine
from core.engines.taichi import engine as taichi_engine
from core.errors import DigitLabError
from core.folders import PROJECT
from core.models.parameters import Parameters
from core.network.activations import ACTIVATIONS
from core.network.losses import LOSSES
from core.network.optimizers import OPTIMIZERS
from core.runs.run import create_run, open_run
from core.training.turned import Turner

N = 90  # samples
ONE_CORE = {"TI_CPU_MAX_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
# Networks of odd sizes, so that strips are filled up everywhere, and what a training can vary.
TRAININGS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "the book's rule, one by one, turned copies": (
        {"activation": "sigmoid", "output": "sigmoid", "bias": False, "scaling": "offset"},
        {
            "loss": "rashid",
            "targets": (0.01, 0.99),
            "augmentation": "rotations",
            "optimizer": "sgd",
            "batch_size": 1,
            "learning_rate": 0.1,
        },
    ),
    "three hidden layers, dropout, L2, partial batches": (
        {"inputs": 49, "hidden": (21, 13, 9), "activation": "tanh", "dropout": 0.3, "scaling": "offset"},
        {"optimizer": "adam", "l2": 1e-3, "batch_size": 7, "learning_rate": 2e-3},
    ),
    "one sample at a time, no biases": (
        {"hidden": (20,), "activation": "sigmoid", "output": "sigmoid", "bias": False},
        {"optimizer": "sgd", "loss": "squared_error", "targets": (0.01, 0.99), "batch_size": 1, "learning_rate": 0.1},
    ),
    "no hidden layer, standard scaling": (
        {"hidden": (), "scaling": "standard", "mean": 0.13, "std": 0.31},
        {"optimizer": "momentum", "batch_size": 32, "learning_rate": 1e-2},
    ),
}


def dataset(inputs: int = 64) -> Dataset:
    """Random grey pictures, half of them ground."""
    rng = np.random.default_rng(5)
    pixels = rng.integers(0, 256, (N, inputs)) * (rng.random((N, inputs)) < 0.5)
    side = int(inputs**0.5)
    return Dataset("random", pixels.astype(np.uint8), rng.integers(0, 10, N), (side, side))


def engines(network: dict, training: dict, device: str, names: str = "numpy taichi") -> list[Engine]:
    """Engines on the same data with the same initial weights."""
    config = NetworkConfig(**{"inputs": 64, "hidden": (20,)} | network)
    made = []
    for name in names.split():
        settings = TrainingConfig(engine=name, device=device if name == "taichi" else "cpu", **training)
        made.append(create_engine(config, settings, Parameters.initial(config, 3, settings.dtype)))
        data = dataset(config.inputs)
        turned = AUGMENTATIONS[settings.augmentation].copies > 1
        made[-1].load(Turner(data, settings, 1).window(np.arange(N), 0) if turned else data)
    return made


def order_and_rates(steps: int, batch_size: int) -> tuple[np.ndarray, np.ndarray]:
    """Samples for so many batches, the last one short where a batch can be, and falling rates from 1."""
    rng = np.random.default_rng(8)
    count = steps * batch_size - batch_size // 5
    return rng.integers(0, N, count), np.linspace(1.0, 0.3, steps)


def train(engine: Engine, steps: int, *, calls: int = 1) -> float:
    """Train so many steps in so many calls; returns the summed loss."""
    size, rate = engine.training.batch_size, engine.training.learning_rate
    order, rates = order_and_rates(steps, size)
    cuts = np.linspace(0, steps, calls + 1).astype(int)
    parts = itertools.pairwise(cuts.tolist())
    return sum(engine.train(order[a * size : b * size], rate * rates[a:b]).loss for a, b in parts)


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """The largest difference in parts of the largest value."""
    return float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-300))


def digest(engine: Engine) -> str:
    state = engine.state()
    return hashlib.sha256(b"".join(state[name].tobytes() for name in sorted(state))).hexdigest()


# -- the comparisons, in a process of their own


def gradients(device: str, dtype: str, share: int) -> Iterator[tuple[str, Any]]:
    """Loss and gradient of every activation with every output and loss: those of one `share` of two.

    Evaluation, which repeats the way up, is compared once for each activation, and so that each loss has its turn.
    """
    evaluated = list(zip(ACTIVATIONS, itertools.cycle(LOSSES), strict=False))
    order = np.arange(0, N, 2)
    pairs = list(itertools.product(ACTIVATIONS, LOSSES))
    for activation, (output, loss) in pairs[share::2]:
        network = {"hidden": (20, 9), "activation": activation, "output": output}
        ours, theirs = engines(network, {"loss": loss, "dtype": dtype, "l2": 1e-3}, device)
        (loss_0, gradient_0), (loss_1, gradient_1) = ours.gradient(order), theirs.gradient(order)
        found = {"loss": abs(loss_1 / loss_0 - 1.0), "gradient": distance(gradient_1, gradient_0)}
        if (activation, (output, loss)) in evaluated:
            whole_0, whole_1 = ours.evaluate(dataset()), theirs.evaluate(dataset())
            found["evaluation"] = abs(whole_1.loss / whole_0.loss - 1.0)
            found["correct"] = whole_1.correct - whole_0.correct
        yield f"{activation} {output} {loss}", found


def steps_of_optimizers(device: str, dtype: str) -> Iterator[tuple[str, Any]]:
    """One step of each, from a state in which all its vectors are filled."""
    for optimizer in OPTIMIZERS:
        ours, theirs = engines({}, {"optimizer": optimizer, "dtype": dtype, "learning_rate": 1e-2}, device)
        train(ours, 3)
        theirs.load_state(ours.state())
        train(ours, 1), train(theirs, 1)
        before, after = ours.state(), theirs.state()
        assert before.keys() == after.keys() and before["steps"] == after["steps"] == 4
        yield optimizer, {name: distance(after[name], before[name]) for name in before}


def hundred_steps(device: str, dtypes: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """A hundred steps of each training; for float32 also how far NumPy's own float32 strays from its float64."""
    for name, (network, training) in TRAININGS.items():
        (exact,) = engines(network, training | {"dtype": "float64"}, "cpu", "numpy")
        exact_loss = train(exact, 100)
        for dtype in dtypes:
            ours, theirs = engines(network, training | {"dtype": dtype}, device)
            loss_0, loss_1 = train(ours, 100), train(theirs, 100)
            flat = [engine.parameters().flat for engine in (ours, theirs, exact)]
            yield (
                f"{name} {dtype}",
                {
                    "parameters": distance(flat[1], flat[0]),
                    "from exact": distance(flat[1], flat[2]),
                    "NumPy from exact": distance(flat[0], flat[2]),
                    "loss": abs(loss_1 / loss_0 - 1.0),
                    "loss from exact": abs(loss_1 / exact_loss - 1.0),
                },
            )


def bits(device: str) -> Iterator[tuple[str, Any]]:
    """Digests of what training, a gradient and an evaluation give."""
    network, training = TRAININGS["three hidden layers, dropout, L2, partial batches"]
    (engine,) = engines(network, training, device, "taichi")
    train(engine, 60)
    yield "training", digest(engine)
    loss, gradient = engine.gradient(np.arange(0, N, 2))
    yield "gradient", hashlib.sha256(gradient.tobytes()).hexdigest()
    totals = engine.evaluate(dataset(engine.network.inputs))
    yield "losses", (loss, totals.loss, totals.correct)


def replays(device: str) -> Iterator[tuple[str, Any]]:
    """Digests of the state after the same training done in various ways."""
    network, training = TRAININGS["three hidden layers, dropout, L2, partial batches"]
    first, again, in_parts = (engines(network, training, device, "taichi")[0] for _ in range(3))
    train(first, 60)
    yield "at once", digest(first)
    train(again, 60), train(in_parts, 60, calls=9)
    yield "again", digest(again)
    yield "in nine calls", digest(in_parts)
    halfway = engines(network, training, device, "taichi")[0]
    halfway.load_state(first.state())
    train(first, 20), train(halfway, 20)
    yield "went on", digest(first)
    yield "went on from its state", digest(halfway)


def exchanges(device: str) -> Iterator[tuple[str, Any]]:
    """From one engine to the other in the middle of a training, both ways."""
    network, training = TRAININGS["three hidden layers, dropout, L2, partial batches"]
    ours, theirs, back = engines(network, training | {"dtype": "float64"}, device, "numpy taichi numpy")
    train(ours, 20)
    theirs.load_state(ours.state())
    train(ours, 20), train(theirs, 20)
    yield "to Taichi", distance(theirs.parameters().flat, ours.parameters().flat)
    back.load_state(theirs.state())
    train(ours, 20), train(back, 20)
    yield "and back", distance(back.parameters().flat, ours.parameters().flat)


def refusals(device: str) -> Iterator[tuple[str, Any]]:
    """What the engine says when it is asked for what cannot be."""
    other = "cuda" if device == "cpu" else "cpu"
    said: list[str] = []

    def ask(device: str) -> None:
        try:
            engines({}, {}, device, "taichi")
        except DigitLabError as error:
            said.append(str(error))

    ask(other)
    thread = threading.Thread(target=ask, args=(device,))
    thread.start()
    thread.join()
    yield from zip(("another device", "another thread"), said, strict=True)
    (engine,) = engines(*TRAININGS["no hidden layer, standard scaling"], device, "taichi")
    try:
        engine.evaluate(dataset(49))
    except DigitLabError as error:
        yield "other pictures", str(error)
    engine.load_state(engine.state() | {"parameters": np.full(engine.network.parameter_count, np.nan)})
    yield "loss of nothing", str(train(engine, 2))
    engine.close()


def compare(part: str, device: str) -> dict[str, dict[str, Any]]:
    """One of the parts of the comparisons on a device, in double precision where it has that."""
    from core.engines.taichi.network import DeviceNetwork

    DeviceNetwork.prepare = lambda *_: None  # compile only what is used
    dtypes = ("float64", "float32") if device in ("cpu", "cuda") else ("float32",)
    if part == "all cores":
        return {"bits on all cores": dict(bits(device))}
    if part == "one":
        return {
            "gradients one": dict(gradients(device, dtypes[0], 0)),
            "optimizers": dict(steps_of_optimizers(device, dtypes[0])),
        }
    return {
        "gradients two": dict(gradients(device, dtypes[0], 1)),
        "hundred steps": dict(hundred_steps(device, dtypes)),
        "bits on one core": dict(bits(device)),
        "replays": dict(replays(device)),
        "exchanges": dict(exchanges(device)) if "float64" in dtypes else {},
        "refusals": dict(refusals(device)),
    }


if __name__ == "__main__":
    print(json.dumps(compare(*sys.argv[1:])))
    sys.exit()


# -- the tests


@pytest.fixture(scope="module")
def compared() -> dict[str, dict[str, Any]]:
    return results("cpu")


def results(device: str) -> dict[str, dict[str, Any]]:
    """All parts' results: two at the same time, each on one core, then the one that takes all cores.

    Workers of one launch wait for each other by spinning, so that a neighbour who takes a core from them costs them many
    times its share. `TI_ARCH` would send Taichi elsewhere, were it not overruled.
    """
    merged: dict[str, dict[str, Any]] = {}
    for parts, limit in ((("one", "two"), ONE_CORE), (("all cores",), {})):
        environment = (
            os.environ | {"PYTHONPATH": str(PROJECT), "TI_ARCH": "vulkan" if device == "cpu" else "x64"} | limit
        )
        with ExitStack() as stack:
            command = [sys.executable, __file__]
            processes = [
                stack.enter_context(subprocess.Popen([*command, part, device], stdout=subprocess.PIPE, env=environment))
                for part in parts
            ]
            outputs = [process.communicate(timeout=280)[0] for process in processes]
        assert all(process.returncode == 0 for process in processes)
        for output in outputs:
            merged |= json.loads(output.splitlines()[-1])
    return merged | {"gradients": merged["gradients one"] | merged["gradients two"]}


def test_the_engines_have_the_same_methods_with_the_same_signatures():
    wanted = {name: function for name, function in vars(Engine).items() if inspect.isfunction(function)}
    wanted = {name: wanted[name] for name in wanted if name == "__init__" or not name.startswith("_")}
    assert {"train", "gradient", "evaluate", "state"} < wanted.keys()
    for engine in (numpy_engine.ENGINE, taichi_engine.ENGINE):
        public = {name for name, f in vars(engine).items() if inspect.isfunction(f) and not name.startswith("_")}
        assert public | {"__init__"} == wanted.keys()
        for name, function in wanted.items():
            assert inspect.signature(getattr(engine, name)) == inspect.signature(function), (engine, name)


def test_importing_the_engine_does_not_import_taichi():
    code = "import core.engines.taichi.engine, core.engines.devices, sys; sys.exit('taichi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT).returncode == 0


def test_without_taichi_the_engine_says_what_to_do():
    code = (
        "import sys; sys.modules['taichi'] = None\n"
        "from core.engines.taichi.runtime import start\n"
        "try: start('cpu')\n"
        "except ValueError as error: print(error)"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True).stdout
    assert said.startswith("Taichi is not installed here") and "NumPy engine" in said


@pytest.mark.slow
@pytest.mark.parametrize("loss", [" ".join(pair) for pair in LOSSES])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_loss_gradient_and_evaluation_agree(compared, activation, loss):
    found = compared["gradients"][f"{activation} {loss}"]
    assert found["loss"] < 1e-9 and found["gradient"] < 1e-9
    # NumPy's evaluation takes its pixels as float32, whatever it computes in: a rounding of 6e-8 in each.
    assert found.get("evaluation", 0.0) < 1e-7 and found.get("correct", 0) == 0


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_one_step_of_each_optimizer_agrees(compared, optimizer):
    found = compared["optimizers"][optimizer]
    assert {"parameters", "steps", *OPTIMIZERS[optimizer].slots} == found.keys()
    assert max(found.values()) < 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("training", TRAININGS)
def test_a_hundred_steps_agree_in_double_precision(compared, training):
    found = compared["hundred steps"][f"{training} float64"]
    assert found["parameters"] < 1e-9 and found["loss"] < 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("training", TRAININGS)
def test_a_hundred_steps_agree_in_single_precision(compared, training):
    assert_close_in_single_precision(compared["hundred steps"][f"{training} float32"])


def assert_close_in_single_precision(found: dict[str, float]) -> None:
    """Taichi may stray from the exact training three times as far as NumPy's own single precision does.

    That spread is measured in the same comparison, on the parameters; it was 5e-7 to 7e-7 of the largest parameter, and
    Taichi's the same. Losses, summed over the samples, were within 1e-7; they get ten times that.
    """
    assert 1e-8 < found["NumPy from exact"] < 1e-5  # or the spread says nothing
    assert found["from exact"] < 3 * found["NumPy from exact"]
    assert found["loss from exact"] < 1e-6


@pytest.mark.slow
def test_a_training_is_replayed_bit_by_bit(compared):
    done = compared["replays"]
    assert done["again"] == done["in nine calls"] == done["at once"]
    assert done["went on from its state"] == done["went on"] != done["at once"]


@pytest.mark.slow
def test_the_number_of_cores_changes_no_bit(compared):
    alone, together = compared["bits on one core"], compared["bits on all cores"]
    assert alone.keys() == together.keys() == {"training", "gradient", "losses"}
    assert alone == together
    assert alone["training"] == compared["replays"]["at once"]


@pytest.mark.slow
def test_a_training_can_change_engines_and_back(compared):
    assert compared["exchanges"].keys() == {"to Taichi", "and back"}
    assert max(compared["exchanges"].values()) < 1e-9


@pytest.mark.slow
def test_one_process_computes_on_one_device_and_one_thread(compared):
    said = compared["refusals"]
    assert said["another device"].startswith("This process already computes on the processor.")
    assert said["another thread"].startswith("Another thread of this process started Taichi")
    assert said["other pictures"] == "These pictures have 49 pixels, and the network reads 64."


@pytest.mark.slow
def test_a_loss_that_is_no_number_is_reported_as_such(compared):
    assert compared["refusals"]["loss of nothing"] == "nan"


def worked(config: Config, root: Path) -> tuple[int, Any]:
    """A run carried out by a worker of its own: how that ended, and the run."""
    run = create_run(config, root)
    command = [sys.executable, "-m", "core.runs.worker", str(run.path)]
    ended = subprocess.run(command, cwd=PROJECT, env=os.environ | ONE_CORE, capture_output=True, timeout=280)
    return ended.returncode, open_run(run.id, root)


@pytest.mark.slow
def test_a_worker_trains_the_bundled_digits_to_the_end(tmp_path):
    network = NetworkConfig(inputs=64, hidden=(40,))
    training = TrainingConfig(dataset="digits", engine="taichi", batch_size=32, epochs=12)
    code, run = worked(Config(network, training), tmp_path)
    assert code == 0 and run.status().state == "finished"
    assert run.model().provenance.scores["test"].accuracy > 0.9


@pytest.mark.slow
def test_a_worker_on_a_device_that_is_not_there_fails_with_a_sentence(tmp_path):
    missing = "metal" if sys.platform != "darwin" else "cuda"
    config = Config(NetworkConfig(inputs=64), TrainingConfig(dataset="digits", engine="taichi", device=missing))
    code, run = worked(config, tmp_path)
    assert code == 1 and run.status().state == "failed"
    assert run.status().detail.startswith(f"The graphics card cannot be used through {missing.capitalize()}"[:36])


@pytest.mark.gpu
@pytest.mark.slow
def test_the_graphics_card_agrees_with_numpy(missing):
    """Within single precision everywhere. `DIGITLAB_SOFTWARE_GPU=1` lets a software driver of Vulkan stand in for a card."""
    cards = [device.name for device in devices.probe() if device.available and device.name != "cpu"]
    if not cards:
        missing("GPU", "no graphics card that Taichi can compute on")
    found = results(cards[0])
    for gradient in found["gradients"].values():
        assert gradient["loss"] < 1e-6 and gradient["gradient"] < 1e-5 and gradient.get("evaluation", 0.0) < 1e-6
    for optimizer in found["optimizers"].values():
        assert max(optimizer.values()) < 1e-5
    for name in TRAININGS:
        assert_close_in_single_precision(found["hundred steps"][f"{name} float32"])
    assert found["replays"]["in nine calls"] == found["replays"]["at once"]
