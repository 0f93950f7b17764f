"""What the Mistakes page keeps in the URL, and what need not stand there because it is so by itself."""

from dashboard.mistakes import cells, doubted, inside, kinds, pair, plane_view, sure, views
from dashboard.mistakes.choice import DEFAULTS, DIGIT
from dashboard.mistakes.digit_map.loop import LOOP
from dashboard.mistakes.matrix import COUNTS

URL: dict[str, str | None] = {  # beside whose digits they are, which is as the network has it (`source`)
    views.VIEW: views.MATRIX,
    cells.WAY: COUNTS,
    pair.OTHER: None,
    doubted.BY: None,
    pair.SIDE: pair.FIXED,
    kinds.SLICE: None,
    sure.SILENT: sure.DEFAULT,
    sure.OUTCOME: sure.REMAIN,
    plane_view.LAYOUT: plane_view.PLANE,
    LOOP: None,
    **DEFAULTS,
    DIGIT: None,
    inside.LOOK: inside.BARS,
}
