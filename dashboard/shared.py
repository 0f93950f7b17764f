"""What all visitors share: the server's jobs, and what it keeps of models so that it need not be read or computed again."""

from pathlib import Path

import numpy as np
import streamlit as st

from core.catalog import find_model, load_guard, load_model
from core.datasets import Dataset, load_training, measured_on
from core.errors import DigitLabError
from core.explain.back_query.inverse import back_query_all
from core.explain.nearest import Memory, remember, spread
from core.jobs.jobs import Jobs
from core.jobs.teaching import Teacher
from core.models.model import Model
from core.scores.evaluation import Evaluation, evaluate_on


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The server's workers and download, one for all visitors."""
    return Jobs()


@st.cache_resource(show_spinner=False)
def teacher() -> Teacher:
    """Who teaches copies of networks, one at a time for all visitors."""
    return Teacher()


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
