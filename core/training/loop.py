"""Training as a stream of events: iterate to train, stop iterating to stop.

Every random choice follows from the seed and the position (see `core.seeding`), so a run is replayed by its seed, and
goes on exactly where it stopped from the engine's state, the count of steps and what a person has changed alone.

Between two calls of the engine it asks an inbox what a person wants of it: see `core.training.commands`.
"""

import math
import time
from collections.abc import Callable, Iterator

import numpy as np

from core.config import Config
from core.datasets import TrainingData
from core.engines import Engine, Totals, create_engine
from core.models.model import Change
from core.models.parameters import Parameters
from core.network.schedules import learning_rates
from core.training.commands import Command, Go, Inbox, Pause, SetRate, Step, Stop
from core.training.divergence import Divergence
from core.training.epochs import Epochs
from core.training.events import BatchEvent, ChangeEvent, EpochEvent, Event, FinishEvent, PauseEvent
from core.training.fitting import fit_to_data
from core.training.inspection import Inspector
from core.training.moments import early_moments
from core.training.stopping import EarlyStopping

REPORT_SECONDS = 0.1  # the shortest time between two batch events
LOOK_AGAIN = 0.05  # seconds between two looks into the inbox while paused
CHUNK_SECONDS = 0.05  # how much work the engine is given at once: a stop waits no longer than this


