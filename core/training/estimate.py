"""How long a training will take and how much memory it will hold, from a try of two seconds at most.

The engine really takes some steps, evaluates once, and changes a few digits where the training changes them; what they took
is multiplied by how often the training will do it. The engine's own preparation (Taichi compiles its kernels) is counted.
"""

from dataclasses import dataclass
from time import perf_counter

import numpy as np

from core.config import Config
from core.datasets import Dataset, TrainingData
from core.drawings.augment import AUGMENTATIONS, augment
from core.engines import create_engine
from core.engines.memory import needed
from core.models.forward import ROWS_AT_ONCE
from core.models.parameters import Parameters
from core.network.optimizers import OPTIMIZERS
from core.processors import processors
from core.training.epochs import Epochs
from core.training.fitting import fit_to_data
from core.training.inspection import Inspector
from core.training.turned import Turner

STEP_SECONDS = 1.0  # of the try, for steps; the rest is for what is done once an epoch
CALL_SECONDS = 0.05  # the engine is given as much at once as in a training
FEWEST_CALLS = 3
TRIED = 1_000  # digits that are evaluated, and changed
FEW = 20  # that are changed before, without a clock
MEGABYTE = 1e6
PYTHON_MEGABYTES = 75.0  # the interpreter with NumPy, SciPy and this package
BLAS_MEGABYTES = 6.0  # that each of its threads takes
TAICHI_MEGABYTES = 260.0  # its compiler and kernels


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a training will take.

    Attributes
    ----------
    prepare : seconds before its first step; epoch : seconds of one epoch, with all that belongs to it.
    seconds : of the whole training, its preparation included.
    megabytes : of memory that its process will hold at most.
    """

    engine: str
    prepare: float
    epoch: float
    seconds: float
    megabytes: float


def estimate(config: Config, data: TrainingData, *, step_seconds: float = STEP_SECONDS) -> Estimate:
    """Try a training for a moment, in this process: for so many seconds its steps, and once what is done in an epoch.

    Raises `DigitLabError` where it cannot be begun.
    """
    config = fit_to_data(config, data)
    network, training = config.network, config.training
    started = perf_counter()
    engine = create_engine(network, training, Parameters.initial(network, training.seed, training.dtype))
    try:
        epochs = Epochs(_few(data.train) if training.augmentation != "none" else data.train, training, engine)
        epochs.load(0)
        order = epochs.order(0)
        _steps(epochs, order, engine, 1)  # the first is not like the others: arrays are made, kernels compiled
        prepare = perf_counter() - started
        step = _seconds_of_step(epochs, order, engine, step_seconds)
        steps = Epochs(data.train, training, engine).steps
        turning = _seconds_of_turning(config, data.train, steps, engine)
        held_back = _seconds_of_look(config, data.validation, engine) if data.validation else 0.0
    finally:
        engine.close()
    changes = _seconds_of_changes(config, data.train)
    beside = max(steps * step + changes / 2, changes) if processors() > 1 else steps * step + changes
    first = changes if processors() > 1 else 0.0  # what the first epoch shows is waited for, see `core.training.ahead`
    epoch = beside + turning + held_back
    seconds = prepare + first + training.epochs * epoch
    return Estimate(training.engine, prepare, epoch, seconds, megabytes(config, data))


def _few(digits: Dataset) -> Dataset:
    return digits.subset(slice(0, 5 * TRIED)) if len(digits) > 5 * TRIED else digits


def _steps(epochs: Epochs, order: np.ndarray, engine, count: int) -> int:
    shown, count = epochs.shown(0, order, 0, min(max(count, engine.stride), epochs.steps))
    engine.train(shown, np.zeros(count))  # at a rate of nothing it stays at its start
    return count


def _seconds_of_step(epochs: Epochs, order: np.ndarray, engine, seconds: float) -> float:
    """The median over calls of as many steps as a training gives its engine at once."""
    count, taken = engine.stride, list[float]()
    end = perf_counter() + seconds
    while perf_counter() < end or len(taken) < FEWEST_CALLS:
        started = perf_counter()
        done = _steps(epochs, order, engine, count)
        elapsed = max(perf_counter() - started, 1e-9)
        taken.append(elapsed / done)
        if elapsed > seconds:
            break
        count = max(engine.stride, int(done * min(CALL_SECONDS / elapsed, 8.0)) // engine.stride * engine.stride)
    return float(np.median(taken[len(taken) // 3 :]))  # the first were short calls


def _seconds_of_look(config: Config, held_back: Dataset, engine) -> float:
    """Of what follows an epoch: to evaluate on digits held back, and to look into the network."""
    part = held_back.subset(slice(0, TRIED)) if len(held_back) > TRIED else held_back
    few = held_back.subset(slice(0, min(FEW, len(held_back))))
    engine.evaluate(few)
    Inspector(config.network, config.training.seed, few).look(engine.parameters())
    started = perf_counter()
    engine.evaluate(part)
    evaluated = (perf_counter() - started) * len(held_back) / len(part)
    started = perf_counter()
    Inspector(config.network, config.training.seed, part).look(engine.parameters())
    looked = Inspector(config.network, config.training.seed, held_back)
    return evaluated + (perf_counter() - started) * len(looked.digits) / len(part)


def _seconds_of_turning(config: Config, digits: Dataset, steps: int, engine) -> float:
    """Of making the turned copies of an epoch, a window at a time between its steps, and handing them to the engine."""
    training = config.training
    if AUGMENTATIONS[training.augmentation].copies == 1:
        return 0.0
    turner = Turner(digits, training, engine.stride)
    order = np.random.default_rng(0).permutation(len(turner))
    share = min(1.0, TRIED / (turner.steps * training.batch_size))  # of a window, which is tried
    order = order[: max(1, int(share * turner.steps * training.batch_size))]
    turner.window(order[:FEW], 0)
    started = perf_counter()
    engine.load(turner.window(order, 0))
    return (perf_counter() - started) * steps * training.batch_size / len(order)


def _seconds_of_changes(config: Config, digits: Dataset) -> float:
    """Of changing all digits anew, where each epoch does; turned copies are made between the steps."""
    name = config.training.augmentation
    if name == "none" or AUGMENTATIONS[name].copies > 1:
        return 0.0
    part = digits.subset(slice(0, TRIED)) if len(digits) > TRIED else digits
    rng = np.random.default_rng(0)
    augment(name, part.pixels[:FEW], part.labels[:FEW], part.shape, rng=rng)  # the first call of all fetches modules
    started = perf_counter()
    augment(name, part.pixels, part.labels, part.shape, rng=rng)
    once = perf_counter() - started
    return once * len(digits) / len(part)


def megabytes(config: Config, data: TrainingData) -> float:
    """Memory of the process at its largest: Python, the digits and their copies, the network, and what a test holds."""
    network, training = config.network, config.training
    bytes_of_digits = data.train.pixels.nbytes + (data.validation.pixels.nbytes if data.validation else 0)
    changed = 0 if training.augmentation == "none" else 2 if training.epochs > 1 and processors() > 1 else 1
    copies = 1.0 + changed * data.train.pixels.nbytes / bytes_of_digits
    if training.optimizer == "sgd" and training.batch_size > 1 and not training.l2:
        copies += 0.9  # the lit pixels, see `core.engines.numpy.first_layer`
    reading = ROWS_AT_ONCE * 4 * 2 * sum(network.sizes)  # a pass forward over digits held back
    saving = (
        4 * network.parameter_count * (2 + len(OPTIMIZERS[training.optimizer].slots))
    )  # a checkpoint as it is written
    runtime = PYTHON_MEGABYTES + (TAICHI_MEGABYTES if training.engine == "taichi" else BLAS_MEGABYTES * processors())
    return runtime + (copies * bytes_of_digits + needed(network, training) + reading + saving) / MEGABYTE
