"""Evidence as pictures: what speaks for an answer in blue, what speaks against it in orange, and which is which by sign too.

Pure functions from arrays to images and to HTML. Evidence lies on the page's own ground; digits lie on paper.
"""

import html

import numpy as np
from PIL import ImageColor

from dashboard.look import charts
from dashboard.look.numbers import decimal

PLUS_SCALE = 10  # page pixels per pixel from which there is room for a plus
SIGN_FROM, SMALL_SIGN_FROM = (
    0.12,
    0.35,
)  # weaker evidence, as a share of the strongest, bears no sign: less than all signs


def evidence_image(
    values: np.ndarray, theme: str, *, scale: int, ink: np.ndarray | None = None, marked: np.ndarray | None = None
) -> np.ndarray:
    """Evidence (h, w) as an RGB image (uint8), each pixel a square of `scale`; the strongest in full colour.

    Parameters
    ----------
    values : positive for, negative against; a minus stands on what is against, and a plus on what is for where it fits.
    ink : (h, w) in 0..1, the drawing, shown faintly under the evidence.
    marked : (h, w) bool, pixels to be framed.
    """
    colours = {
        name: np.array(ImageColor.getrgb(code), dtype=np.float64) for name, code in charts.COLOURS[theme].items()
    }
    strength = np.abs(values) / (np.abs(values).max() or 1.0)
    ground = colours["ground"] + np.zeros((*values.shape, 1))
    if ink is not None:
        ground += 0.6 * np.clip(ink, 0.0, 1.0)[..., None] * (colours["quiet"] - ground)
    side = np.where(values[..., None] >= 0, colours["for"], colours["against"])
    cells = ground + (strength[..., None] ** 0.7) * (side - ground)
    image = cells.repeat(scale, axis=0).repeat(scale, axis=1)
    sign_colour = np.where(strength[..., None] > 0.35, colours["ground"], colours["text"])
    sign_from = SIGN_FROM if scale >= PLUS_SCALE else SMALL_SIGN_FROM
    _put_signs(image, np.where(strength > sign_from, np.sign(values), 0), sign_colour, scale)
    if marked is not None:
        _frame(image, marked, colours["text"], scale)
    return np.round(image).astype(np.uint8)


def _put_signs(image: np.ndarray, signs: np.ndarray, colour: np.ndarray, scale: int) -> None:
    """A bar across each cell that is against; bar and upright on each that is for, if cells are large enough."""
    thick = max(1, scale // 6)
    start, end = scale // 4, scale - scale // 4
    middle = (scale - thick) // 2
    for sign, upright in ((-1, False), (1, True)):
        if upright and scale < PLUS_SCALE:
            continue
        for row, column in np.argwhere(signs == sign):
            cell = image[row * scale : (row + 1) * scale, column * scale : (column + 1) * scale]
            cell[middle : middle + thick, start:end] = colour[row, column]
            if upright:
                cell[start:end, middle : middle + thick] = colour[row, column]


def _frame(image: np.ndarray, marked: np.ndarray, colour: np.ndarray, scale: int) -> None:
    """A line round the marked cells, wherever a cell that is not marked lies beside them."""
    thick = max(1, scale // 6)
    around = np.pad(marked, 1)
    for row, column in np.argwhere(marked):
        cell = image[row * scale : (row + 1) * scale, column * scale : (column + 1) * scale]
        above, below = around[row, column + 1], around[row + 2, column + 1]
        left, right = around[row + 1, column], around[row + 1, column + 2]
        for alone, edge in (
            (not above, cell[:thick]),
            (not below, cell[-thick:]),
            (not left, cell[:, :thick]),
            (not right, cell[:, -thick:]),
        ):
            if alone:
                edge[...] = colour


def figure(url: str, width: int, height: int, *, alt: str, caption: str = "") -> str:
    """A picture by its URL at a size on the page, crisp and thinly framed, with a line under it."""
    under = f'<figcaption style="margin:0">{html.escape(caption)}</figcaption>' if caption else ""
    return (
        f'<figure style="margin:0"><img src="{url}" width="{width}" height="{height}" alt="{html.escape(alt)}" '
        f'decoding="sync" style="display:block;image-rendering:pixelated;border-radius:0;'
        f'outline:1px solid rgba(128,128,128,0.45);outline-offset:-1px">{under}</figure>'
    )


def number(value: float, decimals: int = 2) -> str:
    """A number with a sign that can be read: "+1.93", "−0.40"."""
    return ("−" if round(value, decimals) < 0 else "+") + decimal(abs(value), decimals)


def plain(value: float, decimals: int = 2) -> str:
    """The same with a sign only where it is a minus."""
    return number(value, decimals).removeprefix("+")
