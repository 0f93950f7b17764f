"""Teach it your hand: say whether a drawing was read rightly, collect drawings, and let a copy of the network learn them."""

import math
from typing import Literal

import streamlit as st

from core.catalog import SMALL
from core.datasets import available
from core.errors import DigitLabError
from core.models.model import Model
from core.settings import settings
from core.teach.copies import is_copy, model_before
from core.teach.finetune import LEAST, reference_of
from core.teach.samples import MOST, Sample, sample_of
from dashboard import shared, visitor
from dashboard.draw.teach_file import drawings_file
from dashboard.draw.teach_lesson import begin, lesson, pending, show_refusal, under_way
from dashboard.draw.teach_typed import typed_three
from dashboard.look import images
from dashboard.look.numbers import a
from dashboard.pads import drawing
from dashboard.pads.strokes import TEST
from dashboard.parts.gallery import Item, gallery
from dashboard.parts.mnist import get_mnist
from dashboard.parts.own_digits import DRAWINGS, own_drawings
from dashboard.parts.reader import Reading
from dashboard.parts.refusals import told
from dashboard.parts.told_later import tell_later
from dashboard.say import N_, say, say_many

GALLERY, SHOWN, CHOSEN, PAGE = "own-drawings", "own-drawings-shown", "own-drawings-chosen", 12

SENTENCE = N_(
    "Draw, and say whether the network was right. From five drawings on it can learn your hand: a copy of it trains for "
    "some seconds, and you see what it gained and what it lost before you keep it."
)
WAITING = N_("Draw a digit above. Then say here whether it was read right.")
TEST_DIGIT = N_(
    "This is a digit of the test set, so it cannot be collected, even if you draw on it. A copy is tested on those digits: if "
    "it had learned them, passing the test would prove nothing. Clear the box and draw one of your own."
)
KNOWN = N_("This drawing is in your collection. Clear the box and draw the next one.")
FULL = N_("You have {most} drawings, which is as many as fit. Delete some to add others.")
OTHER_SHAPE = N_(
    "{count} of your drawings were made for a network that reads pictures of another size. They are left out here."
)
NOTHING_WRONG = N_("It reads all of them already, so there is little to gain. Show it some that it misreads.")
MORE = N_("More drawings teach it more: best are two or more of each digit.")
NO_MNIST = N_(
    "This network learned from MNIST, which is not on this computer. Without it nobody could check what the copy forgets, "
    "so it cannot be taught yet."
)
NO_DOWNLOAD = N_("Or use the small network: the digits that it is checked against come with the program.")
PRIVACY = N_(
    "Your drawings belong to this visit: close or reload the page and they are gone, unless you save them to a file. The "
    "server holds them in memory; on its disk they lie for a moment, when teaching begins, and are deleted. A copy that you "
    "keep stays on the server until you undo it. Only someone who has its address can use it."
)
OLDEST_GOES = N_("Of your copies the newest {own:,.0f} are kept, and of all visitors' the newest {all:,.0f}.")
HELP = {
    "right": N_("The network read what you wrote."),
    "wrong": N_("Choose the digit that you wrote. The drawing is then kept as an example of it."),
    "teach": N_(
        "A copy trains on your drawings, each bent and turned in many ways, mixed with digits that the network knows."
    ),
    "undo": N_("Goes back to the network before and deletes the copy."),
}


def teach(model: Model, name: str, reading: Reading) -> None:
    """The whole section; call it inside a fragment."""
    st.markdown(say(SENTENCE))
    if is_copy(name):
        _undo(name)
    _mark(reading)
    _collection()
    _teach(model, name)
    lesson(typed=False)
    drawings_file(own_drawings())
    st.caption(f"{say(PRIVACY)} {_how_many_are_kept()}")
    typed_three(model, name)


def _how_many_are_kept() -> str:
    own, everybody = settings().copies, settings().copies_in_all
    return "" if math.isinf(everybody) else say(OLDEST_GOES, own=min(own, everybody), all=everybody)


def _undo(name: str) -> None:
    before = model_before(name)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="taught-copy"):
        using = say("You are using a copy that was taught: **{title}**.", title=shared.model_name(name))
        st.markdown(using, width="stretch")
        st.button(say("Undo"), icon=":material/undo:", key="teach-undo", help=say(HELP["undo"]), on_click=told(_undo_taught),
                  args=(name, shared.model_name(before)))  # fmt: skip


def _undo_taught(name: str, before: str) -> None:
    visitor.undo_taught(name)
    tell_later(say("The copy is deleted. In use: {title}.", title=before))


def _mark(reading: Reading) -> None:
    """Right, or wrong and what it is; the box is then emptied for the next drawing."""
    if not reading.seen.any():
        st.info(say(WAITING), icon=":material/draw:")
        return
    if (source := drawing.source()) == TEST:
        st.info(say(TEST_DIGIT), icon=":material/lock:")
        return
    seen = sample_of(reading.seen, 0, None)
    if any(seen.same_as(sample) for sample in own_drawings()):
        st.info(say(KNOWN), icon=":material/check:")
        return
    if len(own_drawings()) >= MOST:
        st.info(say(FULL, most=MOST), icon=":material/inventory_2:")
        return
    key = f"teach-label-{len(own_drawings())}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="mark"):
        answer = _answer(reading)
        if answer is not None:
            st.button(say("Right, it is {digit}", digit=a(answer)), icon=":material/check:", key="teach-right",
                      help=say(HELP["right"]), on_click=told(_note), args=(reading, answer, source))  # fmt: skip
        ask = say("It is a …") if answer is None else say("Wrong, it is a …")
        st.pills(ask, list(range(10)), key=key, help=say(HELP["wrong"]), on_change=told(_note_chosen),
                 args=(reading, key, source), wrap=True)  # fmt: skip


