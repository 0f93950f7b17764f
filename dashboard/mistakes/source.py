"""Whose digits are explored: the network's own test digits, other test digits, data of the visitor's own, or their drawings.

The choice stands in the URL. It follows the network in use as long as the visitor has not chosen other digits than its own.
"""

import streamlit as st

from core.datasets import DATASETS, described, measured_on, needs_mnist
from core.datasets.uploads import is_upload
from core.errors import DigitLabError
from core.models.files import Card
from core.scores.evaluation import Evaluation, evaluate
from core.teach.copies import is_copy
from core.teach.samples import PHOTO, Sample, as_dataset
from dashboard import shared, visitor, words
from dashboard.pads.given_digit import put_on_the_pad
from dashboard.parts.mnist import get_mnist
from dashboard.parts.own_digits import own_datasets, own_drawings
from dashboard.parts.refusals import told
from dashboard.say import N_, say, say_many
from dashboard.visitor import Key

SOURCE = "from"  # key of the picker, and its name in the URL
DRAWINGS = "drawings"
FOLLOWED: Key[str] = Key("_mistakes_own_digits", str)  # the own test digits of the network that was in use last
TITLES = {"mnist": N_("MNIST's test digits"), "digits": N_("Small test digits, 8 × 8")}
HELP = N_(
    "Which digits the network reads here: those it is measured with, other test digits, pictures that you gave on the page "
    "Train, or drawings of which you said on the page Draw what they are."
)
WRONG_SIZE = N_(
    "These pictures have {rows} × {columns} pixels, and {title} reads {height} × {width}. Choose other digits, or another "
    "network."
)
NO_DRAWINGS = N_(
    "You have no drawings for this network yet. On the page Draw, under “Teach it your hand”, say of each drawing what it is: "
    "then it is here too."
)
ALL_LEFT_OUT = N_(
    "None of your {count} drawings is new to this network: it has learned them, or they were made for pictures of another size. "
    "Draw others on the page Draw, or choose another network."
)
NEEDS_MNIST = N_("These digits are those of MNIST, which are not here yet.")
IN_ALL = N_("**{title}** gets {correct:,} of {n:,} digits of {data} right ({share}). It has learned from none of them.")
OF_YOURS = N_("**{title}** gets {correct:,} of {n:,} of your drawings right ({share}).")
A_DRAWING = N_("Drawing {index:,} of {count:,}. You said that it is {label}.")
A_DIGIT = N_("Digit {index:,} of {count:,}. Its label says {label}.")


def own(name: str) -> str:
    """The data set that a network is measured with."""
    return measured_on(shared.card(name).config.training.dataset)


def take_source(name: str) -> str:
    """The digits that are chosen, before the picker is drawn."""
    mine, before = own(name), FOLLOWED.get()
    if before != mine and st.session_state.get(SOURCE) == before:
        st.session_state.pop(SOURCE)  # another network is in use, and nobody has chosen these digits
    FOLLOWED.put(mine)
    return visitor.chosen(SOURCE, _sources(mine), mine) or mine


def source_picker(name: str) -> None:
    mine = own(name)
    titles = words.distinct({each: _title(each, mine) for each in _sources(mine)})
    st.selectbox(say("Digits to look at"), list(titles), format_func=titles.__getitem__, key=SOURCE, help=say(HELP))


def _sources(mine: str) -> list[str]:
    return [mine, *(each for each in (*TITLES, *own_datasets()) if each != mine), DRAWINGS]


def _title(source: str, mine: str) -> str:
    if source in TITLES:
        return say(TITLES[source])
    if source == DRAWINGS:
        return say("Your drawings ({count})", count=len(own_drawings()))
    title = words.dataset_title(source)
    return say("{data}: its test digits", data=title) if source == mine else title


def asked(name: str, source: str) -> Evaluation | None:
    """What the network reads of these digits; where it cannot be asked, why is said, and what to do."""
    if source == DRAWINGS:
        return _of_drawings(name)
    if source == own(name):
        return shared.test_evaluation(name)
    about, shape = described(source), shared.card(name).config.network.shape
    if about and about.shape != shape:
        st.info(_wrong_size(name, about.shape, shape), icon=":material/straighten:")
        _button_to_a_reader(about.shape)
        return None
    if needs_mnist(source):
        get_mnist(say(NEEDS_MNIST))
        return None
    return shared.evaluation_elsewhere(name, source)


def of(name: str) -> str:
    """Which network with which digits this is, by its name alone where these are its own: a round on them is one of them."""
    source = shown(name)
    if source == own(name):
        return name
    return f"{name} {source} {len(own_drawings())}" if source == DRAWINGS else f"{name} {source}"