class Training:
    """One run's training, iterable as events.

    Parameters
    ----------
    config : what to train and how; see `fit_to_data`.
    data : the training set and, where the configuration asks for it, the validation set.
    clock : seconds, for the events; tests pass their own.
    engine : an engine made elsewhere; by default the one that the configuration names, with freshly drawn weights.
    inbox : asked between two calls of the engine, and while paused, for the commands that have come.
    wait : lets a moment go by while paused.

    Attributes
    ----------
    step : number of batches done so far; a run's position.
    config : the configuration, fitted to the data.
    rate : the learning rate that the schedule starts from, in the end what a person has set.
    changes : what a person has changed so far.
    paused : whether a person has asked it to wait; batches asked for by `Step` are trained all the same.
    paused_by : who asked for that last.
    stopped : the command that ended it, if one did.
    """

    def __init__(
        self,
        config: Config,
        data: TrainingData,
        *,
        clock: Callable[[], float] = time.perf_counter,
        engine: Engine | None = None,
        inbox: Inbox = list,
        wait: Callable[[], None] = lambda: time.sleep(LOOK_AGAIN),
    ) -> None:
        self.config = fit_to_data(config, data)
        self.data = data
        network, training = self.config.network, self.config.training
        start = Parameters.initial(network, training.seed, training.dtype)
        self.engine = engine or create_engine(network, training, start)
        self.step = 0
        self.rate = training.learning_rate
        self.changes: tuple[Change, ...] = ()
        self.paused = False
        self.paused_by = ""
        self.stopped: Stop | None = None
        self._steps_allowed = 0  # batches still to be trained although it is paused
        self._inbox, self._wait = inbox, wait
        self._clock = clock
        self._seconds = 0.0
        self._epoch_totals = Totals()
        self._stopping = EarlyStopping(training.patience)
        self._divergence = Divergence(self.config)
        self._inspector = Inspector(network, training.seed, data.validation) if data.validation else None
        self._epochs = Epochs(data.train, training, self.engine)
        self._epochs.load(0)

    @property
    def steps_per_epoch(self) -> int:
        return self._epochs.steps

    @property
    def total_steps(self) -> int:
        return self.steps_per_epoch * self.config.training.epochs

    @property
    def epochs_done(self) -> float:
        return self.step / self.steps_per_epoch

    @property
    def epochs_reported(self) -> int:
        """Epochs that are done and have been told in an `EpochEvent`."""
        epochs, offset = divmod(self.step, self.steps_per_epoch)
        return epochs - 1 if self._epoch_totals.n and offset == 0 else epochs

    @property
    def epochs_kept(self) -> float:
        """Epochs that the weights have learned, in the end those of the best epoch where one was looked for."""
        best = self._stopping.best
        return float(best.epoch) if best and self._is_over() else self.epochs_done

    @property
    def changes_kept(self) -> tuple[Change, ...]:
        """What a person had changed by then."""
        return tuple(change for change in self.changes if change.step <= self.epochs_kept * self.steps_per_epoch)

    @property
    def is_sound(self) -> bool:
        """Whether what is kept now can be gone back to, should the training go astray."""
        return self._divergence.is_sound

    @property
    def seconds(self) -> float:
        """Seconds of training so far; a pause does not count."""
        return self._seconds

    def state(self) -> dict[str, np.ndarray]:
        """All that is needed to go on from here to the very same weights: see `load_state`."""
        totals = self._epoch_totals
        state = self.engine.state()
        state["position"] = np.array([self.step, totals.n, totals.correct], dtype=np.int64)
        state["sums"] = np.array([self._seconds, totals.loss, self._divergence.lowest])
        if self.changes:
            state["rates"] = np.array([[change.step, change.value] for change in self.changes])
        return state | self._stopping.state()

    def load_state(self, state: dict[str, np.ndarray]) -> None:
        """Go to the position that `state` gave, in a training of the same configuration and data."""
        self.engine.load_state(state)
        self.step, n, correct = (int(value) for value in state["position"])
        self._seconds, loss, *lowest = (float(value) for value in state["sums"])
        self._divergence.lowest = lowest[0] if lowest else math.inf  # an earlier version kept none
        self._stopping.load_state(state)
        self._epoch_totals = Totals(n, loss, correct)
        rates = state.get("rates", np.empty((0, 2)))
        self.changes = tuple(Change(int(step), "learning_rate", float(rate)) for step, rate in rates)
        self.rate = self.changes[-1].value if self.changes else self.config.training.learning_rate
        self._epochs.load(min(self.step // self.steps_per_epoch, self.config.training.epochs - 1))

    def _is_over(self) -> bool:
        """Whether all epochs are done, or patience has run out, and the last epoch is reported."""
        done = self.step >= self.total_steps or self._stopping.is_over(self.epochs_reported)
        return done and not self._epoch_totals.n

    def __iter__(self) -> Iterator[Event]:
        while not self._is_over():
            epoch, offset = divmod(self.step, self.steps_per_epoch)
            if offset == 0 and self._epoch_totals.n:  # it was stopped between an epoch's last batch and its report
                epoch, offset = epoch - 1, self.steps_per_epoch
            started = self._clock()
            if offset == 0 and epoch and self.config.training.augmentation != "none":
                self._epochs.load(epoch)
            self._seconds += self._clock() - started
            yield from self._batches(epoch, offset)
            if self.stopped:
                return
            started = self._clock()
            held_back = self.engine.evaluate(self.data.validation) if self.data.validation else None
            self._seconds += self._clock() - started
            self._divergence.check_epoch(self._epoch_totals, epoch, self.rate)
            if held_back:
                self._divergence.check(held_back, epoch, self.rate)
                self._stopping.see(epoch + 1, held_back, lambda: self.engine.parameters().flat)
            yield self._epoch_event(epoch, held_back)
        best = self._stopping.best
        if best:
            self.engine.load_state(self.engine.state() | {"parameters": best.flat})
        yield FinishEvent(
            self.step, self.epochs_reported, self._seconds, best.kept if best else None, self.step < self.total_steps
        )

    def _obey(self, commands: list[Command], left: int) -> Iterator[ChangeEvent | PauseEvent]:
        """Do what was asked; `left` batches are left of the epoch."""
        for command in commands:
            match command:
                case Stop():
                    self.stopped = self.stopped or command
                case Pause():
                    goes_on, self.paused = not self.paused, True
                    self._steps_allowed, self.paused_by = 0, command.by
                    if goes_on:
                        yield PauseEvent(self.step, self._seconds, command.by)
                case Go():
                    self.paused, self._steps_allowed = False, 0
                case Step(batches, to_epoch_end):
                    self._steps_allowed = left if to_epoch_end else batches
                    self.paused, self.paused_by = True, command.by
                case SetRate(value):
                    self.rate = value
                    self.changes = (*self.changes, Change(self.step, "learning_rate", value))
                    yield ChangeEvent(self.step, "learning_rate", value, self._seconds, command.by)

    @property
    def waiting(self) -> bool:
        """Whether it is paused, and no batch is asked for."""
        return self.paused and not self._steps_allowed and not self.stopped

    def _batches(self, epoch: int, offset: int) -> Iterator[BatchEvent | ChangeEvent | PauseEvent]:
        """Train the rest of an epoch, from its batch number `offset` on, or until it is stopped."""
        training = self.config.training
        order = self._epochs.order(epoch)
        stride = self.engine.stride
        count, unreported, unreported_seconds, rate = stride, Totals(), 0.0, self.rate
        while offset < self.steps_per_epoch:
            left = self.steps_per_epoch - offset
            yield from self._obey(self._inbox(), left)
            if self.waiting and unreported.n:  # who pauses wants to see where it stands
                yield self._batch_event(unreported, rate, unreported_seconds)
                unreported, unreported_seconds = Totals(), 0.0
            while self.waiting:
                self._wait()
                yield from self._obey(self._inbox(), left)
            if self.stopped:
                return
            count = min(count, self._to_next_moment(epoch, offset))
            if self.paused:  # whole strides, or the bits would not be those of a run that nobody stepped through
                count = min(count, math.ceil(self._steps_allowed / stride) * stride)
            started = self._clock()
            shown, count = self._epochs.shown(epoch, order, offset, min(count, left))
            self._seconds += self._clock() - started
            self._steps_allowed = max(self._steps_allowed - count, 0)
            rates = learning_rates(training.schedule, self.rate, self.step, count, self.total_steps)
            started = self._clock()
            totals = self.engine.train(shown, rates)
            rate = float(rates[-1])
            elapsed = max(self._clock() - started, 1e-9)
            self._divergence.check(totals, epoch, self.rate)
            offset += count
            self.step += count
            self._seconds += elapsed
            self._epoch_totals += totals
            unreported += totals
            unreported_seconds += elapsed
            count = max(stride, int(count * min(CHUNK_SECONDS / elapsed, 8.0)) // stride * stride)
            if unreported_seconds >= REPORT_SECONDS:
                yield self._batch_event(unreported, rate, unreported_seconds)
                unreported, unreported_seconds = Totals(), 0.0

    def _to_next_moment(self, epoch: int, offset: int) -> int:
        """Batches until the next early moment, in whole strides: there somebody may want to look."""
        stride, left = self.engine.stride, [self.steps_per_epoch]
        if epoch == 0:
            left += [step for step in early_moments(self.steps_per_epoch) if step > offset]
        return math.ceil((min(left) - offset) / stride) * stride

    def _batch_event(self, totals: Totals, rate: float, elapsed: float) -> BatchEvent:
        return BatchEvent(
            step=self.step,
            epoch=self.epochs_done,
            seconds=self._seconds,
            loss=totals.mean_loss,
            accuracy=totals.accuracy,
            learning_rate=rate,
            samples_per_second=totals.n / elapsed,
        )

    def _epoch_event(self, epoch: int, held_back: Totals | None) -> EpochEvent:
        totals, self._epoch_totals = self._epoch_totals, Totals()
        confusion, layers = self._inspector.look(self.engine.parameters()) if self._inspector else (None, ())
        return EpochEvent(
            step=self.step,
            epoch=epoch + 1,
            seconds=self._seconds,
            train_loss=totals.mean_loss,
            train_accuracy=totals.accuracy,
            validation_loss=held_back.mean_loss if held_back else None,
            validation_accuracy=held_back.accuracy if held_back else None,
            confusion=confusion,
            layers=layers,
        )
