"""Dropout masks: a hash of seed, step, layer and place, with the right share of silent units."""

import numpy as np
import pytest

from core.network.dropout import keep_mask, key, mix


def lowbias32(x: int) -> int:
    """The published hash (github.com/skeeto/hash-prospector), in Python's integers."""
    x ^= x >> 16
    x = x * 0x7FEB352D % 2**32
    x ^= x >> 15
    x = x * 0x846CA68B % 2**32
    return x ^ x >> 16


def test_mix_is_lowbias32():
    inputs = [0, 1, 2, 12345, 2**31, 2**32 - 1]
    assert mix(np.array(inputs, dtype=np.uint32)).tolist() == [lowbias32(x) for x in inputs]
    assert lowbias32(0) == 0  # 0 is its fixed point: the key must move the first unit away from it


def test_mask_follows_from_its_key_and_place():
    """Unit u of row r has the place 4 r + u; a hash of place XOR key below 2^32 / 4 drops it."""
    mask = keep_mask(seed=7, step=3, layer=1, shape=(5, 4), dropout=0.25, dtype="float64")
    secret = key(7, 3, 1)
    for row, unit in np.ndindex(5, 4):
        kept = lowbias32((4 * row + unit) ^ secret) >= 2**30
        assert mask[row, unit] == (1 / 0.75 if kept else 0.0)


@pytest.mark.parametrize("dropout", [0.1, 0.5, 0.95])
def test_share_and_mean(dropout):
    """Kept units are scaled so that the expected sum stays. Bounds are five standard errors."""
    mask = keep_mask(0, 0, 0, (500, 400), dropout, "float32")
    assert mask.dtype == np.float32
    assert set(np.unique(mask)) == {np.float32(0), np.float32(1) / np.float32(1 - dropout)}
    error = 5 * (dropout * (1 - dropout) / mask.size) ** 0.5
    assert np.mean(mask == 0) == pytest.approx(dropout, abs=error)
    assert mask.mean() == pytest.approx(1.0, abs=error / (1 - dropout))


def test_units_and_rows_are_dropped_independently():
    mask = keep_mask(1, 2, 0, (1000, 50), 0.5, "float64") > 0
    assert np.ptp(mask.mean(axis=0)) < 0.12  # 50 shares with a standard error of 0.016
    assert abs(np.corrcoef(mask[:, :-1].ravel(), mask[:, 1:].ravel())[0, 1]) < 0.025
    assert abs(np.corrcoef(mask[:-1].ravel(), mask[1:].ravel())[0, 1]) < 0.025


@pytest.mark.parametrize("other", [(1, 0, 0), (0, 1, 0), (0, 0, 1)])
def test_seed_step_and_layer_each_change_the_mask(other):
    def mask(seed, step, layer):
        return keep_mask(seed, step, layer, (20, 30), 0.5, "float32")

    np.testing.assert_array_equal(mask(0, 0, 0), mask(0, 0, 0))
    assert 0.4 < np.mean((mask(0, 0, 0) > 0) != (mask(*other) > 0)) < 0.6


def test_a_short_batch_has_the_first_rows_of_a_full_one():
    full = keep_mask(0, 5, 1, (8, 6), 0.3, "float32")
    np.testing.assert_array_equal(keep_mask(0, 5, 1, (3, 6), 0.3, "float32"), full[:3])
