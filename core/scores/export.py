"""Digits out of the app: a ZIP of a table (CSV) and of their pictures (PNG), as many as are allowed at once."""

import csv
import io
import zipfile

import numpy as np

from core.drawings.pictures import to_png
from core.scores.evaluation import Evaluation

MOST = 2_000  # digits: some 1.5 MB


def digits_zip(evaluation: Evaluation, places: np.ndarray, most: int = MOST) -> bytes:
    """The first `most` of these digits: `digits.csv` says what each is and was read as, and names its picture.

    Pictures are grey, ink white on black, one image pixel for each of the digit's.
    """
    table = io.StringIO()
    lines = csv.writer(table, lineterminator="\n")
    lines.writerow(["index", "label", "answer", "confidence", "second", "picture"])
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # a PNG is packed already
        numbers = evaluation.data.numbers()
        for place in map(int, places[:most]):
            number, given = int(numbers[place]), evaluation.probabilities[place]
            name = f"pictures/{number:05d}.png"
            label, answer, second = int(evaluation.data.labels[place]), int(given.argmax()), int(np.argsort(given)[-2])
            lines.writerow([number, label, answer, f"{given[answer]:.6f}", second, name])
            archive.writestr(name, to_png(_grey(evaluation, place)))
        archive.writestr("digits.csv", table.getvalue())
    return file.getvalue()


def _grey(evaluation: Evaluation, place: int) -> np.ndarray:
    picture = evaluation.data.x([place]).reshape(evaluation.data.shape)
    return np.round(255 * picture).astype(np.uint8)[..., None].repeat(3, axis=2)
