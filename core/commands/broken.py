"""`python -m core break`: what a network still reads and imagines without some of its units, or with noise in its weights."""

import time

import click

from core.catalog import load_guard, load_judge, load_model
from core.commands.reporting import JSON, report
from core.errors import DigitLabError
from core.explain.back_query.ink import ink_for
from core.explain.broken import MOST_NOISE, Damage, damaged, half_at_random, try_out, whole_layer
from core.explain.units import checked_layer, most_important
from core.models.model import Model
from core.scores.thousand import thousand, thousand_name


@click.command("break")
@click.argument("model")
@click.option("--most-important", type=click.IntRange(0), default=0, help="Switch off so many units that matter most.")
@click.option("--half", is_flag=True, help="Switch off half of the units of each layer, drawn by lot.")
@click.option("--layer", type=click.IntRange(1), default=None, help="Switch off this whole layer, the first being 1.")
@click.option(
    "--noise", type=click.FloatRange(0, MOST_NOISE), default=0.0, help="Noise in the weights, in their own size."
)
@JSON
def break_command(model: str, most_important: int, half: bool, layer: int | None, noise: float, as_json: bool) -> None:
    """Break a copy of MODEL (a file or a name), and let it read a thousand test digits and imagine the ten."""
    whole, guard, judge = load_model(model), load_guard(), load_judge()
    shown, ink = thousand(thousand_name(whole)), ink_for(whole.shape)
    before = try_out(whole, shown.digits, guard, judge, ink)
    damage = Damage(_off(whole, most_important, half, layer), noise)
    started, worked = time.perf_counter(), time.process_time()
    now = try_out(damaged(whole, damage), shown.digits, guard, judge, ink)
    seconds, processor = time.perf_counter() - started, time.process_time() - worked
    fields = {"model": model, "off": len(damage.off), "noise": noise, "digits": now.score.n, "bundled": shown.bundled,
              "right": now.score.correct, "right_before": before.score.correct, "read": now.proof.read,
              "judged": now.proof.judged, "seconds": seconds, "processor_seconds": processor}  # fmt: skip
    report(
        fields,
        f"{len(damage.off):,} units off, noise {noise:g}: it reads {now.score.correct:,} of {now.score.n:,} digits right; whole, "
        f"it reads {before.score.correct:,}.\nOf the ten that it imagines it reads {now.proof.read} as wanted, the judge "
        f"{now.proof.judged}; {seconds:.2f} s, {processor:.2f} s of a processor.",
        as_json,
    )


def _off(model: Model, count: int, half: bool, layer: int | None) -> frozenset[tuple[int, int]]:
    if (count or half or layer) and not model.network.hidden:
        raise DigitLabError("This network has no units in between: its picture goes straight to the ten answers.")
    off: frozenset[tuple[int, int]] = frozenset()
    if count:
        off |= frozenset(most_important(model, thousand(thousand_name(model)).digits, count))
    if half:
        off |= half_at_random(model)
    if layer:
        checked_layer(model, layer - 1)
        off |= whole_layer(model, layer - 1)
    return off
