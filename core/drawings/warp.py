"""Digits bent, turned and drawn thicker: for each pixel of the new picture, from where in the old one its ink comes."""

import numpy as np

# All lengths are in pixels of a 28-pixel side, and in proportion on others.
FULL_SIDE = 28
TURN = np.deg2rad(15.0)  # turns, sizes and slants are drawn evenly between minus and plus these
SIZE = 0.12
SLANT = 0.2
SHIFT = 1.5
BEND_REACH = 4.0  # Simard's sigma: neighbours closer than this move together
BEND = 1.0  # a pixel's move, standard deviation; Simard's alpha of 34, without turns, gives 34 / 24.6 = 1.4
THICKNESS = 0.3  # share of the way from a digit to its outline drawn one pixel further in or out


def sample(digits: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Read digits at places between their pixels, by bilinear interpolation; beyond the edge there is no ink.

    Parameters
    ----------
    digits : (n, h, w) uint8
    places : (n, 2, h * w) float32, the row and the column from which each new pixel takes its ink; changed
        in place

    Returns
    -------
    (n, h, w) uint8
    """
    count, height, width = digits.shape
    padded = np.pad(digits, ((0, 0), (1, 2), (1, 2)))  # an empty rim, twice where there is a next pixel
    stride = width + 3
    places += 1
    rows, columns = places[:, 0], places[:, 1]
    np.clip(rows, 0, height + 1, out=rows)
    np.clip(columns, 0, width + 1, out=columns)
    whole = places.astype(np.intp)  # cuts towards zero, which is down: nothing is negative
    places -= whole
    index = whole[:, 0] * stride + whole[:, 1]
    index += np.arange(count)[:, None] * padded[0].size
    ink = padded.ravel().astype(np.float32)

    def between_columns() -> np.ndarray:
        left = np.take(ink, index, mode="clip")  # the index is in bounds; "clip" is the fast path
        np.add(index, 1, out=index)
        right = np.take(ink, index, mode="clip")
        right -= left
        right *= columns
        right += left
        return right

    upper = between_columns()
    index += stride - 1
    lower = between_columns()
    lower -= upper
    lower *= rows
    lower += upper
    lower += 0.5
    return lower.astype(np.uint8).reshape(digits.shape)


def random_affine_places(shape: tuple[int, int, int], rng: np.random.Generator) -> np.ndarray:
    count, *sides = shape
    turn = rng.uniform(-TURN, TURN, count)
    size = np.exp(rng.uniform(-SIZE, SIZE, (count, 2)))
    slant = rng.uniform(-SLANT, SLANT, count)
    shift = rng.uniform(-SHIFT, SHIFT, (count, 2)) * np.array(sides) / FULL_SIDE
    return affine_places((sides[0], sides[1]), turn, size, slant, shift)


def affine_places(
    sides: tuple[int, int],
    turn: np.ndarray,
    size: np.ndarray | float = 1.0,
    slant: np.ndarray | float = 0.0,
    shift: np.ndarray | float = 0.0,
) -> np.ndarray:
    """From where each pixel comes, (n, 2, h * w) float32, when digits are turned about the centre of their
    square.

    `turn` (n,) anticlockwise in radians, `size` (n, 2) factors down and across, `slant` (n,) columns per row,
    `shift` (n, 2) rows and columns.
    """
    height, width = sides
    middle = np.array([(height - 1) / 2, (width - 1) / 2])
    cosine, sine = np.cos(turn), np.sin(turn)
    size = np.broadcast_to(size, (len(turn), 2))
    matrix = np.empty((len(turn), 2, 3))
    matrix[:, 0, 0] = cosine / size[:, 0]
    matrix[:, 0, 1] = sine / size[:, 0]
    matrix[:, 1, 0] = (slant * cosine - sine) / size[:, 1]
    matrix[:, 1, 1] = (slant * sine + cosine) / size[:, 1]
    matrix[:, :, 2] = middle - shift
    rows, columns = np.divmod(np.arange(height * width), width)
    grid = np.stack([rows - middle[0], columns - middle[1], np.ones(height * width)])
    return matrix.astype(np.float32) @ grid.astype(np.float32)


def bends(shape: tuple[int, int, int], rng: np.random.Generator) -> np.ndarray:
    """Smooth random moves, (n, 2, h * w) float32: noise of variance 1, smoothed along both axes by one
    product each."""
    count, height, width = shape
    noise = rng.random((count * 2, height, width), dtype=np.float32)
    noise -= 0.5
    noise *= np.sqrt(12)
    moves = (_smoothing(height) @ noise) @ _smoothing(width).T
    moves = moves.reshape(count, 2, height * width)
    moves *= BEND / FULL_SIDE * np.array([[height], [width]], np.float32)
    return moves


def _smoothing(side: int) -> np.ndarray:
    """The matrix (side, side) that smooths a line of noise by a Gaussian and keeps its variance."""
    distance = (np.arange(side)[:, None] - np.arange(side)) * (FULL_SIDE / side / BEND_REACH)
    weights = np.exp(-0.5 * distance**2)
    return (weights / np.linalg.norm(weights, axis=1, keepdims=True)).astype(np.float32)


def thicker_or_thinner(digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each digit drawn a little thicker or thinner than it was, by chance."""
    share = rng.uniform(-THICKNESS, THICKNESS, len(digits)) * min(digits.shape[1:]) / FULL_SIDE
    return thickened(digits, share)


def thickened(digits: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Each digit (n, h, w) uint8 blended with the lightest (thicker) or darkest (thinner) of every pixel and its four
    neighbours, by its share (n,): 1 is an outline one pixel further out, -1 one further in."""
    thick = share > 0
    target = np.empty_like(digits)
    target[thick] = _over_neighbours(digits[thick], np.maximum)
    target[~thick] = _over_neighbours(digits[~thick], np.minimum)
    blended = target.astype(np.float32)
    blended -= digits
    blended *= np.abs(share).astype(np.float32)[:, None, None]
    blended += digits
    blended += 0.5
    return blended.astype(np.uint8)


def _over_neighbours(digits: np.ndarray, choose: np.ufunc) -> np.ndarray:
    result = digits.copy()
    for ahead, behind in (
        (np.s_[:, 1:], np.s_[:, :-1]),
        (np.s_[:, :-1], np.s_[:, 1:]),
        (np.s_[:, :, 1:], np.s_[:, :, :-1]),
        (np.s_[:, :, :-1], np.s_[:, :, 1:]),
    ):
        choose(result[ahead], digits[behind], out=result[ahead])
    return result
