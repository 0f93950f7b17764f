"""Teach it your hand: say whether a drawing was read rightly, collect drawings, and let a copy of the network learn them."""

import streamlit as st

from core.catalog import SMALL
from core.datasets import available
from core.errors import DigitLabError
from core.models.model import Model
from core.teach.copies import MOST as MOST_COPIES
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
from dashboard.parts.gallery import Item, chosen_in, gallery
from dashboard.parts.mnist import get_mnist
from dashboard.parts.reader import Reading
from dashboard.parts.refusals import told

DRAWINGS = "_own_drawings"  # this visitor's, in this session and nowhere else
GALLERY, SHOWN, PAGE = "own-drawings", "own-drawings-shown", 12

SENTENCE = (
    "Draw, and say whether the network was right. From five drawings on it can learn your hand: a copy of it trains for "
    "some seconds, and you see what it gained and what it lost before you keep it."
)
WAITING = "Draw a digit above. Then say here whether it was read rightly."
TEST_DIGIT = (
    "This is a digit of the test set, so it cannot be collected, even if you draw on it. A copy is tested on those digits: if "
    "it had learned them, passing the test would prove nothing. Clear the box and draw one of your own."
)
KNOWN = "This drawing is in your collection. Clear the box and draw the next one."
FULL = f"You have {MOST} drawings, which is as many as fit. Delete some to add others."
OTHER_SHAPE = (
    "{count} of your drawings were made for a network that reads pictures of another size. They are left out here."
)
NOTHING_WRONG = "It reads all of them already, so there is little to gain. Show it some that it misreads."
MORE = "More drawings teach it more: best are two or more of each digit."
NO_MNIST = (
    "This network learned from MNIST, which is not on this computer. Without it nobody could check what the copy forgets, "
    "so it cannot be taught yet."
)
NO_DOWNLOAD = "Or use the small network: the digits that it is checked against come with the program."
PRIVACY = (
    "Your drawings belong to this visit: close or reload the page and they are gone, unless you save them to a file. The "
    "server holds them in memory; on its disk they lie for a moment, when teaching begins, and are deleted. A copy that you "
    "keep stays on the server until you undo it. Only someone who has its address can use it, and of all visitors' copies "
    f"the newest {MOST_COPIES} are kept."
)
HELP = {
    "right": "The network read what you wrote.",
    "wrong": "Choose the digit that you wrote. The drawing is then kept as an example of it.",
    "teach": "A copy trains on your drawings, each bent and turned in many ways, mixed with digits that the network knows.",
    "undo": "Goes back to the network before and deletes the copy.",
}


def teach(model: Model, name: str, reading: Reading) -> None:
    """The whole section; call it inside a fragment."""
    st.markdown(SENTENCE)
    if is_copy(name):
        _undo(name)
    _mark(reading)
    _collection()
    _teach(model, name)
    lesson(typed=False)
    drawings_file(own_drawings())
    st.caption(PRIVACY)
    typed_three(model, name)


def own_drawings() -> list[Sample]:
    """This visitor's marked drawings, in the order in which they were marked."""
    return st.session_state.setdefault(DRAWINGS, [])


def _undo(name: str) -> None:
    before = model_before(name)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="taught-copy"):
        st.markdown(f"You are using a copy that was taught: **{shared.model_title(name)}**.", width="stretch")
        st.button("Undo", icon=":material/undo:", key="teach-undo", help=HELP["undo"], on_click=told(_undo_taught),
                  args=(name, shared.model_title(before)))  # fmt: skip


def _undo_taught(name: str, before: str) -> None:
    visitor.undo_taught(name)
    st.toast(f"The copy is deleted. In use: {before}.")


