"""For the curious: the same without pages, and what each shipped network is made of."""

from collections.abc import Sequence

import streamlit as st

from core.bench.reproduced import AIM_COLUMNS, COLUMNS, aim_row, row
from core.bench.reproduction import kept, tutorials
from core.catalog import shipped_models
from core.messages import Message
from core.training.aims import AIMS
from core.training.recipes import RECIPES
from dashboard import shared, words
from dashboard.look.numbers import share
from dashboard.parts.facts import facts
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
TUTORIALS = N_(
    "Five tutorials stand behind this app. Each of their trainings was done again here, step by step as they wrote it, with "
    "several seeds (each begins with other weights). It reads about as well as they say; a training of ours that takes no "
    "longer reads more."
)
AIMED = N_("Our own trainings, each made to reach an aim in as few seconds as we know how.")
AGAIN = N_("Measured on {day} with {processors} processors. `python -m core reproduce` does it again on your computer.")


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


def show_tutorials() -> None:
    """What the tutorials report, and what their rows and ours read here."""
    outcome = kept()
    days = sorted((each.made, each.processors) for each in (*outcome.rows.values(), *outcome.ours.values()))
    if not days:
        return
    st.markdown(say(TUTORIALS))
    rows = [(say(RECIPES[name].title), row(outcome, name)) for name in tutorials() if name in outcome.rows]
    _table(COLUMNS, rows, say("The tutorials, trained again"))
    st.markdown(say(AIMED))
    aims = [aim_row(outcome, name) for name in AIMS if name in outcome.ours]
    _table(AIM_COLUMNS, [(say(first), rest) for first, *rest in aims], say("Ours, by aim"))
    day, processors = days[-1]
    st.caption(say(AGAIN, day=day, processors=processors))


def _table(columns: Sequence[str], rows: Sequence[tuple[str, Sequence[Message]]], label: str) -> None:
    facts([say(column) for column in columns], [[first, *map(say, rest)] for first, rest in rows], label)


st.subheader(say("The networks that come with it"), anchor=False)
st.markdown("\n".join(f"- {card_of(name)}" for name in shipped_models()))
st.markdown(say(CARD))
st.subheader(say("The tutorials, trained again"), anchor=False)
show_tutorials()
st.subheader(say("The command line"), anchor=False)
st.markdown(say(WHAT_THEY_DO))
st.container(key="commands").code(COMMANDS.strip(), language=None, wrap_lines=True)
