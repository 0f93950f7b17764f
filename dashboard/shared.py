"""What all visitors share: the server's jobs, and what it keeps of models so that it need not be read or computed again.

What is kept is bounded in bytes (`Caches`), for a server of 690 MB. A visitor's session holds names of models, never a model:
each open tab would keep its own copy alive, whatever the caches let go.
"""

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import streamlit as st

from core.catalog import RUN_NAME, find_model, load_guard, load_judge, load_model, moment_in
from core.datasets import Dataset, load_training, measured_on, needs_mnist
from core.errors import DigitLabError
from core.explain.back_query.blend import Blend
from core.explain.back_query.blind import Walk
from core.explain.back_query.change import Change
from core.explain.back_query.found import Found
from core.explain.back_query.kept import file_hash
from core.explain.broken import Broken
from core.explain.nearest import Memory, remember, spread
from core.explain.plane import Plane
from core.explain.regions import Told
from core.explain.units import LayerLook
from core.files import note_use
from core.film.film import Film
from core.folders import MODELS
from core.jobs.jobs import Jobs
from core.models.files import Card, read_card
from core.models.model import Model
from core.models.packed import pack
from core.runs.run import open_run
from core.scores.evaluation import Evaluation, digits_of, evaluate, explored
from core.scores.misread import known, shipped_evaluation
from core.scores.wobble import Wobble
from core.teach.copies import is_copy, model_before
from core.training.remarks import Remark
from dashboard.cache import Cache
from dashboard.look.numbers import rounded_share, share
from dashboard.say import N_, say

NETWORKS = {  # what the shipped networks are called
    "default": N_("The good reader"),
    "blog": N_("The simple reader"),
    "rashid": N_("The one that runs backwards"),
    "small": N_("The tiny reader"),
}
MB = 1_000_000
T = TypeVar("T")
SMALL_CHANGE = 20_000  # bytes of a value beside its arrays
_made: list[Jobs] = []


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The server's queue and download, one for all visitors."""
    made = Jobs()
    if st.runtime.exists():  # not in a test of one page
        made.keep_house()
    _made.append(made)
    return made


def leave() -> None:
    """Let what goes on here end and keep what it has, before the server ends; nothing where nobody has come yet."""
    for each in _made:
        each.leave()


def _model_bytes(model: Model) -> int:
    return model.parameters.flat.nbytes + SMALL_CHANGE


def _dataset_bytes(digits: Dataset) -> int:
    return digits.pixels.nbytes + digits.labels.nbytes + SMALL_CHANGE


def _evaluation_bytes(evaluation: Evaluation) -> int:
    return evaluation.probabilities.nbytes + SMALL_CHANGE  # its digits are kept once for all


def _memory_bytes(memory: Memory) -> int:
    return memory.views.nbytes + _dataset_bytes(memory.digits)


Kinds = dict[str, tuple[tuple[str, ...], np.ndarray]]  # as `core.scores.slices.classes` gives them


def _kinds_bytes(kinds: Kinds) -> int:
    return sum(which.nbytes for _, which in kinds.values())


class Packed(NamedTuple):
    """A network for a browser (`core.models.packed`), and the `hash` by which the browser keeps it."""

    content: bytes
    hash: str


def _packed(model: Model) -> Packed:
    content = pack(model)
    return Packed(content, hashlib.sha256(content).hexdigest()[:32])


