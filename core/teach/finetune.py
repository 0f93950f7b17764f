"""Teaching a model one person's hand: a copy trains for some seconds on their drawings, mixed with the digits it came from.

The mix (replay: Robins 1995) keeps it from forgetting. Validation digits decide: how far the copy goes from the model before,
and whether it may be kept, which one that lost more than 0.2 points of them may not. The test digits decide nothing; the final
copy reads them, and that is reported.

What was gained is counted on drawings that neither of the two readers was taught: every drawing is read by the model before
and by a copy that was taught the others but not this one. A model that is a taught copy itself has learned drawings in earlier
lessons, and so have all copies made of it. It knows them again by their fingerprints, which are in its file: they are taught
once more, and are not counted. (Reading them by the model before all lessons would count them too, but would tell of another
copy than the one that can be kept, and that model may be gone.) Where all drawings were learned before, nothing is counted.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from core import __version__
from core.datasets import Dataset, available, load_training
from core.drawings.augment import augment
from core.engines import create_engine
from core.errors import DigitLabError
from core.models.model import Model, Provenance, Score
from core.models.parameters import Parameters
from core.scores.evaluation import calibrate, evaluate, evaluate_on
from core.scores.overlap import test_digits_among
from core.seeding import TEACH, generator
from core.teach.outcome import FineTuned, Scores
from core.teach.samples import Sample, as_dataset

LEAST = 5  # drawings to begin with
GROUPS = 5  # each group of drawings is kept from one copy: with five drawings, one at a time

BATCH = 64
OWN_SHARE = 0.25  # of each batch; the rest is replay
RATE = 0.6  # over the square root of the number of weights: 5e-4 for 1.3 million
STEPS_TIMES_WEIGHTS, FEWEST_STEPS, MOST_STEPS = 5e7, 24, 120  # about half a second on one core
# Shares of the way from the model before to what training made of it, tried from the longest.
WAYS = (1.0, 0.8, 0.6, 0.45, 0.3, 0.2, 0.1)
MOST_LOST_IN_VALIDATION = 0.0005

REFERENCE = {(28, 28): "mnist", (8, 8): "digits"}
SUFFIX = ", taught your hand"

# What a lesson does, one after the other; `dashboard.draw.teach_lesson` says it.
PHASES = READING, TEACHING, STEPPING_BACK, HOLDING_OUT, TESTING = (
    "reading", "teaching", "stepping back", "holding out", "testing",
)  # fmt: skip

Tell = Callable[[float, str], None]


def reference_of(model: Model) -> str:
    """The data set to replay from and to test on. Raises `DigitLabError` for a model of a shape that has none."""
    if model.shape not in REFERENCE:
        height, width = model.shape
        raise DigitLabError(
            "This network reads pictures of {height} × {width} pixels. There are test digits of 28 × 28 and "
            "of 8 × 8 only, so what it would forget cannot be checked. Choose another network.",
            height=height,
            width=width,
        )
    return REFERENCE[model.shape]


def fine_tune(
    model: Model, samples: Sequence[Sample], *, seed: int = 0, tell: Tell = lambda done, phase: None
) -> FineTuned:
    """Teach a copy of a model these drawings.

    Parameters
    ----------
    samples : at least `LEAST` drawings of the model's shape. One that is there several times counts once, as it was
        marked last: held out from a copy, it would be taught to it as its double.
    tell : is told how much is done, 0 to 1, and which of `PHASES` is under way.

    Raises `DigitLabError` when there are too few drawings, test digits are among them, or the data set to replay from is
    not there.
    """
    given, samples = samples, _each_once(samples)
    own = _own(model, samples)
    dataset = reference_of(model)
    tell(0.0, READING)
    data = load_training(dataset)
    _refuse_test_digits(given)
    assert data.validation is not None  # some are held back unless one asks for none
    train, validation = _in_bytes(data.train), _in_bytes(data.validation)
    new = ~learned_before(model, samples)
    lessons = GROUPS + 1

    tell(0.1, TEACHING)
    taught = _taught(model, own, train, seed, position=0)
    tell(0.1 + 0.7 / lessons, STEPPING_BACK)
    way, *kept_apart = _longest_way(model, taught, validation)
    copy = _on_the_way(model, taught, way)

    group = np.full(len(own), -1)  # of a drawing that is never held out
    group[new] = groups(own.labels[new])
    right, count = 0, int(np.count_nonzero(new))
    for number in range(min(GROUPS, count)):
        tell(0.1 + 0.7 * (number + 1) / lessons, HOLDING_OUT)
        others, held_out = own.subset(group != number), own.subset(group == number)
        lesson = _taught(model, others, train, seed, position=number + 1)
        right += evaluate(_on_the_way(model, lesson, way), held_out).score.correct

    tell(0.85, TESTING)
    own_before, own_after = (evaluate(model, own.subset(new)).score, Score(count, right)) if count else (None, None)
    before = Scores(own_before, kept_apart[0], evaluate_on(model, dataset).score)
    copy, test = calibrate(copy, validation, dataset)
    after = Scores(own_after, kept_apart[1], test.score)
    copy = replace(copy, provenance=_provenance(model, samples, after.test))
    return FineTuned(copy, dataset, before, after, evaluate(copy, own).score, len(own) - count)


def learned_before(model: Model, samples: Sequence[Sample]) -> np.ndarray:
    """Which of these drawings (n,) the model has learned in earlier lessons.

    A copy from before copies remembered this may have learned any of them: all of them pass for learned.
    """
    known = model.provenance.taught
    if not known and model.provenance.title.endswith(SUFFIX):
        return np.ones(len(samples), dtype=bool)
    return np.array([sample.fingerprint in known for sample in samples], dtype=bool)


def groups(labels: np.ndarray) -> np.ndarray:
    """The group (n,) that each drawing is held out with: all of about one size, each digit spread over all of them."""
    group = np.empty(len(labels), dtype=np.int64)
    group[np.argsort(labels, kind="stable")] = np.arange(len(labels)) % GROUPS
    return group


def _each_once(samples: Sequence[Sample]) -> list[Sample]:
    return list({sample.fingerprint: sample for sample in samples}.values())


def _own(model: Model, samples: Sequence[Sample]) -> Dataset:
    if len(samples) < LEAST:
        raise DigitLabError(
            "It takes at least {least} drawings to teach; there are {count}.", least=LEAST, count=len(samples)
        )
    if wrong := next((sample for sample in samples if sample.shape != model.shape), None):
        raise DigitLabError(
            "A drawing has {rows} × {columns} pixels, and this network reads {height} × {width}. Leave it out.",
            rows=wrong.shape[0],
            columns=wrong.shape[1],
            height=model.shape[0],
            width=model.shape[1],
        )
    return as_dataset(samples)


def test_digits_in(samples: Sequence[Sample]) -> list[int]:
    """Positions of the drawings that are digits of a test set which is at hand."""
    found = []
    for shape, dataset in REFERENCE.items():
        places = [place for place, sample in enumerate(samples) if sample.shape == shape]
        if places and available(dataset):
            same = test_digits_among(np.stack([samples[place].picture for place in places]), dataset)
            found += np.array(places)[same].tolist()
    return sorted(found)


def _refuse_test_digits(samples: Sequence[Sample]) -> None:
    if found := test_digits_in(samples):
        raise DigitLabError(
            "Of the {drawings} drawings, these are test digits: number {found}. The copy is tested on them, so it must not "
            "learn them: leave them out.",
            drawings=len(samples),
            found=", ".join(str(place + 1) for place in found),
        )


def _in_bytes(data: Dataset) -> Dataset:
    """The same digits with full ink at 255, as own drawings have it."""
    if data.pixel_max == 255:
        return data
    pixels = np.round(data.pixels * (255 / data.pixel_max)).astype(np.uint8)
    return Dataset(data.name, pixels, data.labels, data.shape)


def _taught(model: Model, own: Dataset, replay: Dataset, seed: int, position: int) -> np.ndarray:
    """The parameters (p,) after one lesson."""
    weights = model.network.parameter_count
    steps = int(np.clip(STEPS_TIMES_WEIGHTS / weights, FEWEST_STEPS, MOST_STEPS))
    rate = RATE / np.sqrt(weights)
    rng = generator(seed, TEACH, position)
    lesson = _lesson(own, replay, steps * BATCH, model.config.training.augmentation, rng)
    config = model.config.with_training(
        engine="numpy", device="cpu", optimizer="adam", learning_rate=rate, batch_size=BATCH, seed=seed
    )
    engine = create_engine(config.network, config.training, model.parameters)
    engine.load(lesson)
    rates = rate * 0.5 * (1 + np.cos(np.pi * np.arange(steps) / steps))
    engine.train(rng.permutation(len(lesson)), rates)
    return engine.parameters().flat


def _lesson(own: Dataset, replay: Dataset, count: int, usual: str, rng: np.random.Generator) -> Dataset:
    """Own drawings, each as often as any other and never twice the same, and replay changed as in the model's training."""
    own_count = int(count * OWN_SHARE)
    rows = np.resize(np.arange(len(own)), own_count)
    drawings = augment("elastic", own.pixels[rows], own.labels[rows], own.shape, rng=rng)
    rows = rng.choice(len(replay), count - own_count)
    usual = usual if usual in ("affine", "elastic") else "none"  # "rotations" gives more digits than it takes
    others = augment(usual, replay.pixels[rows], replay.labels[rows], replay.shape, rng=rng)
    pixels, labels = (np.concatenate(pair) for pair in zip(drawings, others, strict=True))
    return Dataset("a lesson", pixels, labels, own.shape, sha256="not needed")


def _on_the_way(model: Model, taught: np.ndarray, way: float) -> Model:
    """The model whose parameters lie this share of the way from those before to the taught ones (Wortsman et al. 2022)."""
    start = model.parameters.flat
    flat = (start + way * (taught - start)).astype(start.dtype)
    return Model(model.config, Parameters(model.network, flat), model.provenance)


def _longest_way(model: Model, taught: np.ndarray, validation: Dataset) -> tuple[float, Score, Score]:
    """The first of `WAYS` that loses next to nothing on the validation digits, or the shortest; their scores there."""
    before = evaluate(model, validation).score
    for way in WAYS:
        score = evaluate(_on_the_way(model, taught, way), validation).score
        if before.correct - score.correct <= MOST_LOST_IN_VALIDATION * before.n:
            break
    return way, before, score


def _provenance(model: Model, samples: Sequence[Sample], test: Score) -> Provenance:
    old = model.provenance
    title = old.title.removesuffix(SUFFIX) + SUFFIX
    taught = tuple(sorted({*old.taught, *(sample.fingerprint for sample in samples)}))
    return replace(old, title=title, scores={"test": test}, version=__version__, taught=taught)
