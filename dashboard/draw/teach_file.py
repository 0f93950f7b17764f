"""A visitor's drawings as a file: saved, loaded, or erased."""

import streamlit as st

from core.errors import DigitLabError
from core.teach.finetune import test_digits_in
from core.teach.samples import MOST, Sample, from_lines, to_lines
from dashboard.parts.refusals import told
from dashboard.parts.told_later import tell_later
from dashboard.say import N_, say, say_many

LEFT_OUT = N_("Left out, because a copy is tested on them: {count} of the test set's digits.")
HELP = {
    "save": N_("A small file of text with all drawings and what you said of them."),
    "load": N_("Takes the drawings of a file that was saved here."),
    "erase": N_("Deletes all your drawings. What a kept copy has learned from them stays in the copy."),
}


def drawings_file(samples: list[Sample]) -> None:
    """Save these drawings, add those of a file to them, or erase them all."""
    with st.container(horizontal=True, key="teach-file"):
        st.download_button(say("Save drawings"), to_lines(samples), "digit-lab-drawings.jsonl", "application/jsonl",
                           icon=":material/download:", disabled=not samples, key="teach-save", help=say(HELP["save"]),
                           on_click="ignore")  # fmt: skip
        with st.popover(say("Load drawings"), icon=":material/upload:", help=say(HELP["load"]), key="teach-load"):
            turn = st.session_state.setdefault("teach-turn", 0)
            file = st.file_uploader(say("A file that was saved here"),
                                    help=say("Drawings that you saved on this page before. Nothing else is read."),
                                    type=["jsonl"], key=f"teach-file-{turn}",
                                    max_upload_size=1)  # fmt: skip
            if file is not None:
                _take(samples, file.getvalue())
        with st.popover(say("Erase all"), icon=":material/delete_forever:", disabled=not samples, help=say(HELP["erase"]),
                        key="teach-erase"):  # fmt: skip
            st.button(
                say("Yes, erase all {count}", count=len(samples)),
                help=say("Forget all drawings that were collected here. This cannot be undone."),
                key="teach-erase-all",
                on_click=told(samples.clear),
            )


def _take(samples: list[Sample], content: bytes) -> None:
    """Add the drawings of a file that are not there yet and are no test digits."""
    try:
        taken = from_lines(content)
    except DigitLabError as error:
        st.error(say(error.message))
        return
    test_digits = set(test_digits_in(taken))
    taken = [sample for place, sample in enumerate(taken) if place not in test_digits]
    new = [sample for sample in taken if not any(sample.same_as(known) for known in samples)]
    if len(samples) + len(new) > MOST:
        count = len(samples) + len(new)
        st.error(say("That would be {count} drawings; {most} fit. Delete some first.", count=count, most=MOST))
        return
    samples.extend(new)
    st.session_state["teach-turn"] += 1
    told_of = [
        say_many("{count} new drawing taken from the file.", "{count} new drawings taken from the file.", len(new))
    ]
    if test_digits:
        told_of.append(say(LEFT_OUT, count=len(test_digits)))
    tell_later(" ".join(told_of))
    st.rerun()
