"""Digits on a plane so that those which a network finds alike lie beside each other, however far apart the groups are.

t-SNE (L. van der Maaten, G. Hinton: Visualizing Data using t-SNE, Journal of Machine Learning Research 9, 2008), as
scikit-learn has it, which is here already: openTSNE and UMAP took as long for 10,000 digits on one core and twice the memory,
and would have to be installed. What it gives tells who is near whom; how large a group is, and how far from another, tells
nothing.
"""

import contextlib
import io
import re
import sys
from collections.abc import Callable

import numpy as np

from core.errors import DigitLabError
from core.explain.plane import SAMPLE, principal_axes
from core.messages import N_

FEWEST = 20  # digits: among fewer there is no neighbourhood to speak of
STEPS = 1_000
NEIGHBOURS = 30.0  # that each digit has, about (the perplexity); fewer where there are few digits
DIRECTIONS = 50  # in which digits differ most, and by which their distances are taken: the others are mostly noise
START = 1e-4  # how wide the digits lie at the beginning, on the plane along which they differ most
TOO_FEW = N_("At least {fewest} digits are needed to lay them out by their neighbours; there are {n}.")
_STEP = re.compile(r"Iteration (\d+): error")


def lay_out_neighbours(
    seen: np.ndarray, told: Callable[[float], None] = lambda done: None, *, steps: int = STEPS, threads: int = 1
) -> np.ndarray:
    """Rows (n, units) as a network sees digits, laid on a plane: (n, 2) float32. The same rows give the same plane.

    Parameters
    ----------
    told : is called with what is done, 0 to 1, twenty times.
    steps : 250 at the least.

    Raises `DigitLabError` where there are too few.
    """
    if len(seen) < FEWEST:
        raise DigitLabError(TOO_FEW, fewest=FEWEST, n=len(seen))
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    sample = seen[np.unique(np.linspace(0, len(seen) - 1, min(SAMPLE, len(seen))).astype(int))]
    axes, mean, _ = principal_axes(sample, DIRECTIONS)
    places = ((seen - mean) @ axes.T).astype(np.float32)
    width = float(places[:, 0].std()) or 1.0  # all may be one and the same
    start = np.zeros((len(places), 2), np.float32)
    start[:, : places.shape[1]] = places[:, :2] * (START / width)
    neighbours = min(NEIGHBOURS, (len(seen) - 1) / 3)
    search = TSNE(perplexity=neighbours, init=start, max_iter=steps, n_jobs=threads, random_state=0, verbose=2)
    with threadpool_limits(threads), contextlib.redirect_stdout(_Listener(told, steps)):
        return search.fit_transform(places).astype(np.float32)


class _Listener(io.TextIOBase):
    """Hears what scikit-learn prints on its way, which is the only way it tells how far it is."""

    def __init__(self, told: Callable[[float], None], steps: int) -> None:
        self._told, self._steps, self._out = told, steps, sys.stdout

    def write(self, text: str) -> int:
        if found := _STEP.search(text):
            with contextlib.redirect_stdout(self._out):
                self._told(min(int(found[1]) / self._steps, 1.0))
        return len(text)
