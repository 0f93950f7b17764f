"""Training: every sample once per epoch, exact replay, exact resumption, and events at their times."""

import itertools

import msgspec
import numpy as np
import pytest

from core.config import Config, NetworkConfig, TrainingConfig
from core.datasets import Dataset, TrainingData, load_training
from core.drawings.augment import AUGMENTATIONS, turned
from core.engines.numpy.engine import NumpyEngine
from core.errors import DigitLabError
from core.models.parameters import Parameters
from core.network.optimizers import OPTIMIZERS
from core.network.schedules import SCHEDULES, learning_rates
from core.runs.run import Run
from core.training.divergence import DivergedError
from core.training.events import BatchEvent, EpochEvent, FinishEvent
from core.training.fitting import fit_to_data
from core.training.loop import CHUNK_SECONDS, REPORT_SECONDS, Training


class Clock:
    """Time that passes only when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class TimedEngine(NumpyEngine):
    """The NumPy engine on a clock on which each batch takes `seconds`; keeps what it was asked for."""

    def __init__(self, config: Config, clock: Clock, seconds: float) -> None:
        training = config.training
        super().__init__(config.network, training, Parameters.initial(config.network, training.seed, training.dtype))
        self.clock, self.seconds = clock, seconds
        self.orders: list[np.ndarray] = []
        self.rates: list[np.ndarray] = []
        self.pixels: list[np.ndarray] = []

    def train(self, order, rates):
        self.orders.append(order.copy())
        self.rates.append(rates.copy())
        self.pixels.append(self._samples.pixels)
        self.clock.now += self.seconds * len(rates)
        return super().train(order, rates)


def config_of(side: int = 3, *, network: dict | None = None, **training) -> Config:
    return Config(
        NetworkConfig(**{"inputs": side * side, "hidden": (6,), "activation": "tanh"} | (network or {})),
        TrainingConfig(**{"batch_size": 4, "epochs": 3, "learning_rate": 0.01} | training),
    )


def timed(config: Config, data: TrainingData, seconds: float = 0.2) -> Training:
    """A training in which each batch takes `seconds`: from 0.1 on, an event follows every batch."""
    clock = Clock()
    return Training(config, data, clock=clock, engine=TimedEngine(fit_to_data(config, data), clock, seconds))


@pytest.fixture
def data(make_data) -> TrainingData:
    """Ten pictures to learn from (two batches of four and one of two), five held back."""
    return TrainingData(make_data(10), make_data(5, seed=1))


def weights_after(training: Training) -> np.ndarray:
    for _ in training:
        pass
    return training.engine.parameters().flat


# -- samples and batches


def test_every_sample_is_seen_exactly_once_per_epoch_in_a_new_order(data):
    training = timed(config_of(), data)
    weights_after(training)
    assert [len(order) for order in training.engine.orders] == [4, 4, 2] * 3
    epochs = [np.concatenate(training.engine.orders[at : at + 3]) for at in (0, 3, 6)]
    for order in epochs:
        assert sorted(order) == list(range(10))
    assert len({tuple(order) for order in epochs}) == 3


@pytest.mark.parametrize("batch_size", [1, 3, 10, 64])
def test_any_batch_size(data, batch_size):
    training = Training(config_of(batch_size=batch_size, epochs=2), data)
    last_epoch = [event for event in training if isinstance(event, EpochEvent)][-1]
    assert last_epoch.step == training.total_steps == 2 * -(-10 // batch_size)
    assert training.epochs_done == 2.0


def test_the_order_of_the_file(data):
    training = timed(config_of(shuffle=False, epochs=2), data)
    weights_after(training)
    np.testing.assert_array_equal(np.concatenate(training.engine.orders), [*range(10), *range(10)])


@pytest.mark.parametrize("shuffle", [True, False])
def test_the_last_batch_is_left_out_when_it_is_not_full(data, shuffle):
    """Ten samples are two batches of four, and two samples over: others in each epoch when they are shuffled."""
    training = timed(config_of(drop_last=True, shuffle=shuffle), data)
    weights_after(training)
    assert [len(order) for order in training.engine.orders] == [4] * 6
    assert (training.steps_per_epoch, training.total_steps, training.epochs_done) == (2, 6, 3.0)
    left_out = [set(range(10)) - set(np.concatenate(training.engine.orders[at : at + 2])) for at in (0, 2, 4)]
    assert all(len(each) == 2 for each in left_out) and (len(set(map(frozenset, left_out))) > 1) == shuffle


def test_a_last_batch_that_is_full_is_kept(data):
    training = timed(config_of(drop_last=True, batch_size=5, epochs=1), data)
    weights_after(training)
    assert sorted(np.concatenate(training.engine.orders)) == list(range(10))


def test_fewer_digits_than_a_batch_cannot_be_trained_on(data):
    with pytest.raises(DigitLabError, match="10 digits do not fill one batch of 64"):
        Training(config_of(drop_last=True, batch_size=64), data)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_schedule_runs_over_the_whole_run(data, schedule):
    training = timed(config_of(schedule=schedule, learning_rate=0.3), data)
    weights_after(training)
    np.testing.assert_array_equal(np.concatenate(training.engine.rates), learning_rates(schedule, 0.3, 0, 9, 9))


# -- replay


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_seed_replays_a_run_to_the_bit(data, optimizer):
    config = config_of(optimizer=optimizer, network={"dropout": 0.2})
    first = weights_after(Training(config, data))
    np.testing.assert_array_equal(weights_after(Training(config, data)), first)
    assert not np.array_equal(weights_after(Training(config.with_training(seed=1), data)), first)


def test_the_seed_decides_on_the_start_and_on_the_order(data):
    trainings = [timed(config_of(seed=seed), data) for seed in (0, 1)]
    starts = [training.engine.parameters().flat for training in trainings]
    assert not np.array_equal(*starts)
    for training in trainings:
        weights_after(training)
    assert not np.array_equal(*(np.concatenate(training.engine.orders[:3]) for training in trainings))


def test_the_global_random_state_is_neither_used_nor_touched(data):
    config = config_of(augmentation="affine", network={"dropout": 0.2})
    np.random.seed(1)
    before = np.random.get_state()[1].copy()
    first = weights_after(Training(config, data))
    np.testing.assert_array_equal(np.random.get_state()[1], before)
    np.random.seed(2)
    np.testing.assert_array_equal(weights_after(Training(config, data)), first)


@pytest.mark.parametrize("seconds", [0.2, 0.02, 0.003, 1e-6])
def test_the_speed_of_the_machine_changes_nothing_but_the_chunks(make_data, seconds):
    data = TrainingData(make_data(101), None)
    config = config_of(optimizer="adam", schedule="one_cycle", network={"dropout": 0.3})
    slow, fast = timed(config, data, seconds=1.0), timed(config, data, seconds=seconds)
    np.testing.assert_array_equal(weights_after(fast), weights_after(slow))
    np.testing.assert_array_equal(np.concatenate(fast.engine.orders), np.concatenate(slow.engine.orders))
    assert len(slow.engine.orders) == 78 and (seconds > CHUNK_SECONDS or len(fast.engine.orders) < 78)


# -- resumption


def resume(training: Training, data: TrainingData, folder) -> Training:
    """Another training, as another process would make it from the file of a checkpoint."""
    run = Run(folder)
    run.save_checkpoint(training.state())
    again = timed(training.config, data)
    again.load_state(run.checkpoint())
    return again


def assert_resumes(config: Config, data: TrainingData, folder) -> None:
    """Stop at every event in turn, go on elsewhere: the same events follow, to the same weights."""
    straight = timed(config, data)
    events = list(straight)
    weights = straight.engine.parameters().flat
    for count in range(1, len(events)):
        stopped = timed(config, data)
        seen = list(itertools.islice(stopped, count))
        resumed = resume(stopped, data, folder)
        assert resumed.step == stopped.step
        rest = list(resumed)
        np.testing.assert_array_equal(resumed.engine.parameters().flat, weights, err_msg=f"stopped after {seen[-1]}")
        assert [without_time(event) for event in rest] == [without_time(event) for event in events[count:]]


def without_time(event):
    """Times are sums of many small numbers: the same but for their last digits."""
    rounded = {"seconds": round(event.seconds, 6)}
    if isinstance(event, BatchEvent):
        rounded["samples_per_second"] = round(event.samples_per_second, 3)
    return msgspec.structs.replace(event, **rounded)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_resumes_anywhere_with_every_optimizer(data, tmp_path, optimizer):
    assert_resumes(config_of(optimizer=optimizer, schedule="cosine", l2=1e-3), data, tmp_path)


@pytest.mark.parametrize("augmentation", AUGMENTATIONS)
def test_resumes_anywhere_with_augmentation_and_dropout(make_data, tmp_path, augmentation, monkeypatch):
    monkeypatch.setattr("core.training.turned.WINDOW", 8)
    data = TrainingData(make_data(10, side=8), make_data(5, side=8, seed=1))
    config = config_of(8, augmentation=augmentation, schedule="one_cycle", epochs=2, network={"dropout": 0.3})
    assert_resumes(config, data, tmp_path)


def test_resumes_in_float64_and_with_measured_scaling(data, tmp_path):
    assert_resumes(config_of(dtype="float64", epochs=2, network={"scaling": "standard"}), data, tmp_path)


def test_goes_on_when_it_is_iterated_again(data):
    """To stop is to stop iterating; to go on is to iterate again. Events and weights are those of one go."""
    config = config_of()
    straight = timed(config, data)
    events = list(straight)
    for count in range(1, len(events)):
        training = timed(config, data)
        seen = list(itertools.islice(training, count))
        assert seen + list(training) == events
        np.testing.assert_array_equal(training.engine.parameters().flat, straight.engine.parameters().flat)


def test_goes_back_to_its_own_beginning(make_data):
    data = TrainingData(make_data(10, side=8), None)
    training = timed(config_of(8, augmentation="affine"), data)
    beginning = training.state()
    first = weights_after(training)
    training.load_state(beginning)
    np.testing.assert_array_equal(weights_after(training), first)


# -- augmentation


def test_augmented_pictures_are_new_in_each_epoch_and_the_same_in_each_run(make_data):
    data = TrainingData(make_data(8, side=8), None)
    first, second = (timed(config_of(8, augmentation="affine", batch_size=8), data) for _ in range(2))
    for training in (first, second):
        weights_after(training)
    for mine, other in zip(first.engine.pixels, second.engine.pixels, strict=True):
        np.testing.assert_array_equal(mine, other)
    for one, other in itertools.combinations([data.train.pixels, *first.engine.pixels], 2):
        assert not np.array_equal(one, other)


def test_copies_count_as_samples(make_data):
    """Rotations give three digits for one: 30 of 10, eight batches of four an epoch."""
    training = timed(config_of(8, augmentation="rotations", epochs=1), TrainingData(make_data(10, side=8), None))
    weights_after(training)
    assert training.steps_per_epoch == 8
    assert sorted(np.concatenate(training.engine.orders)) == list(range(30))


@pytest.mark.parametrize("shuffle", [True, False])
def test_turned_digits_come_in_windows_and_every_one_of_them(make_data, shuffle, monkeypatch):
    """The engine holds eight samples of thirty at a time: all come once an epoch, with their labels, the last two too."""
    monkeypatch.setattr("core.training.turned.WINDOW", 8)
    data = make_data(10, side=8)
    training = timed(config_of(8, augmentation="rotations", shuffle=shuffle, epochs=2), TrainingData(data, None))
    shown = []

    def train(order, rates, train=training.engine.train):
        pixels, labels = training.engine._samples.pixels, training.engine._samples.labels
        assert len(pixels) == len(labels) <= 8
        shown.extend(known(pixels[row], labels[row]) for row in order)
        return train(order, rates)

    copies = turned(AUGMENTATIONS["rotations"].angles, data.pixels, (8, 8), np.arange(30), "float32")
    labels_of_copies = np.repeat(data.labels, 3)

    def known(row: np.ndarray, label: int) -> int:
        """Which of the copies it is: the last bit of a picture depends on how many are turned at once."""
        alike = np.flatnonzero(np.abs(copies - row).max(axis=1) < 1e-3)
        assert len(alike) == 1 and labels_of_copies[alike[0]] == label
        return int(alike[0])

    monkeypatch.setattr(training.engine, "train", train)
    weights_after(training)
    assert len(shown) == 60 and (shown[:30] == list(range(30))) is not shuffle
    assert sorted(shown[:30]) == sorted(shown[30:]) == list(range(30))


# -- events


def test_events_of_a_run(data):
    """A batch takes more than a tenth of a second: three batches and an epoch, three times, and the end."""
    events = list(timed(config_of(), data))
    assert [type(event) for event in events] == ([BatchEvent] * 3 + [EpochEvent]) * 3 + [FinishEvent]
    assert [event.step for event in events] == [1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9, 9]
    assert [event.epoch for event in events[3::4]] == [1, 2, 3]
    assert events[1].epoch == pytest.approx(2 / 3)
    assert events[-1] == FinishEvent(9, 3, pytest.approx(1.8))


def test_figures_of_batches_and_epochs(data):
    """Worked out again with another engine; the last batch, of two, weighs half as much as one of four."""
    config = config_of(epochs=2, learning_rate=0.05)
    training = timed(config, data)
    events = list(training)
    follower = NumpyEngine(config.network, config.training, Parameters.initial(config.network, 0))
    follower.load(data.train)
    totals = [
        follower.train(order, rates) for order, rates in zip(training.engine.orders, training.engine.rates, strict=True)
    ]
    batches = [event for event in events if isinstance(event, BatchEvent)]
    for event, total in zip(batches, totals, strict=True):
        assert (event.loss, event.accuracy) == (total.loss / total.n, total.correct / total.n)
        assert event.learning_rate == 0.05
        assert event.samples_per_second == pytest.approx(total.n / 0.2)
    epoch = [event for event in events if isinstance(event, EpochEvent)][1]
    assert epoch.train_loss == pytest.approx(sum(total.loss for total in totals[3:]) / 10)
    assert epoch.train_accuracy == pytest.approx(sum(total.correct for total in totals[3:]) / 10)
    held_back = follower.evaluate(data.validation)
    assert (epoch.validation_loss, epoch.validation_accuracy) == (held_back.loss / 5, held_back.correct / 5)


def test_without_validation_there_are_no_validation_figures(make_data):
    epochs = [event for event in Training(config_of(), TrainingData(make_data(10), None)) if type(event) is EpochEvent]
    assert len(epochs) == 3
    assert all(event.validation_loss is event.validation_accuracy is None for event in epochs)


@pytest.mark.parametrize("seconds", [0.0004, 0.003, 0.04, 0.07])
def test_at_most_ten_batch_events_a_second_and_not_many_fewer(make_data, seconds):
    training = timed(config_of(batch_size=1, epochs=1), TrainingData(make_data(3000), None), seconds)
    times = [event.seconds for event in training if isinstance(event, BatchEvent)]
    gaps = np.diff([0.0, *times])
    assert gaps.min() >= REPORT_SECONDS * (1 - 1e-9)
    assert gaps.max() <= REPORT_SECONDS + CHUNK_SECONDS + seconds
    assert len(times) >= 3000 * seconds / (REPORT_SECONDS + CHUNK_SECONDS + seconds) - 1


@pytest.mark.parametrize("seconds", [0.0004, 0.003, 0.04, 0.2])
def test_the_engine_is_never_given_more_than_a_moment_of_work(make_data, seconds):
    training = timed(config_of(batch_size=1, epochs=2), TrainingData(make_data(500), None), seconds)
    weights_after(training)
    longest = max(len(rates) for rates in training.engine.rates)
    assert longest * seconds <= max(CHUNK_SECONDS, seconds) * (1 + 1e-9)
    assert seconds > CHUNK_SECONDS / 2 or longest * seconds > CHUNK_SECONDS / 2


# -- what cannot go on


@pytest.mark.filterwarnings("error")
def test_a_training_that_goes_astray_says_so(data):
    config = config_of(
        network={"activation": "identity", "hidden": (8, 8, 8)},
        optimizer="sgd",
        learning_rate=100.0,
        epochs=50,
    )
    with pytest.raises(DivergedError, match="smaller learning rate") as error:
        weights_after(Training(config, data))
    assert isinstance(error.value, DigitLabError) and "epoch" in str(error.value)


@pytest.mark.filterwarnings("ignore")
def test_no_training_ends_with_weights_that_are_not_numbers(data):
    """The very last step may be the one that goes too far: end the run after each number of steps in turn."""
    config = config_of(
        network={"activation": "identity", "hidden": (8, 8, 8)},
        optimizer="sgd",
        learning_rate=100.0,
        batch_size=10,
    )
    outcomes = []
    for epochs in range(1, 9):
        training = Training(config.with_training(epochs=epochs), data)
        try:
            weights_after(training)
        except DivergedError:
            outcomes.append("told")
        else:
            outcomes.append("fine" if np.isfinite(training.engine.parameters().flat).all() else "silent")
    assert "silent" not in outcomes and {"told", "fine"} == set(outcomes), outcomes


def test_pictures_of_another_size_are_refused(data):
    with pytest.raises(DigitLabError, match=r"3 × 3 = 9 pixels.*16 inputs"):
        Training(config_of(4), data)


# -- the scaling that is measured


def test_mean_and_spread_are_measured_on_the_training_part(data):
    config = fit_to_data(config_of(network={"scaling": "standard"}), data)
    assert config.network.mean == pytest.approx(data.train.x().mean(), rel=1e-5)
    assert config.network.std == pytest.approx(data.train.x().std(), rel=1e-5)
    assert Training(config_of(network={"scaling": "standard"}), data).config == config


def test_mean_and_spread_by_hand():
    """Pixels 0, 0, 8, 16 of 16: mean 3/8; squares 1/4 and 1, so the variance is 5/16 - 9/64 = 11/64."""
    train = Dataset("small", np.array([[0, 0, 8, 16]], dtype=np.uint8), np.array([3]), (2, 2), pixel_max=16)
    config = fit_to_data(config_of(2, network={"scaling": "standard"}), TrainingData(train, None))
    assert config.network.mean == pytest.approx(3 / 8)
    assert config.network.std == pytest.approx((11 / 64) ** 0.5)


def test_given_figures_stay(data):
    config = config_of(network={"scaling": "standard", "mean": 0.1307, "std": 0.3081})
    assert fit_to_data(config, data) is config
    assert fit_to_data(config_of(), data).network.mean is None


def test_pictures_of_one_grey_can_be_scaled():
    train = Dataset("grey", np.full((3, 4), 7, dtype=np.uint8), np.array([1, 2, 3]), (2, 2))
    config = fit_to_data(config_of(2, network={"scaling": "standard"}), TrainingData(train, None))
    assert config.network.std > 0
    assert np.isfinite(weights_after(Training(config, TrainingData(train, None)))).all()


# -- it learns


def test_it_learns_the_bundled_digits():
    config = Config(
        NetworkConfig(inputs=64, hidden=(32,)),
        TrainingConfig(dataset="digits", learning_rate=0.01, batch_size=32, epochs=8),
    )
    epochs = [event for event in Training(config, load_training("digits")) if isinstance(event, EpochEvent)]
    assert epochs[-1].validation_accuracy > 0.93
    assert epochs[-1].train_loss < epochs[0].train_loss / 5
