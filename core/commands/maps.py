"""What ships of maps: the test digits of each shipped network, like ones beside each other."""

import time

import click

from core.catalog import find_model, load_model, shipped_models
from core.commands.reporting import tell
from core.explain.back_query.kept import file_hash
from core.explain.maps import MOST_DIGITS, save_map, shipped_path
from core.explain.neighbours import lay_out_neighbours
from core.explain.plane import views
from core.scores.evaluation import evaluate_on
from core.scores.orders import for_a_map


@click.command("keep-maps")
def keep_maps() -> None:
    """Make anew the maps of test digits that ship with the shipped networks; a minute for each of MNIST's."""
    for name in shipped_models():
        model, path = load_model(name), find_model(name)
        evaluation = evaluate_on(model, model.config.training.dataset)
        shown = evaluation.data.subset(for_a_map(evaluation, MOST_DIGITS))
        started = time.perf_counter()
        save_map(lay_out_neighbours(views(model, shown)), shipped_path(path), file_hash(path), evaluation.data.sha256)
        tell(f"{name}: {len(shown):,} digits in {time.perf_counter() - started:.0f} s.")
