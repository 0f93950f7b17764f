"""The phases of a step on a processor, for the Taichi engine: every worker does its share of each.

    gather     the batch's pictures to strips
    forward    y = act(x W + b), layer by layer        shared dimension: inputs
    judge      loss, and delta of the outputs
    backward   below = (delta W^T) act'(a)             shared dimension: outputs
    learn      g = x^T delta, then the optimiser       shared dimension: samples

A product works on blocks of its result, 6 rows (4 in `learn`) times one strip, kept in registers on the walk along the
shared dimension. At each place of the walk it loads one vector of the second operand and, row by row, one number of the
first: with AVX 12 fused multiply-adds on 8 loads, as a good BLAS does. In strips (see `core.engines.taichi.layout`) both
lie in the order of the walk. A worker takes blocks that follow one another, so that a strip of weights stays in its
cache from `forward` to `learn`. Every sum is taken by one worker in a fixed order: a run is replayed bit by bit.
"""

import functools
from typing import Any

import taichi as ti

from core.engines.taichi.kernels import (
    activation_functions,
    dropout_function,
    loss_function,
    optimizer_function,
    types_of,
)
from core.engines.taichi.layout import (
    BEFORE,
    COLUMNS,
    DECAY,
    GAIN,
    KEEP,
    KEEP_SCALE,
    L2,
    OFFSET,
    ROWS,
    STRIPS,
    TURNED,
    UNITS,
    WEIGHTS,
)
from core.network.optimizers import OPTIMIZERS

LEARN_ROWS = 4


@ti.func
def share(worker, workers: ti.template(), count):
    """A worker's part of `count` blocks: from, to."""
    return count * worker // workers, count * (worker + 1) // workers


@ti.func
def product(a: ti.template(), b: ti.template(), at_a, rows, strips, at_b, start, lanes: ti.template()):
    """Six rows of a, from the vector `at_a` of its first strip on, times the strip of b at `at_b`, on top of `start`."""
    s0, s1, s2, s3, s4, s5 = start, start, start, start, start, start
    for strip in range(strips):
        row, from_b = at_a + strip * rows, at_b + strip * lanes
        for lane in range(lanes):
            v = b[from_b + lane]
            s0 += a[row][lane] * v
            s1 += a[row + 1][lane] * v
            s2 += a[row + 2][lane] * v
            s3 += a[row + 3][lane] * v
            s4 += a[row + 4][lane] * v
            s5 += a[row + 5][lane] * v
    return s0, s1, s2, s3, s4, s5


@functools.cache
def gather_function(dtype: str, lanes: int, workers: int) -> Any:
    real = types_of(dtype, lanes).real

    @ti.func
    def gather(
        worker, table: ti.template(), pixels: ti.template(), order: ti.template(), settings: ti.template(),
        x: ti.template(), start, n, rows,
    ):  # fmt: skip
        strips, gain, offset = table[STRIPS], settings[GAIN], settings[OFFSET]
        begin, end = share(worker, workers, n)
        for row in range(begin, end):
            source = order[start + row] * strips
            for strip in range(strips):
                v = ti.Vector([0.0] * lanes, dt=real)
                for lane in range(lanes):
                    v[lane] = ti.cast(pixels[source + strip][lane], real)
                x[strip * rows + row] = v * gain + offset

    return gather


@functools.cache
def forward_function(activation: str, dropout: bool, dtype: str, lanes: int, workers: int) -> Any:
    bend, _ = activation_functions(activation, dtype, lanes)
    kept = dropout_function(dtype, lanes)

    @ti.func
    def forward(
        worker, table: ti.template(), settings: ti.template(), x: ti.template(), w: ti.template(),
        layer, layers, key, limit, n, rows,
    ):  # fmt: skip
        below, this, scale = (layer - 1) * COLUMNS, layer * COLUMNS, settings[KEEP_SCALE]
        strips, units = table[below + STRIPS], table[this + UNITS]
        height, at_x = strips * lanes + 1, table[below + BEFORE] * rows
        blocks = (n + ROWS - 1) // ROWS
        begin, end = share(worker, workers, blocks * table[this + STRIPS])
        for block in range(begin, end):
            strip, row = block // blocks, block % blocks * ROWS
            at_w = table[this + WEIGHTS] + strip * height
            bias = w[at_w + height - 1]
            s0, s1, s2, s3, s4, s5 = product(x, w, at_x + row, rows, strips, at_w, bias, lanes)
            to = (table[this + BEFORE] + strip) * rows + row
            x[to], x[to + 1], x[to + 2], x[to + 3], x[to + 4], x[to + 5] = s0, s1, s2, s3, s4, s5
            if layer < layers:
                for r in range(ROWS):
                    a = bend(x[to + r])
                    if ti.static(dropout):
                        a *= kept((row + r) * units + strip * lanes, key, limit, scale)
                    x[to + r] = a

    return forward


@functools.cache
def judge_function(output: str, loss: str, dtype: str, lanes: int, workers: int) -> Any:
    judged = loss_function(output, loss, dtype, lanes)

    @ti.func
    def judge(
        worker, table: ti.template(), settings: ti.template(), labels: ti.template(), order: ti.template(),
        x: ti.template(), delta: ti.template(), losses: ti.template(), right: ti.template(), layers, start, n, rows,
    ):  # fmt: skip
        outputs, at_x = table[layers * COLUMNS + UNITS], table[layers * COLUMNS + BEFORE] * rows
        at_delta = at_x - table[STRIPS] * rows
        begin, end = share(worker, workers, n)
        for row in range(begin, end):
            label = labels[order[start + row]]
            value, is_right = judged(x, at_x, delta, at_delta, rows, row, outputs, label, settings, n)
            losses[start + row], right[start + row] = value, is_right

    return judge


