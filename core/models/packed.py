"""A model for a browser: what its forward pass needs, and nothing of how it was trained.

    4 bytes          length of the header, little-endian
    header           JSON in UTF-8, filled up with spaces to a multiple of four bytes
    values           weight matrices (fan_in, fan_out) row by row, then bias vectors, as in `Parameters.flat`; little-endian

`network.js` beside the stage reads it and computes as `core.models.forward` and `Model.predict` do.
"""

import hashlib
import json
from dataclasses import asdict
from typing import Any

import numpy as np

from core.drawings.preprocess import geometry_for
from core.errors import DigitLabError
from core.models.model import Model
from core.network.scaling import gain_and_offset

MOST_BYTES = 8_000_000  # of a packed model: ten seconds on a fast phone's link
ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "identity")  # those that `network.js` knows


def pack(model: Model) -> bytes:
    """The model as a browser gets it.

    Values are float16 where that loses nothing, as in the large shipped networks, or where float32 would be too long for a
    browser; else float32, because rounding a network's weights to three digits moves its probabilities.

    Raises `DigitLabError` for a model that a browser cannot be given.
    """
    network, parameters = model.network, model.parameters
    if network.activation not in ACTIVATIONS:
        raise DigitLabError("A browser does not know the activation {name}.", name=network.activation)
    if not network.is_square:
        raise DigitLabError("This network reads no pictures, so there is nothing that a browser could draw for it.")
    values = _stored(parameters.flat)
    gain, offset = gain_and_offset(network.scaling, network.mean, network.std)
    about = {
        "sizes": network.sizes,
        "activation": network.activation,
        "output": network.output,
        "bias": network.bias,
        "gain": gain,
        "offset": offset,
        "temperature": model.calibration.temperature,
        "dtype": values.dtype.name,
        "sha256": hashlib.sha256(values.tobytes()).hexdigest(),
    }
    header = json.dumps(about).encode()
    header += b" " * (-len(header) % 4)
    return len(header).to_bytes(4, "little") + header + values.astype(values.dtype.newbyteorder("<")).tobytes()


def geometry(model: Model) -> dict[str, Any]:
    """How a drawing is made ready for the model, for `preparation.js`: its shape, and `Geometry`'s fields."""
    return {"shape": list(model.shape), **asdict(geometry_for(model.shape))}


def _stored(flat: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        half = flat.astype(np.float16)
    if np.array_equal(half, flat) or (4 * flat.size > MOST_BYTES >= 2 * flat.size and np.isfinite(half).all()):
        values = half
    else:
        values = flat.astype(np.float32)
    if values.nbytes > MOST_BYTES:
        raise DigitLabError(
            "This network has {count:,} weights, more than a browser is given; the server reads for it.",
            count=flat.size,
        )
    return values
