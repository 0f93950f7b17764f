"""`data` lists the data sets; `data mnist` fetches MNIST, and `data FILE` takes in a file of one's own."""

import sys
from pathlib import Path
from typing import Any

import click

from core.commands.reporting import JSON, report, tell
from core.datasets import DATASETS, available, described, take_in
from core.datasets.download import download_mnist
from core.datasets.mnist import FILES, mnist_folder
from core.datasets.uploads import remove, uploads


@click.command()
@click.argument("what", metavar="[mnist|FILE]", required=False)
@click.option("--remove", "unwanted", metavar="NAME", help="Let go of a file that was taken in.")
@JSON
def data(what: str | None, unwanted: str | None, as_json: bool) -> None:
    """List the data sets to learn from; fetch one: python -m core data mnist; or take in a file, which gets a name."""
    if unwanted:
        remove(unwanted)
        report({"removed": unwanted}, f"{unwanted} is removed.", as_json)
    elif what == "mnist":
        folder = mnist_folder() or fetch_mnist()
        report({"dataset": what, "folder": str(folder)}, f"MNIST is in {folder}.", as_json)
    elif what:
        _report_taken_in(take_in(what), as_json)
    else:
        rows = [row for name in (*DATASETS, *uploads()) if (row := _row(name))]
        report({"datasets": rows}, "\n".join(map(_line, rows)), as_json)


def _report_taken_in(name: str, as_json: bool) -> None:
    row = _row(name)
    report({"dataset": name, **row}, f"It is called {name} from now on.\n{_line(row)}", as_json)


def _row(name: str) -> dict[str, Any]:
    """What is said of a data set; nothing of one that is damaged."""
    about = described(name)
    if about is None:
        return {}
    return {"name": name, "title": about.title, "here": available(name), "train": about.training_count,
            "test": about.test_count, "shape": list(about.shape), "download_bytes": about.download_bytes,
            "licence": about.licence, "source": about.source}  # fmt: skip


def _line(row: dict[str, Any]) -> str:
    where = "here" if row["here"] else "not here: python -m core data mnist fetches what it needs"
    if row["name"] not in DATASETS:
        where += f", from {row['title']}"
    return f"{row['name']:<19} {row['train']:>7,} + {row['test']:>6,} digits of {row['shape'][0]} × {row['shape'][1]}  {where}"


def fetch_mnist() -> Path:
    """Download MNIST with a bar on standard error; returns its folder."""
    total = sum(file.packed_size for file in FILES.values())
    tell(f"MNIST is not on this computer yet. It is fetched now, once: {total / 1e6:.0f} MB.")
    with click.progressbar(length=total, label="MNIST", file=sys.stderr) as bar:
        return download_mnist(progress=lambda done, _: bar.update(done - bar.pos))
