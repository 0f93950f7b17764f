"""The shape of written digits, measured: thickness, slant, width, height, holes, ink; crossed sevens and slashed zeros.

All measures take pictures (n, h, w) of fractions, 0 the ground and 1 the ink, and give one number (n,) each, in pixels or
degrees.
"""

import numpy as np
import scipy

LEVEL = 0.5  # of ink: half a pixel's is the edge of a stroke
SMALLEST_HOLE = 3  # pixels of the finer picture: what the pen leaves between two strokes that touch is none
FINER = 2  # a stroke of a pixel and a half is too thin to be measured on the picture's own pixels
LEAST_ROWS = 6  # of a digit in which a bar can be told from a stem
BAR_ROWS = (0.35, 0.75)  # of a seven's height: its bar lies below the top and above the foot
BAR_WIDTH = 1.75  # times the stem's
SLASHED_LINES = 0.4  # of the middle half of a zero, which meet the slash beside the rim
LEAST_BAR = 3  # pixels more than the stem's


def ink(pictures: np.ndarray) -> np.ndarray:
    """The share of the picture that is ink, in per cent."""
    return 100 * pictures.mean(axis=(1, 2))


def boxes(pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Height and width (n,) of the box around the ink, in pixels; 0 where there is none."""
    inked = pictures > LEVEL
    return _extent(np.asarray(inked.any(axis=2))), _extent(np.asarray(inked.any(axis=1)))


def _extent(lines: np.ndarray) -> np.ndarray:
    """From the first to the last true one of each row (n, m)."""
    count = lines.shape[1] - lines.argmax(axis=1) - lines[:, ::-1].argmax(axis=1)
    return np.where(lines.any(axis=1), count, 0)


def slant(pictures: np.ndarray) -> np.ndarray:
    """How far the digit leans, in degrees: to the right is positive, as italics do (the picture's second moments)."""
    n, height, width = pictures.shape
    mass = np.maximum(pictures.sum(axis=(1, 2)), 1e-9)
    down, across = np.arange(height) - (height - 1) / 2, np.arange(width) - (width - 1) / 2
    rows, columns = pictures.sum(axis=2), pictures.sum(axis=1)
    y, x = rows @ down / mass, columns @ across / mass
    both = np.einsum("nhw,h,w->n", pictures, down, across, optimize=True) / mass - x * y
    vertical = rows @ np.square(down) / mass - np.square(y)
    return np.degrees(np.arctan2(-both, np.maximum(vertical, 1e-9)))


def thickness(pictures: np.ndarray) -> np.ndarray:
    """The mean width of the strokes, in pixels.

    A stroke of width w and length l has the area w l; when a rim of one pixel is taken off all around, it has (w - 2) l.
    The rim is the mean of what two shapes take off (the four neighbours, and all eight), so that all directions count alike.
    """
    fine = _finer(pictures)
    area = fine.sum(axis=(1, 2))
    four = _least(fine, corners=False).sum(axis=(1, 2))
    eight = _least(fine, corners=True).sum(axis=(1, 2))
    rim = area - (four + eight) / 2
    return np.divide(2 * area, FINER * rim, out=np.zeros_like(area), where=rim > 0)


def _finer(pictures: np.ndarray) -> np.ndarray:
    """Each picture with twice as many rows and columns, between the old ones on a straight line."""
    fine = pictures
    for axis in (1, 2):
        padded = np.pad(fine, [(0, 0) if other != axis else (1, 1) for other in range(3)])
        size = padded.shape[axis]
        before, own, after = (np.take(padded, range(at, size - 2 + at), axis) for at in range(3))
        fine = np.stack([0.25 * before + 0.75 * own, 0.75 * own + 0.25 * after], axis=axis + 1)
        shape = list(own.shape)
        shape[axis] *= FINER
        fine = fine.reshape(shape)
    return fine


def _least(pictures: np.ndarray, *, corners: bool) -> np.ndarray:
    """Each pixel's least neighbour, itself included: the erosion by a cross, or by a square."""
    padded = np.pad(pictures, ((0, 0), (1, 1), (1, 1)))
    n, height, width = pictures.shape
    least = pictures.copy()
    for down in range(3):
        for across in range(3):
            if corners or down == 1 or across == 1:
                np.minimum(least, padded[:, down : down + height, across : across + width], out=least)
    return least


def holes(pictures: np.ndarray) -> np.ndarray:
    """How many places the ink encloses: none in a 1, one in a 0, two in an 8."""
    ground = np.pad(_finer(pictures) <= LEVEL, ((0, 0), (1, 1), (1, 1)), constant_values=True)
    within = np.zeros((3, 3, 3), dtype=bool)
    within[1] = [[0, 1, 0], [1, 1, 1], [0, 1, 0]]  # no place goes from one picture to the next
    places, count = scipy.ndimage.label(ground, structure=within)
    sizes = np.bincount(places.ravel(), minlength=count + 1)
    picture_of = np.zeros(count + 1, dtype=np.int64)
    picture_of[places.reshape(-1)] = np.repeat(np.arange(len(pictures)), ground[0].size)
    large = sizes[1:] >= SMALLEST_HOLE
    return np.bincount(picture_of[1:][large], minlength=len(pictures)) - 1  # less what lies around the digit


def crossed(sevens: np.ndarray) -> np.ndarray:
    """Which of these sevens (n, h, w) have a bar through the stem: (n,) bool.

    Below the top a seven's row holds the stem alone. Where ink runs on much farther in some row there, a bar lies.
    """
    inked = sevens > LEVEL
    runs, heights = _longest_runs(inked), np.asarray(inked.any(axis=2))
    result = np.zeros(len(sevens), dtype=bool)
    for at, (rows, run) in enumerate(zip(heights, runs, strict=True)):
        found = np.flatnonzero(rows)
        if len(found) < LEAST_ROWS:
            continue
        top, tall = found[0], found[-1] - found[0] + 1
        from_row, to_row = (top + round(share * tall) for share in BAR_ROWS)
        stem = np.median(run[from_row : top + tall])
        result[at] = run[from_row:to_row].max(initial=0) > max(BAR_WIDTH * stem, stem + LEAST_BAR)
    return result


def _longest_runs(inked: np.ndarray) -> np.ndarray:
    """The most inked pixels one after the other in each row: (n, h)."""
    longest = np.zeros(inked.shape[:2], dtype=np.int64)
    run = np.zeros(inked.shape[:2], dtype=np.int64)
    for column in range(inked.shape[2]):
        run = np.where(inked[:, :, column], run + 1, 0)
        np.maximum(longest, run, out=longest)
    return longest


def slashed(zeros: np.ndarray) -> np.ndarray:
    """Which of these zeros (n, h, w) have a slash: (n,) bool.

    A line through the middle of a zero meets ink twice; where a slash lies, three times. So it is for a good part of the
    lines of the middle half, rows or columns, whichever the slash is steeper to.
    """
    inked = zeros > LEVEL
    return np.maximum(_thrice(inked), _thrice(inked.transpose(0, 2, 1))) >= SLASHED_LINES


def _thrice(inked: np.ndarray) -> np.ndarray:
    """The share of rows in the middle half of each digit that meet ink three times or more: (n,)."""
    begins = inked & ~np.pad(inked, ((0, 0), (0, 0), (1, 0)))[:, :, :-1]
    thrice, rows = begins.sum(axis=2) >= 3, np.asarray(inked.any(axis=2))
    result = np.zeros(len(inked))
    for at in range(len(inked)):
        found = np.flatnonzero(rows[at])
        if len(found) >= LEAST_ROWS:
            quarter = len(found) // 4
            result[at] = thrice[at, found[quarter : len(found) - quarter]].mean()
    return result
