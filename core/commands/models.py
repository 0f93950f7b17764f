"""Commands about models: what there are, how well one reads, and let one read."""

import hashlib
from typing import Any

import click
import numpy as np

from core.catalog import find_model, load_model, shipped_models
from core.commands.reporting import JSON, corrected_fields, report, score_fields, score_words
from core.commands.scores import pen
from core.commands.tried import tried
from core.drawings.pictures import read_picture
from core.drawings.preprocess import from_drawing
from core.errors import DigitLabError
from core.models.files import read_model
from core.runs.run import list_runs
from core.scores.evaluation import class_scores
from core.scores.labels import corrected


@click.command()
@click.argument("model")
@click.option("--dataset", help="A name, or a file; pen for the digits of $PEN_DIGITS. [default: what it learned from]")
@click.option("--split", type=click.Choice(["test", "validation", "train"]), default="test", show_default=True)
@JSON
@click.pass_context
def evaluate(context: click.Context, model: str, dataset: str | None, split: str, as_json: bool) -> None:
    """Count how many digits MODEL (a file or a name) reads rightly."""
    if dataset == "pen":
        context.invoke(pen, model=model, as_json=as_json)
        return
    found = tried(model, dataset, split)
    evaluation = found.evaluation
    scores = class_scores(evaluation.confusion())
    mended = corrected(evaluation)
    lines = [
        f"{score_words(evaluation.score)} on the {split} digits of {found.dataset}.",
        *([f"{score_words(mended)} on the labels as people correct them."] if mended else []),
        "",
        "digit  precision  recall     F1",
    ]
    lines += [
        f"{digit:>5}  {scores.precision[digit]:9.3f}  {scores.recall[digit]:6.3f}  {scores.f1[digit]:5.3f}"
        for digit in range(10)
    ]
    fields = {
        "model": model,
        "dataset": found.dataset,
        "split": split,
        **score_fields(evaluation.score),
        **corrected_fields(evaluation),
        "confusion": evaluation.confusion().tolist(),
        "precision": scores.precision.tolist(),
        "recall": scores.recall.tolist(),
        "f1": scores.f1.tolist(),
    }
    report(fields, "\n".join(lines), as_json)


@click.command()
@click.argument("model")
@click.argument("images", nargs=-1, required=True)
@JSON
def predict(model: str, images: tuple[str, ...], as_json: bool) -> None:
    """Let MODEL (a file or a name) read pictures of one digit each."""
    loaded = load_model(model)
    answers: list[dict[str, Any]] = []
    for image in images:
        probabilities = loaded.predict(from_drawing(read_picture(image), loaded.shape)[None])[0]
        digit = int(probabilities.argmax())
        answers.append({"image": image, "digit": digit, "probabilities": [float(p) for p in probabilities]})
    lines = [
        f"{answer['image']}: {answer['digit']}  ({' '.join(f'{100 * p:.1f}' for p in answer['probabilities'])} %)"
        for answer in answers
    ]
    report({"model": model, "answers": answers}, "\n".join(lines), as_json)


@click.command()
@JSON
def models(as_json: bool) -> None:
    """List the models at hand: shipped ones and those of your runs, also those that no page can read with, and why."""
    runs = [run.id for run in list_runs() if run.model_path.is_file()]
    rows = [_row(name) for name in (*shipped_models(), *runs)]
    report({"models": rows}, "\n".join(map(_line, rows)), as_json)


def _row(name: str) -> dict[str, Any]:
    """What is said of a model; of one that cannot be read, why."""
    path = find_model(name)
    try:
        model = read_model(path)
    except DigitLabError as error:
        return {"name": name, "problem": str(error)}
    test = model.provenance.scores.get("test")
    return {
        "name": name,
        "title": model.provenance.title,
        "sizes": "-".join(str(size) for size in model.network.sizes),
        "dataset": model.config.training.dataset,
        "seed": model.config.training.seed,
        "config": model.config.to_dict(),
        "file_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "parameters_sha256": hashlib.sha256(np.ascontiguousarray(model.parameters.flat).data).hexdigest(),
        "data_sha256": model.provenance.data_sha256,
        "problem": ""
        if model.network.outputs == 10
        else f"It has {model.network.outputs} outputs, not the ten digits.",
        **(score_fields(test) if test else {}),
    }


def _line(row: dict[str, Any]) -> str:
    if "sizes" not in row:
        return f"{row['name']:<22} {row['problem']}"
    score = f"{100 * row['accuracy']:.2f} %" if "accuracy" in row else "not scored"
    return f"{row['name']:<22} {row['sizes']:<20} {row['dataset']:<8} {score}  {row['problem']}".rstrip()
