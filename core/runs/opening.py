"""A run that came in a file becomes a run here, and its score is counted again: does it read what it is said to read?"""

import dataclasses
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.config import Config
from core.datasets import available
from core.errors import DigitLabError
from core.files import write_atomically
from core.folders import runs_folder
from core.messages import N_, Message, message
from core.models.files import save_model
from core.models.model import Model, Score
from core.runs import record
from core.runs.bundle import MOST_IN_ALL, Contents, Manifest, unpack
from core.runs.run import Run, new_id
from core.runs.snapshots import Snapshots
from core.runs.status import Status
from core.runs.summary import write_summary
from core.scores.evaluation import evaluate_on
from core.training.events import FinishEvent, to_line
from core.training.stopping import told

ROUNDING = 2e-4  # of the digits: on another processor sums are rounded otherwise, and one in thousands may hang on that
AGREES = N_("Counted again here: {correct:,} of {n:,} test digits right, as the file says.")
NEARLY = N_(
    "Counted again here: {correct:,} of {n:,} test digits right; the file says {stored:,}. So much is rounding."
)
DIFFERS = N_(
    "Counted again here: {correct:,} of {n:,} test digits right, but the file says {stored:,} of {stored_n:,}."
)
OTHER_DIGITS = N_("The test digits here are not those that the file speaks of: {correct:,} of {n:,} are right here.")
NO_DIGITS = N_("The test digits are not here, so the score cannot be counted again: {dataset}.")
NO_SCORE = N_("The file does not say what its network reads. Counted here: {correct:,} of {n:,} test digits right.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a model reads what its file says.

    Attributes
    ----------
    state : agrees, differs, or unknown where it cannot be told.
    message : that in a sentence with both numbers.
    stored, counted : what the file says, and what was counted here.
    """

    state: Literal["agrees", "differs", "unknown"]
    message: Message
    stored: Score | None = None
    counted: Score | None = None


def check(model: Model, manifest: Manifest) -> Verdict:
    """Count what the model reads of the test digits here, and hold it against what the file says."""
    name = model.config.training.dataset
    stored = Score(*manifest.score) if manifest.score else None
    if not available(name):
        return Verdict("unknown", message(NO_DIGITS, dataset=name), stored)
    test = evaluate_on(model, name)
    counted = test.score
    numbers = {"correct": counted.correct, "n": counted.n}
    if stored is None:
        return Verdict("unknown", message(NO_SCORE, **numbers), None, counted)
    if manifest.test_sha256 not in (None, test.data.sha256):
        return Verdict("unknown", message(OTHER_DIGITS, **numbers), stored, counted)
    if counted == stored:
        return Verdict("agrees", message(AGREES, **numbers), stored, counted)
    if counted.n == stored.n and abs(counted.correct - stored.correct) <= ROUNDING * stored.n:
        return Verdict("agrees", message(NEARLY, **numbers, stored=stored.correct), stored, counted)
    said = {"stored": stored.correct, "stored_n": stored.n}
    return Verdict("differs", message(DIFFERS, **numbers, **said), stored, counted)


def open_file(
    content: bytes | Path, root: Path | None = None, *, owner: str = "", most: int = MOST_IN_ALL
) -> tuple[Run, Verdict]:
    """Make a run of a file's content, and count its score again. A file that is refused leaves nothing behind.

    It may unpack to `most` bytes.
    """
    contents = unpack(content, most=most)
    verdict = check(contents.model, contents.manifest)
    root = root or runs_folder()
    run_id = new_id()
    made = Run(root / f".new-{run_id}")
    try:
        made.path.mkdir(parents=True)
        try:
            _write(made, contents, _with_score(contents.model, verdict.counted or verdict.stored), owner)
            os.rename(made.path, root / run_id)
        except (OSError, DigitLabError):
            shutil.rmtree(made.path, ignore_errors=True)
            raise
    except OSError as error:
        raise DigitLabError(
            "No run can be kept in {root}: {reason}. Make room or choose another folder.",
            root=root,
            reason=error.strerror,
        ) from error
    return Run(root / run_id), verdict


def _with_score(model: Model, score: Score | None) -> Model:
    """The model with the score that was counted here, or as long as it cannot be, with the file's own: lists show it."""
    scores = {part: each for part, each in model.provenance.scores.items() if part != "test"}
    scores |= {"test": score} if score else {}
    return dataclasses.replace(model, provenance=dataclasses.replace(model.provenance, scores=scores))


def _write(run: Run, contents: Contents, model: Model, owner: str) -> None:
    """Everything anew from what was parsed. The owner is who opens it; words of its status are said by this version."""
    about, ended = contents.about, contents.status
    title = record.clean_title(about.title or contents.manifest.run or "-")
    kept = record.Record(
        title=title, owner=owner, created=about.created, note=record.clean_note(about.note), kind=about.kind
    )
    run.set_record(kept)
    config: Config = contents.config
    write_atomically(run.path / "config.json", config.to_json().encode())
    lines = "".join(f"{to_line(event)}\n" for event in contents.events)  # at once: there may be a hundred thousand
    write_atomically(run.path / "metrics.jsonl", lines.encode())
    finish = next((event for event in reversed(contents.events) if isinstance(event, FinishEvent)), None)
    reason = told(finish) if finish else None
    run.set_status(Status(ended.state, step=ended.step, epoch=ended.epoch, reason=reason))
    save_model(model, run.model_path)
    snapshots = Snapshots(run)
    for number, earlier in contents.snapshots.items():
        save_model(earlier, snapshots.path(number), storage="float16")
    write_summary(run)
