"""What a look into a network counts, by hand, and that a training takes one after each epoch."""

import numpy as np
import pytest

from core.config import Config, NetworkConfig
from core.datasets import Dataset, TrainingData, load_training
from core.models.parameters import Parameters
from core.training import inspection
from core.training.events import EpochEvent
from core.training.inspection import Inspector
from core.training.loop import Training

NETWORK = NetworkConfig(inputs=4, hidden=(3,), outputs=2)


def digits(*rows: tuple[int, ...], labels: tuple[int, ...]) -> Dataset:
    return Dataset("four", np.array(rows, np.uint8), np.array(labels, np.int64), (2, 2), 1)


def by_hand() -> Parameters:
    """A unit for the first pixel, one that is silent whatever comes, one that is always on; the first pixel means a 1."""
    parameters = Parameters(NETWORK, np.zeros(NETWORK.parameter_count, np.float32))
    parameters.weights[0][0, 0] = 1.0
    parameters.weights[0][0, 1] = -1.0
    parameters.biases[0][...] = 0.0, -5.0, 2.0
    parameters.weights[1][0] = 0.0, 3.0
    parameters.biases[1][...] = 1.0, 0.0
    return parameters


def test_answers_and_silent_units_by_hand():
    shown = digits((1, 0, 0, 0), (0, 1, 0, 0), (1, 1, 0, 0), labels=(1, 0, 0))
    confusion, layers = Inspector(NETWORK, 0, shown).look(by_hand())
    assert confusion == ((1, 1), (0, 1))
    assert [(layer.units, layer.silent) for layer in layers] == [(3, 2), (2, 0)]
    assert layers[0].weights == pytest.approx(np.sqrt(2 / 12)) and layers[1].weights == pytest.approx(np.sqrt(9 / 6))


def test_how_far_weights_moved_by_hand():
    shown = digits((1, 0, 0, 0), labels=(1,))
    start = Parameters.initial(NETWORK, 7)
    _, layers = Inspector(NETWORK, 7, shown).look(start)
    assert [layer.moved for layer in layers] == [0.0, 0.0]
    start.weights[1][...] *= 2.0  # they moved by what they were, which is half of what they are
    _, layers = Inspector(NETWORK, 7, shown).look(start)
    assert [layer.moved for layer in layers] == pytest.approx([0.0, 0.5])


def test_a_large_network_is_shown_fewer_digits(monkeypatch, make_data):
    data = make_data(900)
    network = NetworkConfig(inputs=9, hidden=(6,))
    monkeypatch.setattr(inspection, "MULTIPLICATIONS", 700 * network.parameter_count)
    confusion, _ = Inspector(network, 0, data).look(Parameters.initial(network, 0))
    assert np.sum(confusion) == 700
    monkeypatch.setattr(inspection, "MULTIPLICATIONS", 10)
    confusion, _ = Inspector(network, 0, data).look(Parameters.initial(network, 0))
    assert np.sum(confusion) == inspection.FEWEST


def test_a_training_looks_after_each_epoch_and_changes_nothing_by_it():
    data = load_training("digits")
    config = Config(NetworkConfig(inputs=64, hidden=(16,))).with_training(
        dataset="digits", epochs=3, learning_rate=0.01
    )
    epochs = [event for event in Training(config, data) if isinstance(event, EpochEvent)]
    n = len(data.validation)
    for event in epochs:
        assert np.sum(event.confusion) == n and np.trace(event.confusion) == round(event.validation_accuracy * n)
        assert [layer.units for layer in event.layers] == [16, 10]
    moved = [event.layers[0].moved for event in epochs]
    assert 0 < moved[0] < moved[1] < moved[2]


def test_without_digits_held_back_there_is_nothing_to_show_it():
    data = load_training("digits", validation=False)
    config = Config(NetworkConfig(inputs=64, hidden=(4,))).with_training(dataset="digits", epochs=1, validation=False)
    [event] = [event for event in Training(config, TrainingData(data.train, None)) if isinstance(event, EpochEvent)]
    assert event.confusion is None and event.layers == ()
