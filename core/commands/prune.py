"""`prune` takes away what nobody has used for long: runs, digits of one's own, networks from files, taught copies."""

import click

from core.commands.reporting import JSON, report, tell
from core.jobs import pruning


@click.command()
@click.option("--days", type=click.FloatRange(0.0), help="Take away what nobody has used for so many days.")
@click.option("--megabytes", type=click.IntRange(1), help="How much room all of it may take; the oldest goes first.")
@click.option("--yes", is_flag=True, help="Do it; without, it is only said what would go.")
@JSON
def prune(days: float | None, megabytes: int | None, yes: bool, as_json: bool) -> None:
    """Take away old runs, digits, networks and copies. What is in use, the newest run and your starred ones always stay."""
    inf = float("inf")
    going = pruning.to_go(days=inf if days is None else days, megabytes=megabytes or inf, everyone=True)
    if yes:
        pruning.prune(going)
    else:
        tell("Nothing is taken away yet: add --yes.")
    rows = [{"kind": each.kind, "name": each.name, "bytes": each.bytes, "days": round(each.days, 2)} for each in going]
    lines = [f"{each.kind:<8} {each.name:<28} {each.bytes / 1e6:>7.1f} MB {each.days:>6.1f} days" for each in going]
    report({"pruned" if yes else "would_go": rows}, "\n".join(lines) or "All of it may stay.", as_json)
