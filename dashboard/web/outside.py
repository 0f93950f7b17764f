"""The server asks nobody outside: whoever runs it may have no way there, and what it would learn is of no use to it.

Streamlit asks a host of Amazon's for the server's address in the internet: at the start, to print it, and each time that a page
of another site opens a websocket, to see whether that page is its own. Where nobody answers, the whole server stands still for
some seconds each time.
"""

from streamlit import net_util


def ask_nobody() -> None:
    """From now on the address in the internet is not known. Behind it, `server.corsAllowedOrigins` names who else may come."""
    net_util.get_external_ip = _unknown


def _unknown() -> str | None:
    return None
