"""The only file with caches and session keys: what visitors share, and what belongs to one of them."""

from pathlib import Path

import numpy as np
import streamlit as st

from core.catalog import DEFAULT, find_model, load_guard, load_model, runs_with_models, shipped_models
from core.datasets import Dataset, load_training, measured_on
from core.errors import DigitLabError
from core.explain.back_query.inverse import back_query_all
from core.explain.nearest import Memory, remember, spread
from core.jobs.jobs import Jobs
from core.jobs.teaching import Teacher
from core.models.model import Model
from core.scores.evaluation import Evaluation, evaluate_on
from core.teach.copies import delete_copy, is_copy, keep_copy, model_before

MODEL, RUN = "model", "run"  # keys of the two pickers, and their names in the URL
PAGE, VISIT, WANTED = "_page", "_visit", "_wanted_model"
SMALL = "small"  # the shipped network that needs no MNIST, and one that can be run backwards
INVERTIBLE = "rashid"
COPIES = "_copies"  # taught copies that this visitor has kept


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The server's workers and download, one for all visitors."""
    return Jobs()


@st.cache_resource(show_spinner=False)
def teacher() -> Teacher:
    """Who teaches copies of networks, one at a time for all visitors."""
    return Teacher()


def theme() -> str:
    """ "light" or "dark", as the visitor's browser shows it."""
    return "dark" if st.context.theme.type == "dark" else "light"


def model_names() -> list[str]:
    """Models to choose from: the shipped ones, this visitor's taught copies, then those of runs, the newest first."""
    return [*shipped_models(), *taught_copies(), *(run.id for run in runs_with_models())]


def taught_copies() -> list[str]:
    """The taught copies that this visitor has kept, and the one in the URL: its id cannot be guessed."""
    kept = st.session_state.setdefault(COPIES, [])
    if (named := st.query_params.get(MODEL)) not in kept and is_copy(named):
        kept.append(named)
    return [name for name in kept if is_copy(name)]


def keep_taught(taught: Model, before: str) -> None:
    """Keep a taught copy of the model `before`, and use it from the next run of the whole page on."""
    name = keep_copy(taught, before)
    st.session_state.setdefault(COPIES, []).append(name)
    use_model(name)


def undo_taught(name: str) -> None:
    """Go back to the model before a taught copy, and delete the copy."""
    before = model_before(name)
    delete_copy(name)
    use_model(before if before in model_names() else DEFAULT)


def model_in_use() -> str:
    """The name of the model that this visitor has chosen."""
    return st.session_state[MODEL]


def enter(page: str) -> None:
    """Note that the visitor is on this page; coming to another page is a new visit."""
    if st.session_state.get(PAGE) != page:
        st.session_state[PAGE] = page
        st.session_state[VISIT] = visit() + 1


def visit() -> int:
    """Counts the visitor's changes of page: what a browser forgets with a page must be put there again."""
    return st.session_state.get(VISIT, 0)


def chosen(key: str, options: list[str], default: str | None) -> str | None:
    """A picker's value before it is drawn: this visitor's choice, else the URL's, else the default.

    The URL is only believed when it names one of the options. Call it before the picker and `keep` after it.
    """
    if key == MODEL and WANTED in st.session_state:
        st.session_state[key] = st.session_state.pop(WANTED)
    value = st.session_state.get(key, st.query_params.get(key))
    st.session_state[key] = value if value in options else default
    return st.session_state[key]


def keep(key: str, default: str | None) -> None:
    """Write a picker's value into the URL, so that a reload or a sent link finds it again."""
    value = st.session_state.get(key)
    if value is None or value == default:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != value:
        st.query_params[key] = value


def in_url() -> dict[str, str]:
    """What a link to another page carries, so that this page need not write it there: one step less on the way back."""
    name = model_in_use()
    return {} if name == DEFAULT else {MODEL: name}


def use_model(name: str) -> None:
    """Choose a model for this visitor, from the next run of the whole page on."""
    st.session_state[WANTED] = name


def another_model_wanted() -> bool:
    """Whether `use_model` has been called since the whole page was drawn; a fragment then lets it be drawn again."""
    return WANTED in st.session_state


def model(name: str) -> Model:
    """The model of this name; read again when its file has changed."""
    path = find_model(name)
    return _model(str(path), path.stat().st_mtime_ns)


@st.cache_resource(show_spinner=False, max_entries=12)
def _model(path: str, changed: int) -> Model:
    return load_model(Path(path))


def guard() -> Model:
    """The shipped network that tells digits from what is none."""
    return _guard()


@st.cache_resource(show_spinner=False)
def _guard() -> Model:
    return load_guard()


def test_evaluation(name: str) -> Evaluation:
    """The model's answers on the test digits of the data set that it was trained on."""
    path = find_model(name)
    return _test_evaluation(str(path), path.stat().st_mtime_ns)


@st.cache_resource(show_spinner="Reading the test digits …", max_entries=6)
def _test_evaluation(path: str, changed: int) -> Evaluation:
    loaded = _model(path, changed)
    return evaluate_on(loaded, loaded.config.training.dataset)


def back_queries(name: str) -> np.ndarray:
    """The ten pictures (10, height, width) of a model's back-query."""
    path = find_model(name)
    return _back_queries(str(path), path.stat().st_mtime_ns)


@st.cache_data(show_spinner=False, max_entries=24)
def _back_queries(path: str, changed: int) -> np.ndarray:
    return back_query_all(_model(path, changed))


def memory(name: str, dataset: str) -> Memory:
    """Digits of a training set as the model sees them; it looks at them once."""
    path = find_model(name)
    return _memory(str(path), path.stat().st_mtime_ns, dataset)


@st.cache_resource(show_spinner="The network looks at its training digits, once …", max_entries=3)
def _memory(path: str, changed: int, dataset: str) -> Memory:
    digits, total = _training_digits(measured_on(dataset))
    return remember(_model(path, changed), digits, total)


@st.cache_resource(show_spinner=False, max_entries=2)
def _training_digits(dataset: str) -> tuple[Dataset, int]:
    """Up to 20,000 digits of a training set, and how many it has."""
    everything = load_training(dataset).train
    return spread(everything), len(everything)


def model_title(name: str) -> str:
    """A model's name for a person; a file that cannot be read says so instead of breaking the page."""
    try:
        return model(name).provenance.title
    except DigitLabError:
        return f"{name} (cannot be read)"
