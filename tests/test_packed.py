"""A model packed for a browser: what is in it, how exactly, and what is refused."""

import json

import numpy as np
import pytest

from core.catalog import load_model
from core.config import Config, NetworkConfig
from core.errors import DigitLabError
from core.models import packed
from core.models.calibration import Calibration
from core.models.model import Model, new_model
from core.models.packed import geometry, pack
from tests.changed import changed


def unpack(content: bytes) -> tuple[dict, np.ndarray]:
    length = int.from_bytes(content[:4], "little")
    assert length % 4 == 0, "typed arrays begin at whole numbers of their elements"
    about = json.loads(content[4 : 4 + length])
    return about, np.frombuffer(content[4 + length :], {"float16": "<f2", "float32": "<f4"}[about["dtype"]])


def test_what_a_browser_gets_of_a_small_network():
    network = NetworkConfig(inputs=4, hidden=(3,), outputs=2, scaling="offset", activation="tanh")
    model = Model(Config(network), new_model(network).parameters, calibration=Calibration(temperature=1.25))
    about, values = unpack(pack(model))
    assert about["sizes"] == [4, 3, 2] and about["activation"] == "tanh" and about["output"] == "softmax"
    assert about["bias"] is True and (about["gain"], about["offset"]) == (0.99, 0.01)
    assert about["temperature"] == 1.25 and about["dtype"] == "float32"
    np.testing.assert_array_equal(values, model.parameters.flat.astype(np.float32))


@pytest.mark.parametrize(
    ("name", "dtype", "most"),
    [
        ("default", "float16", 5_100_000),
        ("blog", "float16", 320_000),
        ("rashid", "float32", 640_000),
        ("small", "float32", 12_000),
    ],
)
def test_the_shipped_networks_lose_nothing(name, dtype, most):
    model = load_model(name)
    content = pack(model)
    about, values = unpack(content)
    assert about["dtype"] == dtype and len(content) < most
    np.testing.assert_array_equal(values.astype(np.float32), model.parameters.flat.astype(np.float32))


def test_two_networks_that_differ_in_one_weight_differ_from_the_start():
    """Streamlit tells large files apart by their beginning, middle and end."""
    model = new_model(NetworkConfig(hidden=(500,)))
    weights = model.parameters.weights[0].copy()
    weights[-1, -1] += 1
    assert pack(changed(model, W1=weights))[:1000] != pack(model)[:1000]


def test_a_large_network_is_rounded_and_a_larger_one_refused(monkeypatch):
    model = new_model(NetworkConfig(inputs=64, hidden=(30,)))  # 2,260 values
    monkeypatch.setattr(packed, "MOST_BYTES", 5_000)
    assert unpack(pack(model))[0]["dtype"] == "float16"
    weights = np.full_like(model.parameters.weights[0], 70_000.0)  # more than float16 can say
    with pytest.raises(DigitLabError, match="2,260 weights"):
        pack(changed(model, W1=weights))
    monkeypatch.setattr(packed, "MOST_BYTES", 4_000)
    with pytest.raises(DigitLabError, match="the server reads for it"):
        pack(new_model(NetworkConfig(inputs=64, hidden=(30,))))


def test_a_network_that_reads_no_pictures_is_refused():
    with pytest.raises(DigitLabError, match="no pictures"):
        pack(new_model(NetworkConfig(inputs=3, hidden=(3,), outputs=3)))


def test_the_geometry_that_goes_with_it():
    assert geometry(load_model("small")) == {
        "shape": [8, 8], "box": (32, 22), "middle": (15.5, 15.5), "fills_rows": True, "cells": 4, "ink_range": (0.25, 0.36)
    }  # fmt: skip
