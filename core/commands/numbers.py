"""Commands on whole numbers: `read-number` reads pictures, `number-score` counts on rows of test digits, and
`fit-number-reader` fits what the cutting goes by."""

import click
import numpy as np

from core.catalog import load_model
from core.commands.reporting import JSON, report
from core.drawings.pictures import open_picture
from core.errors import DigitLabError
from core.numbers.fitting import fit, known_rows, right
from core.numbers.lattice import WEIGHTS
from core.numbers.reading import MOST_PARTS, read_number, scaled
from core.numbers.rows import make_rows, score_rows


@click.command("read-number")
@click.argument("model")
@click.argument("images", nargs=-1, required=True)
@click.option(
    "--equal-parts",
    type=click.IntRange(1, MOST_PARTS),
    help="Cut each picture's width into so many equal parts, as a beginner's program does. [default: at the gaps]",
)
@JSON
def read_number_command(model: str, images: tuple[str, ...], equal_parts: int | None, as_json: bool) -> None:
    """Let MODEL (a file or a name) read pictures of a whole number each."""
    loaded = load_model(model)
    answers = []
    for image in images:
        picture = open_picture(image)
        reading = read_number(loaded, picture.pixels, cutting="equal" if equal_parts else "found", count=equal_parts)
        reading = scaled(reading, picture.factor, picture.shape)
        digits = [
            {
                "digit": each.digit,
                "box": [each.box.left, each.box.top, each.box.right, each.box.bottom],
                "probabilities": None if each.probabilities is None else [float(p) for p in each.probabilities],
            }
            for each in reading.digits
        ]
        answers.append({"image": image, "text": reading.text, "digits": digits, "left_out": len(reading.left_out)})
    words = "\n".join(f"{answer['image']}: {answer['text']}" for answer in answers)
    report({"model": model, "answers": answers}, words, as_json)


@click.command("number-score")
@click.option("--model", default="default", show_default=True, help="The model: a file or a name.")
@click.option("--rows", default=1000, show_default=True, type=click.IntRange(1), help="How many rows of five digits.")
@click.option("--split", type=click.Choice(["test", "validation"]), default="test", show_default=True)
@click.option("--seed", default=0, show_default=True)
@JSON
def number_score(model: str, rows: int, split: str, seed: int, as_json: bool) -> None:
    """Count how many rows of five MNIST digits a model reads fully right, by how close they stand."""
    table = score_rows(load_model(model), rows, split=split, rng=np.random.default_rng(seed))
    lines = [
        f"{name:<9} {counts['rows']:>5} rows: {100 * counts['right'] / counts['rows']:.1f} % read fully right, "
        f"{100 * counts['cut'] / counts['rows']:.1f} % cut right"
        for name, counts in table.items()
    ]
    fields = {"model": model, "split": split, "seed": seed, "results": table}
    report(fields, "\n".join(lines), as_json)


@click.command("fit-number-reader")
@click.option("--model", default="default", show_default=True, help="The model: a file or a name.")
@click.option("--rows", default=450, show_default=True, type=click.IntRange(10), help="How many rows to fit to.")
@click.option("--counted", default=200, show_default=True, type=click.IntRange(1), help="How many rows to count on.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0))
@JSON
def fit_number_reader(model: str, rows: int, counted: int, seed: int, as_json: bool) -> None:
    """Fit the weights by which a row is divided into digits, and count them on other rows beside those in use.

    Rows are made of MNIST's training digits, and those that are counted of held-back ones.
    """
    loaded, rng = load_model(model), np.random.default_rng(seed)
    learned = known_rows(loaded, make_rows(rows, split="train", rng=rng))
    others = known_rows(loaded, make_rows(counted, split="validation", rng=rng))
    if not learned or not others:
        raise DigitLabError("This model finds the true digits in none of these rows. Choose another one, or more rows.")
    used, fitted = np.array(list(WEIGHTS.values())), fit(learned)
    words = "\n".join(
        [f"{'':<16}{'in use':>8}{'fitted':>8}"]
        + [f"{name:<16}{old:>8.2f}{new:>8.2f}" for name, old, new in zip(WEIGHTS, used, fitted, strict=True)]
        + [f"{'divided rightly':<16}{right(used, others):>8}{right(fitted, others):>8}  of {len(others)} rows"]
    )
    fields = {"model": model, "seed": seed, "fitted_to": len(learned), "counted_on": len(others),
              "weights": dict(zip(WEIGHTS, fitted.tolist(), strict=True)),
              "right": {"in use": right(used, others), "fitted": right(fitted, others)}}  # fmt: skip
    report(fields, words, as_json)
