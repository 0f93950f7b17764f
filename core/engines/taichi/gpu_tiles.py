"""The Taichi engine's kernels for a graphics card: one per phase of a step, with products by tiles in shared memory.

The phases are those of `core.engines.taichi.cpu`, on the same layout; the products are those of
`core.engines.taichi.gpu_product`. Bias, activation, dropout, derivative and optimiser work on the sums before they leave
the registers.
"""

import functools
from typing import Any

import taichi as ti

from core.engines.taichi.gpu_product import THREADS, of_sum, of_tile, tile_product, tiles
from core.engines.taichi.kernels import (
    activation_functions,
    dropout_function,
    element,
    loss_function,
    optimizer_function,
    types_of,
)
from core.engines.taichi.layout import (
    BEFORE,
    COEFFICIENTS,
    COLUMNS,
    DECAY,
    GAIN,
    KEEP,
    KEEP_SCALE,
    L2,
    OFFSET,
    STRIPS,
    TURNED,
    UNITS,
    WEIGHTS,
)
from core.network.optimizers import OPTIMIZERS


@functools.cache
def gather_kernel(pixel_strips: Any, dtype: str, lanes: int) -> Any:
    types = types_of(dtype, lanes)

    @ti.kernel
    def gather(
        table: types.integers, pixels: pixel_strips, order: types.integers, settings: types.reals, x: types.strips,
        start: ti.i32, n: ti.i32, rows: ti.i32,
    ):  # fmt: skip
        for place in range(n * table[STRIPS] * lanes):
            lane, strip = place % lanes, place // lanes % table[STRIPS]
            row = place // lanes // table[STRIPS]
            pixel = pixels[order[start + row] * table[STRIPS] + strip][lane]
            x[strip * rows + row][lane] = ti.cast(pixel, types.real) * settings[GAIN] + settings[OFFSET]

    return gather


