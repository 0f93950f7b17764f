"""One run, carried out: load the data, train, keep checkpoints and snapshots, and leave a model behind.

`python -m core.runs.worker RUN_DIR` does it in a process of its own, so that training never slows or endangers a page; the
command line calls `execute` directly. Everything said about the run goes through its folder. A run that has a checkpoint
goes on from it.
"""

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.config import Config
from core.datasets import TrainingData, load_training
from core.errors import DigitLabError
from core.files import is_full, locked, remove_abandoned
from core.learning import finished_model
from core.messages import N_, Message, message
from core.runs import status
from core.runs.present import Present
from core.runs.reporter import Reporter
from core.runs.run import Run, since_resumed
from core.runs.snapshots import Snapshots
from core.runs.status import Phase, Status
from core.runs.stopper import Stopper
from core.runs.summary import write_summary
from core.training.choice import resolved
from core.training.commands import LASTED_LONG, PAUSED_LONG, Command, Stop
from core.training.divergence import DivergedError
from core.training.events import BatchEvent, ChangeEvent, EpochEvent, Event, FinishEvent, ResumeEvent, SnapshotEvent
from core.training.loop import LOOK_AGAIN, Training
from core.training.moments import early_moments
from core.training.stopping import told

CHECKPOINT_SECONDS = 2.0  # short epochs do not each pay for a file
LONG_EPOCH_SECONDS = 20.0  # within an epoch that takes so long a checkpoint is kept as well
CHECKPOINT_SHARE = 0.05  # of the time may go into checkpoints: those of a large network are hundreds of megabytes
LET_GO_SECONDS = 5.0  # a killed process has its last moments, in which it still holds the run
OUT_OF_MEMORY = Message("The machine ran out of memory. Choose smaller layers or a smaller batch.")
OTHER_DATA = N_("The digits are not those that the run began with, so it cannot go on. Start a new one.")
OTHER_NETWORK = N_("The run's checkpoint does not fit its configuration, so it cannot go on. Start a new one.")
WHY = {PAUSED_LONG: status.WAITED_FOR, LASTED_LONG: status.TOO_LONG}


def execute(
    run: Run, *, stop: Callable[[], Message | None] = lambda: None, on_event: Callable[[Event], None] | None = None
) -> None:
    """Carry out a run to its model: from its start, or from its checkpoint if it has one.

    Parameters
    ----------
    stop : asked between two calls of the engine; a message that it returns ends the run, and says why.
    on_event : told each event after it was written.

    Raises `DigitLabError` when the run cannot go on, after writing the reason into the run's status.
    """
    try:
        with locked(run.path / "lock", LET_GO_SECONDS):
            run.set_process(os.getpid())
            for path in (run.checkpoint_path, run.model_path, run.path / "snapshots/*"):
                remove_abandoned(path.parent, path.name)
            with Reporter(run) as reporter:
                _Work(run, reporter, stop, on_event).carry_out()
    except BlockingIOError as error:
        raise DigitLabError(status.TAKEN) from error
    except OSError as error:  # there was not even room to say how it stands
        reason = _reason(error)
        with contextlib.suppress(OSError):
            run.set_status(Status("failed", reason=reason))
        raise DigitLabError(reason) from error


