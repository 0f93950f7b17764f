"""Two commands that count: `pen-score` on digits drawn with a pen, `doubt-score` on what should be refused."""

from dataclasses import replace
from pathlib import Path

import click

from core.catalog import DEFAULT, GUARD, find_model, load_guard, load_model
from core.commands.reporting import JSON, report, score_fields
from core.datasets.pen import LEARNED_SHA256, part_writers, pen_path, read_pen
from core.errors import DigitLabError
from core.models.files import save_model
from core.models.model import Score
from core.scores.doubt import rates
from core.scores.evaluation import interval
from core.scores.pen import SIZE, WIDTHS, pen_score


def line(name: str, score: Score) -> str:
    low, high = interval(score)
    share = f"{100 * score.accuracy:6.2f} %  ({100 * low:.2f} to {100 * high:.2f} %)"
    return f"{name:<28} {score.correct:>6,} of {score.n:>6,}  {share}"


@click.command("pen-score")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--model", default=DEFAULT, show_default=True, help="The model: a file or a name.")
@click.option(
    "--size", type=click.FloatRange(20, 260), default=SIZE, show_default=True, help="Of a digit, in pixels of 280."
)
@click.option("--everyone", is_flag=True, help="Also count the writers that the shipped model has learned from.")
@JSON
def pen(file: Path | None, model: str, size: float, everyone: bool, as_json: bool) -> None:
    """Count how many pen digits in FILE (or a folder; else $PEN_DIGITS) a model reads rightly.

    Of the file that the shipped model has learned from, only the writers held back are counted.
    """
    path = file or pen_path()
    if path is None:
        raise DigitLabError("Name a file of pen digits, or set PEN_DIGITS to one.")
    loaded, source = load_model(model), read_pen(path)
    known = source.sha256 == LEARNED_SHA256 and not everyone
    digits = part_writers(source.digits)[1] if known else list(source.digits)
    score = pen_score(loaded, digits, size=size)
    spread = score.writer_quantiles()
    words = [
        f"{len(digits):,} digits of {len(score.by_writer)} writers{' kept apart from training' if known else ''}, "
        f"each drawn {size:g} px large with {len(WIDTHS)} pens:",
        *(line(f"pen of {width} px", each) for width, each in score.by_width.items()),
        *(line(f"site {site}", each) for site, each in score.by_site.items()),
        line("all", score.total),
        "Writers: the worst {:.1f} %, a tenth below {:.1f} %, a quarter below {:.1f} %, half below {:.1f} %.".format(
            *(100 * share for share in spread[:4])
        ),
    ]
    result = {
        "model": model,
        "held_back_only": known,
        "writers": len(score.by_writer),
        **score_fields(score.total),
        "by_width": {str(width): score_fields(each) for width, each in score.by_width.items()},
        "by_site": {site: score_fields(each) for site, each in score.by_site.items()},
        "by_writer": {writer: [each.n, each.correct] for writer, each in score.by_writer.items()},
    }
    report(result, "\n".join(words), as_json)


@click.command("doubt-score")
@click.option("--model", default=DEFAULT, show_default=True, help="The model: a file or a name.")
@click.option("--keep", is_flag=True, help="Write the counts into the guard's file, for the Draw page to show.")
@JSON
def doubt(model: str, keep: bool, as_json: bool) -> None:
    """Count how many MNIST test digits are refused, and how many drawings that are no digit."""
    guard = load_guard()
    counted = dict(rates(load_model(model), guard))
    if keep:
        scores = {name: guard.provenance.scores[name] for name in ("test", "validation")} | counted
        guard = replace(guard, provenance=replace(guard.provenance, scores=scores))
        save_model(guard, find_model(GUARD), storage="float16")
    digits = counted.pop("digits")
    others = Score.total(counted.values())
    words = ["Refused, because it is no digit or because the network is not sure:", line("MNIST test digits", digits)]
    words += [*(line(kind, score) for kind, score in counted.items()), line("all that is no digit", others)]
    result = {
        "digits": score_fields(digits),
        "others": score_fields(others),
        "kinds": {k: score_fields(s) for k, s in counted.items()},
    }
    report({"model": model, **result}, "\n".join(words), as_json)
