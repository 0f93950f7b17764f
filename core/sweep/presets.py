"""Sweeps with a name: the blog's table is one."""

from dataclasses import replace

from core.errors import DigitLabError
from core.messages import N_
from core.sweep.grid import Grid
from core.training.recipes import BLOG_A, RECIPES

BLOG = "blog"
PRESETS = {BLOG: N_("The blog’s table")}
SEEDS = (0, 1, 2)


def preset(name: str, seeds: tuple[int, ...] = SEEDS) -> Grid:
    """The grid of this name. The blog's: its four rows, each a network of its own, trained by the book's rule on all digits."""
    if name != BLOG:
        raise DigitLabError(
            "There is no sweep called {name}. Known: {known}.", name=repr(name), known=", ".join(PRESETS)
        )
    return Grid({row: known.config for row, known in RECIPES.items() if known.source == BLOG_A}, seeds=seeds)


def tiny(grid: Grid) -> Grid:
    """The same of the bundled digits, for where MNIST is not."""
    bases = {
        name: config.with_network(inputs=64).with_training(dataset="digits") for name, config in grid.bases.items()
    }
    return replace(grid, bases=bases)
