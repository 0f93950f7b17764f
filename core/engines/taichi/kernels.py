"""The arithmetic that the Taichi engine's processor and graphics-card kernels share: activations, outputs and losses,
optimisers and the dropout hash.

All of it is written for numbers as well as for vectors: the processor works on whole rows of strips, a graphics card's
thread on one number. Factories make the functions for one choice each and keep them. Vectors that stay vectors know
sums, products, quotients, roots and comparisons in Taichi 1.7.4, but no differences or casts (these end the process) and
no exp: so differences are written as sums, tanh through exp, and exp goes number by number.
"""

import functools
from types import SimpleNamespace
from typing import Any, NamedTuple

import taichi as ti

from core.engines.taichi.layout import EPSILON, HIGH, KEPT_1, KEPT_2, LOW, NEW_1, NEW_2, RATE
from core.network.activations import LEAK
from core.network.losses import LOSSES

REALS = {"float32": ti.f32, "float64": ti.f64}


def numbers_type(element: Any) -> Any:
    """A kernel's argument type: an array of `element`."""
    return ti.types.ndarray(dtype=element, ndim=1)


@functools.cache
def types_of(dtype: str, lanes: int) -> SimpleNamespace:
    """The kernels' argument types: strips of reals and of bytes, and plain arrays of reals, whole numbers and hashes."""
    real = REALS[dtype]
    strip, byte_strip = ti.types.vector(lanes, real), ti.types.vector(lanes, ti.u8)
    arrays = {"strips": strip, "byte_strips": byte_strip, "reals": real, "integers": ti.i32, "hashes": ti.u32}
    kinds = {name: numbers_type(element) for name, element in arrays.items()}
    return SimpleNamespace(real=real, strip=strip, byte_strip=byte_strip, **kinds)


class Choice(NamedTuple):
    """What the kernels of a step are compiled for.

    Attributes
    ----------
    kind : "train", "gradient" (which writes the gradient into `first` and changes nothing else) or "look" (which stops
        after the losses).
    made : whether pixels are reals and not bytes, as those of turned copies are.
    lanes : columns of a strip.
    """

    kind: str
    activation: str
    output: str
    loss: str
    optimizer: str
    dropout: bool
    l2: bool
    made: bool
    dtype: str
    lanes: int

    @property
    def pixel_strips(self) -> Any:
        """The argument type of the pixels."""
        types = types_of(self.dtype, self.lanes)
        return types.strips if self.made else types.byte_strips

    @property
    def apart(self) -> bool:
        """Whether the outputs hand down something else than their slopes, which lies behind their delta."""
        return not LOSSES[self.output, self.loss].has_gradient


@functools.cache
def activation_functions(name: str, dtype: str, width: int) -> tuple[Any, Any]:
    """`bend(z)`, and `slope(a, delta)` = delta times the derivative at output a; for `width` numbers at once."""
    real = REALS[dtype]

    @ti.func
    def bend(z):
        if ti.static(name == "relu"):
            z = ti.max(z, 0.0)
        elif ti.static(name == "leaky_relu"):
            z = ti.max(z, real(LEAK) * z)
        elif ti.static(name == "sigmoid"):
            z = 1.0 / (1.0 + exponential(-1.0 * z))
        elif ti.static(name == "tanh"):
            z = 2.0 / (1.0 + exponential(-2.0 * z)) + (-1.0)
        return z

    @ti.func
    def exponential(z):
        if ti.static(width == 1):
            z = ti.exp(z)
        else:
            for lane in ti.static(range(width)):
                z[lane] = ti.exp(z[lane])
        return z

    @ti.func
    def slope(a, delta):
        if ti.static(name == "relu"):
            delta = ti.select(a > 0.0, delta, 0.0)
        elif ti.static(name == "leaky_relu"):
            delta = ti.select(a > 0.0, delta, real(LEAK) * delta)
        elif ti.static(name == "sigmoid"):
            delta *= a + a * (-1.0 * a)
        elif ti.static(name == "tanh"):
            delta *= 1.0 + a * (-1.0 * a)
        return delta

    return bend, slope


@functools.cache
def dropout_function(dtype: str, width: int) -> Any:
    """`kept(place, key, limit, scale)`: factors of `width` units from `place` on; see `core.network.dropout`."""
    real, columns = REALS[dtype], tuple(range(width))

    @ti.func
    def kept(place, key, limit, scale):
        first = ti.cast(place, ti.u32)
        if ti.static(width == 1):
            return ti.select(scrambled(first ^ key) >= limit, scale, real(0.0))
        else:
            silent = ti.Vector([0.0] * width, dt=real)
            places = ti.Vector(columns, dt=ti.u32) + first
            return ti.select(scrambled(places ^ key) >= limit, silent + scale, silent)

    return kept


