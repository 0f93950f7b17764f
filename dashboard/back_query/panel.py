"""One way from an answer to a picture, on the page: what was found, what is being found, or a button that begins it."""

import streamlit as st

from core.catalog import find_model
from core.drawings.svg import to_svg
from core.explain.back_query.found import Found
from core.explain.back_query.kept import kept
from core.explain.back_query.methods import AT_ONCE, METHODS, asked, find
from core.explain.back_query.written import PEN, strokes
from core.jobs.asking import Asking
from dashboard import shared, visitor, words
from dashboard.back_query.sheet import CHOSEN, sheet
from dashboard.look.numbers import brief, decimal
from dashboard.pads import drawing
from dashboard.pads.fabric import path
from dashboard.pads.strokes import picture_of
from dashboard.parts.refusals import fragment, refusal, told
from dashboard.say import N_, say
from dashboard.visitor import Key

REFRESH = 0.5  # seconds between two looks at a search
TO_DRAW: Key[bool] = Key("_back_query_to_draw", bool)
BEGIN = {
    "written": N_("Let it write"),
    "seen": N_("Let it imagine"),
    "tricks": N_("Let it imagine"),
    "typical": N_("Look through the digits"),
}
GOING_ON = {
    "written": N_("It is writing …"),
    "seen": N_("It is imagining …"),
    "tricks": N_("It is imagining …"),
    "typical": N_("It looks through the digits that it learned from …"),
}
PROVEN = N_(
    "Shown its own ten pictures, the network reads **{read} of 10** as it meant them. The **judge**, another network that had no "
    "part in it, reads **{judged} of 10**."
)
NOT_YET = N_("Nobody has asked this network yet. It takes a few seconds.")
HOW = {
    "inverse": N_("""
Reading goes from a picture to ten answers. Here the network is run the other way: it is given the answer, say “a 3 and
nothing else”, and every step is undone, layer by layer, until a picture is left. Dark spots are places where the network
looks for ink when it reads that digit; light spots are places where ink speaks against it. This is called a back-query.

The picture is no photograph of a typical 3. Many different pictures lead to the same answer, and the walk back finds
only what the weights tie to it.
"""),
    "written": N_("""
It begins with two thousand random scrawls. The network picks, for each digit, those that look most like it. Then it moves the
points that the strokes run through, a little at a time, always in the direction that makes it surer, while the paper is turned,
shifted and blotted, so that no accident can convince it. Bends, long ways and a second stroke have a price. A small second
network, which tells digits from scribbles, has to agree. Nobody shows it a digit: what you see is its own idea of one.
"""),
    "seen": N_("""
The picture begins as a random mixture of grey shapes and is changed, a little at a time, in the direction that makes the network
surer, while it is shifted and made noisy. The shapes are the sixty ways in which all digits together differ most, so the network
knows what ink looks like, but nothing tells it which digit is which.
"""),
    "tricks": N_("""
The same search without any idea of what ink looks like. The network is soon nearly certain, and nobody else can see why, not even
another network. So a high number alone says little: it was never shown such pictures, and does not know that it does not know.
"""),
    "typical": N_("""
The network reads all the digits that it learned from. Of each class this is the one whose score is farthest ahead of all others.
They are the honest yardstick: this is what people wrote.
"""),
    "mean": N_("""
Thousands of digits of one class laid over each other, and the mean of each pixel taken. It is what likeness is measured by.
"""),
}
HOW_PROVEN = N_("""
**The judge** is another network, of another size, begun with other random numbers and shown the digits in another order. No
search ever asks it, so it cannot have been fooled. **Likeness** compares the picture with the average of all training digits of
its class: 1 is the same, 0 is as unlike as chance.
""")


def show(name: str, method: str) -> None:
    """Show what the network of this name has for ten digits by this method, again and again while it searches."""
    asking = _asking(name, method)
    fragment(look, run_every=REFRESH if asking and asking.live else None)(name, method, bool(asking and asking.live))


