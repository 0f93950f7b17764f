"""Why: what in the drawing, in the hidden units and in the training digits made the answer, and whether that stands a test."""

import numpy as np
import streamlit as st

from core.datasets import needs_mnist
from core.errors import DigitLabError
from core.explain.check import check_pixels, check_units
from core.explain.contributions import Explanation
from core.explain.nearest import Memory, digits_for, nearest
from core.models.model import Model
from dashboard import shared, visitor
from dashboard.draw import why_words
from dashboard.draw.network_view import network_view
from dashboard.draw.why_more import more
from dashboard.look import charts, images
from dashboard.look.evidence import evidence_image, figure, number
from dashboard.look.images import digit_url
from dashboard.look.numbers import capital_a
from dashboard.parts.mnist import get_mnist
from dashboard.parts.reader import Reading
from dashboard.parts.refusals import told
from dashboard.say import say

FOR, AGAINST = "why-answer", "why-rival"  # the two digits that are compared
SEED = 4  # of the random draws, so that the same drawing is always told the same
PICTURE = 336  # page pixels of the large picture; on a phone it still fits
SMALL = 112
SHOWN_UNITS = 6
SHOWN_DIGITS = 3  # for each unit; on a phone there is room for two of them


def why(model: Model, name: str, reading: Reading) -> None:
    """Everything about one reading. Call it inside the fragment that has the pad."""
    if reading.probabilities is None:
        st.info(say(why_words.WAITING), icon=":material/draw:")
        return
    answer, rival = _two_digits(reading.probabilities)
    explanation = Explanation(model, reading.seen)
    st.markdown(why_words.lead(explanation.trace.lead(answer, rival), answer, rival))
    show_pixels(model, explanation, answer, rival)
    memory = _memory(model, name)
    show_nearest(memory, explanation, answer, name)
    show_units(memory, explanation, answer, rival)
    st.markdown(say("#### The network at work"))
    st.markdown(say(why_words.NETWORK))
    network_view(explanation, answer, rival, reading.probabilities, theme=visitor.theme(), key="network-view")
    with st.expander(say("More: what exactly is computed"), icon=":material/functions:"):
        st.markdown(more(explanation.network, model.calibration.temperature, memory))


def _two_digits(probabilities: np.ndarray) -> tuple[int, int]:
    """The digits to compare: the answer and the runner-up, until two others are chosen; a new reading starts afresh."""
    first, second = (int(digit) for digit in np.argsort(-probabilities, kind="stable")[:2])
    if st.session_state.get("_why_reading") != (first, second) or FOR not in st.session_state:
        st.session_state["_why_reading"] = first, second
        st.session_state[FOR], st.session_state[AGAINST] = first, second
    digits = list(range(len(probabilities)))
    with st.container(horizontal=True, gap="small"):
        st.selectbox(say("Why"), digits, key=FOR, width=110, help=say(why_words.HELP_FOR), on_change=told(_part),
                     args=(FOR, AGAINST))  # fmt: skip
        st.selectbox(say("and not"), digits, key=AGAINST, width=110, help=say(why_words.HELP_AGAINST), on_change=told(_part),
                     args=(AGAINST, FOR))  # fmt: skip
    return st.session_state[FOR], st.session_state[AGAINST]


def _part(changed: str, other: str) -> None:
    """Two digits are needed: where one becomes the other, the other becomes the answer or the runner-up."""
    if st.session_state[changed] == st.session_state[other]:
        st.session_state[other] = next(d for d in st.session_state["_why_reading"] if d != st.session_state[changed])