class _Work:
    """One process's work on a run."""

    def __init__(
        self,
        run: Run,
        reporter: Reporter,
        stop: Callable[[], Message | None],
        on_event: Callable[[Event], None] | None,
    ) -> None:
        self.run, self.reporter, self.stop, self.on_event = run, reporter, stop, on_event
        self._training: Training | None = None
        self.reason = status.STOPPED
        self._end: FinishEvent | None = None
        self._read = 0
        self._asked: list[Command] = []
        self._saved_at, self._saved_step, self._saving = time.monotonic(), -1, 0.0
        self._snapshots, self._present = Snapshots(run), Present(run)
        self._moments: dict[int, float] = {}  # early ones that are still to come

    @property
    def training(self) -> Training:
        assert self._training is not None  # `_prepare` has made it
        return self._training

    def carry_out(self) -> None:
        try:
            end = self._to_the_end()
        except (DigitLabError, MemoryError, OSError) as error:
            reason, cause = _reason(error), status.DIVERGED if isinstance(error, DivergedError) else ""
            self.reporter.end(Status("failed", reason=reason, cause=cause))
            write_summary(self.run)
            raise DigitLabError(reason) from error
        finally:
            if self._training:
                self._training.engine.close()
            self._present.end()
        self.reporter.end(end)

    def _to_the_end(self) -> Status:
        config = self.run.config()
        data = load_training(config.training.dataset, validation=config.training.validation)
        if early := self._stop_asked():
            return Status("stopped", reason=status.STOPPED_EARLY, by=early.by)
        self.reporter.tell("running", "preparing")
        settled, _ = resolved(config, data)
        if settled != config:
            self.run.settle(settled)
        self._prepare(settled, data)
        self._train()
        stopped = self.training.stopped
        if stopped and not self.training.step:
            return Status("stopped", reason=status.STOPPED_EARLY, by=stopped.by)
        self._tell("stopping" if stopped else "testing")
        self.run.save_model(finished_model(self.training, self.run.title()))
        write_summary(self.run)
        if stopped:
            return Status("stopped", reason=WHY.get(stopped.why, self.reason), by=stopped.by)
        return Status("finished", reason=told(self._end) if self._end else None)

    def _prepare(self, config: Config, data: TrainingData) -> None:
        """Make the training, and go to the checkpoint if there is one."""
        self._training = Training(config, data, inbox=self._inbox, wait=self._wait)
        if self.run.checkpoint_path.is_file():
            state = self.run.checkpoint()
            if not np.array_equal(state.pop("data", _fingerprint(data)), _fingerprint(data)):
                raise DigitLabError(OTHER_DATA)
            try:
                self.training.load_state(state)
            except (KeyError, ValueError, TypeError) as error:
                raise DigitLabError(OTHER_NETWORK) from error
        self._moments = {
            step: moment
            for step, moment in early_moments(self.training.steps_per_epoch).items()
            if step > self.training.step or (step == self.training.step and not self._snapshots.path(moment).is_file())
        }
        if self.run.events()[0]:
            self._note(ResumeEvent(self.training.step, self.training.epochs_reported, self.training.seconds))

    # -- training

    def _train(self) -> None:
        """Train until the end or until told to stop."""
        training = self.training
        self._tell("training")
        if training.step == 0:
            self._keep_snapshot(0)
        self._saved_at = time.monotonic()
        for event in training:
            self._note(event)
            if isinstance(event, EpochEvent):
                self._keep_snapshot(event.epoch)
            if isinstance(event, FinishEvent):
                self._end = event
            if self._checkpoint_due(event):
                self._save_checkpoint()
        if training.stopped:  # at once: whoever asked for it wants to see that it is obeyed
            self._tell("stopping")
        if training.step:
            self._save_checkpoint()

    def _keep_snapshot(self, epoch: int) -> None:
        training = self.training
        if self._snapshots.keep(epoch, training.config, training.engine.parameters):
            self._note(SnapshotEvent(training.step, epoch, training.seconds))

    def _keep_early(self) -> None:
        """Keep the network if one of the early moments has come, which lie within the first epoch."""
        training = self.training
        reached = [step for step in self._moments if step <= training.step]
        if not reached:
            return
        moment = self._moments[reached[-1]]
        self._moments = {step: later for step, later in self._moments.items() if step > training.step}
        if self._snapshots.keep_early(moment, training.epochs_done, training.config, training.engine.parameters):
            self._note(SnapshotEvent(training.step, moment, training.seconds))

    def _note(self, event: Event) -> None:
        self.run.append(event)
        if self.on_event:
            self.on_event(event)

    def _checkpoint_due(self, event: Event) -> bool:
        if isinstance(event, ChangeEvent):
            return True  # or it would be lost with this process
        if not isinstance(event, EpochEvent | BatchEvent) or not self.training.is_sound:
            return False  # what goes astray leaves its last good moment to be gone back to
        least = CHECKPOINT_SECONDS if isinstance(event, EpochEvent) else LONG_EPOCH_SECONDS
        return time.monotonic() - self._saved_at >= max(least, self._saving / CHECKPOINT_SHARE)

    def _save_checkpoint(self) -> None:
        begun = time.monotonic()
        self.run.save_checkpoint(self.training.state() | {"data": _fingerprint(self.training.data)})
        self._saved_at, self._saved_step = time.monotonic(), self.training.step
        self._saving = self._saved_at - begun

    # -- what is asked of it

    def _look(self) -> None:
        """Take what has come since the last look."""
        asked, self._read = self.run.commands(self._read)
        self._asked += since_resumed(asked)
        if reason := self.stop():
            self.reason = reason
            self._asked.append(Stop())

    def _stop_asked(self) -> Stop | None:
        self._look()
        return next((command for command in self._asked if isinstance(command, Stop)), None)

    def _inbox(self) -> list[Command]:
        """What the training shall obey. It asks every 50 ms: the moment to say how far it is."""
        self._tell("training")
        self._keep_early()
        self._present.look(self.training)
        self._look()
        asked, self._asked = self._asked, []
        return asked

    def _wait(self) -> None:
        """A moment of a pause: the process sleeps, and what it has learned so far is safe."""
        self._tell("training")
        if self.training.step and self._saved_step != self.training.step:
            self._save_checkpoint()
        time.sleep(LOOK_AGAIN)

    def _tell(self, phase: Phase) -> None:
        training = self.training
        paused = training.waiting and phase == "training"
        by = training.paused_by if paused else ""
        self.reporter.tell("paused" if paused else "running", phase, training.step, training.epochs_done, by)


def _fingerprint(data: TrainingData) -> np.ndarray:
    """(32,) uint8: the hash of the digits it learns from, which a run that goes on must find again."""
    return np.frombuffer(bytes.fromhex(data.train.sha256), dtype=np.uint8)


def _reason(error: Exception) -> Message:
    if isinstance(error, DigitLabError):
        return error.message
    if isinstance(error, MemoryError):
        return OUT_OF_MEMORY
    if isinstance(error, OSError) and is_full(error):
        return status.DISK_FULL
    return message("The run could not write or read its files: {reason}.", reason=error)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m core.runs.worker", description="Carry out the run in a run folder."
    )
    parser.add_argument("run_dir", type=Path, help="the run's folder, with its config.json")
    parser.add_argument("--stop-with-parent", action="store_true", help="stop when standard input ends")
    arguments = parser.parse_args()
    if not (arguments.run_dir / "config.json").is_file():
        print(f"{arguments.run_dir} is not a run folder: it has no config.json.", file=sys.stderr)
        return 2
    try:
        execute(Run(arguments.run_dir.resolve()), stop=Stopper(with_parent=arguments.stop_with_parent))
    except DigitLabError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
