"""Ink on photographed paper: the light is uneven, the paper has grain, rules or squares, and the table may show.

The background is estimated everywhere from what lies around, where it is not ink, and the picture is compared with it:
divided by it where ink is darker (ink takes away a share of the light), else subtracted.
"""

import numpy as np
import scipy

SMALL = 128  # pixels: the longer side of the picture in which the background is estimated
TINY = 44  # and of that of the first, rough estimate
WINDOW = 0.3  # of its shorter side: ink must cover less than half of such a window
NEAR, FAR = 4.0, 16.0  # pixels of it: what is not ink within this distance tells the background
GRAIN_WIDTHS = 4.0  # robust standard deviations of the paper's grain that are taken off the ink
LEAST_CONTRAST = 0.15  # of ink to paper: what is fainter is the paper's grain or what is left of a shadow
FAINT, STRONG = 0.15, 0.5  # ink is what is faint and hangs together with strong ink
THICKEST_RULE = 0.03  # of the picture's side: a ruled line is thinner
RULE_SPAN = 0.6  # and it runs through this share of the picture
STRIP = 256  # rows
RULE_SLOPES = np.linspace(-0.12, 0.12, 13)  # rows per column: how far from level it may be


def is_even(border: np.ndarray) -> bool:
    """Whether a border (channels, m) in 0..1 is of one colour, as on a canvas, in a data set or a screenshot."""
    return bool(np.median(np.abs(border - np.median(border, axis=1, keepdims=True)), axis=1).max() < 1.5 / 255)


def ink_of_photo(planes: np.ndarray) -> np.ndarray | None:
    """How much ink each pixel of a photograph (channels, H, W) in 0..1 carries: (H, W) float32; None for no ink.

    It works in place: `planes` are overwritten.
    """
    if min(planes.shape[1:]) >= 400:
        scipy.ndimage.gaussian_filter(planes, (0, 1, 1), output=planes)
    background = _background(planes)
    difference = np.subtract(planes, background, out=planes)
    direction = _direction(difference)
    if direction is None:
        return None
    light = np.float32(1)
    if direction.mean() < 0:  # darker than its ground
        light = np.maximum(background.mean(axis=0), 0.05)  # where there is less of it, grain weighs more
        difference /= np.maximum(background, 0.05, out=background)
        direction = _direction(difference)
        if direction is None:
            return None
    del background  # a third of all that is held
    ink = np.einsum("c,chw->hw", direction, difference)
    floor = GRAIN_WIDTHS * 1.4826 * np.median(np.abs(ink) * light) / light
    peak = _usual_ink(ink[ink > floor])
    room = peak - floor
    if np.median(room) < LEAST_CONTRAST:
        return None
    ink = np.clip((ink - floor) / np.maximum(room, LEAST_CONTRAST), 0, 1).astype(np.float32)
    del light, floor, room
    ink = without_rules(ink)
    return _without_table(_without_haze(ink))


def _direction(difference: np.ndarray) -> np.ndarray | None:
    """The direction in colour space in which a picture differs most, so long that black on white is 1."""
    square = np.einsum("chw,chw->hw", difference, difference)
    direction = np.einsum("chw,hw->c", difference, square)
    length = np.linalg.norm(direction) * np.sqrt(len(difference))
    return None if length == 0 else (direction / length).astype(np.float32)


def _usual_ink(values: np.ndarray) -> float:
    """The ink of most of a stroke, of ink values with many from the strokes' fringes among them (Otsu 1979)."""
    if not len(values):
        return 0.0
    counts, edges = np.histogram(values, 64)
    middles = (edges[1:] + edges[:-1]) / 2
    below, total = np.cumsum(counts), np.cumsum(counts * middles)
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (total[-1] * below / below[-1] - total) ** 2 / (below * above)
    level = middles[int(np.nanargmax(np.where(above > 0, between, 0)))]
    return float(np.percentile(values[values >= level], 60))