@dataclass(frozen=True)
class Caches:
    """What is kept, each kind with its share of the server's memory. Keys are a file's path and when it last changed."""

    shipped: Cache[Model] = field(default_factory=lambda: Cache(40 * MB, _model_bytes))
    models: Cache[Model] = field(default_factory=lambda: Cache(40 * MB, _model_bytes))
    moments: Cache[Model] = field(
        default_factory=lambda: Cache(30 * MB, _model_bytes)
    )  # networks that runs had on the way
    walls: Cache[str] = field(default_factory=lambda: Cache(1 * MB, lambda answers: 1_000))
    units: Cache[np.ndarray] = field(default_factory=lambda: Cache(5 * MB, lambda pictures: pictures.nbytes))
    ten_lines: Cache[str] = field(default_factory=lambda: Cache(2 * MB, len))
    remarks: Cache[list[Remark]] = field(default_factory=lambda: Cache(1 * MB, lambda found: SMALL_CHANGE))
    packed: Cache[Packed] = field(default_factory=lambda: Cache(20 * MB, lambda packed: len(packed.content)))
    cards: Cache[Card] = field(default_factory=lambda: Cache(10 * MB, lambda card: SMALL_CHANGE))
    test_digits: Cache[Dataset] = field(default_factory=lambda: Cache(20 * MB, _dataset_bytes))
    training_digits: Cache[tuple[Dataset, int]] = field(
        default_factory=lambda: Cache(20 * MB, lambda found: _dataset_bytes(found[0]))
    )
    evaluations: Cache[Evaluation] = field(default_factory=lambda: Cache(20 * MB, _evaluation_bytes))
    memories: Cache[Memory] = field(default_factory=lambda: Cache(60 * MB, _memory_bytes))
    planes: Cache[Plane] = field(default_factory=lambda: Cache(5 * MB, lambda plane: plane.nbytes))
    told_by_maps: Cache[Told] = field(default_factory=lambda: Cache(1 * MB, lambda told: 5_000))
    sheets: Cache[bytes] = field(default_factory=lambda: Cache(4 * MB, len))
    kinds: Cache[Kinds] = field(default_factory=lambda: Cache(5 * MB, _kinds_bytes))
    found: Cache[Found] = field(
        default_factory=lambda: Cache(2 * MB, lambda found: found.pictures.nbytes + SMALL_CHANGE)
    )
    layers: Cache[LayerLook] = field(default_factory=lambda: Cache(5 * MB, lambda look: look.nbytes + SMALL_CHANGE))
    broken: Cache[Broken] = field(
        default_factory=lambda: Cache(2 * MB, lambda broken: broken.pictures.nbytes + SMALL_CHANGE)
    )
    written: Cache[list[Found]] = field(default_factory=lambda: Cache(2 * MB, lambda found: SMALL_CHANGE))
    films: Cache[Film] = field(default_factory=lambda: Cache(5 * MB, lambda film: film.nbytes + SMALL_CHANGE))
    blends: Cache[Blend] = field(
        default_factory=lambda: Cache(3 * MB, lambda found: found.pictures.nbytes + SMALL_CHANGE)
    )
    walks: Cache[Walk] = field(
        default_factory=lambda: Cache(3 * MB, lambda found: found.pictures.nbytes + SMALL_CHANGE)
    )
    changes: Cache[Change] = field(default_factory=lambda: Cache(6 * MB, lambda found: 2 * found.after.nbytes))
    wobbles: Cache[Wobble] = field(default_factory=lambda: Cache(1 * MB, lambda found: SMALL_CHANGE))
    fingerprints: Cache[str] = field(default_factory=lambda: Cache(1 * MB, lambda sha256: 1_000))


@st.cache_resource(show_spinner=False)
def caches() -> Caches:
    """The server's caches, one of each kind for all visitors."""
    return Caches()


def _key(name: str) -> tuple[Path, int]:
    """A model's file and when it last changed: what is kept of it is forgotten with the file."""
    path = find_model(name)
    try:
        return path, path.stat().st_mtime_ns
    except OSError as error:  # it went at this moment, as the present network of a run does that ends
        raise DigitLabError("{path} cannot be read: {reason}.", path=path.name, reason=error.strerror) from error


def model(name: str) -> Model:
    """The model of this name; read again when its file has changed. Ask for it where it is used, and do not keep it."""
    path, changed = _key(name)
    moment = "@" in name
    if path.parent != MODELS:
        note_use(path)
    kept = caches().shipped if path.parent == MODELS else caches().moments if moment else caches().models
    return kept.get((path, changed), lambda: load_model(path))


def of_network(cache: Cache[T], name: str, about: Hashable, make: Callable[[], T]) -> T:
    """What a cache keeps of the network of this name, as its file is now; `about` says what it is, made if it is not kept."""
    return cache.get((*_key(name), about), make)


def packed(name: str) -> Packed:
    """The model of this name for a browser."""
    return caches().packed.get(_key(name), lambda: _packed(model(name)))


