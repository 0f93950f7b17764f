"""What leaves a run, and what comes in: one file for a run, its figures as CSV, what there is to say about its curves."""

from pathlib import Path

import click

from core.commands.reporting import JSON, report, tell
from core.commands.runs import find_run, runs
from core.files import write_atomically
from core.runs import keeping
from core.runs.bundle import pack
from core.runs.metrics import to_csv
from core.runs.opening import open_file
from core.runs.run import open_run
from core.runs.tensorboard import export as write_event_files
from core.training.remarks import remarks


@runs.command()
@click.argument("run")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@JSON
def export(run: str, file: Path, as_json: bool) -> None:
    """Write RUN (an id, or a run's folder) to FILE, a zip that can be opened anywhere."""
    content = pack(find_run(run))
    write_atomically(file, content)
    report(
        {"run": run, "file": str(file), "bytes": len(content)}, f"{run} is in {file}, {len(content):,} bytes.", as_json
    )


@runs.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@JSON
def import_(file: Path, as_json: bool) -> None:
    """Open FILE, which `runs export` wrote, as a run here, and count its score again."""
    run, verdict = open_file(file, owner="terminal")
    fields = {
        "run": run.id, "verdict": verdict.state, "message": str(verdict.message),
        "stored": verdict.stored and [verdict.stored.n, verdict.stored.correct],
        "counted": verdict.counted and [verdict.counted.n, verdict.counted.correct],
    }  # fmt: skip
    mark = {"agrees": "✓", "differs": "✗", "unknown": "?"}[verdict.state]
    report(fields, f"{run.id} is here now. {mark} {verdict.message}", as_json)
    if verdict.state == "differs":
        raise SystemExit(1)


@runs.command()
@click.argument("run")
@click.option(
    "--csv", "csv", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file. [default: here]"
)
def metrics(run: str, csv: Path | None) -> None:
    """The figures of RUN as CSV: a row for each batch event, epoch and change of the rate."""
    table = to_csv(find_run(run).events()[0])
    if csv:
        write_atomically(csv, table.encode())
        tell(f"The figures are in {csv}.")
    else:
        click.echo(table, nl=False)


@runs.command()
@click.argument("run")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@JSON
def tensorboard(run: str, folder: Path, as_json: bool) -> None:
    """Write what RUN has of curves, weights and graph into FOLDER, for: tensorboard --logdir FOLDER."""
    write_event_files(find_run(run), folder)
    report({"run": run, "folder": str(folder)}, f"tensorboard --logdir {folder} shows it.", as_json)


@runs.command()
@click.argument("run")
@click.argument("note")
@JSON
def note(run: str, note: str, as_json: bool) -> None:
    """Write down something about RUN; an empty NOTE takes it away."""
    kept = keeping.write_note(open_run(run), note)
    report({"run": run, "note": kept}, f"Noted: {kept}" if kept else "The note is gone.", as_json)


@runs.command("remarks")
@click.argument("run")
@JSON
def remarks_(run: str, as_json: bool) -> None:
    """What there is to say about the curves of RUN, in words."""
    found = find_run(run)
    said = remarks(found.config(), found.events()[0])
    rows = [{"key": each.key, "epoch": each.epoch, "step": each.step, "message": str(each.message)} for each in said]
    words = "\n".join(str(each.message) for each in said)
    report({"run": run, "remarks": rows}, words or "Nothing stands out.", as_json)
