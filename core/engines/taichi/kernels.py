"""The arithmetic that the Taichi engine's processor and graphics-card kernels share: activations, outputs and losses,
optimisers and the dropout hash.

All of it is written for numbers as well as for vectors: the processor works on whole rows of strips, a graphics card's
thread on one number. Factories make the functions for one choice each and keep them. Vectors that stay vectors know
sums, products, quotients, roots and comparisons in Taichi 1.7.4, but no differences or casts (these end the process) and
no exp: so differences are written as sums, tanh through exp, and exp goes number by number.
"""

import functools
from types import SimpleNamespace
from typing import Any

import taichi as ti

from core.engines.taichi.layout import EPSILON, HIGH, KEPT_1, KEPT_2, LOW, NEW_1, NEW_2, RATE
from core.network.activations import LEAK

REALS = {"float32": ti.f32, "float64": ti.f64}
OUTPUTS = 10


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


@functools.cache
def loss_function(output: str, loss: str, dtype: str) -> Any:
    """`judged(z, label, settings)` -> loss, its slopes with respect to the ten sums z, and whether the digit is right.

    The formulas are those of `core.network.losses`.
    """
    real = REALS[dtype]
    softmax, entropy = output == "softmax", loss == "cross_entropy"

    @ti.func
    def judged(z, label, settings: ti.template()):
        best, top = 0, z[0]
        for c in ti.static(range(1, OUTPUTS)):
            if z[c] > top:
                best, top = c, z[c]
        y, t = z * 0.0, z * 0.0
        y_total, t_total, error_total, value = real(0.0), real(0.0), real(0.0), real(0.0)
        for c in ti.static(range(OUTPUTS)):
            t[c] = settings[HIGH] if label == c else settings[LOW]
            t_total += t[c]
            y[c] = ti.exp(z[c] - top) if ti.static(softmax) else 1.0 / (1.0 + ti.exp(-z[c]))
            y_total += y[c]
        log_total = top + ti.log(y_total)
        for c in ti.static(range(OUTPUTS)):
            if ti.static(softmax):
                y[c] /= y_total
            error = y[c] - t[c]
            error_total += error * y[c]
            if ti.static(not entropy):
                value += 0.5 * error * error
            elif ti.static(softmax):
                value += t[c] * (log_total - z[c])
            else:  # log(1 + exp(z)) - t z, without overflow
                value += ti.max(z[c], 0.0) + ti.log(1.0 + ti.exp(-ti.abs(z[c]))) - t[c] * z[c]
        for c in ti.static(range(OUTPUTS)):
            if ti.static(softmax and entropy):
                z[c] = y[c] * t_total - t[c]
            elif ti.static(softmax):
                z[c] = y[c] * (y[c] - t[c] - error_total)
            elif ti.static(entropy):
                z[c] = y[c] - t[c]
            else:
                z[c] = (y[c] - t[c]) * y[c] * (1.0 - y[c])
        return value, z, ti.select(best == label, 1, 0)

    return judged
