"""A configuration made to fit its data."""

import numpy as np

from core.config import Config
from core.datasets import TrainingData
from core.errors import DigitLabError


def fit_to_data(config: Config, data: TrainingData) -> Config:
    """The configuration with what only the data can say filled in: the mean and spread for the scaling "standard".

    Raises `DigitLabError` when the network reads pictures of another size than the data has.
    """
    inputs = data.train.pixels.shape[1]
    if config.network.inputs != inputs:
        height, width = data.train.shape
        raise DigitLabError(
            "The pictures of {name} have {height} × {width} = {inputs} pixels, and the network has "
            "{wanted} inputs. Set them alike.",
            name=data.train.name,
            height=height,
            width=width,
            inputs=inputs,
            wanted=config.network.inputs,
        )
    if not config.network.is_square:
        raise DigitLabError("The network reads square pictures, and {inputs} inputs make no square.", inputs=inputs)
    if data.train.labels.max() >= config.network.outputs:
        raise DigitLabError(
            "{name} has digits up to {largest}; a network with {outputs} outputs cannot tell them apart.",
            name=data.train.name,
            largest=data.train.labels.max(),
            outputs=config.network.outputs,
        )
    if config.network.scaling != "standard" or None not in (config.network.mean, config.network.std):
        return config
    counts = np.bincount(data.train.pixels.ravel(), minlength=256)
    values = np.arange(256) / data.train.pixel_max
    mean = float((counts * values).sum() / counts.sum())
    std = float(np.sqrt((counts * (values - mean) ** 2).sum() / counts.sum()))
    return config.with_network(mean=mean, std=max(std, 1e-6))