def _answer(reading: Reading) -> int | None:
    """The digit that was read; None when the page said that it is no digit."""
    return None if reading.kind == "no digit" else reading.digit


def _note_chosen(reading: Reading, key: str, source: str) -> None:
    label = st.session_state.get(key)
    if label is not None:
        _note(reading, label, source)


def _note(reading: Reading, label: int, source: str) -> None:
    """Add a drawing, unless there is no room or a browser says it twice: a late click comes again from an old page."""
    sample = sample_of(reading.seen, label, _answer(reading), source=source)
    if len(own_drawings()) < MOST and not any(sample.same_as(known) for known in own_drawings()):
        own_drawings().append(sample)
        drawing.drawing().clear()


def _collection() -> None:
    """The running score, and the drawings, the newest first, each of which can be deleted."""
    samples = own_drawings()
    if not samples:
        return
    right = sum(sample.right for sample in samples)
    score = say(
        "**{right} of {count} right**, as the network read them when you drew them.", right=right, count=len(samples)
    )
    st.markdown(score)
    ids = list(range(len(samples)))[::-1][: st.session_state.get(SHOWN, PAGE)]
    chosen = st.session_state.get(CHOSEN)
    chosen = chosen if chosen in ids else ids[0]
    gallery([_item(samples[number], number) for number in ids], chosen=chosen, label=say("Your drawings"), take=_choose,
            key=GALLERY)  # fmt: skip
    with st.container(horizontal=True):
        st.button(say("Delete drawing {number}", number=chosen + 1), icon=":material/delete:",
                  help=say("Take this drawing out of those that the network shall learn."),
                  key="teach-delete",
                  on_click=told(_delete), args=(samples[chosen],))  # fmt: skip
        if len(ids) < len(samples):
            st.button(
                say("Show more"),
                help=say("Show the next of your drawings too."),
                key="own-more",
                on_click=told(st.session_state.update),
                args=({SHOWN: len(ids) + PAGE},),
            )


def _choose(number: int) -> None:
    st.session_state[CHOSEN] = number


def _delete(sample: Sample) -> None:
    st.session_state[DRAWINGS] = [other for other in own_drawings() if other is not sample]


def _item(sample: Sample, number: int) -> Item:
    scale = 4 if sample.shape[0] >= 28 else images.scale_for(sample.shape, 112)
    said = _said(sample)
    return Item(
        id=number,
        image=images.data_url(images.digit_image(sample.picture / 255, scale=scale)),
        width=images.width_of(sample.picture, scale),
        caption=said,
        label=say("Drawing {number}: {said}", number=number + 1, said=said),
    )


def _said(sample: Sample) -> str:
    """What was meant by a drawing, and what was read."""
    if sample.right:
        return say("{digit}, right", digit=sample.label)
    if sample.answer is None:
        return say("{digit}, read as no digit", digit=sample.label)
    return say("{digit}, read as {answer}", digit=sample.label, answer=sample.answer)


def _teach(model: Model, name: str) -> None:
    """The button that teaches, or what is still missing for it."""
    usable = [sample for sample in own_drawings() if sample.shape == model.shape]
    if left_out := len(own_drawings()) - len(usable):
        st.caption(say(OTHER_SHAPE, count=left_out))
    if not can_be_checked(model):
        return
    missing = LEAST - len(usable)
    with st.container(horizontal=True, vertical_alignment="center", key="teach-row"):
        kind: Literal["primary", "secondary"] = "secondary" if pending() else "primary"  # then that is to keep the copy
        st.button(say("Teach"), type=kind, icon=":material/school:", key="teach", help=say(HELP["teach"]),
                  disabled=missing > 0 or under_way(),
                  on_click=told(begin, once=True), args=(name, usable), kwargs={"typed": False})  # fmt: skip
        if missing > 0:
            more = say_many(
                "{count} more drawing, and it can learn from them.",
                "{count} more drawings, and it can learn from them.",
                missing,
            )
            st.markdown(more, width="stretch")
        elif all(sample.right for sample in usable):
            st.markdown(say(NOTHING_WRONG), width="stretch")
        elif len(usable) < 2 * LEAST:
            st.markdown(say(MORE), width="stretch")
    show_refusal(typed=False)


def can_be_checked(model: Model) -> bool:
    """Whether there are digits to check a copy against; says what to do when there are none."""
    try:
        dataset = reference_of(model)
    except DigitLabError as error:
        st.warning(say(error.message))
        return False
    if available(dataset):
        return True
    if dataset == "mnist":
        get_mnist(say(NO_MNIST))
        st.markdown(say(NO_DOWNLOAD))
        st.button(
            say("Use the small network"),
            help=say("A small network on 64 pixels, which learns a hand in a second."),
            key="teach-small",
            on_click=told(visitor.use_model),
            args=(SMALL,),
        )
    else:
        st.warning(say("The bundled digits come with scikit-learn, which is not installed here."))
    return False
