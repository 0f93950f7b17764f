"""The Taichi engine on a processor: all steps of a call in a single launch.

A launch of Taichi costs as much as a step of a small network, and waking threads costs more. So one launch starts one
worker per core, and the workers take all steps together: each has its share of every phase (see
`core.engines.taichi.cpu_blocks`), and between phases they wait for each other at a gate, which takes less than a microsecond.

Vectors stay vectors down to the machine code by `real_matrix_scalarize=False`, see `core.engines.taichi.runtime`.
"""

import functools
from typing import Any

import numpy as np
import taichi as ti

from core.engines.taichi.cpu_blocks import (
    backward_function,
    forward_function,
    gather_function,
    judge_function,
    learn_function,
)
from core.engines.taichi.kernels import Choice, numbers_type, types_of
from core.engines.taichi.layout import COEFFICIENTS
from core.engines.taichi.runtime import cores

GRAIN = 512  # Taichi 1.7.4 cuts a loop into one piece per thread, but into none shorter than this
PATIENCE = 100_000_000  # looks at the gate, about a second, before the roll call gives up
INTEGERS = numbers_type(ti.i32)


@ti.func
def meet(gate: ti.template(), meetings, workers: ti.template()):
    """Wait until every worker has come to this meeting, the launch's number `meetings`."""
    ti.atomic_add(gate[0], 1)
    while ti.atomic_max(gate[0], 0) < meetings * workers:
        pass


@functools.cache
def team() -> int:
    """How many workers there are: one per core, if Taichi really gives them a thread each, else one.

    Workers of whom one waits for another's thread would wait for ever at the gate, so that it is tried out once, with
    patience instead.
    """
    workers = cores()

    @ti.kernel
    def roll_call(gate: INTEGERS, met: INTEGERS):
        gate[0] = 0
        for place in range(workers * GRAIN):
            if place % GRAIN == 0:
                ti.atomic_add(gate[0], 1)
                looks = 0
                while looks < PATIENCE and ti.atomic_max(gate[0], 0) < workers:
                    looks += 1
                met[place // GRAIN] = 1 if looks < PATIENCE else 0

    gate, met = ti.ndarray(ti.i32, 1), ti.ndarray(ti.i32, workers)
    roll_call(gate, met)
    return workers if np.all(met.to_numpy() == 1) else 1


@functools.cache
def steps_kernel(choice: Choice) -> Any:
    """The kernel that takes all steps of a call. No samples at all are no step: that only compiles."""
    kind, activation, output, loss, optimizer, dropout, l2, _, dtype, lanes = choice
    types, workers, pixel_strips = types_of(dtype, lanes), team(), choice.pixel_strips
    gather = gather_function(dtype, lanes, workers)
    forward = forward_function(activation, dropout, dtype, lanes, workers)
    judge = judge_function(output, loss, dtype, lanes, workers)
    backward = backward_function(activation, choice.apart, dropout, dtype, lanes, workers)
    learn = learn_function(optimizer, l2, kind == "gradient", dtype, lanes, workers)

    @ti.kernel
    def steps(
        table: types.integers, pixels: pixel_strips, labels: types.integers, order: types.integers,
        settings: types.reals, coefficients: types.reals, keys: types.hashes, x: types.strips, delta: types.strips,
        w: types.strips, turned: types.strips, first: types.strips, second: types.strips, losses: types.reals,
        right: types.integers, gate: types.integers,
        layers: ti.i32, samples: ti.i32, size: ti.i32, rows: ti.i32, biases: ti.i32,
    ):  # fmt: skip
        gate[0] = 0
        for place in range(workers * GRAIN):
            if place % GRAIN == 0:
                worker, meetings, limit = place // GRAIN, 0, keys[0]
                for step in range((samples + size - 1) // size):
                    start, at = step * size, step * COEFFICIENTS
                    n, of_step = ti.min(size, samples - start), step * (layers - 1)
                    gather(worker, table, pixels, order, settings, x, start, n, rows)
                    meetings += 1
                    meet(gate, meetings, workers)
                    for layer in range(1, layers + 1):
                        key = keys[of_step + layer] if ti.static(dropout) else limit
                        forward(worker, table, settings, x, w, layer, layers, key, limit, n, rows)
                        meetings += 1
                        meet(gate, meetings, workers)
                    judge(worker, table, settings, labels, order, x, delta, losses, right, layers, start, n, rows)
                    meetings += 1
                    meet(gate, meetings, workers)
                    if ti.static(kind != "look"):
                        for down in range(layers - 1):
                            layer = layers - down
                            key = keys[of_step + layer - 1] if ti.static(dropout) else limit
                            backward(worker, table, settings, x, delta, turned, layer, layers, key, limit, n, rows)
                            meetings += 1
                            meet(gate, meetings, workers)
                        for layer in range(1, layers + 1):
                            learn(
                                worker, table, settings, coefficients, x, delta, w, turned, first, second,
                                layer, at, n, rows, biases,
                            )  # fmt: skip
                        meetings += 1
                        meet(gate, meetings, workers)

    return steps