@functools.cache
def forward_kernel(activation: str, dropout: bool, dtype: str, lanes: int) -> Any:
    types = types_of(dtype, lanes)
    bend, _ = activation_functions(activation, dtype, 1)
    kept = dropout_function(dtype, 1)
    product = tile_product(dtype, lanes, turn=False)

    @ti.kernel
    def forward(
        table: types.integers, settings: types.reals, keys: types.hashes, x: types.strips, w: types.strips,
        step: ti.i32, layer: ti.i32, layers: ti.i32, n: ti.i32, rows: ti.i32,
    ):  # fmt: skip
        ti.loop_config(block_dim=THREADS)
        for place in range(tiles(n) * tiles(table[layer * COLUMNS + UNITS]) * THREADS):
            below, this = (layer - 1) * COLUMNS, layer * COLUMNS
            inputs, units = table[below + UNITS], table[this + UNITS]
            height = table[below + STRIPS] * lanes + 1
            thread, top, left = of_tile(place, tiles(n))
            sums = product(
                x, table[below + BEFORE] * rows, rows, w, table[this + WEIGHTS], height, top, left, n, inputs, units, thread
            )  # fmt: skip
            for part in ti.static(range(4)):
                row, column = of_sum(part, thread, top, left)
                if row < n and column < units:
                    s = sums[part] + element(w, table[this + WEIGHTS], height, height - 1, column, lanes)
                    if layer < layers:
                        s = bend(s)
                        if ti.static(dropout):
                            key = keys[step * (layers - 1) + layer]
                            s *= kept(row * units + column, key, keys[0], settings[KEEP_SCALE])
                    x[(table[this + BEFORE] + column // lanes) * rows + row][column % lanes] = s

    return forward


@functools.cache
def judge_kernel(output: str, loss: str, dtype: str, lanes: int) -> Any:
    types = types_of(dtype, lanes)
    judged = loss_function(output, loss, dtype, lanes)

    @ti.kernel
    def judge(
        table: types.integers, labels: types.integers, order: types.integers, settings: types.reals, x: types.strips,
        delta: types.strips, losses: types.reals, right: types.integers, layers: ti.i32, start: ti.i32, n: ti.i32,
        rows: ti.i32,
    ):  # fmt: skip
        for row in range(n):
            outputs, at_x = table[layers * COLUMNS + UNITS], table[layers * COLUMNS + BEFORE] * rows
            at_delta, label = at_x - table[STRIPS] * rows, labels[order[start + row]]
            value, is_right = judged(x, at_x, delta, at_delta, rows, row, outputs, label, settings, n)
            losses[start + row], right[start + row] = value, is_right

    return judge


@functools.cache
def backward_kernel(activation: str, apart: bool, dropout: bool, dtype: str, lanes: int) -> Any:
    types = types_of(dtype, lanes)
    _, slope = activation_functions(activation, dtype, 1)
    kept = dropout_function(dtype, 1)
    product = tile_product(dtype, lanes, turn=False)

    @ti.kernel
    def backward(
        table: types.integers, settings: types.reals, keys: types.hashes, x: types.strips, delta: types.strips,
        turned: types.strips, step: ti.i32, layer: ti.i32, layers: ti.i32, n: ti.i32, rows: ti.i32,
    ):  # fmt: skip
        ti.loop_config(block_dim=THREADS)
        for place in range(tiles(n) * tiles(table[(layer - 1) * COLUMNS + UNITS]) * THREADS):
            this, below = layer * COLUMNS, (layer - 1) * COLUMNS
            outputs, units = table[this + UNITS], table[below + UNITS]
            thread, top, left = of_tile(place, tiles(n))
            at_delta = (table[this + BEFORE] - table[STRIPS]) * rows
            if ti.static(apart):  # what the outputs hand down lies behind their delta
                if layer == layers:
                    at_delta += table[this + STRIPS] * rows
            sums = product(
                delta, at_delta, rows, turned, table[this + TURNED],
                table[this + STRIPS] * lanes, top, left, n, outputs, units, thread,
            )  # fmt: skip
            for part in ti.static(range(4)):
                row, column = of_sum(part, thread, top, left)
                if row < n and column < units:
                    at = (table[below + BEFORE] + column // lanes) * rows + row
                    s, a = sums[part], x[at][column % lanes]
                    if ti.static(dropout):
                        key = keys[step * (layers - 1) + layer - 1]
                        s *= kept(row * units + column, key, keys[0], settings[KEEP_SCALE])
                        a *= settings[KEEP]
                    delta[at - table[STRIPS] * rows][column % lanes] = slope(a, s)

    return backward


@functools.cache
def learn_kernel(optimizer: str, l2: bool, kind: str, dtype: str, lanes: int) -> Any:
    types = types_of(dtype, lanes)
    optimize, slots = optimizer_function(optimizer), len(OPTIMIZERS[optimizer].slots)
    product = tile_product(dtype, lanes, turn=True)

    @ti.kernel
    def learn(
        table: types.integers, settings: types.reals, coefficients: types.reals, x: types.strips, delta: types.strips,
        w: types.strips, turned: types.strips, first: types.strips, second: types.strips,
        step: ti.i32, layer: ti.i32, n: ti.i32, rows: ti.i32, biases: ti.i32,
    ):  # fmt: skip
        ti.loop_config(block_dim=THREADS)
        for place in range(
            tiles(table[(layer - 1) * COLUMNS + UNITS] + biases) * tiles(table[layer * COLUMNS + UNITS]) * THREADS
        ):
            below, this = (layer - 1) * COLUMNS, layer * COLUMNS
            inputs, units = table[below + UNITS], table[this + UNITS]
            height, at = table[below + STRIPS] * lanes + 1, step * COEFFICIENTS
            thread, top, left = of_tile(place, tiles(inputs + biases))
            sums = product(
                x, table[below + BEFORE] * rows, rows, delta, (table[this + BEFORE] - table[STRIPS]) * rows, rows,
                top, left, inputs, n, units, thread,
            )  # fmt: skip
            for part in ti.static(range(4)):
                row, column = of_sum(part, thread, top, left)
                if row < inputs + biases and column < units:
                    lane = column % lanes
                    to = table[this + WEIGHTS] + column // lanes * height + (row if row < inputs else height - 1)
                    g, value = sums[part], w[to][lane]
                    if ti.static(l2):
                        if row < inputs:
                            g += settings[L2] * value
                    if ti.static(kind == "gradient"):
                        first[to][lane] = g
                    else:
                        if ti.static(optimizer == "adamw"):
                            if row < inputs:
                                value *= coefficients[at + DECAY]
                        m = first[to][lane] if ti.static(slots > 0) else value
                        v = second[to][lane] if ti.static(slots > 1) else value
                        value, m, v = optimize(value, m, v, g, coefficients, at)
                        w[to][lane] = value
                        if ti.static(slots > 0):
                            first[to][lane] = m
                        if ti.static(slots > 1):
                            second[to][lane] = v
                        if layer > 1 and row < inputs:
                            turned[table[this + TURNED] + row // lanes * table[this + STRIPS] * lanes + column][
                                row % lanes
                            ] = value

    return learn
