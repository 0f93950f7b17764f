"""Which pictures are digits of a test set: a network that has learned some of them proves nothing by reading them.

A picture is one if it is the same as it is, or the same as it was made: whoever has a test digit as a file may enlarge it
or turn its colours about, and what is prepared from that lies a pixel aside or is a pixel larger.
"""

import numpy as np
from PIL import Image

from core.drawings.ink import INK_LEVEL, bounding_box
from core.drawings.preprocess import from_drawing
from core.scores.evaluation import digits_of

# The cosine of the angle between two pictures as vectors. One of MNIST's test digits that was put on the pad and prepared
# anew has more than 0.998 with the one it was in 297 of 300 cases; of 10,500 other digits, pen digits among them, no one
# has more than 0.989 with any. Nor has one of 3,100 others with any of the small test digits; but a small one comes back
# from the pad as another picture, and one straight line at 8 x 8 pixels is much like another: there only the pad itself
# can know what was put on it.
SAME = 0.998
# The same cosine with a test digit that was enlarged and prepared too, by the way that fits best. Of 60 test digits from
# files of 28 to 840 pixels, light on dark and dark on light, enlarged in four ways, 98 % have more; of 2,200 pen digits no
# one has more than 0.983, and of 5,000 digits that MNIST's training holds back no one more than 0.989.
SAME_ENLARGED = 0.993
ENLARGED = (28, 28)  # pictures of this shape are looked at so
NEAR, NEAREST = (
    0.97,
    20,
)  # test digits that are worth it: so many, of those that are as near in place and size of their own
GRID, REACH = (
    20,
    2.4,
)  # points along a side, from so many standard deviations of the ink before its mean to as many behind
THINNEST = 0.35  # of a digit's two standard deviations the smaller counts at least as this share of the larger
BATCH = 500


def test_digits_among(pictures: np.ndarray, dataset: str) -> np.ndarray:
    """Which of these pictures are test digits of a data set.

    The test set is looked at here only to leave its digits out of a lesson; nothing is chosen by how they are read.

    Parameters
    ----------
    pictures : (n, h, w) of the data set's shape, any scale, 0 is paper; none is empty.

    Returns
    -------
    (n,) bool.
    """
    tests = digits_of(dataset, "test").x().reshape(-1, *pictures.shape[1:])
    same = (_unit(pictures) @ _unit(tests).T).max(axis=1) > SAME
    if pictures.shape[1:] == ENLARGED and not same.all():
        known = normalized(tests)
        for place in np.flatnonzero(~same):
            same[place] = _is_enlarged(pictures[place], tests, known)
    return same


def _is_enlarged(picture: np.ndarray, tests: np.ndarray, known: np.ndarray) -> bool:
    """Whether a picture (h, w) is an enlarged one of the test digits (n, h, w), whose normalized ones are `known`."""
    likeness = known @ normalized(picture[None])[0]
    nearest = np.argpartition(-likeness, NEAREST)[:NEAREST]
    candidates = nearest[likeness[nearest] > NEAR]
    return any((_unit(enlarged(tests[place])) @ _unit(picture[None])[0]).max() > SAME_ENLARGED for place in candidates)


def enlarged(digit: np.ndarray) -> np.ndarray:
    """A digit (h, w) in 0..1 as it is prepared from files in which it is larger: (4, h, w)."""
    height, width = digit.shape
    sheet = Image.fromarray(digit)
    crop = Image.fromarray(digit[bounding_box(digit > INK_LEVEL)])
    factor = 200 / max(crop.size)
    made = [sheet.resize((10 * width, 10 * height), Image.Resampling.BILINEAR),
            sheet.resize((10 * width, 10 * height), Image.Resampling.BICUBIC),
            sheet.resize((4 * width, 4 * height), Image.Resampling.BILINEAR),
            crop.resize((round(factor * crop.width), round(factor * crop.height)), Image.Resampling.BICUBIC)]  # fmt: skip
    # a frame of paper around: the preparation tells ink from paper by the border
    return np.stack([from_drawing(np.pad(np.clip(np.asarray(each), 0.0, 1.0), 20), digit.shape) for each in made])


def normalized(pictures: np.ndarray) -> np.ndarray:
    """Pictures (n, h, w) by their own measure (moment normalization), as unit vectors (n, GRID^2).

    Each is looked at in a grid around the mean place of its ink, as wide and as high as the ink's standard deviations say:
    where it lies in its square and how large it is makes no difference any more.
    """
    return np.concatenate([_normalized(pictures[at : at + BATCH]) for at in range(0, len(pictures), BATCH)])


def _normalized(pictures: np.ndarray) -> np.ndarray:
    ink = pictures.astype(np.float32)
    total = ink.sum(axis=(1, 2))
    sides = []
    for profile in (ink.sum(axis=2), ink.sum(axis=1)):  # along rows, along columns
        at = np.arange(profile.shape[1], dtype=np.float32)
        mean = profile @ at / total
        sides.append((mean, np.sqrt(profile @ at**2 / total - mean**2), at))
    (middle, high, rows), (centre, wide, columns) = sides
    grid = np.linspace(-REACH, REACH, GRID, dtype=np.float32)
    weights = [
        # linear interpolation: (n, GRID, h) and (n, GRID, w)
        np.maximum(
            1.0 - np.abs((mean[:, None] + np.maximum(spread, THINNEST * other)[:, None] * grid)[..., None] - at), 0
        )
        for mean, spread, other, at in ((middle, high, wide, rows), (centre, wide, high, columns))
    ]
    return _unit(weights[0] @ ink @ weights[1].transpose(0, 2, 1))


def _unit(pictures: np.ndarray) -> np.ndarray:
    """Each picture (n, h, w) as a vector (n, h w) of length 1."""
    rows = pictures.reshape(len(pictures), -1).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
