"""A digit of a test set, put on the pad as if it had been drawn; the drawing knows where it comes from."""

import numpy as np

from core.datasets import Dataset
from core.messages import Message, message
from dashboard.pads import drawing, strokes
from dashboard.say import N_

OF_THE_TEST_SET = N_("Test digit {index:,} of {count:,}. Its label says {label}.")


def put_on_the_pad(
    digits: Dataset, index: int, *told: Message, what: str = OF_THE_TEST_SET, source: str = strokes.TEST
) -> None:
    """Put a digit of a data set on the visitor's pad; the page then says what was `told`, and `what` it is.

    Where it comes from, its `source`, decides whether it may be taught (`core.teach.samples`).
    """
    ink = digits.pixels[index].reshape(digits.shape) / np.float32(digits.pixels.max())
    label = int(digits.labels[index])
    number = int(digits.numbers()[index])
    said = message(what, index=number, count=digits.total, label=label)
    objects, png = strokes.image(on_the_page(ink))
    drawing.drawing().put(objects, png, told=(*told, said), source=source, label=label)


def on_the_page(ink: np.ndarray) -> np.ndarray:
    """A small digit (h, w) in 0..1, each pixel a square of the pad, as the picture of a drawing."""
    factor = drawing.SIZE // max(ink.shape)
    large = np.round(ink * 255).astype(np.uint8).repeat(factor, axis=0).repeat(factor, axis=1)
    page = np.zeros((drawing.SIZE, drawing.SIZE), np.uint8)
    top, left = ((drawing.SIZE - side) // 2 for side in large.shape)
    page[top : top + large.shape[0], left : left + large.shape[1]] = large
    return strokes.inked(page)
