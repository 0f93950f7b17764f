"""Hidden units: what each is for, what its weights look like, the digits that move it, and what it would like to see."""

import html

import numpy as np
import streamlit as st

from core.explain.back_query.ink import ink_for
from core.explain.units import LayerLook, weight_pictures
from core.explain.wants import wanted
from dashboard import shared, visitor
from dashboard.back_query.grid import grid
from dashboard.back_query.layer import layer_look, layer_name, shown_to, which_digits
from dashboard.look import images
from dashboard.look.evidence import evidence_image, figure
from dashboard.look.images import digit_tag, scale_for
from dashboard.look.numbers import a, decimal
from dashboard.parts.links import say_if_gone
from dashboard.parts.refusals import told
from dashboard.say import N_, say
from dashboard.visitor import Key

LAYER, UNIT = "layer", "unit"  # keys of what is chosen, and its names in the URL; both count from 1
OF: Key[str] = Key("_units_of", str)  # the network that the choice belongs to
PICTURE, DIGIT = 168, 56  # pixels of the page, about
WHAT_IT_IS = N_(
    "Between the picture and the ten answers stand **units**: each looks at all pixels and says one number. Choose one, and "
    "see what it is for."
)
MIX = N_(
    "This layer does not see the picture: it hears the layer below. Its picture is a mix of the first layer's, added up by its "
    "weights."
)
COLOURS = N_(
    "Blue: ink here speaks for the unit. Orange with a bar: ink here speaks against it. In row –: units that say the same "
    "whatever they see."
)
NONE = N_(
    "This network has no units between its picture and its ten answers, so there is nothing to look into here. Choose another "
    "network at the top."
)
ALL, NO_DIGIT = "all", "none"


def hidden_units(name: str) -> None:
    """The grid of a layer, and all about the unit that is chosen."""
    hidden = shared.model(name).network.hidden
    if not hidden:
        st.info(say(NONE), icon=":material/info:")
        return
    if OF.get() not in ("", name):
        visitor.drop(LAYER)
        visitor.drop(UNIT)
    OF.put(name)
    st.markdown(say(WHAT_IT_IS))
    layer, only = _choose(hidden)
    look = layer_look(name, layer)
    strongest = str(int(np.where(look.meant >= 0, look.strength, -1.0).argmax()) + 1)
    chosen = visitor.chosen(UNIT, [str(number + 1) for number in range(hidden[layer])], strongest)
    visitor.keep(UNIT, strongest)
    say_if_gone(UNIT)
    unit = int(chosen or 1) - 1
    with st.container(
        key="units-places"
    ):  # three places, see style.css: on a phone the grid comes between the two others
        with st.container(key="unit-first"):
            st.markdown(_sentence(layer, unit, look))
            st.html(_pictures(name, layer, unit, look))
        with st.container(key="units-grid"):
            grid(name, layer, look, only=only, chosen=unit, off=(), take=_take, key=f"units-{layer}")
            st.caption(" ".join([say(COLOURS), *([say(MIX)] if layer else [])]))
            st.caption(which_digits(shown_to(name)))
        with st.container(key="unit-more"):
            _digits(name, unit, look)


def _choose(hidden: tuple[int, ...]) -> tuple[int, int | None]:
    """Which layer, and the units of which digit: None for the strongest few of all."""
    layers = [str(number + 1) for number in range(len(hidden))]
    visitor.chosen(LAYER, layers, layers[0])
    with st.container(horizontal=True, key="units-choice", vertical_alignment="bottom"):
        st.selectbox(say("Layer"), layers, key=LAYER, width=120, on_change=told(_other_layer),
                     format_func=lambda each: layer_name(int(each) - 1),
                     help=say("The first layer sees the picture, each further one hears the layer before it."))  # fmt: skip
        only = st.selectbox(
            say("Units for"),
            [ALL, *map(str, range(10)), NO_DIGIT],
            key="units-for",
            width=220,
            format_func=_for,
            help=say("Shows more units of one digit; or, of each digit, the strongest few."),
        )
    visitor.keep(LAYER, layers[0])
    say_if_gone(LAYER)
    return int(st.session_state[LAYER]) - 1, {ALL: None, NO_DIGIT: -1}.get(only, int(only) if only.isdigit() else None)


def _for(which: str) -> str:
    return {ALL: say("all digits, the strongest"), NO_DIGIT: say("no digit")}.get(which, which)


def _other_layer() -> None:
    visitor.drop(UNIT)


def _take(unit: int) -> None:
    visitor.want(UNIT, str(unit + 1))


def _digits(name: str, unit: int, look: LayerLook) -> None:
    """What it says of each digit, and for which it says most and least."""
    st.markdown(say("**What it says** on average, digit by digit:"))
    st.html(profile_bars(look.profile[unit]))
    digits = shown_to(name).digits
    most, least = say("**It says most** for these:"), say("**It says least** for these:")
    for title, rows in ((most, look.most[unit]), (least, look.least[unit])):
        pictures = digits.x(rows).reshape(-1, *digits.shape)
        tags = [
            digit_tag(each, scale=scale_for(each.shape, DIGIT), alt=say("A real {digit}", digit=int(label)))
            for each, label in zip(pictures, digits.labels[rows], strict=True)
        ]
        st.markdown(title)
        st.html(
            f'<div style="display:flex;flex-wrap:wrap;gap:6px;max-width:{3 * 2 * DIGIT + 24}px">{"".join(tags)}</div>'
        )


def _sentence(layer: int, unit: int, look: LayerLook) -> str:
    where = {"unit": unit + 1, "layer": layer + 1}
    if look.meant[unit] < 0:
        return say("**Unit {unit} of layer {layer}** says the same whatever it sees. It tells nothing apart.", **where)
    return say(
        "**Unit {unit} of layer {layer}** says most when it sees {a_digit}.", a_digit=a(int(look.meant[unit])), **where
    )


def _pictures(name: str, layer: int, unit: int, look: LayerLook) -> str:
    """Its weights, and what it wants to see, side by side."""
    model = shared.model(name)
    scale = scale_for(model.shape, PICTURE)
    size = (model.shape[1] * scale, model.shape[0] * scale)
    weights = evidence_image(weight_pictures(model, layer, np.array([unit]))[0], visitor.theme(), scale=scale)
    seen = shared.of_network(
        shared.caches().units, name, ("wants", layer, unit),
        lambda: wanted(model, layer, unit, float(look.spread[unit]), ink_for(model.shape)),
    )  # fmt: skip
    figures = [
        figure(images.data_url(weights), *size, alt=say("Its weights as a picture"), caption=say("what it looks for")),
        figure(
            images.digit_url(seen),
            *size,
            alt=say("The picture it says most for"),
            caption=say("what it would like to see"),
        ),
    ]
    return f'<div style="display:flex;flex-wrap:wrap;gap:1rem">{"".join(figures)}</div>'


def profile_bars(values: np.ndarray) -> str:
    """What a unit gives on average for each digit (10,), as bars from the smallest to the largest of them or from 0."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 1e-9)
    best = int(values.argmax())
    said = [decimal(float(value), 2) for value in values]
    rows = [
        f'<div class="bar{" best" if digit == best else ""}"><b>{digit}</b>'
        f'<i><u style="width:{100 * share:.1f}%"></u></i><span>{said[digit]}</span></div>'
        for digit, share in enumerate((values - low) / (high - low))
    ]
    label = say("What it says on average, from 0 to 9: {values}", values=", ".join(said))
    return f'<div class="bars" role="img" aria-label="{html.escape(label)}">{"".join(rows)}</div>'
