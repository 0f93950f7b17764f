"""How the Taichi engine's matrices lie on the device: as strips.

A matrix's columns are taken in groups of `lanes`, group after group, and within a group row after row. A strip's row is
one vector; on the processor it is 64 bytes long, which is a cache line and two AVX registers. Of a matrix with `rows` rows

    element (row, column) = strips[column // lanes * rows + row][column % lanes].

This one layout serves all three products of a layer (see `core.engines.taichi.cpu`): each reads one operand by vectors
and the other by numbers along the shared dimension, and neither jumps. Columns that fill up the last strip are zero or
meet zeros. The weights of a layer have a row for each column of the strips that come in, and a last row for the biases,
from which the products start to count. Back-propagation reads W transposed, so that every layer but the first keeps a
second copy, `turned`, as well.

All layers lie one after the other in the same few arrays, and a small table says where: so a kernel fits every network.
"""

import numpy as np

from core.config import NetworkConfig
from core.models.parameters import Parameters

ROWS = 6  # rows of a block of a product on a processor; batches are filled up to whole blocks, in memory only
CPU_BYTES = 64
GPU_LANES = 16

# Columns of the table, which has a row per layer, the inputs first. BEFORE counts the strips of the layers before this
# one; WEIGHTS and TURNED are where a layer's weights begin, in vectors.
UNITS, STRIPS, BEFORE, WEIGHTS, TURNED, COLUMNS = range(6)
# Places in a data set's array of settings, and in each step's row of coefficients (see `TaichiEngine._coefficients`).
GAIN, OFFSET, LOW, HIGH, KEEP_SCALE, KEEP, L2, SETTINGS = range(8)
RATE, EPSILON, DECAY, KEPT_1, NEW_1, KEPT_2, NEW_2, COEFFICIENTS = range(8)


def to_strips(matrix: np.ndarray, lanes: int, rows: int) -> np.ndarray:
    """Strips (strips * rows, lanes) of a matrix (r, c), filled up with zeros."""
    height, width = matrix.shape
    strips = -(-width // lanes)
    full = np.zeros((rows, strips * lanes), dtype=matrix.dtype)
    full[:height, :width] = matrix
    return np.ascontiguousarray(full.reshape(rows, strips, lanes).transpose(1, 0, 2)).reshape(-1, lanes)


def from_strips(strips: np.ndarray, rows: int) -> np.ndarray:
    """The matrix (rows, c) of strips (strips * rows, lanes), with the columns that fill it up."""
    lanes = strips.shape[1]
    return strips.reshape(-1, rows, lanes).transpose(1, 0, 2).reshape(rows, -1)


class Layout:
    """Where the parts of one network lie.

    Attributes
    ----------
    lanes : columns of a strip.
    table : (layers + 1, COLUMNS) int32.
    strips : strips of all layers together; a batch of `rows` rows takes `rows` times as many vectors.
    weights, turned : vectors in the arrays of weights and of turned weights.
    """

    def __init__(self, network: NetworkConfig, dtype: str, on_gpu: bool) -> None:
        self.network = network
        self.dtype = dtype
        self.lanes = GPU_LANES if on_gpu else CPU_BYTES // np.dtype(dtype).itemsize
        self.table = np.zeros((len(network.sizes), COLUMNS), dtype=np.int32)
        self.strips = self.weights = self.turned = 0
        for layer, units in enumerate(network.sizes):
            strips = -(-units // self.lanes)
            self.table[layer] = units, strips, self.strips, self.weights, self.turned
            self.strips += strips
            if layer:
                self.weights += strips * self._height(layer)
            if layer > 1:
                self.turned += int(self.table[layer - 1, STRIPS]) * strips * self.lanes

    def values(self, rows: int) -> int:
        """Vectors for the values of all layers of a batch of so many rows, filled up to whole blocks."""
        return -(-rows // ROWS) * ROWS * self.strips

    def _height(self, layer: int) -> int:
        """Rows of a layer's weights: the columns that come in, and the biases."""
        return int(self.table[layer - 1, STRIPS]) * self.lanes + 1

    def _part(self, layer: int) -> slice:
        start = int(self.table[layer, WEIGHTS])
        return slice(start, start + int(self.table[layer, STRIPS]) * self._height(layer))

    def pack(self, flat: np.ndarray) -> np.ndarray:
        """A vector (p,) in the order of `Parameters.flat` as strips (weights, lanes)."""
        vector = Parameters(self.network, flat.astype(self.dtype))
        packed = np.zeros((self.weights, self.lanes), dtype=self.dtype)
        for layer, weights in enumerate(vector.weights, start=1):
            full = np.zeros((self._height(layer), weights.shape[1]), dtype=self.dtype)
            full[: len(weights)] = weights
            if vector.biases:
                full[-1] = vector.biases[layer - 1]
            packed[self._part(layer)] = to_strips(full, self.lanes, len(full))
        return packed

    def pack_turned(self, flat: np.ndarray) -> np.ndarray:
        """The transposed weights of all layers but the first as strips (turned, lanes)."""
        weights = Parameters(self.network, flat.astype(self.dtype)).weights
        parts = [np.zeros((0, self.lanes), dtype=self.dtype)]
        for layer in range(2, len(weights) + 1):
            rows = int(self.table[layer, STRIPS]) * self.lanes
            parts.append(to_strips(weights[layer - 1].T, self.lanes, rows))
        return np.concatenate(parts)

    def unpack(self, packed: np.ndarray) -> np.ndarray:
        """The vector (p,) of strips that `pack` made."""
        vector = Parameters(self.network, np.empty(self.network.parameter_count, dtype=self.dtype))
        for layer, weights in enumerate(vector.weights, start=1):
            full = from_strips(packed[self._part(layer)], self._height(layer))
            weights[...] = full[: weights.shape[0], : weights.shape[1]]
            if vector.biases:
                vector.biases[layer - 1][...] = full[-1, : weights.shape[1]]
        return vector.flat
