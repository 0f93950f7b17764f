"""One run, carried out: load the data, train, keep checkpoints, and leave a model behind.

`python -m core.runs.worker RUN_DIR` does it in a process of its own, so that training never slows or endangers a page; the
command line calls `execute` directly. Everything said about the run goes through its folder.
"""

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from core import __version__
from core.config import Config
from core.datasets import load_training
from core.errors import DigitLabError
from core.models.model import Model, Provenance
from core.runs.run import Run, Status
from core.scores.evaluation import calibrate, evaluate
from core.training.events import EpochEvent, Event, FinishEvent
from core.training.loop import Training

CHECKPOINT_SECONDS = 2.0  # short epochs do not each pay for a file
PREPARING = {"numpy": "preparing the network", "taichi": "preparing kernels"}  # to compile them takes seconds
STOPPED = "You stopped it. What it had learned up to then is kept."
PARENT_GONE = "The app was closed while it trained. What it had learned up to then is kept."


def execute(run: Run, *, stop: Callable[[], str | None], on_event: Callable[[Event], None] | None = None) -> None:
    """Carry out a run from its start to its model.

    Parameters
    ----------
    stop : asked between batches; a sentence that it returns ends the run, and says why.
    on_event : told each event after it was written.

    Raises `DigitLabError` when the run cannot go on, after writing the reason into the run's status.
    """
    run.set_process(os.getpid())
    training = None
    try:
        run.set_status(Status("running", phase="reading the data"))
        config = run.config()
        data = load_training(config.training.dataset, validation=config.training.validation)
        run.set_status(Status("running", phase=PREPARING[config.training.engine]))
        training = Training(config, data)
        reason = _train(run, training, stop, on_event)
        run.set_status(Status("running", phase="testing"))
        run.save_model(_finished_model(run, training))
    except (DigitLabError, MemoryError, OSError) as error:
        sentence = _sentence(error)
        run.set_status(Status("failed", detail=sentence))
        raise DigitLabError(sentence) from error
    finally:
        if training:
            training.engine.close()
    run.set_status(Status("stopped", detail=reason) if reason else Status("finished"))


def _train(
    run: Run, training: Training, stop: Callable[[], str | None], on_event: Callable[[Event], None] | None
) -> str | None:
    """Train until the end or until told to stop; returns why it stopped, if it did."""
    run.set_status(Status("running", phase="training"))
    saved, read = time.monotonic(), 0
    reason = None
    for event in training:
        run.append(event)
        if on_event:
            on_event(event)
        commands, read = run.commands(read)
        if isinstance(event, FinishEvent):
            break  # all is done: too late to stop it
        reason = STOPPED if "stop" in commands else stop()
        if reason:
            break
        if isinstance(event, EpochEvent) and time.monotonic() - saved >= CHECKPOINT_SECONDS:
            run.save_checkpoint(training.state())
            saved = time.monotonic()
    run.save_checkpoint(training.state())
    return reason


def _finished_model(run: Run, training: Training) -> Model:
    """The trained model, calibrated, with its scores: on the validation set where there is one, and on the test set."""
    config: Config = training.config
    model = Model(config, training.engine.parameters())
    scores = {"test": calibrate(model, training.data.validation, config.training.dataset).score}
    if training.data.validation:
        scores["validation"] = evaluate(model, training.data.validation).score
    model.provenance = Provenance(run.title(), training.data.train.sha256, training.epochs_done, scores, __version__)
    return model


def _sentence(error: Exception) -> str:
    if isinstance(error, DigitLabError):
        return str(error)
    if isinstance(error, MemoryError):
        return "The machine ran out of memory. Choose smaller layers or a smaller batch."
    return f"The run could not write or read its files: {error}."


class Stopper:
    """Reasons to stop that come from outside the run folder: a signal, or the end of the process that started this one."""

    def __init__(self, *, with_parent: bool) -> None:
        self.reason: str | None = None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._set(STOPPED))
        if with_parent:
            threading.Thread(target=self._wait_for_end_of_input, daemon=True).start()

    def __call__(self) -> str | None:
        return self.reason

    def _set(self, reason: str) -> None:
        self.reason = self.reason or reason

    def _wait_for_end_of_input(self) -> None:
        """Standard input is a pipe from the parent; the system closes it when the parent ends, however it ends."""
        while os.read(0, 4096):
            pass
        self._set(PARENT_GONE)


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
    if hasattr(os, "nice"):
        os.nice(5)  # pages come first
    try:
        execute(Run(arguments.run_dir.resolve()), stop=Stopper(with_parent=arguments.stop_with_parent))
    except DigitLabError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
