"""TensorBoard's event files, written by hand: protocol buffers in TensorFlow's records.

A record is its length, a checksum of that, its content and a checksum of that; the content is an `Event` (a time, a step, and
a summary or a graph). Of the many fields of these messages so few are needed that they are written here, number by number:
tensorflow/core/util/event.proto, framework/summary.proto and framework/graph.proto; lib/io/record_writer.h for the records.
"""

import struct
from collections.abc import Iterable

import numpy as np

POLYNOMIAL = 0x82F63B78  # CRC-32C (Castagnoli), bits reversed
MASK = 0xA282EAD8
VARINT, EIGHT_BYTES, BYTES, FOUR_BYTES = 0, 1, 2, 5  # kinds of fields
FLOAT = 1  # TensorFlow's number for the type of float32
BUCKETS = 30


def _table() -> list[int]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (POLYNOMIAL if value & 1 else 0)
        table.append(value)
    return table


_TABLE = _table()


def crc32c(data: bytes) -> int:
    """The checksum (RFC 3720): of b"123456789" it is 0xE3069283."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def record(content: bytes) -> bytes:
    """A record around a content; checksums are turned and masked, for they may stand over other checksums."""
    length = struct.pack("<Q", len(content))
    return length + _masked(length) + content + _masked(content)


def _masked(data: bytes) -> bytes:
    crc = crc32c(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + MASK) & 0xFFFFFFFF)


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _key(number: int, kind: int) -> bytes:
    return _varint(number << 3 | kind)


def _whole(number: int, value: int) -> bytes:
    return _key(number, VARINT) + _varint(value)


def _double(number: int, value: float) -> bytes:
    return _key(number, EIGHT_BYTES) + struct.pack("<d", value)


def _float(number: int, value: float) -> bytes:
    return _key(number, FOUR_BYTES) + struct.pack("<f", value)


def _bytes(number: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return _key(number, BYTES) + _varint(len(data)) + data


def _doubles(number: int, values: np.ndarray) -> bytes:
    return _bytes(number, values.astype("<f8").tobytes())


def version(at: float) -> bytes:
    """The event that a file begins with."""
    return _double(1, at) + _bytes(3, "brain.Event:2")


def scalars(at: float, step: int, values: dict[str, float]) -> bytes:
    """An event with numbers by tag."""
    summary = b"".join(_bytes(1, _bytes(1, tag) + _float(2, value)) for tag, value in values.items())
    return _double(1, at) + _whole(2, step) + _bytes(5, summary)


def histograms(at: float, step: int, values: dict[str, np.ndarray]) -> bytes:
    """An event with a histogram for each tag, of the finite ones of all values."""
    summary = b"".join(_bytes(1, _bytes(1, tag) + _bytes(5, _histogram(each))) for tag, each in values.items())
    return _double(1, at) + _whole(2, step) + _bytes(5, summary)


def _histogram(values: np.ndarray) -> bytes:
    flat = values[np.isfinite(values)].astype(np.float64)
    if not flat.size:
        flat = np.zeros(1)
    counts, edges = np.histogram(flat, BUCKETS)
    figures = (flat.min(), flat.max(), flat.size, flat.sum(), np.square(flat).sum())
    return b"".join(_double(number, float(value)) for number, value in enumerate(figures, start=1)) + (
        _doubles(6, edges[1:]) + _doubles(7, counts)
    )


def graph(at: float, nodes: Iterable[tuple[str, str, tuple[str, ...], tuple[int, ...]]]) -> bytes:
    """An event with a graph of nodes: name, what it does, the nodes that it hears, and the shape of what it gives (-1 is any)."""
    definition = b"".join(_bytes(1, _node(*node)) for node in nodes)
    return _double(1, at) + _bytes(4, definition)


def _node(name: str, does: str, hears: tuple[str, ...], shape: tuple[int, ...]) -> bytes:
    dimensions = b"".join(_bytes(2, _whole(1, size & 0xFFFFFFFFFFFFFFFF)) for size in shape)
    shapes = _bytes(1, "_output_shapes") + _bytes(2, _bytes(1, _bytes(7, dimensions)))
    kind = _bytes(1, "dtype") + _bytes(2, _whole(6, FLOAT))
    inputs = b"".join(_bytes(3, each) for each in hears)
    return _bytes(1, name) + _bytes(2, does) + inputs + _bytes(5, shapes) + _bytes(5, kind)
