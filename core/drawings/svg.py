"""Strokes as an SVG file: lines that any drawing program can open, enlarge and cut out."""

from collections.abc import Sequence

import numpy as np

from core.drawings.strokes import CANVAS, Strokes


def to_svg(drawings: Sequence[Strokes], *, width: float, columns: int = 5, ink: str = "#22303c") -> str:
    """Drawings beside each other, each on its own square of 280 units, the pen `width` units wide with a round tip."""
    across, down = min(columns, len(drawings)) * CANVAS, -(-len(drawings) // columns) * CANVAS
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {down}" fill="none" stroke="{ink}" '
        f'stroke-width="{width:g}" stroke-linecap="round" stroke-linejoin="round">'
    ]
    for number, strokes in enumerate(drawings):
        place = f"translate({number % columns * CANVAS} {number // columns * CANVAS})"
        paths = "".join(f'<path d="{_path(stroke)}"/>' for stroke in strokes)
        lines.append(f'<g transform="{place}">{paths}</g>')
    return "\n".join([*lines, "</svg>", ""])


def _path(stroke: np.ndarray) -> str:
    """M x y, then L x y ...; tenths of a unit are finer than any screen."""
    points = [f"{x:.1f} {y:.1f}" for x, y in stroke]
    return f"M{points[0]}L" + " ".join(points[1:] or points)
