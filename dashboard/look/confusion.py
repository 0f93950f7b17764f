"""How a confusion matrix looks and sounds: what was read rightly is blue, mistakes are orange, and each number is legible."""

import numpy as np
from PIL import ImageColor

from dashboard.look import charts
from dashboard.look.numbers import a
from dashboard.say import say, say_many

LEAST_CONTRAST = 4.5  # of a number on its cell: WCAG 2.2, level AA

Colours = tuple[str, str]  # of the ground and of the number on it, as "#rrggbb"


def label(true: int, answer: int, count: int) -> str:
    """What a screen reader says of a cell: "a 4 read as 9: 8 times"."""
    if true == answer:
        if not count:
            return say("{a_digit} read right: never", a_digit=a(true))
        return say_many("{a_digit} read right: once", "{a_digit} read right: {count:,} times", count, a_digit=a(true))
    if not count:
        return say("{a_digit} read as {answer}: never", a_digit=a(true), answer=answer)
    return say_many(
        "{a_digit} read as {answer}: once",
        "{a_digit} read as {answer}: {count:,} times",
        count,
        a_digit=a(true),
        answer=answer,
    )


def cell_colours(counts: np.ndarray, theme: str) -> list[list[Colours]]:
    """For each cell the colours of ground and number.

    What was read rightly is tinted blue; mistakes are orange, the stronger the more there are. Their scale is their own,
    because beside the diagonal all mistakes would look alike.
    """
    wrong = counts * (1 - np.eye(len(counts), dtype=int))
    strength = np.sqrt(wrong / max(wrong.max(), 1))
    return [
        [right_colours(theme) if true == answer else mistake_colours(share, theme) for answer, share in enumerate(row)]
        for true, row in enumerate(strength)
    ]


def right_colours(theme: str) -> Colours:
    """Of a cell on the diagonal."""
    ground = charts.COLOURS[theme]["for-tint"]
    return ground, _ink_on(ground, theme)


def mistake_colours(strength: float, theme: str) -> Colours:
    """Of a cell with mistakes, of a strength in 0..1."""
    return tinted("against", strength, theme)


def tinted(name: str, strength: float, theme: str) -> Colours:
    """Of a cell in one of the theme's colours, from hardly at all (0) to fully (1)."""
    cell, full = (np.array(ImageColor.getrgb(charts.COLOURS[theme][each]), float) for each in ("cell", name))
    ground = _hex(cell + strength * (full - cell))
    return ground, _ink_on(ground, theme)


def difference_colours(difference: np.ndarray, theme: str) -> list[list[tuple[str, str]]]:
    """The same for differences: blue is better (more on the diagonal, less beside it), orange worse, stronger for more."""
    colours = charts.COLOURS[theme]
    better = np.where(np.eye(len(difference), dtype=bool), difference, -difference)
    strength = np.sqrt(np.abs(better) / max(int(np.abs(better).max()), 1))
    cell, good, bad = (np.array(ImageColor.getrgb(colours[name]), float) for name in ("cell", "for", "against"))
    grounds = [[_hex(cell + share * ((good if value >= 0 else bad) - cell)) for value, share in zip(*row, strict=True)]
               for row in zip(better, strength, strict=True)]  # fmt: skip
    return [[(ground, _ink_on(ground, theme)) for ground in row] for row in grounds]


def _hex(colour: np.ndarray) -> str:
    return "#" + "".join(f"{round(level):02x}" for level in colour)


def _ink_on(ground: str, theme: str) -> str:
    """The theme's own text colour, or its ground's, where it can be read; else black or white, one of which always can."""
    colours = charts.COLOURS[theme]
    inks = (colours["text"], colours["ground"], "#000000", "#ffffff")
    return next(ink for ink in inks if contrast(ink, ground) >= LEAST_CONTRAST)


def contrast(first: str, second: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2: relative luminances, each plus 0.05, the lighter over the darker)."""
    dark, light = sorted(_luminance(colour) for colour in (first, second))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    levels = np.array(ImageColor.getrgb(colour)) / 255
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
