"""`data` lists the data sets; `data mnist` fetches MNIST."""

import sys
from pathlib import Path
from typing import Any

import click

from core.commands.reporting import JSON, report, tell
from core.datasets import DATASETS, available
from core.datasets.download import download_mnist
from core.datasets.mnist import FILES, mnist_folder


@click.command()
@click.argument("name", required=False, type=click.Choice(["mnist"]))
@JSON
def data(name: str | None, as_json: bool) -> None:
    """List the data sets to learn from, or fetch one: python -m core data mnist."""
    if name:
        folder = mnist_folder() or fetch_mnist()
        report({"dataset": name, "folder": str(folder)}, f"MNIST is in {folder}.", as_json)
        return
    rows: list[dict[str, Any]] = [
        {"name": name, "title": about.title, "here": available(name), "train": about.training_count,
         "test": about.test_count, "shape": list(about.shape), "download_bytes": about.download_bytes,
         "licence": about.licence, "source": about.source}
        for name, about in DATASETS.items()
    ]  # fmt: skip
    lines = [
        f"{row['name']:<14} {row['train']:>7,} + {row['test']:>6,} digits of {row['shape'][0]} × {row['shape'][1]}  "
        f"{'here' if row['here'] else 'not here: python -m core data mnist fetches what it needs'}"
        for row in rows
    ]
    report({"datasets": rows}, "\n".join(lines), as_json)


def fetch_mnist() -> Path:
    """Download MNIST with a bar on standard error; returns its folder."""
    total = sum(file.packed_size for file in FILES.values())
    tell(f"MNIST is not on this computer yet. It is fetched now, once: {total / 1e6:.0f} MB.")
    with click.progressbar(length=total, label="MNIST", file=sys.stderr) as bar:
        return download_mnist(progress=lambda done, _: bar.update(done - bar.pos))
