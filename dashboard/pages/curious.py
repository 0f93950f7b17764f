"""For the curious: the same without pages, and what each shipped network is made of."""

import streamlit as st

from core.catalog import shipped_models
from dashboard import shared, words
from dashboard.look.numbers import share
from dashboard.say import N_, say

COMMANDS = """
python -m core train --hidden 200 --epochs 2 --out my.safetensors
python -m core evaluate my.safetensors
python -m core predict default digit.png
python -m core back-query rashid --out sheet.png
python -m core bench
python -m core --help
"""
WHAT_THEY_DO = N_(
    "All that these pages do, a terminal does too: train a network, count what it gets right, let it read a picture, "
    "run it backwards, measure. A notebook does it with `import core`."
)
CARD = N_(
    "How they were made, on whose digits, and what they read badly stands in the file `models/README.md`. "
    "`make models` trains them again."
)


def table() -> str:
    """The shipped networks: what they are called, what they get right, their layers, and how they were made."""
    head = [
        say("Network"),
        say("Test digits it gets right"),
        say("Units per layer"),
        say("Learned from"),
        say("Epochs"),
    ]
    lines = [head, ["---"] * len(head)]
    for name in shipped_models():
        card = shared.card(name)
        test = card.provenance.scores["test"]
        lines.append([
            shared.model_name(name),
            say("{correct:,} of {n:,} ({share})", correct=test.correct, n=test.n, share=share(test.accuracy)),
            words.sizes(card.config.network),
            words.dataset_title(card.config.training.dataset),
            say("{epochs:,.0f}", epochs=card.provenance.epochs),
        ])  # fmt: skip
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


st.subheader(say("The networks that come with it"), anchor=False)
st.markdown(table())
st.markdown(say(CARD))
st.subheader(say("The command line"), anchor=False)
st.markdown(say(WHAT_THEY_DO))
st.code(COMMANDS.strip(), language=None, wrap_lines=True)
