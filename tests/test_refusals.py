"""What cannot be done is said in a sentence, wherever it comes up: in a page, a fragment or a callback."""

import pytest
from streamlit.testing.v1 import AppTest


def script() -> None:
    import streamlit as st

    from core.errors import DigitLabError
    from dashboard import visitor
    from dashboard.parts import refusals
    from dashboard.parts.refusals import fragment, told

    def refuse(why: str) -> None:
        raise DigitLabError(why)

    def panel() -> None:
        st.text("the fragment begins")
        if st.session_state.get("broken") == "fragment":
            refuse("The fragment cannot be drawn.")
        st.text("the fragment ends")

    visitor.enter(st.session_state.get("page", "here"))
    with refusals.page():
        st.button("Wrong", key="wrong", on_click=told(refuse), args=("It is not possible.",))
        st.button("Corner", key="corner", on_click=told(refuse, "corner"), args=("Not in this corner.",))
        st.button("Right", key="right", on_click=told(st.session_state.update), args=({"done": True},))
        if said := refusals.refusal("corner"):
            st.warning(said)
        fragment(panel)()
        if st.session_state.get("broken") == "page":
            refuse("The page cannot be drawn.")
        st.text("the page ends")


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(script, default_timeout=30).run()


def said(app: AppTest) -> list[str]:
    assert not app.exception
    return [box.value for box in app.error]


@pytest.mark.parametrize(
    ("what", "texts"),
    [
        ("page", ["the fragment begins", "the fragment ends"]),
        ("fragment", ["the fragment begins", "the page ends"]),
    ],
)
def test_what_cannot_be_drawn_says_so_and_the_rest_stands(app: AppTest, what: str, texts: list[str]):
    app.session_state["broken"] = what
    app.run()
    assert said(app) == [f"The {what} cannot be drawn."]
    assert [text.value for text in app.text] == texts


def test_a_refused_click_is_told_until_the_next_click_and_the_page_is_drawn_all_the_same(app: AppTest):
    assert said(app.button(key="wrong").click().run()) == ["It is not possible."]
    assert app.text[-1].value == "the page ends"
    assert said(app.run()) == ["It is not possible."]  # a panel that refreshes itself does not wipe it away
    assert said(app.button(key="right").click().run()) == [] and app.session_state["done"]


def test_a_refusal_with_a_place_of_its_own_is_said_there_alone(app: AppTest):
    app.button(key="corner").click().run()
    assert said(app) == [] and [box.value for box in app.warning] == ["Not in this corner."]


@pytest.mark.parametrize("button", ["wrong", "corner"])
def test_a_refusal_does_not_follow_to_another_page(app: AppTest, button: str):
    app.button(key=button).click().run()
    app.session_state["page"] = "there"
    app.run()
    assert said(app) == [] and not app.warning


def twice() -> None:
    import streamlit as st

    from dashboard.parts.refusals import told

    def count() -> None:
        st.session_state["counted"] = st.session_state.get("counted", 0) + 1

    begin = told(count, once=True)

    def replayed() -> None:
        """As Streamlit does where another rerun is asked for while a click's callback is at work."""
        begin()
        begin()

    st.button("Begin", key="begin", on_click=replayed)


def test_one_click_begins_one_thing_however_often_its_callback_is_called() -> None:
    app = AppTest.from_function(twice, default_timeout=30).run()
    for clicks in (1, 2):  # what is drawn anew can be clicked anew
        app.button(key="begin").click().run()
        assert not app.exception and app.session_state["counted"] == clicks
