"""A page of the app without a browser."""

from streamlit.testing.v1 import AppTest

from core.folders import PROJECT


def backwards(**query: str) -> AppTest:
    """The page Backwards at an address with this query; it came without a traceback."""
    app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
    app.query_params.update(query)
    app.switch_page("dashboard/pages/back_query.py").run()
    assert not app.exception
    return app
