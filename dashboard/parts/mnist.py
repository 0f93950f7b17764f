"""What is said and offered where MNIST is missing."""

import streamlit as st

from core.datasets import DATASETS
from dashboard import shared, words
from dashboard.parts.refusals import fragment, told
from dashboard.say import N_, say

WHAT_IT_IS = N_(
    "MNIST is 70,000 digits written by some 500 people: what digit readers are measured on. "
    "It is a download of {size}, made once."
)


def get_mnist(why: str) -> None:
    """Say that MNIST is not there and what that means, with a button to fetch it and its progress."""
    download = shared.jobs().download
    live = bool(download and download.running)
    fragment(_get_mnist, run_every=0.5 if live else None)(why, live)


def _get_mnist(why: str, was_live: bool) -> None:
    description, download = DATASETS["mnist"], shared.jobs().download
    live = bool(download and download.running)
    if was_live != live:
        st.rerun()
    with st.container(border=True, key="get-mnist"):
        size = words.megabytes(description.download_bytes)
        st.markdown(f"**{why}** " + say(WHAT_IT_IS, size=size))
        if download and live:
            share = download.done / download.total if download.total else 0.0
            st.progress(share, say("Downloading: {done} of {size}", done=words.megabytes(download.done), size=size))
            return
        if download and download.error:
            st.error(say(download.error), icon=":material/cloud_off:")
        st.button(say("Download MNIST"), icon=":material/download:",
                  help=say("Fetch the digits once, for all who use this computer. They are checked and kept."),
                  key="download-mnist",
                  on_click=told(shared.jobs().start_download))  # fmt: skip
