"""`python -m core twin-check`: the comparisons of `core.bench.twin` as sentences, or as JSON."""

import json
import sys
from typing import Any

import click
import msgspec

from core.bench.twin import Finding, check, part_of
from core.commands.reporting import JSON
from core.config import DEVICES
from core.errors import DigitLabError
from core.messages import Message


@click.command("twin-check")
@click.option("--device", type=click.Choice(DEVICES), default="cpu", show_default=True, help="Where Taichi computes.")
@click.option("--no-taichi", is_flag=True, help="NumPy's slopes only.")
@JSON
@click.option("--json-lines", is_flag=True, help="Print each step and each finding as it comes, as a line of JSON.")
def twin_check(device: str, no_taichi: bool, as_json: bool, json_lines: bool) -> None:
    """Check the slopes that training goes down, and that both engines learn the same, on this machine."""

    def tell(**fields: Any) -> None:
        click.echo(json.dumps(fields))
        sys.stdout.flush()

    def progress(done: int, total: int, name: Message) -> None:
        if json_lines:
            tell(done=done, total=total, now=msgspec.to_builtins(name))

    findings: list[Finding] = []
    try:
        for finding in check(device=device, taichi=False if no_taichi else None, progress=progress):
            findings.append(finding)
            if json_lines:
                tell(finding=msgspec.to_builtins(finding) | {"passed": finding.passed})
            else:
                click.echo(_line(finding), err=as_json)
    except DigitLabError as error:
        if json_lines:
            tell(error=msgspec.to_builtins(error.message))
        raise click.ClickException(str(error)) from error
    passed = all(finding.passed for finding in findings)
    if as_json:
        tell(passed=passed, findings=[finding.to_dict() for finding in findings])
    if not passed:
        raise SystemExit(1)


def _line(finding: Finding) -> str:
    verdict = "right" if finding.passed else "WRONG"
    return (
        f"{verdict}  {finding.title}: {finding.difference:.1e}, {part_of(finding.difference)} "
        f"(at most {finding.bound:.1e})\n       {finding.meaning}"
    )
