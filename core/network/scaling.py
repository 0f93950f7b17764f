"""Input scalings: what a network does to pixels in 0..1 before its first layer. All are of the form `x * gain + offset`."""

from core.errors import DigitLabError
from core.messages import N_

SCALINGS: dict[str, str] = {
    "unit": N_("0 to 1"),
    "offset": N_("0.01 to 1"),
    "standard": N_("mean 0, spread 1"),
    "raw": N_("0 to 255"),
}


def gain_and_offset(scaling: str, mean: float | None = None, std: float | None = None) -> tuple[float, float]:
    """The two numbers of a scaling. "offset" is Rashid's `x * 0.99 + 0.01`, which keeps every input alive.

    "raw" undoes the division by 255: the bytes of a file as they are, which drive sigmoid units far into their flat ends.
    """
    if scaling == "unit":
        return 1.0, 0.0
    if scaling == "offset":
        return 0.99, 0.01
    if scaling == "raw":
        return 255.0, 0.0
    if mean is None or std is None:
        raise DigitLabError("The scaling to mean 0 and spread 1 needs the mean and spread of the training data.")
    return 1.0 / std, -mean / std
