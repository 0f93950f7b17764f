"""Ten small curves, one a digit, in their order and on one scale: plain HTML, on the page at once and without a flicker."""

import html

import numpy as np

from dashboard.look.numbers import share
from dashboard.look.thinning import thin
from dashboard.say import say

POINTS = 100  # more than such a small picture has pixels for
BAND = 3.0  # percent of the height above the curve, and as much below
FIRST = 4.0  # percent of the width, that a curve is drawn on at least


def shares_right(confusions: np.ndarray) -> np.ndarray:
    """(epochs, digits) of confusion matrices (epochs, digits, answers): the share of each digit that was read rightly.

    Not a number where there was none of a digit.
    """
    of_digit = confusions.sum(axis=2)
    right = np.diagonal(confusions, axis1=1, axis2=2)
    return np.divide(right, of_digit, out=np.full(of_digit.shape, np.nan), where=of_digit > 0)


def ten_lines(epochs: np.ndarray, shares: np.ndarray, *, total: float) -> str:
    """After `epochs` (n,) of `total`, how each digit was read: `shares` (n, digits) in 0..1, from 0 at the foot to all on top."""
    cells = [_cell(digit, epochs, shares[:, digit], total) for digit in range(shares.shape[1])]
    return f'<div class="ten-lines">{"".join(cells)}</div>'


def _cell(digit: int, epochs: np.ndarray, shares: np.ndarray, total: float) -> str:
    known = ~np.isnan(shares)
    now = share(float(shares[known][-1])) if known.any() else "–"
    if known.any():
        said = say("{digit}: {share} right after epoch {epoch}", digit=digit, share=now, epoch=int(epochs[known][-1]))
    else:
        said = say("{digit}: not counted yet", digit=digit)
    return (
        f'<figure role="img" aria-label="{html.escape(said)}" title="{html.escape(said)}"><b>{digit}</b>'
        f'<i><u style="clip-path:{outline(epochs[known], shares[known], total)}"></u></i><span>{now}</span></figure>'
    )


def outline(epochs: np.ndarray, shares: np.ndarray, total: float) -> str:
    """A curve as a band of CSS: x from 0 to `total`, y from the foot upwards."""
    if not len(epochs):
        return "polygon(0% 100%)"
    x, y = thin(epochs, shares, POINTS)
    across, down = 100.0 * x / total, BAND + (100.0 - 2.0 * BAND) * (1.0 - y)  # the whole band has room at both ends
    if across[-1] - across[0] < FIRST:  # the first epochs of many are seen as well
        across, down = np.append(max(across[0] - FIRST, 0.0), across), np.append(down[0], down)
    upper = [f"{at:.1f}% {height - BAND:.1f}%" for at, height in zip(across, down, strict=True)]
    lower = [f"{at:.1f}% {height + BAND:.1f}%" for at, height in zip(across, down, strict=True)]
    return f"polygon({','.join(upper + lower[::-1])})"
