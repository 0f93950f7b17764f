"""What belongs to one visitor, in a session of Streamlit's own."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import visitor


def session(script) -> AppTest:
    app = AppTest.from_function(script).run()
    assert not app.exception
    return app


def test_a_key_makes_its_first_value_and_keeps_what_is_put():
    def script():
        from dashboard.visitor import Key

        names: Key[list[str]] = Key("_names", list)
        assert names.get() == []
        names.get().append("one")
        assert names.get() == ["one"]  # the list itself is kept, not a copy
        names.put(["two"])
        assert names.get() == ["two"]

    session(script)


def test_another_page_is_another_visit_and_the_same_page_is_not():
    def script():
        from dashboard import visitor

        counts = []
        for page in ("Draw", "Draw", "Train", "Draw"):
            visitor.enter(page)
            counts.append(visitor.visit())
        assert counts == [1, 1, 2, 3]

    session(script)


def test_a_choice_comes_from_the_session_then_the_address_then_the_default():
    def script():
        import streamlit as st

        from dashboard import visitor

        assert visitor.chosen("part", ["a", "b"], "a") == "a"
        visitor.keep("part", "a")
        assert "part" not in st.query_params
        del st.session_state["part"]
        st.query_params["part"] = "b"
        assert visitor.chosen("part", ["a", "b"], "a") == "b"
        st.session_state["part"] = "nothing that is offered"
        assert visitor.chosen("part", ["a", "b"], "a") == "a"

    session(script)


def test_a_model_wanted_by_a_button_is_what_the_picker_shows_next():
    def script():
        from dashboard import visitor

        visitor.use_model("blog")
        assert visitor.another_model_wanted()
        assert visitor.chosen(visitor.MODEL, ["default", "blog"], "default") == "blog"
        visitor.keep(visitor.MODEL, "default")
        assert not visitor.another_model_wanted() and visitor.model_in_use() == "blog"
        assert visitor.in_url() == {"model": "blog"}

    session(script)


def test_what_a_button_chose_outlives_a_page_that_was_drawn_anew_before_its_picker():
    """Then the browser, which has not seen it yet, says again what it showed before."""

    def script():
        import streamlit as st

        from dashboard import visitor

        st.session_state[visitor.RUN] = "old"
        visitor.want(visitor.RUN, "new")
        for _ in range(2):  # the first page is broken off before the picker
            st.session_state[visitor.RUN] = "old"
            assert visitor.chosen(visitor.RUN, ["old", "new"], "old") == "new"
        visitor.keep(visitor.RUN, None)
        st.session_state[visitor.RUN] = "old"  # by hand, afterwards
        assert visitor.chosen(visitor.RUN, ["old", "new"], "old") == "old"

    session(script)


class Context:
    """What Streamlit knows of a connection."""

    def __init__(self, address: str | None, headers: dict[str, str]) -> None:
        self.ip_address, self.headers, self.cookies = address, headers, {}


@pytest.mark.parametrize(
    ("address", "headers", "local"),
    [
        (None, {}, True),
        ("::ffff:127.0.0.1", {}, True),
        ("192.0.2.7", {}, False),
        ("::ffff:192.0.2.7", {}, False),
        (None, {"X-Forwarded-For": "192.0.2.7"}, False),
        ("::ffff:127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, False),
    ],
)
def test_on_ones_own_machine_all_tabs_are_one_owner_and_elsewhere_each_is_its_own(monkeypatch, address, headers, local):
    monkeypatch.setattr(st, "context", Context(address, headers))

    def script():
        import streamlit as st

        from dashboard import visitor

        st.session_state["first"], st.session_state["again"] = visitor.owner(), visitor.owner()

    one, other = session(script), session(script)
    assert one.session_state["first"] == one.session_state["again"]
    assert (one.session_state["first"] == visitor.LOCAL) == local
    assert (one.session_state["first"] == other.session_state["first"]) == local
    monkeypatch.setenv("DIGITLAB_HOSTED", "1")
    one, other = session(script), session(script)
    assert visitor.LOCAL != one.session_state["first"] != other.session_state["first"]
