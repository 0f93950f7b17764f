"""Break it: parts of the network are switched off or disturbed, and what it still reads and imagines is seen at once."""

import streamlit as st

from core.explain.back_query.ink import ink_for
from core.explain.broken import MOST_NOISE, Broken, Damage, damaged, half_at_random, try_out, whole_layer
from core.explain.units import most_important
from core.models.model import Model
from dashboard import shared
from dashboard.back_query.grid import grid
from dashboard.back_query.layer import layer_look, layer_name, shown_to, which_digits
from dashboard.back_query.sheet import sheet
from dashboard.back_query.units import COLOURS, NONE
from dashboard.parts.refusals import fragment, told
from dashboard.say import N_, say, say_many
from dashboard.visitor import Key

TEN, EACH = 10, 8  # units that are switched off at once; of each digit that are shown
NOISE, LAYER = "break-noise", "break-layer"
DAMAGE: Key[dict[str, Damage]] = Key("_broken", dict)  # by the network's name; only one is kept
WHAT_IT_IS = N_(
    "Switch off parts of this network and see what it can still do. It is a copy that breaks: everywhere else the network stays "
    "whole."
)
WHOLE = N_(
    "Nothing is broken yet. It reads **{right:,} of {n:,}** digits right, and this is what it imagines in a hurry:"
)
NOW = N_("It now reads **{right:,} of {n:,}** digits right; whole, it reads {before:,}. This is what it imagines now:")


def break_it(name: str) -> None:
    """Drawn anew by itself at each click: the rest of the page is none of it."""
    if not shared.model(name).network.hidden:
        st.info(say(NONE), icon=":material/info:")
        return
    fragment(_bench)(name)


def _bench(name: str) -> None:
    damage = _damage(name)
    st.markdown(say(WHAT_IT_IS))
    _tools(name, damage)
    now, before = _tried(name, damage), _tried(name, Damage())
    counts = {"right": now.score.correct, "n": now.score.n}
    words = say(NOW, before=before.score.correct, **counts) if damage else say(WHOLE, **counts)
    with st.container(key="broken-places"):  # two places, see style.css: where there is room side by side
        with st.container(key="broken-pictures"):
            st.markdown(f"{words} {_off(damage)}")
            sheet(now.pictures, None, now.proof, pixels=True, live=False, key="broken", compact=True)
            st.caption(which_digits(shown_to(name)))
        with st.container(key="broken-units"):
            _units(name, damage)


def _tools(name: str, damage: Damage) -> None:
    st.session_state.setdefault(NOISE, round(100 * damage.noise))
    with st.container(horizontal=True, vertical_alignment="bottom", key="break-tools"):
        st.button(say("The ten most important"), key="break-ten", icon=":material/star:", on_click=told(_ten), args=(name,),
                  help=say("Switches off the ten units that right answers owe most to."))  # fmt: skip
        st.button(say("Half, by lot"), key="break-half", icon=":material/casino:", on_click=told(_half), args=(name,),
                  help=say("Switches off half of the units of each layer, drawn by lot."))  # fmt: skip
        st.button(say("A whole layer"), key="break-whole", icon=":material/layers_clear:", on_click=told(_layer), args=(name,),
                  help=say("Switches off all units of the layer that is shown below: nothing comes through."))  # fmt: skip
        st.slider(say("Noise in its weights"), 0, round(100 * MOST_NOISE), key=NOISE, step=10, format="%d %%", width=260,
                  on_change=told(_noise), args=(name,),
                  help=say("How much is added to every weight by chance, as a share of their size."))  # fmt: skip
        st.button(say("Take everything back"), key="break-back", icon=":material/healing:", type="primary", disabled=not damage,
                  on_click=told(_back), args=(name,), help=say("Makes the network whole again."))  # fmt: skip


def _units(name: str, damage: Damage) -> None:
    """The units of a layer: a click switches one off, and on again."""
    layer = _layer_shown(name, picked=True)
    st.markdown(say("Click a unit to switch it off, and again to switch it on."))
    off = {unit for where, unit in damage.off if where == layer}
    grid(name, layer, layer_look(name, layer), only=None, chosen=None, off=off, each=EACH,
         take=lambda unit: _toggle(name, layer, unit), key=f"break-units-{layer}")  # fmt: skip
    st.caption(say(COLOURS))


def _layer_shown(name: str, *, picked: bool = False) -> int:
    """The layer whose units are shown; where there are several it can be `picked`."""
    layers = list(range(len(shared.model(name).network.hidden)))
    if st.session_state.get(LAYER) not in layers:
        st.session_state[LAYER] = 0
    if picked and len(layers) > 1:
        st.selectbox(say("Layer"), layers, key=LAYER, format_func=layer_name, width=120,
                     help=say("Whose units are shown, and what “A whole layer” switches off."))  # fmt: skip
    return int(st.session_state[LAYER])


def _off(damage: Damage) -> str:
    if not damage.off:
        return ""
    return say_many("(One unit is off.)", "({count:,} units are off.)", len(damage.off))


def _damage(name: str) -> Damage:
    return DAMAGE.get().get(name, Damage())


def _put(name: str, damage: Damage) -> None:
    DAMAGE.put({name: damage})


def _tried(name: str, damage: Damage) -> Broken:
    digits = shown_to(name).digits

    def tried() -> Broken:
        model: Model = damaged(shared.model(name), damage)
        return try_out(model, digits, shared.guard(), shared.judge(), ink_for(model.shape))

    return shared.of_network(shared.caches().broken, name, (damage, digits.sha256), tried)


def _ten(name: str) -> None:
    top = most_important(shared.model(name), shown_to(name).digits, TEN)
    _put(name, Damage(frozenset(top), _damage(name).noise))


def _half(name: str) -> None:
    _put(name, Damage(half_at_random(shared.model(name)), _damage(name).noise))


def _layer(name: str) -> None:
    damage = _damage(name)
    _put(name, Damage(damage.off | whole_layer(shared.model(name), _layer_shown(name)), damage.noise))


def _noise(name: str) -> None:
    _put(name, Damage(_damage(name).off, st.session_state[NOISE] / 100))


def _toggle(name: str, layer: int, unit: int) -> None:
    _put(name, _damage(name).toggled(layer, unit))


def _back(name: str) -> None:
    _put(name, Damage())
    st.session_state[NOISE] = 0