def _background(planes: np.ndarray) -> np.ndarray:
    """The picture without its ink, smooth: medians of wide windows, then means of what is near and not ink."""
    factor = max(1, -(-max(planes.shape[1:]) // SMALL))
    small = block_mean(planes, factor)
    further = max(1, -(-max(small.shape[1:]) // TINY))
    tiny = block_mean(small, further)
    size = max(3, round(WINDOW * min(tiny.shape[1:])) | 1)
    medians = (scipy.ndimage.median_filter(plane, size, mode="nearest") for plane in tiny)
    rough = np.stack([_enlarged(plane, further, small.shape[1:]) for plane in medians])
    difference = small - rough
    direction = _direction(difference)
    if direction is None:
        return np.broadcast_to(rough[:, :1, :1], planes.shape).copy()
    ink = np.einsum("c,chw->hw", direction, difference)
    level = max(3 * 1.4826 * float(np.median(np.abs(ink))), 0.12 * float(ink.max()))
    paper = ~scipy.ndimage.binary_dilation(ink > level)
    smooth = [_mean_of(small, paper, FAR), _mean_of(small, paper, NEAR)]
    known = np.clip(4 * scipy.ndimage.gaussian_filter(paper.astype(np.float32), NEAR, mode="nearest") - 1, 0, 1)
    background = np.empty_like(planes)
    for plane, large in zip(smooth[0] + (smooth[1] - smooth[0]) * known, background, strict=True):
        large[:] = _enlarged(plane, factor, planes.shape[1:])
    return background


def _mean_of(planes: np.ndarray, where: np.ndarray, reach: float) -> np.ndarray:
    """Around each pixel the mean of those pixels that are `where`."""
    weight = np.maximum(scipy.ndimage.gaussian_filter(where.astype(np.float32), reach, mode="nearest"), 1e-6)
    return np.stack([scipy.ndimage.gaussian_filter(plane * where, reach, mode="nearest") for plane in planes]) / weight


def block_mean(planes: np.ndarray, factor: int) -> np.ndarray:
    """Planes (channels, H, W) reduced by a whole factor; what is left over at the edges is joined to the last blocks."""
    if factor == 1:
        return planes
    rows, columns = (max(1, side // factor) for side in planes.shape[1:])
    rows_at, columns_at = np.arange(rows) * factor, np.arange(columns) * factor
    sums = np.add.reduceat(np.add.reduceat(planes, rows_at, axis=1), columns_at, axis=2)
    heights = np.diff(np.append(rows_at, planes.shape[1]))
    widths = np.diff(np.append(columns_at, planes.shape[2]))
    return sums / np.float32(heights[:, None] * widths)


def _enlarged(plane: np.ndarray, factor: int, shape: tuple[int, int]) -> np.ndarray:
    """A small plane at full size, between its pixels' middles by straight lines."""
    if factor == 1:
        return plane
    at = [
        np.clip((np.arange(side) + 0.5) / factor - 0.5, 0, small - 1)
        for side, small in zip(shape, plane.shape, strict=True)
    ]
    for axis, places in enumerate(at):
        low = np.minimum(places.astype(int), plane.shape[axis] - 1)
        high = np.minimum(low + 1, plane.shape[axis] - 1)
        share = (places - low).astype(np.float32)
        share = share[:, None] if axis == 0 else share
        lower, plane = plane.take(low, axis), plane.take(high, axis)
        plane -= lower
        plane *= share
        plane += lower
    return plane


def without_rules(ink: np.ndarray) -> np.ndarray:
    """Remove ruled lines and squares: thin, straight, nearly level or upright, from edge to edge of the picture.

    Strokes that cross them stay, as they are higher than a line is thick or darker than it.
    """
    return _without_level_rules(_without_level_rules(ink).T).T


def _without_level_rules(ink: np.ndarray) -> np.ndarray:
    rows, columns = ink.shape
    if min(rows, columns) < 100:
        return ink
    mask = ink > FAINT
    thickness = _thickness_at_the_edges(mask)
    if not thickness:
        return ink
    thin = mask & ~scipy.ndimage.binary_opening(mask, np.ones((thickness + 1, 1), bool))
    factor = max(1, -(-max(rows, columns) // 640))
    small = _any_in_block(mask, factor)  # with the strokes that cross a line, which are no gaps in it
    found = _long_lines(small)
    patches, count = scipy.ndimage.label(found, structure=np.ones((3, 3)))
    for number, (_, across) in enumerate(scipy.ndimage.find_objects(patches), 1):
        if across.stop - across.start < RULE_SPAN * small.shape[1]:
            found[patches == number] = False
    if not count or not found.any():
        return ink
    found = scipy.ndimage.binary_dilation(found, np.ones((3, 1)))
    rule = thin & found.repeat(factor, axis=0).repeat(factor, axis=1)[:rows, :columns]
    rule &= ink < 1.7 * np.median(ink[rule])
    return np.where(rule, np.float32(0), ink)


def _thickness_at_the_edges(mask: np.ndarray) -> int:
    """How thick the lines are that reach the left and the right edge, in pixels and half as much more; 0 for none."""
    rows, columns = mask.shape
    strip = max(1, columns // 50)
    runs = []
    for edge in (mask[:, :strip], mask[:, -strip:]):
        inside = np.pad(edge.astype(np.int8), ((1, 1), (0, 0)))
        starts, ends = (np.flatnonzero((np.diff(inside, axis=0) == step).T.ravel()) for step in (1, -1))
        if not len(starts):
            return 0
        runs.append(np.median(ends - starts))
    thickness = int(np.ceil(1.5 * max(runs))) + 1
    return thickness if thickness <= max(3, THICKEST_RULE * max(rows, columns)) else 0


def _any_in_block(mask: np.ndarray, factor: int) -> np.ndarray:
    rows, columns = (-(-side // factor) * factor for side in mask.shape)
    padded = np.zeros((rows, columns), bool)
    padded[: mask.shape[0], : mask.shape[1]] = mask
    return np.asarray(padded.reshape(rows // factor, factor, columns // factor, factor).any(axis=(1, 3)))


def _long_lines(mask: np.ndarray) -> np.ndarray:
    """Pixels on straight, nearly level lines of at least a fifth of the width that are mostly unbroken."""
    rows, columns = mask.shape
    length = max(9, columns // 5)
    thick = np.pad(scipy.ndimage.binary_dilation(mask, np.ones((3, 1))), ((rows, rows), (0, 0)))
    found = np.zeros_like(mask)
    across = np.arange(columns)
    for slope in RULE_SLOPES:
        at = np.arange(rows)[:, None] + rows + np.round(slope * (across - columns / 2)).astype(int)
        level = thick[at, across].astype(np.float32)
        full = scipy.ndimage.uniform_filter1d(level, length, axis=1, mode="nearest") > 0.8
        if full.any():
            full = scipy.ndimage.binary_dilation(full, np.ones((1, length)))
            row, column = np.nonzero(full)
            row = at[row, column] - rows
            inside = (row >= 0) & (row < rows)
            found[row[inside], column[inside]] = True
    return found & scipy.ndimage.binary_dilation(mask, np.ones((3, 1)))


def _without_haze(ink: np.ndarray) -> np.ndarray:
    """Keep faint ink only where it hangs together with strong ink: shadows' edges and the paper's texture do not."""
    patches, count = scipy.ndimage.label(ink > FAINT, structure=np.ones((3, 3)))
    strong = np.zeros(count + 1, bool)
    strong[patches[ink > STRONG]] = True
    strong[0] = False
    return np.where(strong[patches], ink, np.float32(0))


def _without_table(ink: np.ndarray) -> np.ndarray:
    """Remove what runs in from the picture's edge, if there is ink that does not: the table, a finger, the next line."""
    patches, count = scipy.ndimage.label(ink > FAINT, structure=np.ones((3, 3)))
    if not count:
        return ink
    masses = masses_of(patches, count, ink)
    edge = np.zeros(count + 1, bool)
    for side in (patches[0], patches[-1], patches[:, 0], patches[:, -1]):
        edge[side] = True
    edge[0] = True
    if edge.all() or masses[~edge].max() < 0.1 * masses[1:].max():
        return ink
    return np.where(edge[patches] & (patches > 0), np.float32(0), ink)


def masses_of(patches: np.ndarray, count: int, ink: np.ndarray) -> np.ndarray:
    """The ink on each of `count` patches, (count + 1,): patch 0 is what lies between them.

    It is added up strip by strip: counting takes six times the memory of what is counted.
    """
    masses = np.zeros(count + 1)
    for top in range(0, len(ink), STRIP):
        strip = slice(top, top + STRIP)
        masses += np.bincount(patches[strip].ravel(), weights=ink[strip].ravel(), minlength=count + 1)
    return masses