def evaluation(name: str) -> Evaluation:
    """The same for a callback, of what has been shown."""
    source = shown(name)
    if source == DRAWINGS:
        return evaluate(shared.model(name), as_dataset(usable_drawings(name)))
    return shared.test_evaluation(name) if source == own(name) else shared.evaluation_elsewhere(name, source)


def shown(name: str) -> str:
    """The digits that a network is shown with: the chosen ones, or its own where it cannot read these."""
    source, mine = st.session_state.get(SOURCE), own(name)
    if source in (None, DRAWINGS, mine):
        return source or mine
    about = described(source)
    return source if about and about.shape == shared.card(name).config.network.shape else mine


def beside(name: str) -> list[str]:
    """Other networks that read the same digits, and have learned from none of them either."""
    source, shape = shown(name), shared.card(name).config.network.shape
    alike = [other for other, card in _readable() if other != name and card.config.network.shape == shape]
    if source == DRAWINGS:
        return [other for other in alike if not is_copy(other)]  # which may have learned some of them
    if source == own(name):
        return [other for other in alike if own(other) == source and shared.has_test_digits(other)]
    return [other for other in alike if not is_upload(source) or own(other) != source]


def read_by(other: str, first: Evaluation) -> Evaluation:
    """What one of these networks reads of the digits that another has read."""
    source = shown(other)
    if source == DRAWINGS:
        return evaluate(shared.model(other), first.data)
    return shared.test_evaluation(other) if source == own(other) else shared.evaluation_elsewhere(other, source)


def _readable() -> list[tuple[str, Card]]:
    """The networks to choose from whose files can be read; of the others the picker says that they cannot."""
    found = []
    for name in visitor.model_names():
        try:
            found.append((name, shared.card(name)))
        except DigitLabError:
            continue
    return found


def _wrong_size(name: str, has: tuple[int, int], reads: tuple[int, int]) -> str:
    return say(WRONG_SIZE, rows=has[0], columns=has[1], title=shared.model_name(name), height=reads[0], width=reads[1])


def _button_to_a_reader(shape: tuple[int, int]) -> None:
    """Offer the first network that reads pictures of this size."""
    for other, card in _readable():
        if card.config.network.shape == shape:
            st.button(say("Use {title}", title=shared.model_name(other)), key="use-reader", icon=":material/neurology:",
                      help=say("Makes it the network in use: it reads pictures of this size."),
                      on_click=told(visitor.use_model), args=(other,))  # fmt: skip
            return


def usable_drawings(name: str) -> list[Sample]:
    """The visitor's drawings that this network can read and was not taught."""
    from core.teach.finetune import learned_before

    model = shared.model(name)
    fitting = [sample for sample in own_drawings() if sample.shape == model.shape]
    return [sample for sample, known in zip(fitting, learned_before(model, fitting), strict=True) if not known]


def _of_drawings(name: str) -> Evaluation | None:
    drawings = usable_drawings(name)
    if not drawings:
        count = len(own_drawings())
        st.info(say(ALL_LEFT_OUT, count=count) if count else say(NO_DRAWINGS), icon=":material/draw:")
        st.page_link("dashboard/pages/draw.py", label=say("Go to Draw"), icon=":material/draw:",
                     query_params=visitor.in_url())  # fmt: skip
        return None
    if left_out := len(own_drawings()) - len(drawings):
        left_out_of = say_many(
            "One drawing is left out: it was made for pictures of another size, or this network has learned it.",
            "{count} drawings are left out: they were made for pictures of another size, or this network has learned them.",
            left_out,
        )
        st.caption(left_out_of)
    return evaluate(shared.model(name), as_dataset(drawings))


def score_in_words(name: str, found: Evaluation) -> str:
    """What the network scored on these digits."""
    source, values = shown(name), words.score_values(shared.model_name(name), found.score)
    if source == DRAWINGS:
        return say(OF_YOURS, **values)
    if source in DATASETS or source == own(name):
        return words.reads(shared.model_name(name), found.score)
    return say(IN_ALL, data=words.dataset_title(source), **values)


def number_in_words(name: str, number: int) -> str:
    """By what number a digit is known."""
    source = shown(name)
    if source == DRAWINGS:
        return say("Your drawing number {index}", index=number + 1)
    if is_upload(source) and source != own(name):
        return say("Digit number {index}", index=number)
    return say("Test digit number {index}", index=number)


def put(name: str, index: int) -> None:
    """Put a digit on the pad of the page Draw."""
    source = shown(name)
    if source == DRAWINGS:
        drawing = usable_drawings(name)[index]
        put_on_the_pad(as_dataset([drawing]), 0, what=A_DRAWING, source=drawing.source)
    elif is_upload(source) and source != own(name):
        put_on_the_pad(evaluation(name).data, index, what=A_DIGIT, source=PHOTO)
    else:
        put_on_the_pad(evaluation(name).data, index)
