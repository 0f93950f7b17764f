"""`runs` lists the runs, and names, deletes and prunes them."""

import os
from pathlib import Path
from typing import Any

import click

from core.commands.reporting import JSON, report, score_fields, tell
from core.errors import DigitLabError
from core.runs import keeping
from core.runs.run import RECORDING, RUN_ID, Run, list_runs, open_run
from core.runs.summary import summary


def find_run(id_or_folder: str) -> Run:
    """The run of an id, or of a folder."""
    if RUN_ID.fullmatch(id_or_folder) or id_or_folder == RECORDING:
        return open_run(id_or_folder)
    if not os.path.isfile(os.path.join(id_or_folder, "config.json")):  # unlike Path.is_file, it takes any text
        raise DigitLabError("{name} is neither the id of a run nor the folder of one.", name=id_or_folder)
    return Run(Path(id_or_folder).resolve())


@click.group(invoke_without_command=True)
@JSON
@click.pass_context
def runs(context: click.Context, as_json: bool) -> None:
    """List the runs, or rename, delete and prune them."""
    if context.invoked_subcommand is None:
        _list(as_json)


@runs.command("list")
@JSON
def list_(as_json: bool) -> None:
    """List the runs, the newest first."""
    _list(as_json)


def _list(as_json: bool) -> None:
    rows, lines = [], []
    for run in list_runs():
        status, glance = run.status(), summary(run)
        epochs = glance.epochs if glance.model_bytes else status.epoch
        rows.append({"run": run.id, "title": run.title(), "state": status.state, "reason": status.detail,
                     "sizes": list(glance.sizes), "settings": glance.settings, "epochs": epochs,
                     "problem": str(glance.problem or ""), **(score_fields(glance.test) if glance.test else {})})  # fmt: skip
        score = f"{100 * glance.test.accuracy:.2f} %" if glance.test else str(glance.problem or "not scored")
        lines.append(f"{run.id:<22} {status.state:<9} {epochs:>6.1f} epochs  {score:<10}  {run.title()}")
    report({"runs": rows}, "\n".join(lines) or "There are no runs yet.", as_json)


@runs.command()
@click.argument("run")
@click.argument("title")
@JSON
def rename(run: str, title: str, as_json: bool) -> None:
    """Give RUN another name."""
    renamed = keeping.rename(open_run(run), title)
    report({"run": run, "title": renamed}, f"{run} is called {renamed} now.", as_json)


@runs.command()
@click.argument("run")
@JSON
def delete(run: str, as_json: bool) -> None:
    """Delete RUN. For a minute it can be had back: python -m core runs undo RUN."""
    keeping.delete(open_run(run))
    report({"run": run}, f"{run} is deleted. Within a minute `python -m core runs undo {run}` brings it back.", as_json)


@runs.command()
@click.argument("run")
@JSON
def undo(run: str, as_json: bool) -> None:
    """Bring back RUN, which was deleted less than a minute ago."""
    keeping.undo(run)
    report({"run": run}, f"{run} is back.", as_json)


@runs.command()
@click.option("--most", type=click.IntRange(1), help="How many runs may stay.")
@click.option("--megabytes", type=click.IntRange(1), help="How much room they may take.")
@click.option("--yes", is_flag=True, help="Do it; without, it is only said what would go.")
@JSON
def prune(most: int | None, megabytes: int | None, yes: bool, as_json: bool) -> None:
    """Delete the oldest runs until the rest keeps within the limits. Those at work and the newest always stay."""
    limits: dict[str, Any] = {
        name: value for name, value in (("most", most), ("bytes", megabytes and megabytes * 1_000_000)) if value
    }
    going = keeping.to_prune(**limits)
    if yes:
        for run in going:
            keeping.delete(run)
    else:
        tell("Nothing is deleted yet: add --yes.")
    names = [run.id for run in going]
    report({"pruned" if yes else "would_go": names}, "\n".join(names) or "All runs are within the limits.", as_json)
