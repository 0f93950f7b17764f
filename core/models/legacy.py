"""Models of the earlier system: its files, and how it builds and trains a network."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from core.config import Config, NetworkConfig, TrainingConfig
from core.errors import DigitLabError
from core.models.model import Model, Provenance
from core.models.parameters import Parameters

MAX_LISTS = 20_000  # one for each unit, and some names


def from_legacy(content: bytes, path: Path) -> Model:
    """The earlier system's file: `wih` (hidden, inputs) and `who` (outputs, hidden), sigmoid, no bias, inputs 0.01..1."""
    try:
        if sum(map(content.count, (b"[", b"{", b'"'))) > MAX_LISTS:
            raise ValueError  # empty lists take twenty times as much memory as text, and names fifteen times
        data = json.loads(content)
        first, second = (np.array(data[name], dtype=np.float64) for name in ("wih", "who"))
        sizes = tuple(int(data[name]) for name in ("input_num", "hidden_num", "output_num"))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise DigitLabError(
            "{name} is not a model file of the earlier system, or it is damaged.", name=path.name
        ) from error
    if first.shape != (sizes[1], sizes[0]) or second.shape != (sizes[2], sizes[1]):
        raise DigitLabError("{name} says {sizes} units, which does not fit its weights.", name=path.name, sizes=sizes)
    if math.isqrt(sizes[0]) ** 2 != sizes[0]:
        raise DigitLabError(
            "{name} does not read pictures: its {sizes} inputs make no square.", name=path.name, sizes=sizes[0]
        )
    if sizes[2] != 10:
        raise DigitLabError(
            "{name} does not read the ten digits: it has {sizes} outputs.", name=path.name, sizes=sizes[2]
        )
    config = legacy_config(inputs=sizes[0], hidden=sizes[1], outputs=sizes[2])
    arrays = {"W1": first.T, "W2": second.T}
    # float64, as that system computes: the last of 10,000 digits can hang on it
    return Model(config, Parameters.from_arrays(config.network, arrays, "float64"), Provenance(title=path.stem))


def legacy_config(*, inputs: int = 784, hidden: int = 200, outputs: int = 10) -> Config:
    """How the earlier system builds and trains a network: Rashid's rule (2016) with the numbers of its first recipe."""
    return Config(
        NetworkConfig(
            inputs=inputs,
            hidden=(hidden,),
            outputs=outputs,
            activation="sigmoid",
            output="sigmoid",
            bias=False,
            initializer="normal_fan_out",
            scaling="offset",
        ),
        TrainingConfig(
            loss="rashid",
            targets=(0.01, 0.99),
            optimizer="sgd",
            learning_rate=0.1,
            batch_size=1,
            epochs=1,
            shuffle=False,
            validation=False,
        ),
    )


def to_legacy(model: Model) -> str:
    network, weights = model.network, model.parameters.weights
    plain = (network.activation, network.output, network.bias, network.scaling) == (
        "sigmoid",
        "sigmoid",
        False,
        "offset",
    )
    if len(network.hidden) != 1 or not plain:
        raise DigitLabError(
            "The earlier system's form holds only networks with one layer of units, sigmoid throughout, without biases, "
            "reading inputs from 0.01 to 1. Save this one as a .safetensors file."
        )
    inputs, hidden, outputs = network.sizes
    fields: dict[str, Any] = {"input_num": inputs, "hidden_num": hidden, "output_num": outputs}
    return json.dumps(fields | {"wih": weights[0].T.tolist(), "who": weights[1].T.tolist()})
