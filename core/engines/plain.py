"""How a network learns, on two pages: read this first. It is also the judge of the engines that are made to be fast.

A layer weighs what it hears, adds its biases and bends the sum; the last layer's sums become the answers:

    h_0 = x        z_l = h_(l-1) W_l + b_l        h_l = f(z_l) m_l        y = g(z_L)

with a batch's n samples as rows: x is (n, inputs), W_l (fan_in, fan_out), b_l (fan_out,), and m_l is dropout's mask, all
ones without dropout. Learning makes the mean loss L small: each step moves every parameter a little against its slope.
The slopes come from the chain rule, read from the end (Rumelhart, Hinton, Williams 1986). With delta_l = dL/dz_l, (n, fan_out):

    delta_L     = dL/dz_L                               one formula for answers and loss, see `core.network.losses`
    dL/dW_l     = h_(l-1)' delta_l                      a weight matters as much as what it hears times what it moves
    dL/db_l     = sum over samples of delta_l
    delta_(l-1) = (delta_l W_l') m_(l-1) f'(z_(l-1))    what a unit moves is what those above it move, through its weights

One rule, Rashid's, hands down another error than delta_L: `core.network.losses` says why, `backward` where.

Activations, losses, optimisers and dropout are the tables of `core.network`; what is here is how they fit together. The
NumPy engine (`core.engines.numpy.engine`) computes the same, and differs in this:

- Its arrays are made once and written over; here each line makes a new one, and memory is what takes the time.
- Plain descent adds a layer's change straight into its weights, by a call of NumPy's own BLAS through `ctypes`
  (`core.engines.numpy.blas`): neither the gradient of the first layer nor scaled pixels ever go through memory.
- Pixels that are dark in every sample are left out, for their weights have no slope; and the first biases are weights of
  one more pixel that is always lit, so that one product does for both.
- Samples taken one by one are still multiplied as matrices, 32 at a time, by an identity about how their changes add up.
- Losses are worked out once a call and not once a batch; it keeps f(z) m and divides by the mask, where this keeps both.

`tests/test_plain.py` draws random networks and trainings and holds every engine to this page.
"""

from dataclasses import dataclass

import numpy as np

from core.config import NetworkConfig, TrainingConfig
from core.datasets import Dataset
from core.engines import Totals
from core.models.forward import scale_inputs
from core.models.parameters import Parameters
from core.network import dropout
from core.network.activations import ACTIVATIONS
from core.network.losses import LOSSES, OUTPUT_FUNCTIONS, one_hot
from core.network.optimizers import OPTIMIZERS, Optimizer


@dataclass(frozen=True, slots=True)
class Trace:
    """What a pass forward leaves behind for the pass back.

    Attributes
    ----------
    heard : h, what each layer hears, the scaled pixels first: (n, fan_in) each.
    bent : f(z) of each hidden layer before dropout: (n, units) each.
    sums, answers : z and y of the last layer: (n, outputs) each.
    """

    heard: list[np.ndarray]
    bent: list[np.ndarray]
    sums: np.ndarray
    answers: np.ndarray


def masks_of(network: NetworkConfig, training: TrainingConfig, step: int, n: int) -> list[np.ndarray]:
    """Dropout's factors at one step, (n, units) for each hidden layer: 0 where a unit is silent, else 1 / (1 - dropout)."""
    return [
        dropout.keep_mask(training.seed, step, layer, (n, units), network.dropout, training.dtype)
        for layer, units in enumerate(network.hidden)
    ]


def forward(network: NetworkConfig, parameters: Parameters, x: np.ndarray, masks: list[np.ndarray]) -> Trace:
    """From scaled pixels (n, inputs) to the answers (n, outputs)."""
    heard, bent = [x], []
    for layer in range(len(network.hidden)):
        a = _sums(parameters, layer, heard[-1])
        ACTIVATIONS[network.activation].forward(a)
        bent.append(a)
        heard.append(a * masks[layer])
    sums = _sums(parameters, len(network.hidden), heard[-1])
    answers = sums.copy()
    OUTPUT_FUNCTIONS[network.output](answers)
    return Trace(heard, bent, sums, answers)