@functools.cache
def backward_function(activation: str, apart: bool, dropout: bool, dtype: str, lanes: int, workers: int) -> Any:
    """From the delta of `layer` to that of the layer below; `apart` is what the outputs hand down, behind their delta."""
    real = types_of(dtype, lanes).real
    _, slope = activation_functions(activation, dtype, lanes)
    kept = dropout_function(dtype, lanes)

    @ti.func
    def backward(
        worker, table: ti.template(), settings: ti.template(), x: ti.template(), delta: ti.template(),
        turned: ti.template(), layer, layers, key, limit, n, rows,
    ):  # fmt: skip
        this, below = layer * COLUMNS, (layer - 1) * COLUMNS
        strips, units = table[this + STRIPS], table[below + UNITS]
        at_delta = (table[this + BEFORE] - table[STRIPS]) * rows
        if ti.static(apart):
            if layer == layers:
                at_delta += strips * rows
        blocks = (n + ROWS - 1) // ROWS
        begin, end = share(worker, workers, blocks * table[below + STRIPS])
        for block in range(begin, end):
            strip, row = block // blocks, block % blocks * ROWS
            at_w, zero = table[this + TURNED] + strip * strips * lanes, ti.Vector([0.0] * lanes, dt=real)
            s0, s1, s2, s3, s4, s5 = product(delta, turned, at_delta + row, rows, strips, at_w, zero, lanes)
            at_x = (table[below + BEFORE] + strip) * rows + row
            to = at_x - table[STRIPS] * rows
            delta[to], delta[to + 1], delta[to + 2] = s0, s1, s2
            delta[to + 3], delta[to + 4], delta[to + 5] = s3, s4, s5
            for r in range(ROWS):
                a, passed = x[at_x + r], delta[to + r]
                if ti.static(dropout):  # the derivative is of the activation before dropout
                    passed *= kept((row + r) * units + strip * lanes, key, limit, settings[KEEP_SCALE])
                    a *= settings[KEEP]
                delta[to + r] = slope(a, passed)

    return backward


@functools.cache
def learn_function(optimizer: str, l2: bool, gradient_only: bool, dtype: str, lanes: int, workers: int) -> Any:
    """With `gradient_only` the gradient goes into `first`, and nothing else changes."""
    real = types_of(dtype, lanes).real
    optimize, slots = optimizer_function(optimizer), len(OPTIMIZERS[optimizer].slots)

    @ti.func
    def settle(
        g, place, is_weight, settings: ti.template(), c: ti.template(), at, w: ti.template(), first: ti.template(),
        second: ti.template(),
    ):  # fmt: skip
        """Use one row of a strip of the gradient; biases know neither L2 nor decay."""
        value = w[place]
        if ti.static(l2):
            if is_weight:
                g += settings[L2] * value
        if ti.static(gradient_only):
            first[place] = g
        else:
            if ti.static(optimizer == "adamw"):
                if is_weight:
                    value *= c[at + DECAY]
            m = first[place] if ti.static(slots > 0) else value
            v = second[place] if ti.static(slots > 1) else value
            value, m, v = optimize(value, m, v, g, c, at)
            w[place] = value
            if ti.static(slots > 0):
                first[place] = m
            if ti.static(slots > 1):
                second[place] = v

    @ti.func
    def learn(
        worker, table: ti.template(), settings: ti.template(), c: ti.template(), x: ti.template(), delta: ti.template(),
        w: ti.template(), turned: ti.template(), first: ti.template(), second: ti.template(),
        layer, at, n, rows, biases,
    ):  # fmt: skip
        below, this = (layer - 1) * COLUMNS, layer * COLUMNS
        inputs, width = table[below + UNITS], table[this + STRIPS]
        height = table[below + STRIPS] * lanes + 1
        blocks = (inputs + LEARN_ROWS - 1) // LEARN_ROWS + biases  # of a strip: all weights, and the biases
        begin, end = share(worker, workers, blocks * width)
        for block in range(begin, end):
            strip, row = block // blocks, block % blocks * LEARN_ROWS
            at_w = table[this + WEIGHTS] + strip * height
            at_delta = (table[this + BEFORE] - table[STRIPS] + strip) * rows
            s0 = ti.Vector([0.0] * lanes, dt=real)
            if row < inputs:
                s1, s2, s3 = s0, s0, s0
                at_x, lane = (table[below + BEFORE] + row // lanes) * rows, row % lanes
                for sample in range(n):
                    v = delta[at_delta + sample]
                    s0 += x[at_x + sample][lane] * v
                    s1 += x[at_x + sample][lane + 1] * v
                    s2 += x[at_x + sample][lane + 2] * v
                    s3 += x[at_x + sample][lane + 3] * v
                to = at_w + row
                settle(s0, to, True, settings, c, at, w, first, second)
                if row + 1 < inputs:  # the rows that fill up a strip stay zero
                    settle(s1, to + 1, True, settings, c, at, w, first, second)
                if row + 2 < inputs:
                    settle(s2, to + 2, True, settings, c, at, w, first, second)
                if row + 3 < inputs:
                    settle(s3, to + 3, True, settings, c, at, w, first, second)
                if ti.static(not gradient_only):
                    if layer > 1:
                        at_turned = table[this + TURNED] + (row // lanes * width + strip) * lanes
                        for column in range(lanes):
                            for r in ti.static(range(LEARN_ROWS)):
                                turned[at_turned + column][lane + r] = w[to + r][column]
            else:
                for sample in range(n):
                    s0 += delta[at_delta + sample]
                settle(s0, at_w + height - 1, False, settings, c, at, w, first, second)

    return learn
