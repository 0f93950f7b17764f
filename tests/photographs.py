"""Digits as a camera would see them on paper: uneven light, shadow, rules or squares, grain, blur and JPEG."""

import io

import numpy as np
from PIL import Image
from scipy import ndimage

PAPERS = ("plain", "ruled", "squared")


def photograph(
    ink: np.ndarray,
    rng: np.random.Generator,
    *,
    paper: str = "plain",
    chalk: bool = False,
    shadow: float = 0.5,
    noise: float = 0.02,
    blur: float = 1.0,
    quality: int = 70,
) -> np.ndarray:
    """A photograph (H, W, 3) uint8 of ink (H, W) in 0..1 on paper, or of chalk on a blackboard.

    The light falls off by `shadow` from one side to the other, and a soft shadow of the same depth lies over a corner.
    """
    rows, columns = ink.shape
    sheet = np.array([0.12, 0.17, 0.15]) if chalk else np.array([0.95, 0.93, 0.86])
    pen = np.array([0.85, 0.85, 0.8]) if chalk else np.array([(0.12, 0.14, 0.3), (0.1, 0.1, 0.1)][rng.integers(2)])
    picture = np.broadcast_to(sheet, (rows, columns, 3))
    if paper != "plain":
        rules = _rules(ink.shape, rng, squared=paper == "squared")[..., None]
        picture = picture + rules * (np.array([0.55, 0.65, 0.85]) - picture)
    picture = picture + ink[..., None] * (pen - picture)
    down, across = np.mgrid[0 : 1 : rows * 1j, 0 : 1 : columns * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    fall = np.clip(0.5 + (np.cos(angle) * (across - 0.5) + np.sin(angle) * (down - 0.5)), 0, 1)
    edge = rng.uniform(0.2, 0.5) - (np.cos(angle + 1) * (across - 0.5) + np.sin(angle + 1) * (down - 0.5))
    light = (1 - shadow * fall) * (1 - shadow / (1 + np.exp(edge * rng.uniform(15, 50))))
    picture = ndimage.gaussian_filter(picture * light[..., None], (blur, blur, 0))
    picture = picture + rng.normal(0, noise, picture.shape)
    buffer = io.BytesIO()
    Image.fromarray(np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer))


def _rules(shape: tuple[int, int], rng: np.random.Generator, *, squared: bool) -> np.ndarray:
    """Ruled lines, not quite level, each a hundredth of the picture thick, from edge to edge."""
    rows, columns = np.indices(shape, dtype=float)
    pitch = rng.uniform(0.12, 0.3) * min(shape)
    thick = max(1.5, 0.01 * min(shape))
    slope, start = rng.uniform(-0.06, 0.06), rng.uniform(0, pitch)
    near = [np.abs((rows + slope * columns + start) % pitch - pitch / 2)]
    if squared:
        near.append(np.abs((columns - slope * rows + start) % pitch - pitch / 2))
    return np.clip(thick / 2 + 0.5 - np.minimum.reduce(near), 0, 1)
