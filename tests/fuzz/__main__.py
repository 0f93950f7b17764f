"""`python -m tests.fuzz [READER…] --mutations 20000 --seed 0`: small valid files, changed by lot, are read or refused.

Anything but a value or a sentence is a finding, and so is more than 200 MB or 2 s for a file, a crash, and a file that hangs.
One file of each finding is kept in `--keep`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.folders import PROJECT
from tests.fuzz.child import IN_MEMORY, STATE
from tests.fuzz.readers import READERS


@dataclass
class Outcome:
    """What came of a reader's files: how many were read and refused, the dearest of them, and the findings by what they are."""

    valid: int = 0
    refused: int = 0
    seconds: float = 0.0
    megabytes: float = 0.0
    findings: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, finding: dict[str, Any]) -> None:
        self.findings.setdefault((finding["kind"], finding["where"]), []).append(finding)

    @property
    def found(self) -> int:
        return sum(map(len, self.findings.values()))


def tried(name: str, count: int, seed: int, kept: Path | None = None) -> Outcome:
    """So many changed files of a reader; a process that ends early has met its match, and another one goes on behind it.

    The smallest file of each finding is `kept`.
    """
    outcome, start = Outcome(), 0
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder:
        board = Path(folder) / "board"
        while start < count:
            board.write_bytes(STATE.pack(start, 0, 0))
            command = [sys.executable, "-m", "tests.fuzz.child", name, str(seed), str(start), str(count), str(board)]
            done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, errors="replace")
            lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
            for finding in lines:
                if "kind" in finding:
                    outcome.add(finding)
                else:
                    outcome.seconds = max(outcome.seconds, finding["seconds"])
                    outcome.megabytes = max(outcome.megabytes, finding["megabytes"])
            at, valid, refused = STATE.unpack(board.read_bytes())
            if done.returncode == 0:
                valid, refused = lines[-1]["valid"], lines[-1]["refused"]
                start = count
            elif done.returncode > 0:
                sys.exit(f"{name} cannot be tried: {done.stderr[-3000:]}")
            else:
                outcome.add(
                    {
                        "kind": "ended",
                        "where": f"status {done.returncode}",
                        "what": done.stderr[-1500:],
                        "number": at,
                        "size": 0,
                    }
                )
                start = at + 1
            outcome.valid, outcome.refused = outcome.valid + valid, outcome.refused + refused
        if kept:
            _keep(name, outcome, Path(folder), kept)
    return outcome


def _keep(name: str, outcome: Outcome, folder: Path, kept: Path) -> None:
    for (kind, place), findings in outcome.findings.items():
        least = min(findings, key=lambda each: each["size"])
        label = "".join(letter if letter.isalnum() else "-" for letter in f"{kind}-{place.split('/')[-1]}")
        path = kept / name / label.strip("-").lower()
        path.parent.mkdir(parents=True, exist_ok=True)
        found = folder / str(least["number"])
        if found.is_file():
            path.write_bytes(found.read_bytes())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("readers", nargs="*", metavar="READER", help=f"of: {', '.join(READERS)}; by itself all")
    parser.add_argument("--mutations", type=int, default=20_000, help="changed files for each reader")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a folder for one file of each finding")
    arguments = parser.parse_args()
    if unknown := set(arguments.readers) - set(READERS):
        parser.error(f"there is no reader {', '.join(sorted(unknown))}")
    print(
        "| reader | files | read | refused | findings | longest | most memory |\n|---|---|---|---|---|---|---|",
        flush=True,
    )
    total = 0
    for name in arguments.readers or READERS:
        count = max(1, int(arguments.mutations * READERS[name].share))
        outcome = tried(name, count, arguments.seed, arguments.keep)
        total += outcome.found
        print(f"| {name} | {count:,} | {outcome.valid:,} | {outcome.refused:,} | {outcome.found:,} | {outcome.seconds:.2f} s "
              f"| {outcome.megabytes:.0f} MB |", flush=True)  # fmt: skip
        for (kind, place), findings in sorted(outcome.findings.items(), key=lambda item: -len(item[1])):
            first = findings[0]
            print(
                f"    {len(findings):6,} × {kind} at {place}: {first['what']} (number {first['number']})",
                file=sys.stderr,
                flush=True,
            )
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
