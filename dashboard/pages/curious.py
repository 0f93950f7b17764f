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


def card_of(name: str) -> str:
    """A shipped network in a line: what it is called, what it gets right, its layers, and how it was made."""
    card = shared.card(name)
    test = card.provenance.scores["test"]
    return say(
        "**{title}**, on the command line `{name}`, gets {correct:,} of {n:,} test digits right ({share}). It learned from: "
        "{dataset}, {epochs:.0f} times over. Its units, layer by layer: {sizes}.",
        title=shared.model_name(name),
        name=name,
        correct=test.correct,
        n=test.n,
        share=share(test.accuracy),
        dataset=words.dataset_title(card.config.training.dataset),
        epochs=card.provenance.epochs,
        sizes=words.sizes(card.config.network),
    )


st.subheader(say("The networks that come with it"), anchor=False)
st.markdown("\n".join(f"- {card_of(name)}" for name in shipped_models()))
st.markdown(say(CARD))
st.subheader(say("The command line"), anchor=False)
st.markdown(say(WHAT_THEY_DO))
st.code(COMMANDS.strip(), language=None, wrap_lines=True)