def _sums(parameters: Parameters, layer: int, heard: np.ndarray) -> np.ndarray:
    """z = h W + b: (n, fan_in) -> (n, fan_out)."""
    z = heard @ parameters.weights[layer]
    return z + parameters.biases[layer] if parameters.biases else z


def backward(
    network: NetworkConfig, training: TrainingConfig, parameters: Parameters, trace: Trace, targets: np.ndarray,
    masks: list[np.ndarray],
) -> Parameters:  # fmt: skip
    """The slopes of the batch's mean loss, and of L2's `l2 / 2` times the sum of all squared weights, by each parameter."""
    slopes = Parameters(network, np.empty_like(parameters.flat))
    loss = LOSSES[network.output, training.loss]
    delta = handed = trace.answers.copy()  # (n, outputs)
    if loss.handed_down:
        handed = trace.answers.copy()
        loss.handed_down(handed, targets)
        handed /= len(handed)
    loss.delta(delta, targets)
    delta /= len(delta)
    for layer in reversed(range(len(parameters.weights))):
        slopes.weights[layer][...] = trace.heard[layer].T @ delta + training.l2 * parameters.weights[layer]
        if network.bias:
            slopes.biases[layer][...] = delta.sum(axis=0)
        if layer > 0:
            delta = handed = handed @ parameters.weights[layer].T * masks[layer - 1]  # (n, fan_out) -> (n, fan_in)
            ACTIVATIONS[network.activation].backward(trace.bent[layer - 1], delta)  # times f'(z), from f(z)
    return slopes


def totals_of(network: NetworkConfig, training: TrainingConfig, trace: Trace, labels: np.ndarray) -> Totals:
    """How a batch was read: its summed loss, and how many of its samples have their largest sum at the right digit."""
    targets = one_hot(labels, training.targets, training.dtype, network.outputs)
    loss = LOSSES[network.output, training.loss].value(trace.sums, trace.answers, targets)  # (n,)
    return Totals(len(labels), float(loss.sum()), int(np.count_nonzero(trace.sums.argmax(axis=1) == labels)))


def step(
    network: NetworkConfig, training: TrainingConfig, parameters: Parameters, optimizer: Optimizer, x: np.ndarray,
    labels: np.ndarray, rate: float,
) -> Totals:  # fmt: skip
    """One step on a batch of scaled pixels (n, inputs) and digits (n,): forward, backward, and then the optimiser changes
    `parameters`. The totals are those of before."""
    targets = one_hot(labels, training.targets, training.dtype, network.outputs)  # (n, outputs)
    masks = masks_of(network, training, optimizer.steps, len(labels))
    trace = forward(network, parameters, x, masks)
    slopes = backward(network, training, parameters, trace, targets, masks)
    optimizer.step(slopes.flat, rate)
    return totals_of(network, training, trace, labels)


def optimizer_of(training: TrainingConfig, parameters: Parameters) -> Optimizer:
    """The optimiser that the training names, for these parameters, at its first step."""
    kind, decay = OPTIMIZERS[training.optimizer], training.weight_decay
    return kind(parameters.flat, parameters.weight_count, momentum=training.momentum, weight_decay=decay)


def train(
    network: NetworkConfig, training: TrainingConfig, parameters: Parameters, optimizer: Optimizer, data: Dataset,
    order: np.ndarray, rates: np.ndarray,
) -> Totals:  # fmt: skip
    """Steps on the samples `order` (m,), batch after batch, at one rate each; see `Engine.train`."""
    totals = Totals()
    for number, rate in enumerate(rates.tolist()):
        rows = order[number * training.batch_size : (number + 1) * training.batch_size]
        x = scale_inputs(network, data.pixels[rows] / data.pixel_max, training.dtype)
        totals += step(network, training, parameters, optimizer, x, data.labels[rows], rate)
    return totals
