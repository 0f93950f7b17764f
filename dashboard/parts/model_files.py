"""Models leave and come as files: the network in use is saved, and one from elsewhere is checked, kept and used."""

import dataclasses

import streamlit as st

from core.catalog import find_model
from core.datasets import available, described
from core.errors import DigitLabError
from core.messages import N_
from core.models import given
from core.models.files import SUFFIX
from core.models.model import Model
from core.scores.evaluation import evaluate_on
from dashboard import shared, visitor
from dashboard.parts.refusals import told
from dashboard.say import say
from dashboard.visitor import Key

HELP = {
    "save": N_("A file with its weights and where they come from. Digit Lab opens it anywhere, and so do other programs."),
    "open": N_("A .safetensors file that was saved here, or a network of the earlier system (JSON, packed or not). It is read, "
               "never run, and its score is counted here if its test digits are here."),
    "remove": N_("Takes this network away again. The file that it came from stays yours."),
}  # fmt: skip
TURN: Key[int] = Key("_model_file_turn", int)  # a new place for the next file: the one that was taken is done with


def save_model_button(name: str, key: str) -> None:
    """A button that gives the file of the model of this name; it is read when it is pressed."""
    st.download_button(say("Save the network"), lambda: find_model(name).read_bytes(), f"{_file_name(name)}{SUFFIX}",
                       "application/octet-stream", icon=":material/download:", key=key, help=say(HELP["save"]),
                       on_click="ignore")  # fmt: skip


def _file_name(name: str) -> str:
    """What a model is called, as a file may be named."""
    kept = "".join(letter if letter.isalnum() else "-" for letter in shared.model_name(name))
    return "-".join(filter(None, kept.split("-"))).lower() or "network"


def models_in_and_out() -> None:
    """The network in use goes out, and another one comes in."""
    name = visitor.model_in_use()
    save_model_button(name, "save-model")
    if name in visitor.given_models():
        st.button(say("Remove this network"), key="remove-model", icon=":material/delete:", help=say(HELP["remove"]),
                  on_click=told(visitor.remove_given), args=(name,))  # fmt: skip
    file = st.file_uploader(say("Use a network from a file"), type=list(given.KINDS), key=f"model-file-{TURN.get()}",
                            max_upload_size=given.MAX_FILE // 1_000_000, help=say(HELP["open"]))  # fmt: skip
    if file is None:
        return
    try:
        with st.spinner(say("Reading the network …")):
            model = given.read_content(file.getvalue(), file.name)
            visitor.keep_given(counted(model))
    except DigitLabError as error:
        st.error(say(error.message), icon=":material/broken_image:")
        return
    TURN.put(TURN.get() + 1)
    st.rerun()


def counted(model: Model) -> Model:
    """The model with the score that is counted here, in place of what its file claims; without test digits with none."""
    dataset = model.config.training.dataset
    about = described(dataset)
    fits = about is not None and about.shape == model.shape and available(dataset)
    scores = {"test": evaluate_on(model, dataset).score} if fits else {}
    return dataclasses.replace(model, provenance=dataclasses.replace(model.provenance, scores=scores))
