"""Input scalings: black and full ink, worked by hand."""

import pytest

from core.errors import DigitLabError
from core.network.scaling import SCALINGS, gain_and_offset

# What 0 (black), 0.5 and 1 (full ink) become; "standard" with mean 0.2 and spread 0.4: (x - 0.2) / 0.4.
BY_HAND = {
    "unit": (0.0, 0.5, 1.0),
    "offset": (0.01, 0.505, 1.0),
    "standard": (-0.5, 0.75, 2.0),
    "raw": (0.0, 127.5, 255.0),
}


def test_every_scaling_has_a_case():
    assert set(SCALINGS) == set(BY_HAND)


@pytest.mark.parametrize("scaling", SCALINGS)
def test_values_by_hand(scaling):
    gain, offset = gain_and_offset(scaling, mean=0.2, std=0.4)
    assert [x * gain + offset for x in (0.0, 0.5, 1.0)] == pytest.approx(BY_HAND[scaling], abs=1e-15)


@pytest.mark.parametrize(("mean", "std"), [(None, None), (0.1, None), (None, 0.3)])
def test_standard_needs_both_figures(mean, std):
    with pytest.raises(DigitLabError, match="mean and spread"):
        gain_and_offset("standard", mean, std)
