"""A model never changes; a test that needs other weights than those drawn at random makes another model."""

from dataclasses import replace

import numpy as np

from core.models.model import Model
from core.models.parameters import Parameters


def changed(model: Model, **arrays: np.ndarray | list) -> Model:
    """The model with some of its arrays, `W1`, `b1`, `W2` and so on, being others."""
    new = {name: np.asarray(array, model.parameters.flat.dtype) for name, array in arrays.items()}
    dtype = model.parameters.flat.dtype.name
    return replace(model, parameters=Parameters.from_arrays(model.network, model.parameters.arrays() | new, dtype))


def emptied(model: Model) -> Model:
    """The model with all its parameters zero."""
    return replace(model, parameters=Parameters(model.network, np.zeros_like(model.parameters.flat)))