def _mark(reading: Reading) -> None:
    """Right, or wrong and what it is; the box is then emptied for the next drawing."""
    if not reading.seen.any():
        st.info(WAITING, icon=":material/draw:")
        return
    if (source := drawing.source()) == TEST:
        st.info(TEST_DIGIT, icon=":material/lock:")
        return
    seen = sample_of(reading.seen, 0, None)
    if any(seen.same_as(sample) for sample in own_drawings()):
        st.info(KNOWN, icon=":material/check:")
        return
    if len(own_drawings()) >= MOST:
        st.info(FULL, icon=":material/inventory_2:")
        return
    key = f"teach-label-{len(own_drawings())}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="mark"):
        answer = _answer(reading)
        if answer is not None:
            st.button(f"Right, it is {a(answer)}", icon=":material/check:", key="teach-right", help=HELP["right"],
                      on_click=told(_note), args=(reading, answer, source))  # fmt: skip
        ask = "It is a …" if answer is None else "Wrong, it is a …"
        st.pills(ask, list(range(10)), key=key, help=HELP["wrong"], on_change=told(_note_chosen),
                 args=(reading, key, source), wrap=True)  # fmt: skip


def _answer(reading: Reading) -> int | None:
    """The digit that was read; None when the page said that it is no digit."""
    return None if reading.kind == "no digit" else reading.digit


def _note_chosen(reading: Reading, key: str, source: str) -> None:
    if (label := st.session_state.get(key)) in range(10):
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
    st.markdown(f"**{right} of {len(samples)} right**, as the network read them when you drew them.")
    ids = list(range(len(samples)))[::-1][: st.session_state.get(SHOWN, PAGE)]
    chosen = chosen_in(GALLERY, ids)
    gallery([_item(samples[number], number) for number in ids], chosen=chosen, label="Your drawings", key=GALLERY)
    with st.container(horizontal=True):
        st.button(f"Delete drawing {chosen + 1}", icon=":material/delete:", key="teach-delete", on_click=told(_delete),
                  args=(samples[chosen],))  # fmt: skip
        if len(ids) < len(samples):
            st.button(
                "Show more", key="own-more", on_click=told(st.session_state.update), args=({SHOWN: len(ids) + PAGE},)
            )


def _delete(sample: Sample) -> None:
    st.session_state[DRAWINGS] = [other for other in own_drawings() if other is not sample]


def _item(sample: Sample, number: int) -> Item:
    scale = 4 if sample.shape[0] >= 28 else images.scale_for(sample.shape, 112)
    read = "no digit" if sample.answer is None else f"{sample.answer}"
    said = f"{sample.label}, right" if sample.right else f"{sample.label}, read as {read}"
    return Item(
        id=number,
        image=images.data_url(images.digit_image(sample.picture / 255, scale=scale)),
        width=images.width_of(sample.picture, scale),
        caption=said,
        label=f"Drawing {number + 1}: {said}",
    )


def _teach(model: Model, name: str) -> None:
    """The button that teaches, or what is still missing for it."""
    usable = [sample for sample in own_drawings() if sample.shape == model.shape]
    if left_out := len(own_drawings()) - len(usable):
        st.caption(OTHER_SHAPE.format(count=left_out))
    if not can_be_checked(model):
        return
    missing = LEAST - len(usable)
    with st.container(horizontal=True, vertical_alignment="center", key="teach-row"):
        kind = "secondary" if pending() else "primary"  # then the button to keep the copy is the primary one
        st.button("Teach", type=kind, icon=":material/school:", key="teach", help=HELP["teach"],
                  disabled=missing > 0 or under_way(),
                  on_click=told(begin), args=(name, usable), kwargs={"typed": False})  # fmt: skip
        if missing > 0:
            st.markdown(f"{missing} more {'drawing' if missing == 1 else 'drawings'}, and it can learn from them.",
                        width="stretch")  # fmt: skip
        elif all(sample.right for sample in usable):
            st.markdown(NOTHING_WRONG, width="stretch")
        elif len(usable) < 2 * LEAST:
            st.markdown(MORE, width="stretch")
    show_refusal(typed=False)


def can_be_checked(model: Model) -> bool:
    """Whether there are digits to check a copy against; says what to do when there are none."""
    try:
        dataset = reference_of(model)
    except DigitLabError as error:
        st.warning(str(error))
        return False
    if available(dataset):
        return True
    if dataset == "mnist":
        get_mnist(NO_MNIST)
        st.markdown(NO_DOWNLOAD)
        st.button("Use the small network", key="teach-small", on_click=told(visitor.use_model), args=(SMALL,))
    else:
        st.warning("The bundled digits come with scikit-learn, which is not installed here.")
    return False