@ti.func
def scrambled(x):
    """`core.network.dropout.mix` of a number or a vector of u32."""
    x ^= x >> ti.u32(16)
    x *= ti.u32(0x7FEB352D)
    x ^= x >> ti.u32(15)
    x *= ti.u32(0x846CA68B)
    x ^= x >> ti.u32(16)
    return x


@functools.cache
def optimizer_function(name: str) -> Any:
    """`step(value, first, second, g, c, at)` -> new value and slots, for numbers or vectors; see `core.network.optimizers`."""

    @ti.func
    def step(value, first, second, g, c: ti.template(), at):
        rate = -c[at + RATE]
        if ti.static(name == "sgd"):
            value += rate * g
        elif ti.static(name == "momentum"):
            first = c[at + KEPT_1] * first + g
            value += rate * first
        elif ti.static(name == "nesterov"):
            first = c[at + KEPT_1] * first + g
            value += rate * (g + c[at + KEPT_1] * first)
        elif ti.static(name == "rmsprop"):
            first = c[at + KEPT_1] * first + c[at + NEW_1] * (g * g)
            value += rate * (g / (ti.sqrt(first) + c[at + EPSILON]))
        else:
            first = c[at + KEPT_1] * first + c[at + NEW_1] * g
            second = c[at + KEPT_2] * second + c[at + NEW_2] * (g * g)
            value += rate * (first / (ti.sqrt(second) + c[at + EPSILON]))
        return value, first, second

    return step


@ti.func
def element(m: ti.template(), at, rows, row, column, lanes: ti.template()):
    """A number of the matrix that begins at the vector `at`, and has so many `rows`; see `core.engines.taichi.layout`."""
    return m[at + column // lanes * rows + row][column % lanes]


@functools.cache
def loss_function(output: str, loss: str, dtype: str, lanes: int) -> Any:
    """`judged(...)` -> the loss of one row of sums z, and whether the digit is right; its slopes over n go into `delta`.

    What Rashid's rule hands down to the layer below instead of the slopes goes into the strips behind them.
    The formulas are those of `core.network.losses`. They go over the outputs a few times, each time with a plain loop, so
    that a kernel fits any number of them; in between, `delta` keeps the answers y.
    """
    real = REALS[dtype]
    softmax, entropy = output == "softmax", loss == "cross_entropy"

    @ti.func
    def judged(
        z: ti.template(), at_z, delta: ti.template(), at_delta, rows, row, outputs, label, settings: ti.template(), n
    ):
        best, top = 0, element(z, at_z, rows, row, 0, lanes)
        for c in range(1, outputs):
            if element(z, at_z, rows, row, c, lanes) > top:
                best, top = c, element(z, at_z, rows, row, c, lanes)
        y_total, t_total, error_total, value = real(0.0), real(0.0), real(0.0), real(0.0)
        for c in range(outputs):
            s = element(z, at_z, rows, row, c, lanes)
            y = ti.exp(s - top) if ti.static(softmax) else 1.0 / (1.0 + ti.exp(-s))
            y_total += y
            delta[at_delta + c // lanes * rows + row][c % lanes] = y
        log_total = top + ti.log(y_total)
        for c in range(outputs):
            s, y = element(z, at_z, rows, row, c, lanes), element(delta, at_delta, rows, row, c, lanes)
            if ti.static(softmax):
                y /= y_total
                delta[at_delta + c // lanes * rows + row][c % lanes] = y
            t = settings[HIGH] if label == c else settings[LOW]
            t_total += t
            error_total += (y - t) * y
            if ti.static(not entropy):
                value += 0.5 * (y - t) * (y - t)
            elif ti.static(softmax):
                value += t * (log_total - s)
            else:  # log(1 + exp(z)) - t z, without overflow
                value += ti.max(s, 0.0) + ti.log(1.0 + ti.exp(-ti.abs(s))) - t * s
        for c in range(outputs):
            y = element(delta, at_delta, rows, row, c, lanes)
            t = settings[HIGH] if label == c else settings[LOW]
            slope = y - t
            if ti.static(softmax and entropy):
                slope = y * t_total - t
            elif ti.static(softmax):
                slope = y * (y - t - error_total)
            elif ti.static(not entropy):
                slope = (y - t) * y * (1.0 - y)
            place = at_delta + c // lanes * rows + row
            delta[place][c % lanes] = slope / ti.cast(n, real)
            if ti.static(loss == "rashid"):
                delta[place + (outputs + lanes - 1) // lanes * rows][c % lanes] = (y - t) / ti.cast(n, real)
        return value, ti.select(best == label, 1, 0)

    return judged