def look(name: str, method: str, was_live: bool) -> None:
    """The panel. It holds the model's name: with the model, each open tab would keep one."""
    if TO_DRAW.get():
        TO_DRAW.put(False)
        st.switch_page("dashboard/pages/draw.py", query_params=visitor.in_url())
    asking = _asking(name, method)
    live = bool(asking and asking.live)
    if live != was_live:
        st.rerun()
    found = None if live else found_of(name, method)
    step = asking.step if asking and live else None
    with st.container(key="backwards"):
        with st.container(key="backwards-now"):
            if found:
                st.markdown(say(PROVEN, read=found.proof.read, judged=found.proof.judged))
            elif asking and live:
                _under_way(asking, method, step.done if step else 0.0)
            else:
                _offer(name, method, asking)
        seen, pixels = found or step, method != "written"
        with st.container(key="backwards-pictures" if pixels else "backwards-strokes"):
            sheet(seen.pictures if seen else None, seen.written if seen else None, found.proof if found else None,
                  pixels=pixels, live=live, key=f"ten-{method}")  # fmt: skip
        if found:
            _doors(name, found)
            _more(found)


def found_of(name: str, method: str) -> Found | None:
    """What is kept, or what takes little time and is done at once, for all who ask."""

    def done_at_once() -> Found:
        return find(method, asked(shared.model(name), shared.guard(), shared.judge()))

    found = kept(find_model(name), shared.fingerprint(name), method)
    if found is None and method in AT_ONCE:
        return shared.of_network(shared.caches().found, name, method, done_at_once)
    return found


def _asking(name: str, method: str) -> Asking | None:
    return shared.jobs().asking(shared.fingerprint(name), method)


def _under_way(asking: Asking, method: str, done: float) -> None:
    place = shared.jobs().queue.place(asking.ticket)
    st.progress(done, words.in_line(place) if place else say(GOING_ON[method]))


def _offer(name: str, method: str, asking: Asking | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.button(say(BEGIN[method]), key=f"ask-{method}", type="primary", icon=":material/ink_pen:",
                  help=say("The network searches in a process of its own, and you can watch. What it finds is kept."),
                  on_click=told(_begin, "ask", once=True), args=(name, method))  # fmt: skip
        st.markdown(say(NOT_YET), width="content")
    if error := refusal("ask") or (asking and asking.error):
        st.error(say(error), icon=":material/error:")


def _begin(name: str, method: str) -> None:
    shared.jobs().ask_back(find_model(name), shared.fingerprint(name), method, owner=visitor.owner())


def _doors(name: str, found: Found) -> None:
    """Where what was written can go: onto the pad, into a file."""
    if found.written is None:
        return
    chosen = CHOSEN.get()
    with st.container(horizontal=True, gap="small"):
        st.button(say("Put the {digit} on the pad", digit=chosen), key="to-pad", icon=":material/draw:",
                  help=say("Opens the Draw page with these strokes on it. Click another digit to choose it."),
                  on_click=told(_put), args=(name, chosen))  # fmt: skip
        drawings = [strokes(found.written, digit) for digit in range(10)]
        st.download_button(say("All ten as a file"), to_svg(drawings, width=PEN), "digits.svg", "image/svg+xml",
                           key="as-svg", icon=":material/download:", on_click="ignore",
                           help=say("An SVG file: lines that a drawing program can open, enlarge and print."))  # fmt: skip


def _put(name: str, digit: int) -> None:
    """The digit's strokes onto the pad of the Draw page, and there."""
    found = found_of(name, "written")
    if found is None or found.written is None:
        return
    objects = [path([(float(x), float(y)) for x, y in stroke], PEN) for stroke in strokes(found.written, digit)]
    drawing.drawing().put(objects, picture_of(objects, drawing.SIZE, drawing.SIZE))
    TO_DRAW.put(True)


def _more(found: Found) -> None:
    with st.expander(say("More: the numbers, and what they mean"), icon=":material/table_chart:"):
        proof = found.proof
        names = (say("Digit"), say("The network reads"), say("How sure of the digit"), say("The judge reads"),
                 say("How sure of the digit"), say("Likeness"))  # fmt: skip
        rows = [
            (digit, proof.answers[digit], brief(proof.own[digit]), proof.judge_answers[digit], brief(proof.judge[digit]),
             decimal(float(proof.likeness[digit]), 2))
            for digit in range(10)
        ]  # fmt: skip
        st.markdown("\n".join(f"| {' | '.join(map(str, row))} |" for row in (names, ["--:"] * len(names), *rows)))
        st.markdown(say(HOW_PROVEN))
        st.markdown(say(HOW[found.method]))


def title(method: str) -> str:
    return say(METHODS[method].title)
