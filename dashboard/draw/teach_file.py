"""A visitor's drawings as a file: saved, loaded, or erased."""

import streamlit as st

from core.errors import DigitLabError
from core.teach.finetune import test_digits_in
from core.teach.samples import MOST, Sample, from_lines, to_lines
from dashboard.parts.refusals import told

LEFT_OUT = " Left out, because a copy is tested on them: {count} of the test set's digits."
HELP = {
    "save": "A small file of text with all drawings and what you said of them.",
    "load": "Takes the drawings of a file that was saved here.",
    "erase": "Deletes all your drawings. What a kept copy has learned from them stays in the copy.",
}


def drawings_file(samples: list[Sample]) -> None:
    """Save these drawings, add those of a file to them, or erase them all."""
    with st.container(horizontal=True, key="teach-file"):
        st.download_button("Save drawings", to_lines(samples), "digit-lab-drawings.jsonl", "application/jsonl",
                           icon=":material/download:", disabled=not samples, key="teach-save", help=HELP["save"],
                           on_click="ignore")  # fmt: skip
        with st.popover("Load drawings", icon=":material/upload:", help=HELP["load"], key="teach-load"):
            turn = st.session_state.setdefault("teach-turn", 0)
            file = st.file_uploader("A file that was saved here", type=["jsonl"], key=f"teach-file-{turn}",
                                    max_upload_size=1)  # fmt: skip
            if file is not None:
                _take(samples, file.getvalue())
        with st.popover("Erase all", icon=":material/delete_forever:", disabled=not samples, help=HELP["erase"],
                        key="teach-erase"):  # fmt: skip
            st.button(f"Yes, erase all {len(samples)}", key="teach-erase-all", on_click=told(samples.clear))


def _take(samples: list[Sample], content: bytes) -> None:
    """Add the drawings of a file that are not there yet and are no test digits."""
    try:
        taken = from_lines(content)
    except DigitLabError as error:
        st.error(str(error))
        return
    test_digits = set(test_digits_in(taken))
    taken = [sample for place, sample in enumerate(taken) if place not in test_digits]
    new = [sample for sample in taken if not any(sample.same_as(known) for known in samples)]
    if len(samples) + len(new) > MOST:
        st.error(f"That would be {len(samples) + len(new)} drawings; {MOST} fit. Delete some first.")
        return
    samples.extend(new)
    st.session_state["teach-turn"] += 1
    left_out = LEFT_OUT.format(count=len(test_digits)) if test_digits else ""
    st.toast(f"{len(new)} new {'drawing' if len(new) == 1 else 'drawings'} taken from the file.{left_out}")
    st.rerun()
