"""The Taichi engine's kernels for a graphics card: one per phase of a step, with products by tiles in shared memory.

The phases are those of `core.engines.taichi.cpu`, on the same layout. A group of 256 threads makes a tile of 32 x 32
numbers of a product, four to a thread. On the walk along the shared dimension it brings a tile of each operand into the
memory that the group shares, where every number is used 32 times. Bias, activation, dropout, derivative and optimiser
work on the sums before they leave the registers.
"""

import functools
from typing import Any

import taichi as ti

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

TILE = 32
THREADS = 256
HALF = TILE // 2


@ti.func
def tiles(count):
    return (count + TILE - 1) // TILE


@functools.cache
def tile_product(dtype: str, lanes: int, turn: bool) -> Any:
    """`product(...)` -> the thread's four sums of a b or, with `turn`, a^T b, at (i, j), (i, j + 16), (i + 16, j), ...

    Row `height` of a, if it is within `limit`, stands for ones: so the sum over samples for the biases is a row like others.
    """
    real = types_of(dtype, lanes).real

    @ti.func
    def product(
        a: ti.template(), at_a, rows_a, b: ti.template(), at_b, rows_b, top, left, height, depth, width, thread
    ):
        of_a = ti.simt.block.SharedArray((TILE, TILE), real)
        of_b = ti.simt.block.SharedArray((TILE, TILE), real)
        i, j = thread // HALF, thread % HALF
        s00, s01, s10, s11 = real(0.0), real(0.0), real(0.0), real(0.0)
        for q in range(tiles(depth)):
            for part in ti.static(range(TILE * TILE // THREADS)):
                row, column = thread // TILE + part * (THREADS // TILE), thread % TILE
                shared_b, right = q * TILE + row, left + column
                va, vb = real(0.0), real(0.0)
                if ti.static(turn):
                    down = top + column
                    if shared_b < depth and down < height:
                        va = element(a, at_a, rows_a, shared_b, down, lanes)
                    elif down == height:
                        va = real(1.0)
                else:
                    down, shared_a = top + row, q * TILE + column
                    if down < height and shared_a < depth:
                        va = element(a, at_a, rows_a, down, shared_a, lanes)
                if shared_b < depth and right < width:
                    vb = element(b, at_b, rows_b, shared_b, right, lanes)
                of_a[row, column] = va
                of_b[row, column] = vb
            ti.simt.block.sync()
            for k in range(TILE):
                a0, a1 = real(0.0), real(0.0)
                if ti.static(turn):
                    a0, a1 = of_a[k, i], of_a[k, i + HALF]
                else:
                    a0, a1 = of_a[i, k], of_a[i + HALF, k]
                b0, b1 = of_b[k, j], of_b[k, j + HALF]
                s00 += a0 * b0
                s01 += a0 * b1
                s10 += a1 * b0
                s11 += a1 * b1
            ti.simt.block.sync()
        return ti.Vector([s00, s01, s10, s11])

    return product


@functools.cache
def gather_kernel(made: bool, dtype: str, lanes: int) -> Any:
    types = types_of(dtype, lanes)
    pixel_strips = types.strips if made else types.byte_strips

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
            thread, tile = place % THREADS, place // THREADS
            top, left = tile % tiles(n) * TILE, tile // tiles(n) * TILE
            sums = product(
                x, table[below + BEFORE] * rows, rows, w, table[this + WEIGHTS], height, top, left, n, inputs, units, thread
            )  # fmt: skip
            for part in ti.static(range(4)):
                row, column = top + thread // HALF + part // 2 * HALF, left + thread % HALF + part % 2 * HALF
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
            thread, tile = place % THREADS, place // THREADS
            top, left = tile % tiles(n) * TILE, tile // tiles(n) * TILE
            at_delta = (table[this + BEFORE] - table[STRIPS]) * rows
            if ti.static(apart):  # what the outputs hand down lies behind their delta
                if layer == layers:
                    at_delta += table[this + STRIPS] * rows
            sums = product(
                delta, at_delta, rows, turned, table[this + TURNED],
                table[this + STRIPS] * lanes, top, left, n, outputs, units, thread,
            )  # fmt: skip
            for part in ti.static(range(4)):
                row, column = top + thread // HALF + part // 2 * HALF, left + thread % HALF + part % 2 * HALF
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
            thread, tile = place % THREADS, place // THREADS
            down = tiles(inputs + biases)
            top, left = tile % down * TILE, tile // down * TILE
            sums = product(
                x, table[below + BEFORE] * rows, rows, delta, (table[this + BEFORE] - table[STRIPS]) * rows, rows,
                top, left, inputs, n, units, thread,
            )  # fmt: skip
            for part in ti.static(range(4)):
                row, column = top + thread // HALF + part // 2 * HALF, left + thread % HALF + part % 2 * HALF
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