def card(name: str) -> Card:
    """What a model's file says of it; its parameters stay unread."""
    path, changed = _key(name)
    return caches().cards.get((path, changed), lambda: read_card(path))


def model_name(name: str) -> str:
    """What a model is called, as a sentence says it: "The good reader", "Blue Owl"; of a taught copy, whose copy it is."""
    if name in NETWORKS:
        return say(NETWORKS[name])
    if RUN_NAME.fullmatch(name):
        return open_run(name).title()
    if past := moment_in(name):
        return _name_then(*past)
    if is_copy(name) and (before := model_before(name)):
        copied = model_name(before)
        return copied if is_copy(before) else say("{title}, taught your hand", title=copied)
    return card(name).provenance.title


def _name_then(run_id: str, moment: float) -> str:
    """What a run's network is called as it was at a moment."""
    title = open_run(run_id).title()
    if not moment:
        return say("{title} before it learned", title=title)
    if moment < 1:
        return say("{title} after {share} of its first epoch", title=title, share=rounded_share(moment))
    return say("{title} after epoch {epoch:g}", title=title, epoch=moment)


def model_title(name: str) -> str:
    """The same with how many test digits it gets right, as a list shows it: "The good reader, 99.5 %".

    Of a file that cannot be read it says so, instead of breaking the page.
    """
    try:
        test = card(name).provenance.scores.get("test")
        return say("{title}, {share}", title=model_name(name), share=share(test.accuracy)) if test else model_name(name)
    except DigitLabError:
        return say("{name} (cannot be read)", name=name)


@st.cache_resource(show_spinner=False)
def guard() -> Model:
    """The shipped network that tells digits from what is none."""
    return load_guard()


@st.cache_resource(show_spinner=False)
def packed_guard() -> Packed:
    """The same for a browser: 0.7 MB."""
    return _packed(guard())


@st.cache_resource(show_spinner=False)
def judge() -> Model:
    """The shipped network that says what imagined pictures are."""
    return load_judge()


def test_evaluation(name: str) -> Evaluation:
    """The model's answers on the test digits of the data set that it was trained on.

    Without MNIST those of a shipped network are there for the digits that ship (`core.scores.misread`).
    """
    dataset = card(name).config.training.dataset

    def answered() -> Evaluation:
        with st.spinner(say("Reading the test digits …")):
            if only_misread:
                return shipped_evaluation(model(name), fingerprint(name))
            return evaluate(model(name), caches().test_digits.get(dataset, lambda: digits_of(dataset)))

    only_misread = needs_mnist(dataset)
    return caches().evaluations.get((*_key(name), only_misread), answered)


def evaluation_elsewhere(name: str, dataset: str) -> Evaluation:
    """The model's answers on digits of a data set that it has not learned from (`core.scores.evaluation.explored`)."""

    def answered() -> Evaluation:
        with st.spinner(say("Reading the digits …")):
            return evaluate(model(name), caches().test_digits.get(("explored", dataset), lambda: explored(dataset)))

    return of_network(caches().evaluations, name, ("explored", dataset), answered)


def has_test_digits(name: str) -> bool:
    """Whether the model's answers on test digits can be asked for: MNIST is here if need be, or its mistakes ship."""
    return not needs_mnist(card(name).config.training.dataset) or known(fingerprint(name))


def fingerprint(name: str) -> str:
    """The hash of a model's file, by which it is kept what the model wrote."""
    path, changed = _key(name)
    return caches().fingerprints.get((path, changed), lambda: file_hash(path))


def memory(name: str, dataset: str) -> Memory:
    """Digits of a training set as the model sees them; it looks at them once."""

    def looked() -> Memory:
        with st.spinner(say("The network looks at its training digits, once …")):
            source = measured_on(dataset)
            digits, total = caches().training_digits.get(source, lambda: _training_digits(source))
            return remember(model(name), digits, total)

    return caches().memories.get((*_key(name), dataset), looked)


def _training_digits(dataset: str) -> tuple[Dataset, int]:
    """Up to 20,000 digits of a training set, and how many it has."""
    everything = load_training(dataset).train
    return spread(everything), len(everything)
