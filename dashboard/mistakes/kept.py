"""What the server keeps of the digits that are explored: how each is written, and where it lies in a network's eyes."""

import numpy as np
import streamlit as st

from core.datasets import Dataset
from core.datasets.dataset import Excerpt
from core.explain.plane import Plane, lay_out
from core.explain.regions import Told, told_by
from core.scores.evaluation import Evaluation
from core.scores.misread import written
from core.scores.slices import PARTS, classes
from dashboard import shared
from dashboard.mistakes.digit_map.atlas import atlas
from dashboard.say import say


def kind_names() -> list[str]:
    """Each part of each slice as the URL names it: the number of the slice and of the part, "0.2"."""
    return [f"{number}.{part}" for number, parts in enumerate(PARTS.values()) for part in range(len(parts))]


def kind_title(key: str) -> str:
    """What a part is called, and of which slice it is: "thin (thickness)"."""
    number, part = map(int, key.split("."))
    name = list(PARTS)[number]
    return say("{part} ({slice})", part=say(PARTS[name][part]), slice=say(name))


def kinds(digits: Dataset) -> shared.Kinds:
    """How each of all digits (total,) is written, slice by slice; measured once for each data set, or as it ships."""

    def measured() -> shared.Kinds:
        if isinstance(digits, Excerpt) and digits.whole:
            return written()
        with st.spinner(say("Measuring how the digits are written, once …")):
            found = classes(digits)
        return {name: (parts, which.astype(np.int8)) for name, (parts, which) in found.items()}

    return shared.caches().kinds.get(digits.sha256, measured)


def of_kind(digits: Dataset, key: str) -> np.ndarray:
    """Which of all digits (total,) bool are written in this way."""
    number, part = map(int, key.split("."))
    return kinds(digits)[list(PARTS)[number]][1] == part


def plane(name: str, digits: Dataset) -> Plane:
    """Where a network sees these digits; it looks at them once."""

    def laid_out() -> Plane:
        with st.spinner(say("The network looks at the digits, once …")):
            return lay_out(shared.model(name), digits)

    return shared.of_network(shared.caches().planes, name, digits.sha256, laid_out)


def unusual(name: str, evaluation: Evaluation) -> np.ndarray:
    """How unusual a network finds each digit (n,) that is here."""
    return plane(name, evaluation.data).unusual if evaluation.whole is None else evaluation.whole.unusual


def sheet(digits: Dataset, places: np.ndarray) -> bytes:
    """The pictures of the digits at these places on one sheet, for the browser; made once."""
    shown = places.tobytes() if len(places) < len(digits) else b""
    return shared.caches().sheets.get((digits.sha256, shown), lambda: atlas(digits.subset(places)))


def told_by_map(
    name: str, digits: Dataset, layout: str, points: np.ndarray, labels: np.ndarray, wrong: np.ndarray
) -> Told:
    """What a network's map of these digits tells, in this layout; counted once."""
    about = (digits.sha256, layout)
    return shared.of_network(shared.caches().told_by_maps, name, about, lambda: told_by(points, labels, wrong))
