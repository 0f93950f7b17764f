"""Products by tiles in memory that a group of threads shares, for the Taichi engine's kernels on a graphics card.

A group of 256 threads makes a tile of 32 x 32 numbers of a product, four to a thread. On the walk along the shared dimension
it brings a tile of each operand into the memory that the group shares, where every number is used 32 times.
"""

import functools
from typing import Any

import taichi as ti

from core.engines.taichi.kernels import element, types_of

TILE = 32
THREADS = 256
HALF = TILE // 2


@ti.func
def tiles(count):
    return (count + TILE - 1) // TILE


@ti.func
def of_tile(place, down):
    """Of thread `place`, where tiles stand in columns of `down`: its number in the group, and its tile's corner."""
    tile = place // THREADS
    return place % THREADS, tile % down * TILE, tile // down * TILE


@ti.func
def of_sum(part: ti.template(), thread, top, left):
    """Row and column of one of the thread's four sums."""
    return top + thread // HALF + part // 2 * HALF, left + thread % HALF + part % 2 * HALF


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