def show_pixels(model: Model, explanation: Explanation, answer: int, rival: int) -> None:
    """The evidence in the pixels as a picture, what it adds up to, and what taking the strongest away does."""
    credits = explanation.pixel_credits(answer, rival)
    check = check_pixels(model, explanation.pixels, credits, answer, rival, rng=np.random.default_rng(SEED))
    shape, theme = model.shape, visitor.theme()
    ink = explanation.pixels.reshape(shape)
    marked = np.zeros(shape, dtype=bool)
    marked.flat[check.marked] = True
    scale = max(4, PICTURE // shape[1])
    image = evidence_image(credits.reshape(shape), theme, scale=scale, ink=ink, marked=marked)
    alt = why_words.pixels_alt(credits, answer, rival, shape)
    st.markdown(say("#### The pixels"))
    st.html(
        '<div data-testid="why-pixels" style="display:flex;flex-wrap:wrap;gap:1.25rem 2rem">'
        + figure(images.data_url(image), shape[1] * scale, shape[0] * scale, alt=alt)
        + '<div style="flex:1 1 20rem;max-width:36rem;font-variant-numeric:tabular-nums">'
        + why_words.pixels(credits, explanation, answer, rival, charts.COLOURS[theme])
        + why_words.check_html(check, why_words.pixels_check(check, answer, rival))
        + "</div></div>"
    )


def _memory(model: Model, name: str) -> Memory | None:
    """The training digits as the network sees them, or None, with the reason and a way out on the page."""
    dataset = digits_for(model)
    if needs_mnist(dataset):
        st.markdown(say(why_words.NEAREST))
        get_mnist(say(why_words.NO_MNIST))
        return None
    try:
        return shared.memory(name, dataset)
    except DigitLabError as error:
        st.markdown(say(why_words.NEAREST))
        st.info(say(error.message))
        return None


def show_nearest(memory: Memory | None, explanation: Explanation, answer: int, name: str) -> None:
    """The eight training digits that the network finds most like the drawing."""
    if memory is None:
        return
    places, likeness = nearest(memory, explanation.trace.activations[-2])
    labels = memory.digits.labels[places]
    st.markdown(say(why_words.NEAREST))
    st.markdown(why_words.nearest(labels, answer, len(memory)))
    pictures = [
        figure(
            _training_url(memory, place),
            *_small(memory),
            alt=capital_a(label),
            caption=say("{digit} · {percent:.0f} %", digit=int(label), percent=100 * float(alike)),
        )
        for place, label, alike in zip(places, labels, likeness, strict=True)
    ]
    st.html(
        '<div data-testid="why-nearest" style="display:flex;flex-wrap:wrap;gap:8px">' + "".join(pictures) + "</div>"
    )


def show_units(memory: Memory | None, explanation: Explanation, answer: int, rival: int) -> None:
    """The hidden units that weigh most between the two digits, what excites each, and what switching them off does."""
    st.markdown(say("#### The units that decide it"))
    if not explanation.network.hidden:
        st.markdown(say(why_words.NO_HIDDEN))
        return
    shares, offset = explanation.unit_shares(answer, rival)
    units = np.argsort(-np.abs(shares), kind="stable")[:SHOWN_UNITS]
    helping = int((shares[units] > 0).sum())
    check = check_units(explanation, answer, rival, count=helping, rng=np.random.default_rng(SEED)) if helping else None
    st.markdown(why_words.units(shares, offset, units, answer, rival))
    pictures = explanation.unit_pictures(units).reshape(-1, *explanation.network.shape)
    examples = memory.most_excited(units, SHOWN_DIGITS) if memory else np.empty((len(units), 0), dtype=int)
    cards = [
        _unit_card(explanation, int(unit), float(shares[unit]), picture, memory, places, (answer, rival))
        for unit, picture, places in zip(units, pictures, examples, strict=True)
    ]
    st.html(
        '<div data-testid="why-units" style="display:grid;gap:1.25rem 1.5rem;'
        f'grid-template-columns:repeat(auto-fill,minmax(min(100%,460px),1fr))">{"".join(cards)}</div>'
    )
    st.html(why_words.check_html(check, why_words.units_check(check, answer, rival)))


def _unit_card(
    explanation: Explanation,
    unit: int,
    share: float,
    picture: np.ndarray,
    memory: Memory | None,
    places: np.ndarray,
    digits: tuple[int, int],
) -> str:
    """A unit's share, the picture that excites it, the training digits that do, and a sentence."""
    side = digits[0] if share >= 0 else digits[1]
    labels = [int(memory.digits.labels[place]) for place in places] if memory else []
    scale = max(4, SMALL // picture.shape[1])
    image = evidence_image(picture, visitor.theme(), scale=scale)
    size = (picture.shape[1] * scale, picture.shape[0] * scale)
    figures = [figure(images.data_url(image), *size, alt=say("What excites unit {unit}: ink on blue", unit=unit + 1))]
    if memory:
        figures += [
            figure(
                _training_url(memory, place),
                *_small(memory),
                alt=say("{a_digit}, which excites unit {unit}", a_digit=capital_a(label), unit=unit + 1),
            )
            for place, label in zip(places, labels, strict=True)
        ]
    activation = float(explanation.trace.activations[-2][unit])
    title = say("unit {unit}, for {digit}", unit=unit + 1, digit=side)
    return (
        f'<div><b style="color:{charts.COLOURS[visitor.theme()]["for" if share >= 0 else "against"]}">'
        f"{number(share)}</b> <b>{title}</b>"
        f'<div style="display:flex;flex-wrap:wrap;gap:4px;margin:0.3rem 0;height:{size[1]}px;overflow:hidden">'
        f"{''.join(figures)}</div>"
        f'<div style="font-size:0.875rem;opacity:0.85">{why_words.unit(activation, share, labels, digits)}</div></div>'
    )


def _training_url(memory: Memory, place: int) -> str:
    return digit_url(memory.digits.x([int(place)]).reshape(memory.digits.shape))


def _small(memory: Memory) -> tuple[int, int]:
    """Width and height on the page of a training digit."""
    height, width = memory.digits.shape
    scale = max(4, SMALL // width)
    return width * scale, height * scale
